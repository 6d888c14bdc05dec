"""Kinds that look back at the last accepted filing of the same return and version."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from submissions.definition import Definition
from submissions.rules.cells import fact
from submissions.rules.filing import NONE, whole_if
from submissions.rules.lines import valued
from submissions.rules.registry import Context, Judged, Params, cell_kind, filing_kind, line_kind

DAY = timedelta(days=1)
HISTORY = ("p_number", "p_status", "p_start", "p_end")


def with_history(lines: pl.DataFrame, previous: pl.DataFrame | None) -> pl.DataFrame:
    """Beside each line the one of last year with the same address (nulls where there is none)."""
    if previous is None:
        types = (pl.Float64, pl.String, pl.Date, pl.Date)
        return lines.with_columns(pl.lit(None, kind).alias(n) for n, kind in zip(HISTORY, types, strict=True))
    last = previous.unique("address", keep="first").select(
        "address", *(pl.col(n.removeprefix("p_").replace("status", "obs_status")).alias(n) for n in HISTORY)
    )
    return lines.join(last, on="address", how="left", maintain_order="left")


@line_kind("value")
def year_on_year(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """A count did not grow or shrink by more than `factor`, where one of the two is at least `floor`; `per_day`
    compares figures for periods of different length."""
    now, before = pl.col("number"), pl.max_horizontal("p_number", pl.lit(1.0))
    if params.get("per_day"):
        now = now / (pl.col("end") - pl.col("start") + DAY).dt.total_days()
        before = before / (pl.col("p_end") - pl.col("p_start") + DAY).dt.total_days()
    large = pl.max_horizontal("number", "p_number") >= params["floor"]
    jump = (now < before / params["factor"]) | (now > before * params["factor"])
    return valued(params) & pl.col("p_number").is_not_null() & large & jump


@line_kind("obs_status")
def answer_kept(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """What had a value last year has one now."""
    had = pl.col("p_status").is_in(list(definition.valued)) & (pl.col("t_required") != "conditional")
    return had & ~pl.col("valued")


@cell_kind
def status_kept(params: Params, judged: Judged) -> pl.Expr:
    """A data point that had a value last year has one now, and the other way round."""
    code = params["of"]
    previous = judged.context.previous
    before = previous.filter(pl.col("code") == code)["obs_status"].to_list() if previous is not None else []
    if not before:
        return pl.lit(False)
    had = any(status in judged.definition.valued for status in before)
    return fact("answered", code) & (fact("valued", code) != pl.lit(had))


@filing_kind()
def not_all_equal(params: Params, judged: Judged) -> pl.DataFrame:
    """Not every count above zero is last year's."""
    counts = judged.sound.filter((pl.col("t_type") == "count") & (pl.col("number") > 0) & (pl.col("p_number") > 0))
    if counts.is_empty():
        return NONE
    return whole_if(bool((counts["number"] == counts["p_number"]).all()))


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
