"""A workbook while it is written: its lists, its styles, and what is to be said about its cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from submissions.canonical import Head
from submissions.definition import Definition
from submissions.sources import gettext_noop, refusal
from submissions.workbook.names import LISTS
from submissions.workbook.remarks import FIRST_LISTED, Remark, listed_remarks
from submissions.workbook.styles import Styles
from submissions.workbook.texts import Words

LONGEST_CELL = 32_767
LONGEST_HEADER = 200


class Book:
    def __init__(
        self, workbook: Workbook, definition: Definition, head: Head, entity_name: str, language: str,
        last_year: Mapping[str, str], remarks: Sequence[Remark],
    ) -> None:  # fmt: skip
        self.workbook, self.definition, self.head = workbook, definition, head
        self.entity_name, self.language, self.last_year = entity_name, language, last_year
        self.words, self.styles = Words(language), Styles(workbook)
        self.remarks = remarks
        self.listed_at = {remark: number for number, remark in enumerate(listed_remarks(remarks), FIRST_LISTED)}
        """Rows on the sheet of findings, as spreadsheets count them."""
        self.by_line: dict[int, list[Remark]] = defaultdict(list)
        self.by_address: dict[str, list[Remark]] = defaultdict(list)
        for remark in remarks:
            if remark.line is None:
                self.by_address[remark.address].append(remark)
            else:
                self.by_line[remark.line].append(remark)
        self.places: dict[Remark, tuple[str, str]] = {}
        """Sheet and cell of each remark that has one."""
        self.marks: list[list[str]] = [[self.words("sheets", "findings"), "", ""]]
        """First the sheet of findings; then sheet, cell and own colour of each cell that a remark coloured."""
        self.notes = 0
        self.lists: dict[str, list[str]] = {}

    @property
    def title(self) -> str:
        return " – ".join(filter(None, (self.definition.title[self.language], self.entity_name, self.head.period)))

    def remarks_at(self, line: int | None, address: str) -> list[Remark]:
        """The remarks on a row; those without a line of their own belong to the first row of their address."""
        return [*(self.by_line.get(line, []) if line is not None else []), *self.by_address.pop(address, [])]

    # Drop-downs ---------------------------------------------------------------------------------------------------

    def list_range(self, key: str, entries: Iterable[str]) -> str:
        """The entries of a drop-down, on the hidden sheet under a name: Excel keeps checks that use a name as they are,
        and writes those that use a range of another sheet in a way other programs drop."""
        if key not in self.lists:
            self.lists[key] = list(entries)
            column = xl_col_to_name(len(self.lists) - 1)
            place = f"={LISTS}!${column}$2:${column}${len(self.lists[key]) + 1}"
            self.workbook.define_name(f"codes_{len(self.lists)}", place)
        return f"=codes_{list(self.lists).index(key) + 1}"

    def list_rows(self) -> list[list[str]]:
        return [list(self.lists), *([text or "" for text in row] for row in zip_longest(*self.lists.values()))]

    def write_hidden(self, name: str, rows: Iterable[Sequence[str]]) -> None:
        sheet = self.workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)
        sheet.protect()
        if name == LISTS:
            sheet.hide()
        else:
            sheet.very_hidden()

    # What all sheets share ----------------------------------------------------------------------------------------

    def set_up(self, sheet: Worksheet) -> None:
        """Page, header and footer for print, and the locks."""
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        told = [text.replace("&", "&&")[: LONGEST_HEADER // 3] for text in
                (self.entity_name, self.definition.title[self.language], self.head.period)]  # fmt: skip
        # The space keeps a text that begins with a digit from being read as part of the size.
        sheet.set_header("&L&8 {}&C&8 {}&R&8 {}".format(*told))
        sheet.set_footer("&L&8&A&R&8&P / &N")
        sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True, "format_cells": True})


def fitting(text: str, address: str, field: str) -> str:
    """The text, if a cell can hold it; spreadsheets count in UTF-16."""
    length = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if length > LONGEST_CELL:
        raise refusal(
            "too_long_for_a_cell",
            gettext_noop(
                "%(address)s: %(field)s has %(length)s characters; a cell of a workbook holds %(most)s. Shorten it, or "
                "use the form or CSV."
            ),
            address=address, field=field, length=length, most=LONGEST_CELL,
        )  # fmt: skip
    return text
