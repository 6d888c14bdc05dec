"""The chosen filing of a measurement source: its period, and the countries with most in it."""

from __future__ import annotations

import polars as pl

from reporting.boards import sources
from reporting.boards.asking import Asking
from reporting.rollups.reading import Standing
from submissions.models import ReportingPeriod
from submissions.presentation import in_language

OBSERVED, REMOVED, MOVED, MEDIAN = (
    "observed.locations", "removed.locations", "displaced.locations", "removed.median_time",
)  # fmt: skip
SUMMED = [OBSERVED, REMOVED, MOVED]
HOST, TO, MONTH = "hosting_country", "moved_to", "month"
COUNTRIES = 12
"""So many countries are drawn beside each other; tables have more."""
LISTED = 30
"""So many countries have their months in a table."""


def asked(asking: Asking) -> tuple[Standing, ReportingPeriod] | None:
    period, mine = asking.at(), sources.chosen(asking)
    return (mine, period) if period is not None and mine is not None else None


def ranked(asking: Asking, code: str, most: int) -> list[str]:
    """Countries with the largest sums of a data point in the chosen filing."""
    found = sources.sums(asking, SUMMED, [HOST]).filter(pl.col("code") == code, pl.col("total") > 0)
    ordered = found.sort("total", HOST, descending=[True, False])
    return list(ordered[HOST].unique(maintain_order=True)[:most])


def source(asking: Asking, mine: Standing, period: ReportingPeriod) -> str:
    return asking.source(in_language(period.definition.title), f"{mine.name}, {period.label}")
