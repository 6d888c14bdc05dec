"""What the cells of a data sheet offer and check. Nothing is barred: what does not fit becomes a finding."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from xlsxwriter.worksheet import Worksheet

from submissions.workbook import codes
from submissions.workbook.book import Book
from submissions.workbook.numbers import EARLIEST
from submissions.workbook.sheets import Sheet

YES_NO = "yes_no"
CHECKS: dict[str, dict[str, Any]] = {
    "count": {"validate": "integer", "criteria": ">=", "value": 0},
    "percentage": {"validate": "decimal", "criteria": ">=", "value": 0},
    "duration": {"validate": "decimal", "criteria": ">=", "value": 0},
    "date": {"validate": "date", "criteria": ">=", "value": EARLIEST},
}
CHECK_WORDS = {"count": "count", "duration": "number", "date": "date"}


class Choices:
    """The drop-downs of one sheet; `at` is the column of each field."""

    def __init__(self, book: Book, sheet: Sheet, out: Worksheet, at: dict[str, int]) -> None:
        self.book, self.sheet, self.out, self.at = book, sheet, out, at
        self.values: dict[tuple[str, str], list[list[int]]] = defaultdict(list)
        """Kind of check and name of list -> cells whose check hangs on their data point."""

    def note(self, row: int, column: int, kind: str, name: str) -> None:
        self.values[kind, name].append([row, column, row, column])

    def offer_all(self, first: int, last: int) -> None:
        book, definition = self.book, self.book.definition
        for field in ("obs_status", "reason", "qualifier", "flags"):
            known = codes.of_states(definition) if field == "obs_status" else codes.of_field(definition, field)
            column = self.at[field]
            self.offer("choices" if field in codes.MANY else "choice", field, known, [[first, column, last, column]])
        for name in self.sheet.dimensions:
            members = codes.of_dimension(definition, name)
            if members:
                self.offer("choice", f"dimension.{name}", members, [[first, self.at[name], last, self.at[name]]])
        if self.sheet.dimensions:
            offered = [codes.of_points(definition).entry(point.code, book.language) for point in self.sheet.points]
            source = book.list_range(f"points.{self.sheet.name}", offered)
            self.validate([[first, 0, last, 0]], {"validate": "list", "source": source}, "choice")
        period = self.at["period"]
        told = {"validate": "any", "input_title": self.book.words("columns", "period"),
                "input_message": self.book.words("validation", "period")}  # fmt: skip
        self.out.data_validation(first, period, last, period, told)
        for (kind, name), cells in self.values.items():
            if name:
                known = codes.of_yes_no() if name == YES_NO else codes.of_lists(definition, name)
                self.offer(kind, name, known, cells)
            elif check := CHECKS.get(kind):
                self.validate(cells, check, "percentage" if kind == "percentage" else CHECK_WORDS[kind])

    def offer(self, kind: str, name: str, known: codes.Vocabulary, cells: list[list[int]]) -> None:
        source = self.book.list_range(name, known.entries(self.book.language))
        self.validate(cells, {"validate": "list", "source": source}, kind)

    def validate(self, cells: list[list[int]], check: dict[str, Any], words: str) -> None:
        """A warning, never a bar: what does not fit is taken and becomes a finding."""
        joined = as_ranges(cells)
        self.out.data_validation(*joined[0], {
            **check, "error_type": "warning", "error_title": self.book.words("validation", "title"),
            "error_message": self.book.words("validation", words)[:255], "other_cells": joined[1:],
        })  # fmt: skip


def as_ranges(cells: list[list[int]]) -> list[list[int]]:
    """Cells of one column that follow each other as one range."""
    joined: list[list[int]] = []
    for top, left, bottom, right in cells:
        if joined and joined[-1][2] == top - 1 and joined[-1][1] == left:
            joined[-1] = [joined[-1][0], left, bottom, right]
        else:
            joined.append([top, left, bottom, right])
    return joined
