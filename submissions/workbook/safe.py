"""Filed text on its way into a file that people open in a spreadsheet."""

from __future__ import annotations

import re

import polars as pl

from submissions.datatypes import NUMBER

STARTS = ("=", "+", "-", "@", "\t", "\r")
"""Where a CSV cell begins so, spreadsheets take it for a formula (OWASP, CSV injection)."""


def safe_text(text: str) -> str:
    """Text for an export to CSV: an apostrophe keeps it from acting as a formula. Numbers stay as they are."""
    return f"'{text}" if text.startswith(STARTS) and not re.fullmatch(NUMBER, text) else text


def safe_column(name: str) -> pl.Expr:
    """The same for a column of text."""
    text = pl.col(name)
    risky = text.str.contains(r"^[=+\-@\t\r]") & ~text.str.contains(NUMBER)
    return pl.when(risky).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)
