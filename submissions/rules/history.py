"""Kinds that look back at the last accepted filing of the same return and version."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from submissions.definition import Definition
from submissions.rules.cells import fact, of_filing
from submissions.rules.filing import NONE, whole_if
from submissions.rules.lines import valued
from submissions.rules.registry import Judged, Params, cell_kind, filing_kind, line_kind

DAY = timedelta(days=1)
HISTORY = {"p_number": "number", "p_status": "obs_status", "p_start": "start", "p_end": "end", "p_own": "own_period"}
NO_HISTORY = [
    pl.lit(None, kind).alias(told)
    for told, kind in zip(HISTORY, (pl.Float64, pl.String, pl.Date, pl.Date, pl.Int8), strict=True)
]


def with_history(definition: Definition, lines: pl.DataFrame, previous: pl.DataFrame | None) -> pl.DataFrame:
    """Beside each line the one of last year with the same address, dimensions that tell no series apart left out
    (nulls where there is none, or more than one)."""
    if previous is None:
        return lines.with_columns(NO_HISTORY)
    keys = ["code", *(f"d_{name}" for name, d in definition.dimensions.items() if d.in_series)]
    last = previous.unique(keys, keep="none").select(
        *keys, *(pl.col(name).alias(told) for told, name in HISTORY.items())
    )
    return lines.join(last, on=keys, how="left", maintain_order="left", nulls_equal=True)


@line_kind("value", needs=pl.col("p_status") != "")
def year_on_year(params: Params, definition: Definition) -> pl.Expr:
    """A count did not grow or shrink by more than `factor`, where one of the two is at least `floor`; `per_day`
    compares figures for periods of different length, where both bear their dates."""
    now, before = pl.col("number"), pl.max_horizontal("p_number", pl.lit(1.0))
    if params.get("per_day"):
        dated = (pl.col("own_period") == 2) & (pl.col("p_own") == 2)
        now = pl.when(dated).then(now / (pl.col("end") - pl.col("start") + DAY).dt.total_days()).otherwise(now)
        before = (
            pl.when(dated).then(before / (pl.col("p_end") - pl.col("p_start") + DAY).dt.total_days()).otherwise(before)
        )
    large = pl.max_horizontal("number", "p_number") >= params["floor"]
    jump = (now < before / params["factor"]) | (now > before * params["factor"])
    return valued(params) & pl.col("p_number").is_not_null() & large & jump


@line_kind("obs_status", needs=pl.col("p_status") != "")
def answer_kept(params: Params, definition: Definition) -> pl.Expr:
    """What had a value last year has one now."""
    had = pl.col("p_status").is_in(list(definition.valued)) & (pl.col("t_required") != "conditional")
    return had & ~pl.col("valued")


@cell_kind
def status_kept(params: Params, definition: Definition) -> pl.Expr:
    """A data point that had a value last year has one now, and the other way round."""
    code = params["of"]
    answered_before, valued_before = of_filing("answered_before", code), of_filing("valued_before", code)
    return answered_before & fact("answered", code) & (fact("valued", code) != valued_before)


@filing_kind()
def not_all_equal(params: Params, judged: Judged) -> pl.DataFrame:
    """Not every count above zero is last year's."""
    counts = judged.sound.filter((pl.col("t_type") == "count") & (pl.col("number") > 0))
    if counts.is_empty():
        return NONE
    return whole_if(bool((counts["number"] == counts["p_number"]).fill_null(False).all()))


@filing_kind("unit")
def kinds_kept(params: Params, judged: Judged) -> pl.DataFrame:
    """A data point is counted in the same things as last year; parts such as images and videos are no change."""
    previous, code, parts = judged.context.previous, params["code"], ["images", "videos"]
    if previous is None:
        return NONE

    def kinds(lines: pl.DataFrame) -> list[str]:
        mine = lines.filter((pl.col("code") == code) & pl.col("valued") & ~pl.col("d_item_kind").is_in(parts))
        return sorted(mine["d_item_kind"].drop_nulls().unique())

    now, before = kinds(judged.sound), kinds(previous)
    found = whole_if(bool(before) and now != before)
    return found.with_columns(
        pl.lit(code).alias("address"),
        pl.lit(";".join(now)).alias("kinds"),
        pl.lit(";".join(before)).alias("previous_kinds"),
    )
