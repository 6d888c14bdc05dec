"""Every hostile file gets its own answer, quickly, in little memory, and leaves nothing behind."""

from __future__ import annotations

import io
import tempfile
import time
import tracemalloc
from pathlib import Path

import pytest

from submissions.canonical import canonicalise
from submissions.rules import Context
from submissions.sources import ODS, XLSX, SourceError, place, read_source
from submissions.validation import validate
from submissions.workbook import sandbox
from submissions.workbook.prescan import prescan
from submissions.workbook.reading import Read, read_workbook
from tests.workbook import hostile
from tests.workbook.builders import (
    HEADER,
    MEMBER_STATE,
    ODS_HEADER,
    RELATION,
    RELATIONS,
    head_of,
    made,
    ods,
    sheet_xml,
    table_xml,
    text_cell,
    xlsx,
)

SECONDS = 20
"""Generous: two processors are shared with everything else that runs."""
FILES = list(hostile.files())


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def read(data: bytes, name: str) -> Read:
    media_type = prescan(io.BytesIO(data), name)
    if media_type in (XLSX, ODS):
        return read_workbook(data, media_type, MEMBER_STATE)
    return Read(read_source(data, media_type), [], {})


def test_there_are_enough_of_them() -> None:
    assert len(FILES) + len(ODD_CELLS) >= 60
    assert len({file.id for file in FILES}) == len(FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.id)
def test_a_hostile_file_is_refused_with_its_own_sentence(file: hostile.Refused, scratch: Path) -> None:
    data = file.make()
    started = time.monotonic()
    with pytest.raises(SourceError) as caught:
        read(data, file.name)
    assert time.monotonic() - started < SECONDS
    (fault,) = caught.value.faults
    assert fault.code == file.code
    begin, ellipsis, end = file.told.partition("…")
    assert fault.detail == file.told or (ellipsis and fault.detail.startswith(begin) and fault.detail.endswith(end))
    assert list(scratch.iterdir()) == []


def test_a_gigabyte_of_blanks_is_seen_through_in_little_memory() -> None:
    data = hostile.blanks(990)
    tracemalloc.start()
    with pytest.raises(SourceError, match="far larger than any filing"):
        prescan(io.BytesIO(data), "blanks.xlsx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * 2**20


# Cells that are odd but readable --------------------------------------------------------------------------


def found_in(data: bytes, name: str = "odd.xlsx") -> list[tuple[str, str]]:
    """Rule and place of each finding that has a line."""
    got = read(data, name)
    head = head_of(MEMBER_STATE)
    verdict = validate(MEMBER_STATE, canonicalise(MEMBER_STATE, got.frame, head), Context(head))
    told = []
    for finding in verdict.findings:
        if finding.line is not None and finding.severity == "error":
            at = place(XLSX, finding.line, finding.field, got.layout)["place"]
            told.append((finding.rule, f"{at['sheet']}!{at['cell']}"))
    return told


UNREADABLE_NUMBER = [("M-FMT-004", "Data!B2")]
ODD_CELLS = {
    "nan": text_cell("B2", "NaN"),
    "infinity": text_cell("B2", "Infinity"),
    "infinite-number": '<c r="B2"><v>INF</v></c>',
    "1e400": text_cell("B2", "1e400"),
    "number-1e300": '<c r="B2"><v>1E300</v></c>',
    "arabic-digits": text_cell("B2", "١٢٣"),
    "grouped": text_cell("B2", "1 234"),
    "formula-as-text": text_cell("B2", "=1+1"),
    "day": '<c r="B2" s="1"><v>45000</v></c>',
    "day-before-1900": '<c r="B2" s="1"><v>-5</v></c>',
    "day-beyond-9999": '<c r="B2" t="d"><v>1899-05-01</v></c>',
    "huge-text": text_cell("B2", "9" * 200_000),
    "bom-inside": text_cell("B2", "\ufeff5"),
    "right-to-left": text_cell("B2", "\u202e5"),
}
DAYS = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14"/></cellXfs></styleSheet>'
)


@pytest.mark.parametrize("cell", ODD_CELLS.values(), ids=ODD_CELLS)
def test_a_value_that_is_no_number_becomes_a_finding_at_its_cell(cell: str) -> None:
    line = f'<row r="2">{text_cell("A2", "reports.total")}{cell}</row>'
    assert found_in(xlsx(sheet_xml(HEADER + line), {"xl/styles.xml": DAYS})) == UNREADABLE_NUMBER


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e400", "١٢٣", "=1+1", "1 234", "\ufeff5"])
def test_a_csv_says_the_same(text: str) -> None:
    got = read(f"address,value\nreports.total,{text}\n".encode(), "odd.csv")
    head = head_of(MEMBER_STATE)
    verdict = validate(MEMBER_STATE, canonicalise(MEMBER_STATE, got.frame, head), Context(head))
    assert [(f.rule, f.line) for f in verdict.findings if f.line is not None and f.severity == "error"] == [
        ("M-FMT-004", 2)
    ]


def values(data: bytes, name: str = "odd.xlsx") -> list[tuple[int, str, str]]:
    frame = read(data, name).frame
    return [(line + 1, address, value) for line, address, value in frame.select("line", "address", "value").rows()]


