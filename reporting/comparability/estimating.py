"""Figures that differ only by their days, prorated to one period: an estimate (E), in a type of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from reporting.comparability.bands import bands


@dataclass(frozen=True)
class Estimate:
    """What `figures` filed figures of `members` members (of those expected) come to in a period, if their means per day
    hold. It is nobody's filed figure and no total; nothing is put in for members without a usable figure.

    Each figure is spread evenly over the days it covers. `point` takes its mean per day for every day of the period.
    `low` and `high` let every day lie between the mean divided and multiplied by `spread`, as far as the days that the
    figure covers still add up to it; so a figure for just this period adds no width. Rounded figures widen the band
    by their rounding; figures hedged by words are taken as they stand (`hedged` counts them).
    """

    point: float
    low: float
    high: float
    start: date
    end: date
    members: int
    expected: int
    prorated: int
    """Figures for other days than those of the period."""
    hedged: int
    spread: float
    status: str = "E"

    @property
    def complete(self) -> bool:
        """Everybody who is expected is in it, so only the days differ."""
        return self.members == self.expected


def estimated(
    alike: pl.DataFrame, start: date | None, end: date | None, expected: int, spread: float
) -> Estimate | None:
    """The estimate for a period, by default the reporting period of the figures; None where there are not two figures to
    add, or none of them needs prorating. Figures of other days altogether are left out."""
    if alike.is_empty():
        return None
    first = start or alike["head_start"].min()
    last = end or alike["head_end"].max()
    assert isinstance(first, date)  # noqa: S101 -- for mypy: the frame is not empty
    assert isinstance(last, date)  # noqa: S101
    usable = alike.filter(pl.col("number").is_not_null() & ~pl.col("bound"))
    figures = headline(usable, pl.lit(first), pl.lit(last)).filter(pl.col("inside") > 0)
    figures = figures.with_columns(*spread_over(first, last, spread))
    prorated = figures.filter((pl.col("inside") < pl.col("days")) | (pl.col("beside") > 0))
    if len(figures) < 2 or prorated.is_empty():
        return None
    point, low, high = figures.select(pl.col("point", "least", "most").sum()).row(0)
    hedged = int((figures["qualifier"] == "approximate").sum())
    members = figures["member"].n_unique()
    return Estimate(point, low, high, first, last, members, expected, len(prorated), hedged, spread)


def headline(lines: pl.DataFrame, start: pl.Expr, end: pl.Expr) -> pl.DataFrame:
    """Of every member and address the line with most days inside a period, then with the later end; adds `days` and
    `inside`."""
    length = (pl.col("end") - pl.col("start")).dt.total_days() + 1
    first, last = pl.max_horizontal("start", start), pl.min_horizontal("end", end)
    inside = ((last - first).dt.total_days() + 1).clip(0)
    return (
        lines.with_columns(length.alias("days"), inside.alias("inside"))
        .sort("inside", "end", "row", descending=[True, True, False])
        .unique(["entity", "at"], keep="first", maintain_order=True)
        .sort("row")
    )


def spread_over(first: date, last: date, spread: float) -> list[pl.Expr]:
    """`beside`: days of the period that a figure does not cover. `point`, `least`, `most`: what it comes to."""
    low, high = (pl.coalesce(band, pl.col("number")) for band in bands())
    days, inside = pl.col("days"), pl.col("inside")
    outside, beside = days - inside, (last - first).days + 1 - inside
    least_inside = pl.max_horizontal(inside * low / days / spread, low - outside * low / days * spread)
    most_inside = pl.min_horizontal(inside * high / days * spread, high - outside * high / days / spread)
    return [
        beside.alias("beside"),
        (pl.col("number") / days * (inside + beside)).alias("point"),
        (least_inside + beside * low / days / spread).alias("least"),
        (most_inside + beside * high / days * spread).alias("most"),
    ]
