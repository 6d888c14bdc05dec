"""The answer of the engine, and what may be made of figures that are alike: totals, shares, estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from reporting.comparability.adding import FiledSum, Total
from reporting.comparability.estimating import Estimate, estimated
from reporting.comparability.knowledge import knowledge
from reporting.comparability.sets import REASONS, Facts, Reason, Sets

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


@dataclass(frozen=True)
class Reference:
    """What the largest comparable subset agrees on. Where periods are set side by side, days are null."""

    unit: str
    start: date | None
    end: date | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """May these observations be put together for a purpose? One set of those that were compared at once; everything is
    worked out when it is first asked for, most of it for all of these sets together."""

    sets: Sets
    number: int

    @property
    def purpose(self) -> str:
        return self.sets.purpose

    @property
    def axes(self) -> tuple[str, ...]:
        return self.sets.axes

    @cached_property
    def observations(self) -> pl.DataFrame:
        """The observations of the set, as given; `row` of a reason counts in them."""
        return self.sets.observations.slice(self.facts.first, self.facts.lines)

    @cached_property
    def lines(self) -> pl.DataFrame:
        """The same with what the engine made of them: `member`, `figure`, `subset`, `alike` …"""
        return self.sets.lines.slice(self.facts.first, self.facts.lines)

    @cached_property
    def reasons(self) -> pl.DataFrame:
        """Columns REASONS."""
        return self.sets.reasons.filter(pl.col("set") == self.number).select(*REASONS)

    @property
    def told(self) -> Sequence[Reason]:
        """The same as rows."""
        return self.sets.told.get(self.number, ())

    @property
    def facts(self) -> Facts:
        return self.sets.facts_of(self.number)

    def figure(self, row: int) -> tuple[float | None, str]:
        """Number and qualifier of an observation of the set."""
        return self.sets.figures[self.facts.first + row]

    @cached_property
    def expected(self) -> int:
        """How many members there should be; those with a figure where nobody said."""
        return self.sets.expected_in(self.number)

    @cached_property
    def reference(self) -> Reference | None:
        if not self.facts.units:
            return None
        unit, start, end = self.facts.reference
        return Reference(unit, None, None) if "period" in self.axes else Reference(unit, start, end)

    @cached_property
    def comparable(self) -> bool:
        return self.number not in self.sets.barred and bool(self.facts.subset)

    @cached_property
    def subset(self) -> pl.Series:
        """A mask: the largest part of the observations that may be put together."""
        return self.lines["subset"]

    @property
    def counted(self) -> int:
        """Members in the subset."""
        return len(self.facts.subset)

    @property
    def total(self) -> Total | None:
        """The sum, where all may be added."""
        return self.subset_total if self.comparable else None

    @property
    def subset_total(self) -> Total | None:
        """The sum of the largest comparable subset."""
        return self.sets.totals.get(self.number) if self.purpose == "add" else None

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
        if start is None and end is None:
            return self.sets.estimates.get(self.number)
        alike = self.lines.filter("alike")
        return estimated(alike, start, end, {self.number: self.expected}, knowledge().spread).get(self.number)

    @property
    def filed_sum(self) -> FiledSum | None:
        """See FiledSum. There is none where units or things counted differ, or where sums mean nothing."""
        if self.purpose != "add" or "period" in self.axes:
            return None
        return self.sets.filed_sums.get(self.number)


def alone(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The same, apart from all that were compared with them at once: for a few of hundreds."""
    numbers: dict[Sets, set[int]] = {}
    for one in comparisons:
        numbers.setdefault(one.sets, set()).add(one.number)
    narrow = {sets: sets.only(some) for sets, some in numbers.items()}
    return [Comparison(narrow[one.sets], one.number) for one in comparisons]