def test_blank_rows_keep_their_numbers_and_late_text_is_not_lost() -> None:
    numbers = "".join(
        f'<row r="{n}">{text_cell(f"A{n}", "reports.total")}<c r="B{n}"><v>{n}</v></c></row>' for n in range(2, 400, 7)
    )
    late = f'<row r="5000">{text_cell("A5000", "reports.total")}{text_cell("B5000", "late")}</row>'
    got = values(xlsx(sheet_xml(HEADER + numbers + late)))
    assert got[:2] == [(2, "reports.total", "2"), (9, "reports.total", "9")]
    assert got[-1] == (5000, "reports.total", "late")


def test_cells_are_read_as_a_csv_would_say_them() -> None:
    cells = [
        '<c r="B2"><v>5.0</v></c>', '<c r="B3"><v>0.1</v></c>', '<c r="B4" t="b"><v>1</v></c>',
        '<c r="B5" s="1"><v>45657</v></c>', '<c r="B6"><v>1E-7</v></c>', '<c r="B7"><v>0</v></c>',
        text_cell("B8", "a_x000D_b"), text_cell("B9", "007"), '<c r="B10"><v>123456789012345680</v></c>',
    ]  # fmt: skip
    lines = [f'<row r="{n}">{text_cell(f"A{n}", "remarks.text")}{cell}</row>' for n, cell in enumerate(cells, 2)]
    got = values(xlsx(sheet_xml(HEADER + "".join(lines)), {"xl/styles.xml": DAYS}))
    assert [value for _, _, value in got] == [
        "5", "0.1", "1", "2024-12-31", "0.0000001", "0", "a\rb", "007", "123456789012345680",
    ]  # fmt: skip


def test_links_notes_and_coloured_empty_cells_far_out_do_no_harm() -> None:
    link = RELATION.format(id="rId1", kind="hyperlink", to="https://example.org").replace(
        "/>", ' TargetMode="External"/>'
    )
    line = f'<row r="2">{text_cell("A2", "reports.total")}<c r="B2"><v>5</v></c><c r="XFD2" s="1"/></row>'
    data = xlsx(sheet_xml(HEADER + line), {"xl/worksheets/_rels/sheet1.xml.rels": RELATIONS.format(link)})
    assert values(data) == [(2, "reports.total", "5")]
    assert prescan(io.BytesIO(made(MEMBER_STATE)), "own.xlsx") == XLSX


def test_cells_without_references_are_read_where_they_stand() -> None:
    line = "<row><c t='inlineStr'><is><t>reports.total</t></is></c><c><v>5</v></c></row>"
    head = "<row>" + "".join(f"<c t='inlineStr'><is><t>{name}</t></is></c>" for name in ("address", "value")) + "</row>"
    assert values(xlsx(sheet_xml(head + line))) == [(2, "reports.total", "5")]


def test_repeated_cells_and_days_before_1900_of_an_ods_are_read() -> None:
    lines = (
        f'{ODS_HEADER}<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="9"/>'
        '</table:table-row><table:table-row><table:table-cell office:value-type="string"><text:p>reports.total</text:p>'
        '</table:table-cell><table:table-cell office:value-type="date" office:date-value="1899-05-01"><text:p>x</text:p>'
        '</table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
    )
    assert values(ods(lines), "odd.ods") == [(5, "reports.total", "1899-05-01")]


def test_unknown_columns_are_named_and_columns_of_ours_are_not_read() -> None:
    table = [("address", "value", "colour", "#label", ""), ("reports.total", "1", "red", "any", "stray")]
    frame = read(xlsx(sheet_xml(table_xml(*table))), "odd.xlsx").frame
    assert frame["extra"].to_list() == ["colour, (no name)"]


# Limits ---------------------------------------------------------------------------------------------------


def test_too_little_memory_is_told_as_too_large_a_workbook(scratch: Path) -> None:
    lines = "".join(f'<row r="{n}">{text_cell(f"A{n}", "x" * 900)}</row>' for n in range(2, 60_000))
    data = xlsx(sheet_xml(HEADER + lines))
    with pytest.raises(SourceError) as caught:
        read_workbook(data, XLSX, MEMBER_STATE, memory_mb=80)
    assert caught.value.faults[0].code == "workbook_too_large"
    assert list(scratch.iterdir()) == []


def test_a_reader_that_takes_too_long_is_ended(scratch: Path) -> None:
    lines = "".join(f'<row r="{n}">{text_cell(f"A{n}", "x")}</row>' for n in range(2, 300_000))
    with pytest.raises(SourceError) as caught:
        sandbox.run("tables", {}, xlsx(sheet_xml(HEADER + lines)), seconds=0.2)
    assert caught.value.faults[0].code == "workbook_too_slow"
    assert list(scratch.iterdir()) == []


def test_the_process_that_reads_knows_nothing_of_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "not-for-you")
    started: list[dict[str, str]] = []
    popen = sandbox.subprocess.Popen

    def watched(*args: object, **kwargs: object) -> object:
        started.append(kwargs["env"])  # type: ignore[arg-type]
        return popen(*args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(sandbox.subprocess, "Popen", watched)
    read_workbook(xlsx(hostile.GOOD), XLSX, MEMBER_STATE)
    assert [sorted(env) for env in started] == [["LANG", "TMPDIR"]]
