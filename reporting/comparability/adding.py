"""Sums of many sets of figures at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from reporting.comparability.bands import bands
from reporting.comparability.estimating import headline, summed

HEDGED = ("lower_bound", "upper_bound", "range", "approximate", "rounded")


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


def totals(lines: pl.DataFrame) -> dict[int, Total]:
    """Set -> the sum of its subset, with the worst hedge and status among its figures. `lines` stand set by set."""
    chosen = lines.filter("subset").with_columns(*bands())
    names = {"value": "number", "low": "band_low", "high": "band_high"}
    facts = chosen.group_by("set", maintain_order=True).agg(
        pl.len().alias("figures"),
        *(pl.col(column).is_not_null().all().alias(name) for name, column in names.items()),
        *(pl.col("qualifier").eq(code).any().alias(code) for code in HEDGED),
        pl.col("estimated").any().alias("E"),
        pl.col("provisional").any().alias("P"),
    )
    sums = {number: dict(zip(names, some, strict=True)) for number, some in summed(chosen, *names.values())}
    return {row["set"]: total(row, sums[row["set"]]) for row in facts.iter_rows(named=True)}


def total(known: dict[str, Any], sums: dict[str, float]) -> Total:
    """`known`: which sums hold every figure, which hedges and statuses there are."""
    value, low, high = (sums[name] if known[name] else None for name in ("value", "low", "high"))
    bounds = [code for code in ("range", "lower_bound", "upper_bound") if known[code]]
    qualifier = next((code for code in ("approximate", "rounded") if known[code]), "exact")
    if bounds:
        qualifier = bounds[0] if len(bounds) == 1 else "bounds"
    return Total(
        None if bounds else value,
        None if qualifier == "upper_bound" else low,
        high,
        qualifier,
        next((status for status in ("E", "P") if known[status]), "A"),
        known["figures"],
    )


def filed_sums(lines: pl.DataFrame) -> dict[int, FiledSum]:
    """Set -> see FiledSum; for sets of one unit that count one thing. `lines` stand set by set."""
    mixed = pl.any_horizontal("not_additive", "overlap", "bound", "range").any()
    plain = (
        lines.filter(pl.col("figure") & ~pl.col("aggregate"))
        .group_by("set", maintain_order=True)
        .agg((pl.struct("shape", "unit", "source").n_unique() == 1).alias("one"), mixed.alias("mixed"))
        .filter(pl.col("one") & ~pl.col("mixed"))["set"]
    )
    some = lines.filter(
        pl.col("set").is_in(plain.implode()), ~pl.col("aggregate") & (pl.col("figure") | pl.col("missing"))
    )
    chosen = headline(some, pl.col("head_start"), pl.col("head_end")).filter("figure").sort("set", maintain_order=True)
    members = dict(chosen.group_by("set").agg(pl.col("member").n_unique()).iter_rows())
    sums = {number: value for number, (value,) in summed(chosen, "number")}
    return {number: FiledSum(float(sums.get(number, 0)), members.get(number, 0)) for number in plain}
