"""What an .xlsx may not hold, found while its parts stream by.

The parser behind does the reading; here only tags are looked for. What hides from these patterns meets the limits of
the process that parses.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from html import unescape

from submissions.workbook.archive import Archive
from submissions.workbook.cells import Box, column_number, letters
from submissions.workbook.refusals import refuse

PARTS = (
    (r"vbaproject|^xl/(macrosheets|vba)", "macros"),
    (r"^xl/media/|^docprops/thumbnail|\.(png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|mp4|mp3|avi|mov|wav)$", "pictures"),
    (r"^xl/(embeddings|activex|ctrlprops|oleobjects|diagrams)/", "embedded_objects"),
    (r"^xl/(externallinks|querytables|model)/|^xl/connections\.xml$", "external_links"),
    (r"^xl/workbook\.bin$", "binary_excel"),
)
"""Parts that say by their name why the workbook is not taken."""
KNOWN = re.compile(
    r"\[content_types\]\.xml|(_rels|xl/_rels|xl/worksheets/_rels|xl/drawings/_rels)/[\w.]*\.rels|docprops/(app|core|custom)\.xml"
    r"|xl/(workbook|styles|sharedstrings|calcchain|metadata)\.xml|xl/worksheets/[\w ]+\.xml|xl/theme/[\w]+\.xml"
    r"|xl/(threadedcomments/|persons/|comments/)?[\w]*(comment|person)[\w]*\.xml|xl/drawings/[\w]+\.(xml|vml)|xl/tables/[\w]+\.xml"
    r"|xl/printersettings/[\w]+\.bin|customxml/.*|docmetadata/labelinfo\.xml|xl/richdata/[\w]+\.xml|[\w/]+/",
)
MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
NAME = rb"(?:[A-Za-z_][\w.-]*:)?"
TAG = re.compile(rb"<" + NAME + rb"(row|c)(?=[\s/>])([^>]*)>")
REFERENCE = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Z]*)([0-9]*)[\"']")
UNUSUAL = re.compile(rb"<c(?! r=\"[A-Z]|ol)|<[\w.-]+:(?:c|row|f)[\s/>]")
FORMULA = re.compile(rb"<(?!xm:)" + NAME + rb"f(?:[\s/][^>]*)?>([^<]*)")
CELL = re.compile(rb"<" + NAME + rb"c\s[^>]*?\br\s*=\s*[\"']([A-Z]+[0-9]+)[\"']")
ERROR = re.compile(rb"<" + NAME + rb"c(?=\s)[^>]*\st\s*=\s*[\"']e[\"'][^>]*>")
MERGED = re.compile(rb"<" + NAME + rb"mergeCell\s+ref\s*=\s*[\"']([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)[\"']")
ROW = re.compile(rb"<row [^>]*?\br=[\"']([0-9]+)")
RELATION = re.compile(rb"<" + NAME + rb"Relationship\s([^>]*)>")
ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")
SHEET = re.compile(rb"<" + NAME + rb"sheet\s([^>]*)>")
CELL_FORMATS = re.compile(rb"<" + NAME + rb"cellXfs[\s>].*?</" + NAME + rb"cellXfs>", re.DOTALL)
PERCENT_FORMATS = (b"9", b"10")


def scan(archive: Archive) -> None:
    """Raises SourceError with the first reason not to take this workbook."""
    for name in archive.parts:
        look_at_name(name)
    look_at_types(archive.whole("[Content_Types].xml"))
    sheets = sheet_names(archive)
    percent = percent_styles(archive)
    for name in archive.parts:
        lower = name.casefold()
        if lower.startswith("xl/worksheets/") and lower.endswith(".xml"):
            scan_sheet(archive.blocks(name), sheets.get(name, name), percent)
        elif lower.endswith(".rels"):
            look_at_relations(archive.whole(name), name)
        elif lower.startswith("xl/drawings/") and not name.endswith("/"):
            look_at_drawing(archive.blocks(name), name)
        elif lower.endswith(".xml"):
            for _ in archive.blocks(name):
                pass
        else:
            for _ in archive.pieces(name):
                pass


def look_at_name(name: str) -> None:
    lower = name.casefold()
    for pattern, code in PARTS:
        if re.search(pattern, lower):
            raise refuse(code, part=name)
    if not KNOWN.fullmatch(lower):
        raise refuse("unexpected_part", part=name)


def look_at_types(types: bytes) -> None:
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise refuse("macros", part="[Content_Types].xml")
    if MAIN not in types:
        raise refuse("unexpected_part", part="[Content_Types].xml")


def look_at_relations(relations: bytes, name: str) -> None:
    """Links in cells are text and may stay; anything else that lies outside may not."""
    for relation in RELATION.finditer(relations):
        told = dict(ATTRIBUTE.findall(relation[1]))
        if told.get(b"TargetMode", b"").lower() == b"external" and not told.get(b"Type", b"").endswith(b"/hyperlink"):
            raise refuse("external_links", part=name)


def look_at_drawing(blocks: Iterable[bytes], name: str) -> None:
    """Notes are drawings too, and the only ones that may be here."""
    for block in blocks:
        if re.search(rb"blip|imagedata|[\s:](?:src|href)\s*=|relid\s*=", block):
            raise refuse("pictures", part=name)
        if re.search(rb"FmlaMacro", block):
            raise refuse("macros", part=name)
        if re.search(rb"ObjectType\s*=\s*[\"'](?!Note[\"'])", block):
            raise refuse("embedded_objects", part=name)


def sheet_names(archive: Archive) -> dict[str, str]:
    """Part -> name of its sheet."""
    if "xl/workbook.xml" not in archive.parts or "xl/_rels/workbook.xml.rels" not in archive.parts:
        raise refuse("broken_zip", problem="no workbook inside")
    found_relations = RELATION.finditer(archive.whole("xl/_rels/workbook.xml.rels"))
    relations = [dict(ATTRIBUTE.findall(found[1])) for found in found_relations]
    targets = {told.get(b"Id"): told.get(b"Target", b"").decode() for told in relations}
    names = {}
    for found in SHEET.finditer(archive.whole("xl/workbook.xml")):
        told = dict(ATTRIBUTE.findall(found[1]))
        target = targets.get(told.get(b"r:id"), "")
        names[posixpath.normpath(posixpath.join("/xl", target))[1:]] = unescape(
            told.get(b"name", b"").decode("utf-8", "replace")
        )
    return names


def percent_styles(archive: Archive) -> list[bytes]:
    """Numbers of the cell formats that show a percentage."""
    if "xl/styles.xml" not in archive.parts:
        return []
    styles = archive.whole("xl/styles.xml")
    formats = list(PERCENT_FORMATS)
    for found in re.finditer(rb"<" + NAME + rb"numFmt\s([^>]*)>", styles):
        told = dict(re.findall(rb"(\w+)=\"([^\"]*)\"", found[1]))
        code = re.sub(rb"&quot;.*?&quot;|\\.", b"", told.get(b"formatCode", b""))
        if b"%" in code:
            formats.append(told.get(b"numFmtId", b""))
    cells = CELL_FORMATS.search(styles)
    found_formats = re.findall(rb"<" + NAME + rb"xf\s[^>]*", cells[0]) if cells else []
    chosen = [re.search(rb"\bnumFmtId\s*=\s*[\"']([0-9]+)", xf) for xf in found_formats]
    return [str(number).encode() for number, which in enumerate(chosen) if which and which[1] in formats]


# Sheets ---------------------------------------------------------------------------------------------------


def scan_sheet(blocks: Iterable[bytes], sheet: str, percent: list[bytes]) -> None:
    reach, before = Reach(sheet), b""
    shown = percent_cell(percent)
    for block in blocks:
        usual = not UNUSUAL.search(block)
        if not usual or b"<f" in block:
            look_at_formulas(block, before, sheet)
        if (not usual or b't="e"' in block) and (found := ERROR.search(block)):
            raise refuse("error_cell", sheet=sheet, cell=last_cell(found[0]))
        if shown and (found := shown.search(block)):
            raise refuse("percent_cell", sheet=sheet, cell=last_cell(found[0]))
        # Merged cells are listed outside the rows.
        look_at_merged(block[: block.find(b"<c ")] + block[block.rfind(b"<c ") :], sheet)
        reach.over(block, usual)
        before = block


def look_at_formulas(block: bytes, before: bytes, sheet: str) -> None:
    """LibreOffice writes yes and no as formulas; they hide nothing."""
    for found in FORMULA.finditer(block):
        if found[1] not in (b"TRUE()", b"FALSE()"):
            raise refuse("formula", sheet=sheet, cell=last_cell(before[-4096:] + block[: found.start()]))


def percent_cell(styles: list[bytes]) -> re.Pattern[bytes] | None:
    """A number in one of these styles."""
    if not styles:
        return None
    text = rb"(?![^>]*\st=[\"'](?:s|str|inlineStr|b|e)[\"'])"
    return re.compile(
        rb"<" + NAME + rb"c(?=\s)" + text + rb"[^>]*\ss=[\"'](?:" + b"|".join(styles) + rb")[\"'][^>]*(?<!/)>"
    )


def last_cell(text: bytes) -> str:
    found = CELL.findall(text)
    return found[-1].decode() if found else "?"


def look_at_merged(block: bytes, sheet: str) -> None:
    for left, top, right, bottom in MERGED.findall(block):
        if top != bottom:
            raise refuse("merged_cells", sheet=sheet, cell=b"".join((left, top, b":", right, bottom)).decode())


class Reach:
    """Follows the cells of a sheet. Programs write `<c r="A1"`; whatever is written otherwise is followed slowly."""

    def __init__(self, sheet: str) -> None:
        self.box = Box(sheet)
        self.row, self.column = -1, -1
        self.beyond = self.pattern()

    def pattern(self) -> re.Pattern[bytes]:
        """Cells that hold something right of all columns seen so far."""
        names = [letters(number) for number in range(self.box.column + 1)]
        single = "".join(letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in names)
        double = [name for name in names if len(name) == 2]
        wide = "[A-Z]{2,}" if not double else f"(?!(?:{'|'.join(double)})[0-9])[A-Z]{{2,}}"
        either = f"(?:[{single}]|{wide})" if single else wide
        return re.compile(rf'<c r="({either})([0-9]+)"(?:[^>]*[^>/])?>'.encode())

    def over(self, block: bytes, usual: bool) -> None:
        if not usual:
            self.slowly(block)
            return
        while found := self.beyond.search(block):
            self.box.hold(int(found[2]) - 1, column_number(found[1].decode()))
            self.beyond = self.pattern()
        if row := ROW.match(block, max(0, block.rfind(b"<row "))):
            self.row = int(row[1]) - 1
            self.box.hold(self.row, max(0, self.box.column))

    def slowly(self, block: bytes) -> None:
        for tag in TAG.finditer(block):
            told = REFERENCE.search(tag[2])
            if tag[1] == b"row":
                self.row = int(told[2]) - 1 if told and told[2] else self.row + 1
                self.column = -1
                continue
            self.column = column_number(told[1].decode()) if told and told[1] else self.column + 1
            row = int(told[2]) - 1 if told and told[2] else self.row
            if not tag[2].endswith(b"/"):
                self.box.hold(max(row, 0), self.column)
