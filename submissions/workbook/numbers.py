"""Numbers and days as a cell can hold them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from submissions.datatypes import NUMBER

EARLIEST = date(1901, 1, 1)


def exact_in_cell(text: str) -> bool:
    """Spreadsheets keep 15 digits; a number with more is written as text, so that none of them is lost."""
    if not re.fullmatch(NUMBER, text):
        return False
    number = float(text)
    return Decimal(f"{number:.15G}") == Decimal(f"{number:.16G}") == Decimal(text)


def as_day(text: str) -> date | None:
    """A day that a cell can hold; spreadsheets disagree about 1900."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= EARLIEST and day.isoformat() == text else None
