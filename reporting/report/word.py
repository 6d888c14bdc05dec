"""The report as DOCX, to be worked on: real headings, tables whose heads repeat, captions, pictures with their text."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, time
from typing import Any

import docx
from django.utils.translation import gettext as _
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell

from reporting.report import pictures
from reporting.report.layout import pages, widths
from reporting.report.tree import Bullets, Caveats, Chart, Document, Heading, Paragraph, Staff, Table

UPRIGHT, TURNED, MARGIN, PICTURE = 21.0, 29.7, 2.0, 15.5
"""Centimetres: an A4 page, upright and turned, is so wide; so are its margins and its pictures."""
INK, SHADE = RGBColor(0x26, 0x32, 0x4B), "EEF0F3"
LANGUAGES = {"en": "en-GB", "da": "da-DK", "nl": "nl-NL"}
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest day that a zip archive knows; the same for every part, so that the same document gives the same bytes."""


def report_docx(document: Document) -> bytes:
    file = docx.Document()
    prepare(file, document)
    file.add_paragraph(document.title, style="Title")
    file.add_paragraph(document.subtitle, style="Subtitle")
    contents(file, document)
    for run in pages(document):
        turn(file, run.turned)
        for part in run.parts:
            show(file, part, (TURNED if run.turned else UPRIGHT) - 2 * MARGIN)
    written = io.BytesIO()
    file.save(written)
    return undated(written.getvalue())


def prepare(file: Docx, document: Document) -> None:
    """Page, language, properties, page numbers."""
    section = file.sections[0]
    section.page_width, section.page_height = Cm(UPRIGHT), Cm(TURNED)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN)
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size, normal.paragraph_format.space_after = "Arial", Pt(10), Pt(6)
    captions = file.styles["Caption"]
    captions.font.size, captions.font.color.rgb = Pt(10), INK
    captions.paragraph_format.space_before, captions.paragraph_format.space_after = Pt(8), Pt(4)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGES.get(document.language, document.language))
    normal.element.get_or_add_rPr().append(language)
    about = file.core_properties
    about.title, about.author, about.language = document.title, _("European Commission"), document.language
    about.created = about.modified = datetime.combine(document.as_of, time(), UTC)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    field(footer, "PAGE", "1")


def field(paragraph: Any, instruction: str, shown: str) -> None:
    """A field with what it shows until the program that opens the file works it out."""
    one = OxmlElement("w:fldSimple")
    one.set(qn("w:instr"), instruction)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = shown
    run.append(text)
    one.append(run)
    paragraph._p.append(one)


def contents(file: Docx, document: Document) -> None:
    """The headings as a list; the program can replace them by a table with page numbers."""
    file.add_paragraph(_("Contents"), style="TOC Heading")
    for section in document.all_sections():
        line = file.add_paragraph(section.heading)
        line.paragraph_format.left_indent = Cm(0.6 * (section.level - 1))
        line.paragraph_format.space_after = Pt(2)


def turn(file: Docx, turned: bool) -> None:
    """What follows stands on new pages of this direction."""
    section = file.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if turned else WD_ORIENT.PORTRAIT
    across, down = (TURNED, UPRIGHT) if turned else (UPRIGHT, TURNED)
    section.page_width, section.page_height = Cm(across), Cm(down)


def show(file: Docx, part: Any, across: float) -> None:
    """`across`: centimetres between the margins."""
    match part:
        case Heading():
            file.add_heading(part.text, part.level)
        case Paragraph() | Staff():
            file.add_paragraph(part.text)
        case Bullets() | Caveats():
            lead = file.add_paragraph(part.lead).paragraph_format
            lead.keep_with_next, lead.space_after = True, Pt(3)
            for item in part.items:
                file.add_paragraph(item if isinstance(item, str) else item.text, style="List Bullet")
        case Table():
            table(file, part, across)
        case Chart():
            chart(file, part)


def caption(file: Docx, text: str) -> None:
    """Above what it names, and on the same page."""
    file.add_paragraph(text, style="Caption").paragraph_format.keep_with_next = True


def table(file: Docx, made: Table, across: float) -> None:
    caption(file, made.title)
    heads = [made.row_head, *(column.label for column in made.columns)]
    numeric = [False, *(column.numeric for column in made.columns)]
    rows: list[list[tuple[str, ...]]] = [[(head,) for head in heads]]
    rows += [[(row.label,), *(cell.lines for cell in row.cells)] for row in made.rows]
    shown = file.add_table(rows=len(rows), cols=len(heads), style="Table Grid")
    shown.autofit = False
    wide = [Cm(across * width) for width in widths(made)]
    for column, width in zip(shown.columns, wide, strict=True):
        column.width = width
    # Asked for once: python-docx works out all cells of a table each time it is asked for one.
    cells = iter(shown._cells)
    for place, texts in enumerate(rows):
        for lines, width, right in zip(texts, wide, numeric, strict=True):
            cell = next(cells)
            cell.width = width
            write(cell, lines, right, bold=place == 0)
    keep_whole(shown)
    file.add_paragraph()


def write(cell: _Cell, lines: tuple[str, ...], right: bool, bold: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run("\n".join(lines))
    run.bold, run.font.size = bold, Pt(8)


def keep_whole(shown: Any) -> None:
    """The first row is a head that stands on every page; no row breaks."""
    for place, row in enumerate(shown.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if place == 0:
            properties.append(OxmlElement("w:tblHeader"))
            for cell in row._tr.tc_lst:
                shade = OxmlElement("w:shd")
                shade.set(qn("w:val"), "clear")
                shade.set(qn("w:fill"), SHADE)
                cell.get_or_add_tcPr().append(shade)


def chart(file: Docx, made: Chart) -> None:
    caption(file, made.title)
    picture = io.BytesIO(pictures.png(made))
    inline = file.add_paragraph().add_run().add_picture(picture, width=Cm(PICTURE))._inline
    inline.docPr.set("descr", made.alt)
    inline.docPr.set("title", made.title)


def undated(archive: bytes) -> bytes:
    """The same archive without the time at which it was written."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, EPOCH), old.read(name), zipfile.ZIP_DEFLATED)
    return written.getvalue()
