"""Measurement series of any length, as CSV and as a sheet. Made up, and so marked."""

from __future__ import annotations

import calendar
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import xlsxwriter

from submissions.canonical import FIELDS
from tests.jobs.generated import series

HEAD = "return=measurement_series&entity=libra&period=2025"


def halves() -> Iterator[dict[str, str]]:
    """Every figure of the year's series twice: for the first half of its month, and for the second."""
    for address, value in series():
        if "month=" not in address:
            yield {"address": address, "value": value}
            continue
        month = address.partition("month=")[2][:7]
        last = calendar.monthrange(2025, int(month[5:]))[1]
        for first_day, last_day in (("01", "14"), ("15", str(last))):
            yield {"address": address, "value": value, "obs_status": "A", "qualifier": "exact",
                   "period": f"{month}-{first_day}/{month}-{last_day}"}  # fmt: skip


def rows(count: int, round_: int) -> Iterator[list[str]]:
    """A header and `count` lines of all columns; the first line tells the rounds apart, so that none is a replay."""
    yield list(FIELDS)
    for line in islice(halves(), count):
        cells = [line.get(name, "") for name in FIELDS]
        yield cells if "month=" in line["address"] else [cells[0], f"{cells[1]} Round {round_}.", *cells[2:]]


def write_csv(to: Path, count: int, round_: int) -> None:
    with to.open("w", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows(count, round_))


def write_xlsx(to: Path, count: int, round_: int) -> None:
    with xlsxwriter.Workbook(to, {"constant_memory": True, "strings_to_numbers": True}) as book:
        sheet = book.add_worksheet("Series")
        for number, row in enumerate(rows(count, round_)):
            sheet.write_row(number, 0, row)
