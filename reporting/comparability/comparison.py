"""The answer of the engine, and what may be made of figures that are alike: totals, shares, estimates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from reporting.comparability.bands import bands
from reporting.comparability.estimating import Estimate, estimated, headline
from reporting.comparability.knowledge import knowledge

REASONS = {
    "row": pl.UInt32,
    "member": pl.String,
    "code": pl.String,
    "effect": pl.String,
    "detail": pl.String,
}
"""Columns of the reasons: row of the observation (null where nothing was filed), who or what it is of, reason, what it
does (`bars`, `out`, `marks`), and the code or text that differs."""
DAYS = pl.concat_str([pl.col("start").cast(pl.String), pl.lit("/"), pl.col("end").cast(pl.String)])
STATED = pl.concat_str([pl.col("obs_status"), pl.lit(" "), pl.col("reason")]).str.strip_chars()
DETAILS = {
    "missing": STATED,
    "unit": pl.col("unit"),
    "subject": pl.col("code"),
    "version": pl.concat_str([pl.col("version"), pl.lit(" "), pl.col("relation")]).str.strip_chars(),
    "source": pl.col("entity"),
    "period": DAYS,
    "repeated": DAYS,
    "territory": pl.col("where"),
    "members": pl.col("what"),
    "unclear": pl.concat_str([pl.col("where"), pl.lit(" "), pl.col("what")]).str.strip_chars(),
    "definition": pl.col("flags"),
    "estimated": pl.col("flags"),
    "provisional": pl.col("flags"),
    "break": pl.col("flags"),
    "series_break": pl.col("flags"),
    "remark": pl.col("flags"),
    "bound": pl.col("qualifier"),
}
"""Reason -> its detail."""
HEDGED = ("lower_bound", "upper_bound", "range", "approximate", "rounded")


@dataclass(frozen=True)
class Reference:
    """What the largest comparable subset agrees on. Where periods are set side by side, days are null."""

    unit: str
    start: date | None
    end: date | None


@dataclass(frozen=True)
class Total:
    """A sum of comparable figures. `value` is null where bounds allow only `low` and `high`; each of these is null where
    nothing is known. `qualifier` as in the code list, `bounds` where bounds of both kinds meet; `status` A, P or E."""

    value: float | None
    low: float | None
    high: float | None
    qualifier: str
    status: str
    figures: int


@dataclass(frozen=True)
class FiledSum:
    """What was filed, added as it stands: one figure of each member, whatever its days and definition. No total; it shows
    what a sum that somebody printed is made of."""

    value: float
    members: int


@dataclass(frozen=True, eq=False)
class Comparison:
    """May these observations be put together for a purpose?"""

    purpose: str
    axes: tuple[str, ...]
    observations: pl.DataFrame
    """The observations of the set, as given; `row` of a reason counts in them."""
    lines: pl.DataFrame
    """The same with what the engine made of them: `member`, `figure`, `subset`, `alike` …"""
    reasons: pl.DataFrame
    expected: int
    """How many members there should be; those with a figure where nobody said."""
    reference: Reference | None

    @cached_property
    def comparable(self) -> bool:
        return not (self.reasons["effect"] == "bars").any() and bool(self.subset.any())

    @cached_property
    def subset(self) -> pl.Series:
        """A mask: the largest part of the observations that may be put together."""
        return self.lines["subset"]

    @cached_property
    def counted(self) -> int:
        """Members in the subset."""
        return int(self.lines.filter("subset")["member"].n_unique())

    @cached_property
    def total(self) -> Total | None:
        """The sum, where all may be added."""
        return self.subset_total if self.comparable else None

    @cached_property
    def subset_total(self) -> Total | None:
        """The sum of the largest comparable subset."""
        chosen = self.lines.filter("subset")
        return added(chosen) if self.purpose == "add" and len(chosen) else None

    def shares(self) -> pl.DataFrame:
        """`member` and `share` (percent of the total); empty where there is no exact total."""
        schema = {"member": pl.String, "share": pl.Float64}
        if self.total is None or not self.total.value:
            return pl.DataFrame(schema=schema)
        chosen = self.lines.filter("subset").group_by("member", maintain_order=True).agg(pl.col("number").sum())
        return chosen.select("member", (100 * pl.col("number") / self.total.value).alias("share"))

    def estimate(self, start: date | None = None, end: date | None = None) -> Estimate | None:
        """Figures that differ only by their days, prorated to a period (the reporting period); see `estimating`."""
        if self.purpose != "add" or "period" in self.axes or self.comparable:
            return None
        return estimated(self.lines.filter("alike"), start, end, self.expected, knowledge().spread)

    @cached_property
    def filed_sum(self) -> FiledSum | None:
        """See FiledSum. There is none where units or things counted differ, or where sums mean nothing."""
        if self.purpose != "add" or "period" in self.axes:
            return None
        figures = self.lines.lazy().filter(pl.col("figure") & ~pl.col("aggregate"))
        one = figures.select(pl.struct("shape", "unit", "source").n_unique() == 1).collect().item()
        mixed = figures.select(pl.any_horizontal("not_additive", "overlap", "bound", "range").any()).collect().item()
        if not one or mixed:
            return None
        lines = self.lines.filter(~pl.col("aggregate") & (pl.col("figure") | pl.col("missing")))
        chosen = headline(lines, pl.col("head_start"), pl.col("head_end")).filter("figure")
        return FiledSum(float(chosen["number"].sum()), int(chosen["member"].n_unique()))


def added(lines: pl.DataFrame) -> Total:
    """The sum of figures, with the worst hedge and status among them."""
    number, low, high = pl.col("number"), pl.col("band_low"), pl.col("band_high")
    sums: dict[str, Any] = (
        lines.with_columns(*bands())
        .select(
            pl.len().alias("figures"),
            pl.when(number.is_not_null().all()).then(number.sum()).alias("value"),
            pl.when(low.is_not_null().all()).then(low.sum()).alias("low"),
            pl.when(high.is_not_null().all()).then(high.sum()).alias("high"),
            *(pl.col("qualifier").eq(code).any().alias(code) for code in HEDGED),
            pl.col("estimated").any().alias("E"),
            pl.col("provisional").any().alias("P"),
        )
        .row(0, named=True)
    )
    bounds = [code for code in ("range", "lower_bound", "upper_bound") if sums[code]]
    qualifier = next((code for code in ("approximate", "rounded") if sums[code]), "exact")
    if bounds:
        qualifier = bounds[0] if len(bounds) == 1 else "bounds"
    return Total(
        None if bounds else sums["value"],
        None if qualifier == "upper_bound" else sums["low"],
        sums["high"],
        qualifier,
        next((status for status in ("E", "P") if sums[status]), "A"),
        sums["figures"],
    )
