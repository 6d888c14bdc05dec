"""How far the cells of a sheet reach, while they stream by."""

from __future__ import annotations

from submissions.workbook.refusals import refuse

MOST_COLUMNS = 60
MOST_CELLS = 4_000_000
"""Rows × columns of the box around all cells: what the reader must hold in memory."""


def letters(column: int) -> str:
    """0 -> A, 26 -> AA."""
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def column_number(name: str) -> int:
    """A -> 0, AA -> 26."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


class Box:
    """The rows and columns of one sheet that hold something, counted from 0."""

    def __init__(self, sheet: str) -> None:
        self.sheet, self.row, self.column = sheet, -1, -1

    def hold(self, row: int, column: int) -> None:
        """Raises SourceError, naming the cell, where the box grows too large."""
        if row <= self.row and column <= self.column:
            return
        self.row, self.column = max(row, self.row), max(column, self.column)
        if self.column >= MOST_COLUMNS or (self.row + 1) * (self.column + 1) > MOST_CELLS:
            cell = f"{letters(column)}{row + 1}"
            raise refuse("far_cell", sheet=self.sheet, cell=cell, columns=MOST_COLUMNS, cells=f"{MOST_CELLS:,}")
