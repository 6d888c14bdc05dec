"""Kinds between lines of the same or another data point that share their dimensions, as filings before the standard
form have them: the figure says by its dimensions what is counted, where, and by which route."""

from __future__ import annotations

import polars as pl

from submissions.definition import Definition
from submissions.rules.registry import Judged, Params, filing_kind

APPROXIMATE = 0.1
"""How far a figure hedged as approximate may lie off, as a share of it. A proposal; no source prescribes one."""


def dims(definition: Definition, without: str = "") -> list[str]:
    return [f"d_{name}" for name in definition.dimensions if name != without]


def figures(judged: Judged, code: str) -> pl.DataFrame:
    return judged.sound.filter((pl.col("code") == code) & pl.col("valued"))


def decimals_filed() -> pl.Expr:
    return pl.col("value").str.extract(r"\.([0-9]+)$", 1).str.len_chars().fill_null(0)


def last_place() -> pl.Expr:
    """Half of the last digit a rounded number shows: 4900 -> 50, 4.22 -> 0.005."""
    decimals = decimals_filed()
    zeros = pl.when(decimals == 0).then(pl.col("value").str.extract(r"[1-9](0*)$", 1).str.len_chars()).otherwise(0)
    return 0.5 * pl.lit(10.0).pow(zeros.fill_null(0).cast(pl.Float64) - decimals.cast(pl.Float64))


def interval() -> list[pl.Expr]:
    """Where the true figure may lie, by the qualifier: columns `least` and `most`."""
    number, qualifier = pl.col("number"), pl.col("qualifier")
    slack = (
        pl.when(qualifier == "rounded").then(last_place())
        .when(qualifier == "approximate").then(number.abs() * APPROXIMATE)
        .otherwise(0.0)
    )  # fmt: skip
    return [
        pl.when(qualifier == "upper_bound").then(0.0).when(qualifier == "range").then(pl.col("low_number"))
        .otherwise(number - slack).alias("least"),
        pl.when(qualifier == "lower_bound").then(float("inf")).when(qualifier == "range").then(pl.col("high_number"))
        .otherwise(number + slack).alias("most"),
    ]  # fmt: skip


@filing_kind(looks_at="figures")
def dimension_parts(params: Params, judged: Judged) -> pl.DataFrame:
    """In each of `sets`, figures for the `parts` of a dimension do not exceed the one for its `whole`; with `fill`
    they make it up once all are filed; `at_part` points the finding at the part. Figures agree in every other
    dimension and in their dates."""
    found = []
    for entry in params["sets"]:
        own, others = f"d_{entry['dimension']}", dims(judged.definition, entry["dimension"])
        if own not in judged.sound.columns:
            continue
        mine = judged.sound.filter(pl.col("valued")).with_columns(interval()).filter(pl.col("least").is_not_null())
        keys = ["code", "start", "end", *others]
        pieces = (
            mine.filter(pl.col(own).is_in(entry["parts"]))
            .group_by(keys)
            .agg(
                pl.col("least").sum().alias("parts_least"),
                pl.col("most").sum().alias("parts_most"),
                pl.col(own).n_unique().alias("filed"),
                pl.col("address").alias("related"),
                pl.col("line").first().alias("part_line"),
                pl.col("address").first().alias("part_address"),
            )
        )
        both = mine.filter(pl.col(own) == entry["whole"]).join(pieces, on=keys, nulls_equal=True)
        too_many = pl.col("parts_least") > pl.col("most")
        too_few = (pl.col("filed") == len(entry["parts"])) & (pl.col("parts_most") < pl.col("least"))
        broken = too_many | too_few if entry.get("fill") else too_many
        told = both.filter(broken)
        if entry.get("at_part"):
            told = told.with_columns(pl.col("part_line").alias("line"), pl.col("part_address").alias("address"))
        found.append(told.select("line", "address", "related"))
    return (
        pl.concat(found).unique("line", maintain_order=True)
        if found
        else judged.sound.clear().select("line", "address")
    )


