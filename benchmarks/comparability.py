"""How long the comparability engine takes for a million observations that are already in memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import polars as pl

from reporting.comparability import compare, compare_each

ROWS, ROUNDS = 1_000_000, 5


def observations(rows: int) -> pl.DataFrame:
    """Made up: 50 Member States x 10 years, and as many figures of each filing as are needed. Every seventh has days of
    its own, every eleventh another definition, every thirteenth no value."""
    number = pl.int_range(rows)
    year = 2021 + number // 50 % 10
    first, last = pl.date(year, 1, 1), pl.date(year, 12, 31)
    missing, other_days = number % 13 == 0, number % 7 == 0
    return pl.DataFrame().select(
        (number // 500).alias("line"),
        (number % 500).alias("revision"), (number % 500).alias("filing"),
        pl.format("e{}", number % 50).alias("entity"), pl.lit("").alias("country"),
        pl.lit("member_state_statistics").alias("return_id"), pl.lit("1").alias("version"),
        year.cast(pl.String).alias("period"), first.alias("head_start"), last.alias("head_end"),
        pl.format("reports.by_organisation[organisation=O{}]", number // 500).alias("address"),
        pl.lit("reports.by_organisation").alias("code"),
        pl.when(missing).then(pl.lit("")).otherwise((number % 1000).cast(pl.String)).alias("value"),
        pl.when(missing).then(None).otherwise((number % 1000).cast(pl.Float64)).alias("number"),
        pl.lit(None, pl.Float64).alias("low"), pl.lit(None, pl.Float64).alias("high"),
        pl.when(missing).then(pl.lit("L")).when(number % 11 == 0).then(pl.lit("D")).otherwise(pl.lit("A")).alias("obs_status"),
        first.alias("start"), pl.when(other_days).then(pl.date(year, 11, 30)).otherwise(last).alias("end"),
        other_days.cast(pl.Int64).alias("own_period"), pl.lit("reports").alias("unit"),
        pl.when(number % 5 == 0).then(pl.lit("rounded")).otherwise(pl.lit("exact")).alias("qualifier"),
        pl.lit("").alias("reason"), pl.lit("").alias("flags"), pl.lit("").alias("comment"),
        pl.lit("count").alias("value_type"), pl.lit("reports").alias("asked_unit"), pl.lit("voluntary").alias("basis"),
        pl.lit(2, pl.Int64).alias("category"), pl.lit("optional").alias("required"), pl.lit("").alias("part_of"),
        pl.lit("").alias("attributes"), (~missing).alias("valued"),
    )  # fmt: skip


def fastest(work: Callable[[], object]) -> float:
    """Seconds by the clock of the best of ROUNDS."""
    found = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


def answer(frame: pl.DataFrame, purpose: str, axes: Sequence[str]) -> tuple[object, ...]:
    """Everything a page asks of a comparison."""
    found = compare(frame, purpose, axes=axes)
    return found.comparable, found.counted, found.subset_total, found.filed_sum, found.estimate()


def run() -> None:
    frame = observations(ROWS)
    print(f"comparability of {ROWS:,} observations, best of {ROUNDS}")
    for purpose, axes in (("add", ["entity"]), ("rank", ["entity"]), ("chart", ["entity", "period"])):
        print(
            f"  one set, {purpose} by {' and '.join(axes)}: {fastest(lambda p=purpose, a=axes: answer(frame, p, a)):.2f} s"
        )
    each = fastest(lambda: compare_each(frame, "add", by=["period"]))
    print(f"  a set each period: {each:.2f} s")
