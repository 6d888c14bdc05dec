"""Figures that differ only by their days, prorated to one period: an estimate (E), in a type of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    alike: pl.DataFrame, start: date | None, end: date | None, expected: Mapping[int, int], spread: float
) -> dict[int, Estimate]:
    """Set -> the estimate for a period, by default the reporting period of its figures; none where there are not two
    figures to add, or none of them needs prorating. Figures of other days altogether are left out. Lines stand set by
    set; `expected`: members of each."""
    period = [
        pl.lit(start) if start else pl.col("head_start").min().over("set"),
        pl.lit(end) if end else pl.col("head_end").max().over("set"),
    ]
    dated = alike.with_columns(period[0].alias("first"), period[1].alias("last"))
    usable = dated.filter(pl.col("number").is_not_null() & ~pl.col("bound"))
    figures = headline(usable, pl.col("first"), pl.col("last")).filter(pl.col("inside") > 0)
    figures = figures.sort("set", maintain_order=True).with_columns(*spread_over(spread))
    told = figures.group_by("set", maintain_order=True).agg(
        pl.col("first").first(),
        pl.col("last").first(),
        pl.col("member").n_unique(),
        ((pl.col("inside") < pl.col("days")) | (pl.col("beside") > 0)).sum().alias("prorated"),
        (pl.col("qualifier") == "approximate").sum().alias("hedged"),
        pl.len(),
    )
    sums = dict(summed(figures, "point", "least", "most"))
    found = {}
    for number, first, last, members, prorated, hedged, n in told.iter_rows():
        if n > 1 and prorated:
            point, low, high = sums[number]
            found[number] = Estimate(point, low, high, first, last, members, expected[number], prorated, hedged, spread)
    return found


def summed(lines: pl.DataFrame, *columns: str) -> Iterator[tuple[int, tuple[float, ...]]]:
    """Set and sums. Each is added just as if it stood alone: another order would change the last digit."""
    first = 0
    for number, n in lines.group_by("set", maintain_order=True).len().iter_rows():
        yield number, tuple(float(lines[name].slice(first, n).sum()) for name in columns)
        first += n


def headline(lines: pl.DataFrame, start: pl.Expr, end: pl.Expr) -> pl.DataFrame:
    """Of every member and address of a set the line with most days inside a period, then with the later end; adds `days` and
    `inside`."""
    length = (pl.col("end") - pl.col("start")).dt.total_days() + 1
    first, last = pl.max_horizontal("start", start), pl.min_horizontal("end", end)
    inside = ((last - first).dt.total_days() + 1).clip(0)
    return (
        lines.with_columns(length.alias("days"), inside.alias("inside"))
        .sort("inside", "end", "row", descending=[True, True, False])
        .unique(["set", "entity", "at"], keep="first", maintain_order=True)
        .sort("row")
    )


def spread_over(spread: float) -> list[pl.Expr]:
    """`beside`: days of the period (`first`, `last`) that a figure does not cover. `point`, `least`, `most`: what it comes to."""
    low, high = (pl.coalesce(band, pl.col("number")) for band in bands())
    days, inside = pl.col("days"), pl.col("inside")
    outside, beside = days - inside, (pl.col("last") - pl.col("first")).dt.total_days() + 1 - inside
    least_inside = pl.max_horizontal(inside * low / days / spread, low - outside * low / days * spread)
    most_inside = pl.min_horizontal(inside * high / days * spread, high - outside * high / days / spread)
    return [
        beside.alias("beside"),
        (pl.col("number") / days * (inside + beside)).alias("point"),
        (least_inside + beside * low / days / spread).alias("least"),
        (most_inside + beside * high / days * spread).alias("most"),
    ]
