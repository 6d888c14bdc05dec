"""Kinds that look back: at the last accepted filing of the same return and version, and at the accepted revision of this
one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from submissions.datatypes import holds_any
from submissions.definition import Definition
from submissions.rules.cells import fact, of_filing
from submissions.rules.filing import NONE, whole_if
from submissions.rules.lines import chosen, flags_that_force, valued
from submissions.rules.registry import Judged, Params, cell_kind, filing_kind, line_kind

DAY = timedelta(days=1)
HISTORY = {"p_number": "number", "p_status": "obs_status", "p_start": "start", "p_end": "end", "p_own": "own_period",
           "p_flags": "flags"}  # fmt: skip
TYPES = (pl.Float64, pl.String, pl.Date, pl.Date, pl.Int8, pl.String)
NO_HISTORY = [
    *(pl.lit(None, kind).alias(told) for told, kind in zip(HISTORY, TYPES, strict=True)),
    pl.lit(None, pl.Date).alias("p_head_end"),
]


def with_history(definition: Definition, lines: pl.DataFrame, previous: pl.DataFrame | None) -> pl.DataFrame:
    """Beside each line the one of last year with the same address, dimensions that tell no series apart left out
    (nulls where there is none, or more than one). `p_head_end` is the last day of the period that filing was for."""
    if previous is None:
        return lines.with_columns(NO_HISTORY)
    keys = ["code", *(f"d_{name}" for name, d in definition.dimensions.items() if d.in_series)]
    last = previous.unique(keys, keep="none").select(
        *keys, *(pl.col(name).alias(told) for told, name in HISTORY.items())
    )
    return lines.join(last, on=keys, how="left", maintain_order="left", nulls_equal=True).with_columns(
        pl.lit(last_day(previous), pl.Date).alias("p_head_end")
    )


def last_day(filed: pl.DataFrame) -> Any:
    """Of the period a filing is for: lines without dates of their own bear it (None where every line has its own)."""
    return filed.select(pl.col("end").filter(pl.col("own_period") == 0).max()).item()


def follows() -> pl.Expr:
    """The last accepted filing is the one for the period right before."""
    return pl.col("p_head_end") + DAY == pl.col("head_start")


@line_kind("value", needs=pl.col("p_status") != "")
def year_on_year(params: Params, definition: Definition) -> pl.Expr:
    """A count did not grow or shrink by more than `factor` since the period right before, where one of the two is at
    least `floor`. With `per_day` figures for periods of different length are compared: by the days they bear; by those of
    the reporting period as well where they bear none, unless `undated` says that they stand for it. With `above_zero` a
    zero is left to `not_suddenly_zero`."""
    now, before = pl.col("number"), pl.max_horizontal("p_number", pl.lit(1.0))
    jump = beyond(now, before, params["factor"])
    if params.get("per_day"):
        dated = pl.lit(bool(params.get("undated"))) | ((pl.col("own_period") == 2) & (pl.col("p_own") == 2))
        each_day = beyond(now / days("start", "end"), before / days("p_start", "p_end"), params["factor"])
        jump = each_day & (jump | dated)
    if params.get("above_zero"):
        jump = jump & (pl.col("number") > 0)
    large = pl.max_horizontal("number", "p_number") >= params["floor"]
    return valued(params) & pl.col("p_number").is_not_null() & follows() & large & jump


def beyond(now: pl.Expr, before: pl.Expr, factor: float) -> pl.Expr:
    return (now < before / factor) | (now > before * factor)


def days(first: str, last: str) -> pl.Expr:
    return (pl.col(last) - pl.col(first) + DAY).dt.total_days()


@line_kind("value", needs=pl.col("p_number") > 0)
def not_suddenly_zero(params: Params, definition: Definition) -> pl.Expr:
    """A count that was at least `floor` in the last filing is not zero now."""
    return valued(params) & (pl.col("number") == 0) & (pl.col("p_number") >= params["floor"])


@line_kind("flags", needs=pl.col("p_status") != "")
def definition_kept(params: Params, definition: Definition) -> pl.Expr:
    """Flags that force one of `forced` statuses are those of the last filing, or the status is one of `allowed` and
    marks the break."""
    before, now = pl.col("p_flags").fill_null(""), pl.col("flags")
    changed = [
        holds_any(now, [flag]) != holds_any(before, [flag]) for flag in flags_that_force(definition, params["forced"])
    ]
    both = valued(params) & pl.col("p_status").is_in(list(definition.valued))
    return both & pl.any_horizontal(pl.lit(False), *changed) & ~pl.col("obs_status").is_in(params["allowed"])


@line_kind("obs_status", needs=pl.col("p_status") != "")
def answer_kept(params: Params, definition: Definition) -> pl.Expr:
    """What had a value last year has one now."""
    return chosen(params) & pl.col("p_status").is_in(list(definition.valued)) & ~pl.col("valued")


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
    """What a data point counted last year it still counts, be it beside something else. Images and videos beside another
    kind are its parts; alone they stand for both together."""
    previous, code = judged.context.previous, params["code"]
    if previous is None:
        return NONE
    now, before = (kinds_counted(lines, code) for lines in (judged.sound, previous))
    found = whole_if(bool(now) and not set(before) <= set(now))
    return found.with_columns(
        pl.lit(code).alias("address"),
        pl.lit(";".join(now)).alias("kinds"),
        pl.lit(";".join(before)).alias("previous_kinds"),
    )


def kinds_counted(lines: pl.DataFrame, code: str) -> list[str]:
    parts = {"images", "videos"}
    mine = set(lines.filter((pl.col("code") == code) & pl.col("valued"))["d_item_kind"].drop_nulls())
    return sorted(mine - parts) or sorted({"images_and_videos"} if mine else mine)


# What is not there any more -------------------------------------------------------------------------------


@filing_kind("address")
def line_kept(params: Params, judged: Judged) -> pl.DataFrame:
    """Data points of `basis` that had a value in the last filing have a line now, be it one that says why there is no
    value. Members of open dimensions come and go. `unless_yes` names the answer that excuses all."""
    previous = judged.context.previous
    if previous is None:
        return NONE
    excuse = pl.col("code") == params["unless_yes"] if "unless_yes" in params else pl.lit(False)
    if judged.sound.filter(excuse & (pl.col("value") == "1")).height:
        return NONE
    plain = pl.all_horizontal(pl.lit(True), *(pl.col(f"d_{name}").is_null() for name in judged.definition.dimensions))
    had = previous.filter(plain & pl.col("valued") & pl.col("t_basis").is_in(params["basis"])).select("code", "address")
    lost = had.unique("code", maintain_order=True).join(judged.lines.select("code"), on="code", how="anti")
    return lost.select(pl.lit(None, pl.UInt32).alias("line"), "address")


@filing_kind("address")
def member_kept(params: Params, judged: Judged) -> pl.DataFrame:
    """A member of `dimension` for which figures were filed last time still has a line; one finding a member."""
    previous, own = judged.context.previous, f"d_{params['dimension']}"
    if previous is None or own not in previous.columns:
        return NONE
    here = judged.lines[own].unique()
    lost = previous.filter(pl.col("valued") & pl.col(own).is_not_null() & ~pl.col(own).is_in(here.implode()))
    if lost.is_empty():
        return NONE
    return lost.unique(own, keep="first", maintain_order=True).select(pl.lit(None, pl.UInt32).alias("line"), "address")


# From one period to the next ------------------------------------------------------------------------------


@filing_kind("period")
def periods_follow(params: Params, judged: Judged) -> pl.DataFrame:
    """Counts with days of their own begin the day after those of the last filing end: no day is counted twice, and none
    between two filings that follow each other is left out. One finding for all that begin and ended alike."""
    if judged.context.previous is None:
        return NONE
    dated = (pl.col("own_period") == 2) | (pl.col("p_own") == 2)
    counts = judged.sound.filter(
        dated
        & pl.col("valued")
        & (pl.col("t_type") == "count")
        & pl.col("p_status").is_in(list(judged.definition.valued))
    )
    if counts.is_empty():
        return NONE
    # Parts lie inside a whole: only the earliest day of a figure meets the last filing.
    first = counts.sort("start", maintain_order=True).unique("address", keep="first", maintain_order=True)
    twice, never = pl.col("start") <= pl.col("p_end"), follows() & (pl.col("start") > pl.col("p_end") + DAY)
    alike = first.filter(twice | never).sort("line").group_by("t_category", "start", "p_end", maintain_order=True)
    return alike.agg(
        pl.col("line").first(),
        pl.col("address").first(),
        pl.col("address").slice(1).alias("related"),
    ).select(
        "line",
        "address",
        "related",
        pl.col("start").cast(pl.String).alias("period_start"),
        pl.col("p_end").cast(pl.String).alias("previous_end"),
    )


# What this revision would replace -------------------------------------------------------------------------

STATED = ["number", "low_number", "high_number"]


@filing_kind()
def not_restated(params: Params, judged: Judged) -> pl.DataFrame:
    """A figure that was accepted in this filing stays: same address, same days, same number. One that is gone, or covers
    other days, is restated too."""
    accepted = judged.context.accepted
    if accepted is None:
        return NONE
    days = ["address", "start", "end"]
    stood = accepted.filter(pl.col("valued") & pl.any_horizontal(pl.col(name).is_not_null() for name in STATED))
    before = stood.select(*days, *STATED, said().alias("previous_value"))
    now = judged.sound.filter("valued").select(*days, "line", "value", *STATED)
    beside = before.join(now, on=days, how="left", suffix="_now", maintain_order="left")
    # Column by column: Polars panics where it compares structs of which none has a partner.
    differs = (pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in STATED)
    changed = beside.filter(pl.any_horizontal(pl.col("line").is_null(), *differs))
    first = judged.lines.select("address", pl.col("line").alias("first_line")).unique("address", keep="first")
    return changed.join(first, on="address", how="left", maintain_order="left").select(
        pl.coalesce("line", "first_line").alias("line"), "address", pl.col("value").fill_null(""), "previous_value"
    )


def said() -> pl.Expr:
    """A figure as it was filed: its value, or low and high."""
    return pl.when(pl.col("value") != "").then("value").otherwise(pl.concat_str("low", pl.lit("–"), "high"))
