"""LibreOffice opens what the portal writes, keeps what matters, and what it saves reads as if it had never been there."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from submissions.definition import Definition
from submissions.sources import ODS, XLSX, from_csv
from submissions.workbook.prescan import prescan
from submissions.workbook.reading import check_about, read_workbook
from tests.workbook.builders import (
    CATALOGUE,
    RETURNS,
    canonical,
    head_of,
    made,
    published,
    rows,
    saved_by_libreoffice,
)

FILED = {
    "member_state_statistics": "member_state_statistics/2022/dk.csv",
    "provider_report 2021": "provider_report/2022/x.csv",
    "provider_report 2024": "provider_report/2025/google.csv",
    "reference_statistics": "reference_statistics/2022/ncmec.csv",
    "measurement_series": "measurement_series/2021/libra.csv",
}


def filed(definition: Definition) -> bytes:
    """A published filing and, where texts may stand, lines that are hard to carry."""
    name = definition.return_id
    data = published(FILED.get(name) or FILED[f"{name} {definition.version}"])
    if definition.id != "provider_report_2024":
        return data
    hard = rows(
        {"address": "data.other_information", "value": "=1+1", "obs_status": "A", "comment": "æøå – 😀\nsecond  line 'x' <&>"},
        {"address": "errors.known.flagged[technology=PHOTODNA]", "value": "90000", "qualifier": "approximate",
         "period": "2025-01-01/2025-06-30", "reason": "calendar_year_only", "flags": "dynamic_database"},
        {"address": "errors.known.false_positives[technology=PHOTODNA]", "qualifier": "range", "low": "1", "high": "2.5"},
        {"address": "cases.new.images", "value": "123456789012345678", "obs_status": "A", "comment": "_x0041_"},
    )  # fmt: skip
    dropped = ("data.other_information,", "cases.new.images,", "errors.known.fl", "errors.known.false_positives")
    kept = [line for line in data.decode().splitlines() if not line.startswith(dropped)]
    return ("\n".join(kept) + "\n" + hard.write_csv(include_header=False)).encode()


@pytest.mark.parametrize(("return_id", "version"), RETURNS)
def test_a_filled_workbook_saved_by_libreoffice_has_the_same_content(
    return_id: str, version: str, tmp_path: Path
) -> None:
    definition = CATALOGUE.get(return_id, version)
    raw = from_csv(filed(definition))
    data = made(definition, raw, "da", last_year=dict.fromkeys(definition.points, "7"))
    wanted = canonical(definition, raw)
    assert len(wanted.splitlines()) > 3
    for suffix, media_type in (("xlsx", XLSX), ("ods", ODS)):
        saved = saved_by_libreoffice(data, suffix, tmp_path)
        assert prescan(io.BytesIO(saved), f"workbook.{suffix}") == media_type
        read = read_workbook(saved, media_type, definition)
        check_about(read.about, definition, head_of(definition))
        assert read.about["language"] == "da"
        assert canonical(definition, read.frame) == wanted


@pytest.mark.parametrize(("return_id", "version"), RETURNS)
def test_libreoffice_keeps_drop_downs_locks_notes_and_hidden_sheets(
    return_id: str, version: str, tmp_path: Path
) -> None:
    definition = CATALOGUE.get(return_id, version)
    data = made(definition)
    before = openpyxl.load_workbook(io.BytesIO(data))
    after = openpyxl.load_workbook(io.BytesIO(saved_by_libreoffice(data, "xlsx", tmp_path)))
    assert after.sheetnames == before.sheetnames
    for sheet in before.worksheets:
        other = after[sheet.title]
        assert other.protection.sheet
        assert (sheet.sheet_state == "visible") == (other.sheet_state == "visible")
        if sheet.title[0].isdigit():
            assert drop_downs(other) >= drop_downs(sheet) > set()
            assert notes(other) == notes(sheet) > 0
            assert other.row_dimensions[3].hidden
            assert other.auto_filter.ref
            assert unlocked(other) == unlocked(sheet) > 0


def drop_downs(sheet: openpyxl.worksheet.worksheet.Worksheet) -> set[str]:
    """The lists that cells of the sheet are chosen from."""
    return {str(check.formula1) for check in sheet.data_validations.dataValidation if check.type == "list"}


def notes(sheet: openpyxl.worksheet.worksheet.Worksheet) -> int:
    return sum(cell.comment is not None for row in sheet.iter_rows() for cell in row)


def unlocked(sheet: openpyxl.worksheet.worksheet.Worksheet) -> int:
    return sum(not cell.protection.locked for row in sheet.iter_rows(max_col=20) for cell in row)


def test_an_ods_of_it_keeps_them_too(tmp_path: Path) -> None:
    definition = CATALOGUE.get("member_state_statistics", "1")
    saved = saved_by_libreoffice(made(definition), "ods", tmp_path)
    content = zipfile.ZipFile(io.BytesIO(saved)).read("content.xml").decode()
    assert content.count('table:protected="true"') == len(read_workbook(saved, ODS, definition).layout) + 3
    assert len(re.findall("<office:annotation ", content)) >= len(definition.points)
    assert len(re.findall("cell-content-is-in-list", content)) > 10
    assert 'table:display="false"' in content
