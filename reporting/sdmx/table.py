"""Figures as rows of a data structure: one frame in, one frame out, a column a component, all of them text."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from reporting.sdmx import names
from reporting.sdmx.components import VALUE, attribute_ids, freq, key_ids
from submissions.definition import Definition, Dimension

FIGURES = {
    "entity": pl.String, "country": pl.String, "period": pl.String, "head_start": pl.Date, "head_end": pl.Date,
    "address": pl.String, "code": pl.String, "value": pl.String, "number": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, "obs_status": pl.String, "start": pl.Date, "end": pl.Date, "unit": pl.String,
    "qualifier": pl.String, "reason": pl.String, "flags": pl.String, "comment": pl.String, "withheld": pl.String,
    "sum_of": pl.String, "receipt": pl.String, "vintage": pl.String,
}  # fmt: skip
"""What `rows` reads: the columns of observations, and what only a published statistic or only a filing has, else empty.
`head_start`, `head_end`: the days of the reporting period."""


def rows(definition: Definition, figures: pl.DataFrame) -> pl.DataFrame:
    """Columns: every dimension, TIME_PERIOD, OBS_VALUE, every attribute, all text, what is empty null; and `head_start`,
    `head_end`. Rows as they came."""
    own_days = (pl.col("start") != pl.col("head_start")) | (pl.col("end") != pl.col("head_end"))
    code = pl.col("code")
    worded = code.is_in([point.code for point in definition.points.values() if not point.numeric])
    fields = {
        "FREQ": pl.lit(freq(definition)),
        "REPORTING_ENTITY": replaced(pl.col("entity"), figures["entity"].unique(), names.entity_code),
        "INDICATOR": code.str.replace_all(".", "-", literal=True),
        **{one.id.upper(): member(one, definition) for one in definition.dimensions.values()},
        "OWN_DAYS": pl.when(own_days).then(pl.format("{}_{}", "start", "end")).otherwise(pl.lit(names.NOT_APPLICABLE)),
        "TIME_PERIOD": time_period("head_start", "head_end"),
        VALUE: plain("number"),
        "OBS_STATUS": pl.col("obs_status"),
        "UNIT_MEASURE": pl.col("unit"),
        "QUALIFIER": pl.col("qualifier"),
        "LOW": plain("low"),
        "HIGH": plain("high"),
        "TEXT_VALUE": pl.when(worded).then(pl.col("value")),
        "REASON": pl.col("reason"),
        "FLAGS": pl.col("flags"),
        "COMMENT": pl.col("comment"),
        "CONF_STATUS": pl.when(pl.col("withheld") == "").then(pl.lit("F")).otherwise(pl.lit("C")),
        "WITHHELD": pl.col("withheld"),
        "SUM_OF": pl.col("sum_of"),
        "ENTITY_COUNTRY": replaced(pl.col("country"), figures["country"].unique(), names.eu_code),
        "REPORTING_PERIOD": pl.col("period"),
        "PERIOD_START": pl.col("start").cast(pl.String),
        "PERIOD_END": pl.col("end").cast(pl.String),
        "ADDRESS": pl.col("address"),
        "RECEIPT": pl.col("receipt"),
        "VINTAGE": pl.col("vintage"),
    }  # fmt: skip
    filled = figures.select("head_start", "head_end", **{name: fields[name] for name in columns(definition)})
    return filled.with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)))


def columns(definition: Definition) -> list[str]:
    return [*key_ids(definition), "TIME_PERIOD", VALUE, *attribute_ids()]


def member(dimension: Dimension, definition: Definition) -> pl.Expr:
    """The member that the address names: not applicable where the data point has no such dimension, not stated where it
    has one that the filer left out."""
    having = [point.code for point in definition.points.values() if dimension.id in point.dimensions]
    named = pl.col("address").str.extract(rf"[\[,]{dimension.id}=([^,\]]*)", 1)
    codes = definition.code_lists[dimension.code_list].codes if dimension.code_list else ()
    stated = pl.coalesce(replaced(named, codes, names.eu_code), pl.lit(names.NOT_STATED))
    return pl.when(pl.col("code").is_in(having)).then(stated).otherwise(pl.lit(names.NOT_APPLICABLE))


def replaced(text: pl.Expr, known: Iterable[str], written: Callable[[str], str]) -> pl.Expr:
    """The text as `written` has it."""
    changed = {one: written(one) for one in known if one and written(one) != one}
    return text.replace(changed) if changed else text


def time_period(first: str, last: str) -> pl.Expr:
    """SDMX: a calendar year, or a range of days from the first with their number (2021-08-02/P152D)."""
    start, end = pl.col(first), pl.col(last)
    year = (start.dt.ordinal_day() == 1) & (end.dt.month() == 12) & (end.dt.day() == 31)
    whole = year & (start.dt.year() == end.dt.year())
    days = (end - start).dt.total_days() + 1
    return pl.when(whole).then(start.dt.to_string("%Y")).otherwise(pl.format("{}/P{}D", start, days))


def plain(number: str) -> pl.Expr:
    """Whole numbers without a decimal point."""
    value = pl.col(number)
    whole = (value == value.round()) & (value.abs() < 1e15)
    return pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.cast(pl.String))