@filing_kind()
def dimension_ratio(params: Params, judged: Judged) -> pl.DataFrame:
    """A rate follows from its numerator and base with the same dimensions, within the decimals it is filed with."""
    keys = dims(judged.definition, "denominator")
    rate = figures(judged, params["rate"]).filter(pl.col("number").is_not_null())
    top = figures(judged, params["numerator"]).select(pl.col("number").alias("top"), *keys)
    base = figures(judged, params["base"]).select(pl.col("number").alias("base"), "d_denominator", *keys)
    joined = rate.join(top, on=keys, nulls_equal=True).join(base, on=["d_denominator", *keys], nulls_equal=True)
    off = (pl.col("number") - 100 * pl.col("top") / pl.col("base")).abs() > 0.5 * pl.lit(10.0).pow(
        -decimals_filed().cast(pl.Float64)
    ) + 1e-9
    return joined.filter((pl.col("base") > 0) & off).select("line", "address", "value")


@filing_kind()
def zero_rate_has_base(params: Params, judged: Judged) -> pl.DataFrame:
    """A rate of zero has something behind it."""
    keys = dims(judged.definition)
    base = figures(judged, params["base"]).filter(pl.col("number") > 0).select(keys).unique()
    zeros = figures(judged, params["rate"]).filter(pl.col("number") == 0)
    return zeros.join(base, on=keys, how="anti", nulls_equal=True).select("line", "address")


@filing_kind()
def companion_filed(params: Params, judged: Judged) -> pl.DataFrame:
    """A figure of `code` comes with one of `companion` that shares the dimensions of `on`."""
    keys = [f"d_{name}" for name in params["on"]]
    companion = figures(judged, params["companion"]).select(keys).unique()
    return (
        figures(judged, params["code"]).join(companion, on=keys, how="anti", nulls_equal=True).select("line", "address")
    )


@filing_kind("address")
def member_filed_too(params: Params, judged: Judged) -> pl.DataFrame:
    """Where a figure is given for one of `members`, the same data point is also given for `also`."""
    own = pl.col(f"d_{params['dimension']}")
    given = judged.sound.filter(pl.col("valued"))
    also = given.filter(own == params["also"]).select("code").unique()
    return given.filter(own.is_in(params["members"])).join(also, on="code", how="anti").select("line", "address")


@filing_kind()
def base_not_borrowed(params: Params, judged: Judged) -> pl.DataFrame:
    """The base of a rate is not the figure of another data point with the same item kind."""
    base = figures(judged, params["code"]).filter(pl.col("d_denominator") == params["denominator"])
    other = figures(judged, params["other"]).select("d_item_kind", "number").unique()
    return base.join(other, on=["d_item_kind", "number"], nulls_equal=True).select("line", "address", "value")


@filing_kind()
def agrees_with_one(params: Params, judged: Judged) -> pl.DataFrame:
    """A figure said a second time agrees with one of those said first, as far as their qualifiers go."""
    said = figures(judged, params["code"]).with_columns(interval()).filter(pl.col("least").is_not_null())
    if "denominator" in params:
        said = said.filter(pl.col("d_denominator") == params["denominator"])
    first = figures(judged, params["other"]).filter(pl.col("d_channel") == params["channel"]).with_columns(interval())
    first = first.filter(pl.col("least").is_not_null())
    if first.is_empty():
        return said.clear().select("line", "address", "value")
    first = first.select(
        pl.col("least").alias("least_2"), pl.col("most").alias("most_2"), pl.col("address").alias("related")
    )
    pairs = said.join(first, how="cross")
    agreeing = pairs.filter((pl.col("least") <= pl.col("most_2")) & (pl.col("least_2") <= pl.col("most")))
    related = pairs.group_by("line").agg(pl.col("related"))
    return (
        said.join(agreeing.select("line").unique(), on="line", how="anti")
        .join(related, on="line", maintain_order="left")
        .select("line", "address", "value", "related")
    )
