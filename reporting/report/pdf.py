"""The report as PDF/UA-1: tagged headings, tables with heads, pictures with their text, in its language."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from reporting.report import pictures
from reporting.report.layout import pages, widths
from reporting.report.tree import Block, Bullets, Caveats, Chart, Document, Heading, Paragraph, Staff, Table
from submissions.receipts.pdf import displayable

HEDGES = "≈≤≥"
LAYOUT = Path(__file__).with_name("report.typ")


def report_pdf(document: Document) -> bytes:
    """In the language of the document. Texts reach the layout as data, so nothing in them is markup; the same document
    gives the same bytes."""
    # Imported where it is used: once used, it hangs in a forked child.
    import typst

    words = with_glyphs(json.dumps(content(document), ensure_ascii=False))
    made = datetime.combine(document.as_of, time(), UTC)
    pdf = typst.compile(
        LAYOUT.read_bytes(), format="pdf", pdf_standards="ua-1", ignore_system_fonts=True,
        sys_inputs={"report": words}, timestamp=int(made.timestamp()),
    )  # fmt: skip
    assert isinstance(pdf, bytes)  # noqa: S101 -- a PDF is one file
    return pdf


def content(document: Document) -> dict[str, Any]:
    head = {
        "language": document.language,
        "title": document.title,
        "subtitle": document.subtitle,
        "author": _("European Commission"),
        "contents": _("Contents"),
    }
    runs = [
        {"turned": run.turned, "parts": [part(one) | {"kind": one.kind} for one in run.parts]}
        for run in pages(document)
    ]
    return head | {"runs": runs}


def with_glyphs(text: str) -> str:
    """As `displayable`, which does not know of the hedges of figures; the font has glyphs for them."""
    return re.sub(f"[^{HEDGES}]+", lambda found: displayable(found[0]), text)


def part(one: Heading | Block) -> dict[str, Any]:
    match one:
        case Heading():
            return {"text": one.text, "level": one.level}
        case Paragraph() | Staff():
            return {"text": one.text}
        case Bullets():
            return {"lead": one.lead, "items": [item.text for item in one.items]}
        case Caveats():
            return {"lead": one.lead, "items": list(one.items)}
        case Chart():
            return {"title": one.title, "alt": one.alt, "svg": pictures.svg(one)}
        case Table():
            return {
                "title": one.title,
                "widths": [round(100 * width, 2) for width in widths(one)],
                "columns": [[one.row_head, False], *([column.label, column.numeric] for column in one.columns)],
                "rows": [[[row.label], *(list(cell.lines) for cell in row.cells)] for row in one.rows],
            }
