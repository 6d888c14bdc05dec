"""What sets that are compared at once share: their lines and reasons in one frame each, set after set, so that what is said
of them is worked out for all when it is asked for one. A dashboard asks for hundreds of sets of some twenty lines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import polars as pl

from reporting.comparability import adding
from reporting.comparability.adding import FiledSum, Total
from reporting.comparability.estimating import Estimate, estimated
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


class Reason(NamedTuple):
    """See REASONS."""

    row: int | None
    member: str
    code: str
    effect: str
    detail: str | None


class Facts(NamedTuple):
    """Of one set. `first` and `lines`: where it stands. Of its figures: units, periods, places, and how many things they
    count; `subset`: its members there."""

    first: int = 0
    lines: int = 0
    reference: tuple[str, date | None, date | None] = ("", None, None)
    members: Sequence[str] = ()
    """With a figure, parts of others aside."""
    units: Sequence[str] = ()
    periods: int = 0
    places: Sequence[str] = ()
    things: int = 0
    subset: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Sets:
    """`lines` and `reasons` (columns REASONS and `set`) stand set by set; `asked`: who is expected in a set, where somebody
    said."""

    purpose: str
    axes: tuple[str, ...]
    given: pl.DataFrame
    lines: pl.DataFrame
    reasons: pl.DataFrame
    asked: Mapping[int, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def observations(self) -> pl.DataFrame:
        """As given, set by set."""
        one = len(self.lines) == len(self.given) and self.lines["set"].n_unique() < 2
        return self.given if one else self.given[self.lines["row"]]

    def only(self, numbers: Collection[int]) -> Sets:
        """These sets alone: what is said of them is worked out for no others."""
        chosen = pl.col("set").is_in(list(numbers))
        return replace(self, lines=self.lines.filter(chosen), reasons=self.reasons.filter(chosen))

    @cached_property
    def facts(self) -> dict[int, Facts]:
        figure, days = pl.col("figure"), pl.struct("start", "end")
        found = self.lines.group_by("set", maintain_order=True).agg(
            pl.len().alias("lines"),
            pl.struct(pl.col("ref_unit", "ref_from", "ref_to").first()).alias("reference"),
            pl.col("member").filter(figure & ~pl.col("aggregate")).unique().alias("members"),
            pl.col("unit").filter(figure).unique().sort().alias("units"),
            days.filter(figure).n_unique().alias("periods"),
            pl.col("where").filter(figure).unique().sort().alias("places"),
            pl.col("what").filter(figure).n_unique().alias("things"),
            pl.col("member").filter("subset").unique().alias("subset"),
        )
        told, first = {}, 0
        for number, lines, reference, *more in found.iter_rows():
            told[number] = Facts(first, lines, tuple(reference.values()), *more)
            first += lines
        return told

    def facts_of(self, number: int) -> Facts:
        return self.facts.get(number, Facts())

    def expected_in(self, number: int) -> int:
        asked = self.asked.get(number)
        return len(self.facts_of(number).members) if asked is None else len(set(asked))

    @cached_property
    def barred(self) -> frozenset[int]:
        """Sets that something keeps from being put together."""
        return frozenset(self.reasons.filter(pl.col("effect") == "bars")["set"].unique())

    @cached_property
    def told(self) -> dict[int, list[Reason]]:
        """The reasons as rows."""
        rows = self.reasons.select("set", *REASONS).iter_rows()
        return {number: [Reason(*row[1:]) for row in some] for number, some in groupby(rows, key=itemgetter(0))}

    @cached_property
    def figures(self) -> list[tuple[float | None, str]]:
        """Number and qualifier of each line, set by set."""
        return self.lines.select("number", "qualifier").rows()

    # Sums -------------------------------------------------------------------------------------------------

    @cached_property
    def totals(self) -> dict[int, Total]:
        return adding.totals(self.lines)

    @cached_property
    def filed_sums(self) -> dict[int, FiledSum]:
        return adding.filed_sums(self.lines)

    @cached_property
    def estimates(self) -> dict[int, Estimate]:
        """For the reporting period."""
        alike = self.lines.filter("alike")
        expected = {number: self.expected_in(number) for number in alike["set"].unique()}
        return estimated(alike, None, None, expected, knowledge().spread)
