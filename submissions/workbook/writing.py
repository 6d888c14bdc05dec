"""The workbook of a filing: made for one entity and period, in one language, filled with what is known.

Sheets: *Read me*, one a category (one more for each set of open dimensions), hidden ones with the code lists and with
what the workbook was made for. Every text is written as text, so nothing that was filed can act as a formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

import polars as pl
from xlsxwriter import Workbook

from submissions.canonical import FIELDS, Head
from submissions.definition import Definition
from submissions.workbook import front
from submissions.workbook.book import Book
from submissions.workbook.data_sheet import DataSheet
from submissions.workbook.names import ABOUT, LISTS, MARKS
from submissions.workbook.remarks import Remark
from submissions.workbook.sheets import Row, Sheet, placed, plan, rows_of, sheet_name

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MANY_ROWS = 20_000
"""From so many observations on, rows are written out as they come, so memory stays bounded."""
MOST_ROWS = 1_000_000
"""A sheet takes so many rows of observations; the next ones go on another."""


def write_workbook(
    out: BinaryIO,
    definition: Definition,
    head: Head,
    *,
    entity_name: str,
    language: str,
    observations: pl.DataFrame | None = None,
    last_year: Mapping[str, str] | None = None,
    remarks: Sequence[Remark] = (),
) -> None:
    """Writes an .xlsx to `out`. `observations` has the columns of FIELDS and perhaps `line`, as a raw frame has;
    `last_year` is what the last filing said, by address, as people read it; `remarks` are marked in their cells and
    listed on a first sheet. Raises SourceError where a text is longer than a cell can hold, naming its address."""
    last_year = last_year or {}
    many = observations is not None and observations.height > MANY_ROWS
    with Workbook(out, OPTIONS | ({"constant_memory": True} if many else {"in_memory": True})) as workbook:
        book = Book(workbook, definition, head, entity_name, language, last_year, remarks)
        sheets = with_rows(definition, language, observations, last_year)
        findings = workbook.add_worksheet(book.words("sheets", "findings")) if remarks else None
        read_me = workbook.add_worksheet(book.words("sheets", "read_me"))
        shown = []
        for sheet, rows in sheets:
            DataSheet(book, sheet).write(rows)
            shown.append(sheet)
        if findings:
            front.write_findings(book, findings)
            book.write_hidden(MARKS, book.marks)
        front.write_read_me(book, read_me, shown)
        book.write_hidden(LISTS, book.list_rows())
        book.write_hidden(ABOUT, about(definition, head, language))
        (findings or read_me).activate()
        workbook.set_properties({"title": book.title, "author": entity_name})


def about(definition: Definition, head: Head, language: str) -> list[list[str]]:
    return [
        ["return", head.return_id],
        ["version", head.version],
        ["fingerprint", definition.fingerprint],
        ["entity", head.entity],
        ["period", head.period],
        ["language", language],
    ]


def with_rows(
    definition: Definition, language: str, observations: pl.DataFrame | None, last_year: Mapping[str, str]
) -> Iterator[tuple[Sheet, list[Row]]]:
    """The sheets and their rows; what has no place in the definition gets a sheet of its own."""
    filed = placed(definition, numbered(observations))
    taken: set[str] = set()
    for sheet in plan(definition, language):
        rows = list(rows_of(sheet, filed, last_year, definition))
        for first in range(0, len(rows), MOST_ROWS):
            name = sheet_name(sheet.name, taken)
            yield Sheet(name, sheet.title, sheet.points, sheet.dimensions), rows[first : first + MOST_ROWS]
    if filed.others:
        name = front.other_lines(language)
        others = [Row(row["address"], None, {}, row, line) for line, row in filed.others]
        for first in range(0, len(others), MOST_ROWS):
            yield Sheet(sheet_name(name, taken), name, ()), others[first : first + MOST_ROWS]


def numbered(observations: pl.DataFrame | None) -> Iterator[tuple[int, Mapping[str, str]]]:
    if observations is None:
        return
    lines = observations["line"].to_list() if "line" in observations.columns else range(observations.height)
    rows = observations.select(pl.col(name).cast(pl.String).fill_null("") for name in FIELDS).iter_rows(named=True)
    yield from zip(lines, rows, strict=True)
