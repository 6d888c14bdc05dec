"""A person with a spreadsheet program: opens a workbook, fills cells by address and column, saves it."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell

HEADER_WITHIN = 10


def opened(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(book: Workbook, address: str, **answers: Any) -> Cell:
    """Writes `value=…`, `obs_status=…` into the row of an address. Gives the cell of its value."""
    for sheet in book.worksheets:
        for header in sheet.iter_rows(max_row=HEADER_WITHIN):
            columns = {cell.value: cell.column for cell in header if isinstance(cell.value, str)}
            if "address" not in columns:
                continue
            for row in range(header[0].row + 1, sheet.max_row + 1):
                if sheet.cell(row, columns["address"]).value == address:
                    for name, answer in answers.items():
                        sheet.cell(row, columns[name]).value = answer
                    return sheet.cell(row, columns["value"])
    raise AssertionError(f"no row for {address}")
