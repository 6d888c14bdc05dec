"""Filed text on its way into a file that people open in a spreadsheet."""

from __future__ import annotations

import re

from submissions.datatypes import NUMBER

STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Where a CSV cell begins so, spreadsheets take it for a formula (OWASP, CSV injection)."""


def safe_text(text: str) -> str:
    """Text for an export to CSV: an apostrophe keeps it from acting as a formula. Numbers stay as they are."""
    return f"'{text}" if text.startswith(STARTS) and not re.fullmatch(NUMBER, text) else text
