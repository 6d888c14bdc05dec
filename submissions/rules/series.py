"""Kinds between lines of the same or another data point that share their dimensions, as filings before the standard
form have them: the figure says by its dimensions what is counted, where, and by which route."""

from __future__ import annotations

import polars as pl

from submissions.definition import Definition
from submissions.rules.filing import NONE
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
    """In each of `sets`, counts for the `parts` of a dimension do not exceed the one for its `whole`; with `fill`
    they make it up once all are filed; `at_part` points the finding at the part. Figures agree in every other
    dimension and in their dates."""
    found = []
    for entry in params["sets"]:
        own, others = f"d_{entry['dimension']}", dims(judged.definition, entry["dimension"])
        if own not in judged.sound.columns:
            continue
        counts = judged.sound.filter(pl.col("valued") & (pl.col("t_type") == "count"))
        mine = counts.with_columns(interval()).filter(pl.col("least").is_not_null())
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
    """A rate follows from its numerator and base with the same dimensions, within the decimals it is filed with and as
    far as the qualifiers of the two go."""
    keys = dims(judged.definition, "denominator")
    rate = figures(judged, params["rate"]).filter(pl.col("number").is_not_null())
    if rate.is_empty():
        return NONE
    top = spans(figures(judged, params["numerator"]), "top").select("top_least", "top_most", *keys)
    base = spans(figures(judged, params["base"]), "base").select("base_least", "base_most", "d_denominator", *keys)
    joined = rate.join(top, on=keys, nulls_equal=True).join(base, on=["d_denominator", *keys], nulls_equal=True)
    slack = 0.5 * pl.lit(10.0).pow(-decimals_filed().cast(pl.Float64)) + 1e-9
    least, most = (100 * pl.col("top_least") / pl.col("base_most"), 100 * pl.col("top_most") / pl.col("base_least"))
    off = (pl.col("number") < least - slack) | (pl.col("number") > most + slack)
    return joined.filter((pl.col("base_least") > 0) & off).select("line", "address", "value")


def spans(lines: pl.DataFrame, name: str) -> pl.DataFrame:
    """Where the true figures may lie, as `<name>_least` and `<name>_most`; without those that have neither."""
    told = lines.with_columns(interval()).rename({"least": f"{name}_least", "most": f"{name}_most"})
    return told.filter(pl.col(f"{name}_least").is_not_null())


@filing_kind()
def share_follows(params: Params, judged: Judged) -> pl.DataFrame:
    """The share of a member of `dimension` is its figure over that of the member `whole`, within the decimals it is filed
    with; the other dimensions and the dates agree."""
    own, others = f"d_{params['dimension']}", dims(judged.definition, params["dimension"])
    share = figures(judged, params["share"]).filter(
        pl.col("number").is_not_null() & (pl.col("qualifier") != "approximate")
    )
    if share.is_empty():
        return NONE
    counts = figures(judged, params["figure"]).filter(pl.col("qualifier").is_in(["", "exact"]))
    keys = ["start", "end", *others]
    part = counts.select(pl.col("number").alias("part"), pl.col("address").alias("of_part"), own, *keys)
    whole = counts.filter(pl.col(own) == params["whole"]).select(
        pl.col("number").alias("whole"), pl.col("address").alias("of_whole"), *keys
    )
    joined = share.join(part, on=[own, *keys], nulls_equal=True).join(whole, on=keys, nulls_equal=True)
    off = (pl.col("number") - 100 * pl.col("part") / pl.col("whole")).abs() > 0.5 * pl.lit(10.0).pow(
        -decimals_filed().cast(pl.Float64)
    ) + 1e-9
    return joined.filter((pl.col("whole") > 0) & off).select(
        "line", "address", "value", pl.concat_list("of_part", "of_whole").alias("related")
    )


@filing_kind(looks_at="figures")
def not_more_than(params: Params, judged: Judged) -> pl.DataFrame:
    """In each of `pairs` the figure of `part` does not exceed that of `whole` with the same dimensions and dates, as far
    as the qualifiers go."""
    keys = ["start", "end", *dims(judged.definition)]
    found = []
    for pair in params["pairs"]:
        part = spans(figures(judged, pair["part"]), "part")
        if part.is_empty():
            continue
        whole = spans(figures(judged, pair["whole"]), "whole").select(
            "whole_most", pl.concat_list("address").alias("related"), *keys
        )
        both = part.join(whole, on=keys, nulls_equal=True, maintain_order="left")
        more = both.filter(pl.col("part_least") > pl.col("whole_most"))
        found.append(more.select("line", "address", "value", "related"))
    return pl.concat(found) if found else NONE


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
