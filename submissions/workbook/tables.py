"""Task of the child process: the tables of a workbook as CSV, every cell as text.

A table is a sheet with a cell `address` in its first rows; the cells beside it name the columns.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from python_calamine import CalamineError, CalamineSheet, PasswordError, SheetVisibleEnum, load_workbook

from submissions.workbook.frames import Fault
from submissions.workbook.names import ABOUT, OWN

HEADER_WITHIN = 10
BATCH = 20_000
MOST_DIGITS = 30
EXACT = 2**53
"""Whole numbers below are exact in a cell."""
Row = list[Any]


def answer(options: dict[str, Any], data: bytes) -> list[bytes]:
    """First `{about, sheets: [{sheet, columns}]}` as JSON, then one CSV a sheet: row number from 0, then the cells."""
    about: dict[str, str] = {}
    sheets, tables = [], []
    try:
        book = load_workbook(io.BytesIO(data))
        for index, meta in enumerate(book.sheets_metadata):
            if meta.name in OWN:
                if meta.name == ABOUT:
                    about = dict(read_about(book.get_sheet_by_index(index)))
                continue
            if found := read_table(book.get_sheet_by_index(index)):
                if meta.visible is not SheetVisibleEnum.Visible:
                    raise Fault("hidden_sheet", sheet=meta.name)
                columns, table = found
                sheets.append({"sheet": meta.name, "columns": columns})
                tables.append(table)
    except PasswordError as problem:
        raise Fault("encrypted") from problem
    except CalamineError as problem:
        raise Fault("unreadable_workbook", problem=str(problem)[:200]) from problem
    return [json.dumps({"about": about, "sheets": sheets}).encode(), *tables]


def read_about(sheet: CalamineSheet) -> Iterator[tuple[str, str]]:
    for row in islice(sheet.iter_rows(), 50):
        if len(row) >= 2:
            yield text(row[0]), text(row[1])


def read_table(sheet: CalamineSheet) -> tuple[list[list[Any]], bytes] | None:
    """The named columns as pairs of name and column number from 0, and the rows below them; None without a table."""
    rows = enumerate(sheet.iter_rows())
    header = next((row for _, row in islice(rows, HEADER_WITHIN) if "address" in row), None)
    if header is None:
        return None
    left = sheet.start[1] if sheet.start else 0
    lines = io.StringIO(newline="")
    csv.writer(lines, lineterminator="\n").writerows(as_text(rows))
    return [[text(cell).strip(), left + place] for place, cell in enumerate(header)], lines.getvalue().encode()


def as_text(rows: Iterator[tuple[int, Row]]) -> Iterator[tuple[Any, ...]]:
    """Rows that hold anything, each behind its number; columns that are text already are not touched."""
    while batch := list(islice(rows, BATCH)):
        # `any` finds text, the slower look also finds a lone zero.
        held = [(number, row) for number, row in batch if any(row) or any(cell != "" for cell in row)]
        columns = zip(*[row for _, row in held], strict=True)
        texts = [column if set(map(type, column)) == {str} else [text(cell) for cell in column] for column in columns]
        yield from zip([number for number, _ in held], *texts, strict=True)


def text(cell: Any) -> str:
    """A cell as it would stand in a CSV file: days in ISO form, whole numbers without a point, yes and no as 1 and 0."""
    kind = type(cell)
    if kind is str:
        return cell
    if kind is float:
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else number_text(cell)
    if kind is bool:
        return "1" if cell else "0"
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return f"{cell.total_seconds() / 3600:g} h" if isinstance(cell, timedelta) else str(cell)


def number_text(number: float) -> str:
    """The shortest text that means this number, without an exponent unless it would need very many digits."""
    shortest = repr(number)
    if shortest.endswith(".0"):
        return shortest[:-2]
    if "e" not in shortest:
        return shortest
    value = Decimal(shortest)
    return format(value, "f") if abs(value.adjusted()) < MOST_DIGITS else shortest
