"""The filer's own file back, marked, fit to be mended and sent again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from submissions.canonical import canonicalise
from submissions.definition import Definition
from submissions.messages import in_words
from submissions.rules import Context
from submissions.sources import CSV, ODS, XLSX
from submissions.validation import validate
from submissions.workbook.annotating import annotate
from submissions.workbook.names import MARKS, RULE
from submissions.workbook.prescan import prescan
from submissions.workbook.reading import Read, read_workbook
from submissions.workbook.remarks import Remark
from submissions.workbook.styles import PALE_BLUE, SEVERITY_FILLS
from tests.workbook.builders import (
    MEMBER_STATE,
    canonical,
    content_of,
    content_of_csv,
    head_of,
    made,
    rows,
    saved_by_libreoffice,
    sheet_xml,
    table_xml,
    xlsx,
)

SEEDED = (
    {"address": "reports.total", "value": "about 90", "obs_status": "A"},
    {"address": "children.female", "value": "-3", "obs_status": "A", "comment": "=1+1"},
    {"address": "reports.by_organisation[organisation=NCMEC]", "value": "5", "obs_status": "A", "period": "next year"},
)
"""Three mistakes, and a text that must not come alive."""


def remarks_on(definition: Definition, read: Read, language: str = "en") -> list[Remark]:
    head = head_of(definition)
    told = []
    for finding in validate(definition, canonicalise(definition, read.frame, head), Context(head)).findings:
        words = in_words(definition, finding, language)
        told.append(
            Remark(finding.rule, finding.severity, finding.line, finding.field, finding.address, words.label, words.message,
                   words.mend)
        )  # fmt: skip
    return told


def marked(data: bytes, media_type: str = XLSX, language: str = "en") -> bytes:
    read = read_workbook(data, media_type, MEMBER_STATE)
    remarks = remarks_on(MEMBER_STATE, read, language)
    return annotate(
        data,
        media_type,
        read.layout,
        remarks,
        MEMBER_STATE,
        head_of(MEMBER_STATE),
        entity_name="Denmark",
        language=language,
    )


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def fill(cell: Any) -> str:
    return "#" + str(cell.fill.fgColor.rgb)[-6:]


def errors(data: bytes) -> set[str]:
    return {
        remark.address
        for remark in remarks_on(MEMBER_STATE, read_workbook(data, XLSX, MEMBER_STATE))
        if remark.severity == "error" and remark.line is not None
    }


def test_mistakes_are_coloured_noted_and_listed_and_the_content_stays_the_same() -> None:
    data = made(MEMBER_STATE, rows(*SEEDED))
    back = marked(data)
    assert content_of(back, MEMBER_STATE) == content_of(data, MEMBER_STATE)
    assert prescan(io.BytesIO(back), "back.xlsx") == XLSX
    book = opened(back)
    assert book.sheetnames[0] == "Findings"
    assert book.active.title == "Findings"
    cell = book["2 Reports received"]["D6"]
    assert (cell.value, fill(cell)) == ("about 90", SEVERITY_FILLS["error"])
    assert cell.comment.text.startswith("Error M-FMT-004: ")
    assert "How to mend it: " in cell.comment.text
    links = {
        row[1].value: row[1].hyperlink.location for row in book["Findings"].iter_rows(min_row=6) if row[1].hyperlink
    }
    assert links["2 Reports received D6"] == "'2 Reports received'!D6"
    beside = book["2 Reports received"].cell(6, book["2 Reports received"].max_column)
    assert beside.value.startswith("Error: ")
    assert beside.hyperlink.location.startswith("'Findings'!B")
    comment = book["4 Children identified"]["L7"]
    assert (comment.value, comment.data_type) == ("=1+1", "s")


def test_help_locks_drop_downs_and_the_hidden_sheets_are_still_there() -> None:
    data = made(MEMBER_STATE, rows(*SEEDED))
    before, after = opened(data), opened(marked(data))
    for sheet in before.worksheets:
        other = after[sheet.title]
        assert other.protection.sheet
        assert other.sheet_state == sheet.sheet_state
        assert len(other.data_validations.dataValidation) == len(sheet.data_validations.dataValidation)
        for row in sheet.iter_rows():
            for cell in row:
                same = other[cell.coordinate]
                assert (same.value or "") == (cell.value or "")
                assert same.protection.locked == cell.protection.locked
                if cell.comment:
                    assert cell.comment.text in same.comment.text


def test_marked_again_after_mending_the_old_marks_are_gone() -> None:
    first = marked(made(MEMBER_STATE, rows(*SEEDED)))
    book = opened(first)
    book["2 Reports received"]["D6"].value = 90
    out = io.BytesIO()
    book.save(out)
    assert errors(out.getvalue()) == errors(first) - {"reports.total"}
    again = opened(marked(out.getvalue()))
    assert again.sheetnames.count("Findings") == 1
    assert len(again.sheetnames) == len(book.sheetnames)
    cell = again["2 Reports received"]["D6"]
    assert fill(cell) == PALE_BLUE
    assert cell.comment is None
    places = [row[1].value for row in again["Findings"].iter_rows(min_row=6)]
    assert "2 Reports received D6" not in places
    assert "4 Children identified D7" in places
    other = again["4 Children identified"]["D7"]
    assert other.comment.text.count(RULE) == 1
    assert len({(row[0].value, row[1].value) for row in again[MARKS].iter_rows()}) == again[MARKS].max_row


def test_a_finding_without_a_line_is_shown_where_the_answer_belongs() -> None:
    book = opened(marked(made(MEMBER_STATE)))
    missing = [row for row in book["Findings"].iter_rows(min_row=6) if row[0].value == "Error"]
    assert missing
    assert all(row[1].value for row in missing)
    sheet, _, cell = missing[0][1].value.rpartition(" ")
    assert fill(book[sheet][cell]) == SEVERITY_FILLS["error"]


def test_a_flat_sheet_of_the_filers_own_is_marked_too() -> None:
    table = [("address", "value", "obs_status"), ("reports.total", "many", "A"), ("children.total", "5", "A")]
    back = marked(xlsx(sheet_xml(table_xml(*table))))
    sheet = opened(back)["Data"]
    assert [cell.value for cell in sheet[1]] == ["address", "value", "obs_status", "#findings"]
    assert fill(sheet["B2"]) == SEVERITY_FILLS["error"]
    assert content_of(back, MEMBER_STATE) == content_of(xlsx(sheet_xml(table_xml(*table))), MEMBER_STATE)
    assert content_of(marked(back), MEMBER_STATE) == content_of(back, MEMBER_STATE)


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_what_libreoffice_saved_comes_back_marked(suffix: str, tmp_path: Path) -> None:
    data = made(MEMBER_STATE, rows(*SEEDED), "da")
    saved = saved_by_libreoffice(data, suffix, tmp_path)
    back = marked(saved, {"xlsx": XLSX, "ods": ODS}[suffix], "da")
    assert content_of(back, MEMBER_STATE) == content_of(data, MEMBER_STATE)
    cell = opened(back)["2 Modtagne indberetninger"]["D6"]
    assert (cell.value, fill(cell)) == ("about 90", SEVERITY_FILLS["error"])
    assert opened(back).sheetnames[0] == "Fund"
    once_more = saved_by_libreoffice(back, "xlsx", tmp_path, "marked.xlsx")
    assert content_of(once_more, MEMBER_STATE) == content_of(data, MEMBER_STATE)


def test_a_csv_comes_back_as_a_workbook_with_its_content_and_marks() -> None:
    csv = rows(*SEEDED).write_csv().encode()
    read = Read(rows(*SEEDED).with_row_index("line", offset=2), [], {})
    remarks = [
        Remark("M-FMT-004", "error", 2, "value", "reports.total", "Reports", "No number.", "Digits only."),
        Remark("X-1", "warning", 4, "no_such_field", "reports.by_organisation[organisation=NCMEC]", "By", "Odd.", ""),
    ]
    back = annotate(
        csv, CSV, read.layout, remarks, MEMBER_STATE, head_of(MEMBER_STATE), entity_name="Denmark", language="nl"
    )
    assert (
        content_of(back, MEMBER_STATE) == content_of_csv(csv, MEMBER_STATE) == canonical(MEMBER_STATE, read_back(csv))
    )
    book = opened(back)
    assert book.sheetnames[0] == "Bevindingen"
    cell = book["2 Ontvangen meldingen"]["D6"]
    assert (fill(cell), cell.comment.text.split("\n")[0]) == (SEVERITY_FILLS["error"], "Fout M-FMT-004: No number.")
    assert [row[1].value for row in book["Bevindingen"].iter_rows(min_row=6)][1].endswith("A5")


def read_back(csv: bytes) -> Any:
    from submissions.sources import from_csv

    return from_csv(csv)


def test_a_file_that_cannot_be_marked_without_loss_is_written_anew() -> None:
    """Cells merged across columns take no mark; dates that openpyxl cannot hold would be lost."""
    days = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    table = table_xml(("address", "value", "obs_status"), ("reports.total", "many", "A"))
    huge = '<row r="3"><c r="A3" t="inlineStr"><is><t>frame.period_start</t></is></c><c r="B3" s="1"><v>99999999</v></c></row>'
    data = xlsx(sheet_xml(table + huge), {"xl/styles.xml": days})
    back = marked(data)
    assert content_of(back, MEMBER_STATE) == content_of(data, MEMBER_STATE)
    assert "2 Reports received" in opened(back).sheetnames
