"""Kinds of rule across filings. Each looks at the world and gives the violating rows: `return_id`, `version`, `period`,
`entity` and `revision` (empty and null where a whole round is meant), `address`, `related` (places of the figures it was
compared with), the numbers that were looked at, and words for the message.

Operands that several share: `of`, data points without dimensions; `reference`, the data point of a reference source;
`without`, statuses of figures that are not judged; `inside`, the share of its days that the reference must cover.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from reporting.across.world import FILING, ROUND, World, days, expected, place
from submissions.datatypes import holds_any

Params = Mapping[str, Any]
Function = Callable[[Params, World], pl.DataFrame]
MONTH = 365.25 / 12


@dataclass(frozen=True)
class Kind:
    name: str
    function: Function
    whole_round: bool
    """It needs every filing of the round."""


KINDS: dict[str, Kind] = {}


def kind(whole_round: bool = False) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        KINDS[function.__name__] = Kind(function.__name__, function, whole_round)
        return function

    return register


# A figure beside the reference ----------------------------------------------------------------------------


def beside_reference(params: Params, world: World, figures: pl.DataFrame) -> pl.DataFrame:
    """National figures beside the reference for the same country and days, where that covers enough of them."""
    country = pl.format("country={}", "country")
    found = expected(figures, world.series(params["reference"]), country)
    if params.get("per") == "month":
        found = found.with_columns(pl.col("expected") / (days("start", "end") / MONTH))
    return found.filter((pl.col("expected") > 0) & (pl.col("inside") >= params["inside"]))


def told(rows: pl.DataFrame, *more: str) -> pl.DataFrame:
    return rows.select(
        *FILING, "address", pl.col("number").alias("filed"), "expected", "least", "touched", "source", "related",
        pl.col("start").cast(pl.String).alias("period_start"), pl.col("end").cast(pl.String).alias("period_end"), *more,
    )  # fmt: skip


@kind()
def near_reference(params: Params, world: World) -> pl.DataFrame:
    """A figure lies between `low` and `high` times the reference for its days; `per` month compares monthly counts.
    `above_zero` leaves a zero to another rule."""
    figures = world.figures(params["of"], params.get("without", ())).filter(
        (pl.col("number") > 0) | pl.lit(not params.get("above_zero"))
    )
    found = beside_reference(params, world, figures)
    outside = (pl.col("number") < params["low"] * pl.col("expected")) | (
        pl.col("number") > params["high"] * pl.col("expected")
    )
    return told(found.filter(outside))


@kind()
def filed_if_referenced(params: Params, world: World) -> pl.DataFrame:
    """Where the reference has something, zero is not filed, nor nothing; but for reasons of `excused`, which do not deny
    that there is something."""
    main = world.main(params["of"])
    none = (
        pl.when(pl.col("valued")).then(pl.col("number") == 0).otherwise(~holds_any(pl.col("reason"), params["excused"]))
    )
    return told(beside_reference(params, world, main.filter(none)).with_columns(pl.col("number").fill_null(0)))


@kind()
def source_named(params: Params, world: World) -> pl.DataFrame:
    """A figure that equals the reference within `tolerance` comes with a value, or any answer, at `beside`."""
    named = world.observations.filter(pl.col("code") == params["beside"]).select("revision").unique()
    figures = world.figures(params["of"]).filter(pl.col("number") > 0).join(named, on="revision", how="anti")
    off = (pl.col("number") - pl.col("expected")).abs()
    return told(beside_reference(params, world, figures).filter(off <= params["tolerance"] * pl.col("expected")))


@kind()
def share_like_population(params: Params, world: World) -> pl.DataFrame:
    """Per day, the share in the sum of those that filed is not more than `factor` times above or below the share in their
    population, where at least `floor` would be expected. Zeros and figures with a status of `without` are left out."""
    figures = world.figures(params["of"], params["without"]).filter(pl.col("number") > 0)
    people = world.series(params["reference"]).sort("to").unique("member", keep="last", maintain_order=True)
    known = figures.with_columns(pl.format("country={}", "country").alias("member")).join(
        people.select("member", "source", pl.col("count").alias("people"), pl.concat_list("whence").alias("related")),
        on="member", maintain_order="left",
    )  # fmt: skip
    daily = (pl.col("number") / days("start", "end")).alias("daily")
    of_round = [*ROUND, "code"]
    shared = known.with_columns(daily).with_columns(
        (pl.col("daily") / pl.col("daily").sum().over(of_round)).alias("share"),
        (pl.col("people") / pl.col("people").sum().over(of_round)).alias("population_share"),
        (pl.col("daily").sum().over(of_round) * pl.col("people") / pl.col("people").sum().over(of_round)
         * days("start", "end")).alias("expected"),
        pl.lit(None, pl.Float64).alias("least"),
        pl.lit(None, pl.Float64).alias("touched"),
        pl.len().over(of_round).alias("filings"),
    )  # fmt: skip
    apart = (pl.col("share") > params["factor"] * pl.col("population_share")) | (
        pl.col("share") * params["factor"] < pl.col("population_share")
    )
    enough = (pl.max_horizontal("expected", "number") >= params["floor"]) & (pl.col("filings") >= params["filings"])
    percent = [(pl.col(name) * 100).round(2) for name in ("share", "population_share")]
    return told(shared.filter(apart & enough).with_columns(percent), "share", "population_share")


# Providers beside the reference ---------------------------------------------------------------------------


def has_member(dimension: str, member: str) -> pl.Expr:
    return pl.col("address").str.contains(rf"[\[,]{dimension}={member}[,\]]")


def of_union(params: Params, world: World) -> pl.DataFrame:
    """Figures at `of` that bear the `members`; of `splits` of a dimension only the line for their whole, or the one that
    is not split."""
    lines = world.observations.filter(
        pl.col("code").is_in(params["of"]) & pl.col("valued") & pl.col("number").is_not_null()
    )
    for dimension, member in params.get("members", {}).items():
        lines = lines.filter(has_member(dimension, member))
    for dimension, whole in params.get("splits", {}).items():
        lines = lines.filter(~pl.col("address").str.contains(rf"[\[,]{dimension}=") | has_member(dimension, whole))
    return lines.sort("revision", "line")


@kind()
def not_above_union(params: Params, world: World) -> pl.DataFrame:
    """A figure for the Union is not more than the reference has for all sources, in all years that it touches."""
    found = expected(of_union(params, world), world.series(params["reference"]), pl.lit(params["member"]))
    whole = found.with_columns(pl.col("touched").alias("expected"))
    return told(whole.filter((pl.col("inside") >= params["inside"]) & (pl.col("number") > pl.col("touched"))))


@kind(whole_round=True)
def union_covered(params: Params, world: World) -> pl.DataFrame:
    """The figures of a round for the Union come to at least `share` of the reference for the days of the round."""
    sums = of_union(params, world).group_by(ROUND, maintain_order=True).agg(
        pl.col("number").sum(),
        pl.col("head_start").first().alias("start"),
        pl.col("head_end").first().alias("end"),
        place().alias("added"),
    )  # fmt: skip
    members = ",".join(f"{dimension}={member}" for dimension, member in params.get("members", {}).items())
    address = pl.lit(f"{params['of'][0]}[{members}]" if members else params["of"][0]).alias("address")
    found = expected(of_round(sums), world.series(params["reference"]), pl.lit(params["member"]))
    low = (pl.col("inside") >= params["inside"]) & (pl.col("number") < params["share"] * pl.col("expected"))
    percent = (pl.col("number") * 100 / pl.col("expected")).round(2).alias("share")
    return told(
        found.filter(low).with_columns(address, percent, pl.concat_list("added", "related").alias("related")), "share"
    )


# The round as a whole -------------------------------------------------------------------------------------


def of_round(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that speak of a round, not of a filing."""
    return rows.with_columns(pl.lit("").alias("entity"), pl.lit(None, pl.Int64).alias("revision"))


@kind(whole_round=True)
def addable(params: Params, world: World) -> pl.DataFrame:
    """All who owe a filing have a figure, all figures cover the same days, and none has a status of `without`."""
    has_figure = pl.col("valued") & pl.col("number").is_not_null()
    differs = has_figure & pl.col("obs_status").is_in(params["without"])
    rounds = world.main(params["of"]).group_by(*ROUND, "code", maintain_order=True).agg(
        pl.struct("start", "end").filter(has_figure).n_unique().alias("periods"),
        differs.sum().alias("differing"),
        pl.col("entity").filter(has_figure).n_unique().alias("filed"),
        place().filter(differs).alias("related"),
    )  # fmt: skip
    owing = world.owed.group_by("return_id", "period").agg(pl.col("entity").n_unique().alias("owing"))
    judged = rounds.join(owing, on=["return_id", "period"], how="left", maintain_order="left").with_columns(
        (pl.col("owing").fill_null(0).cast(pl.Int64) - pl.col("filed")).clip(0).alias("missing")
    )
    broken = judged.filter((pl.col("periods") > 1) | (pl.col("differing") > 0) | (pl.col("missing") > 0))
    return of_round(broken).select(
        *FILING, pl.col("code").alias("address"), "periods", "differing", "missing", "filed", "related"
    )


@kind(whole_round=True)
def parts_make_whole(params: Params, world: World) -> pl.DataFrame:
    """Over all filings of a round the `parts` add up to the `whole`."""
    wholes, parts = world.figures([params["whole"]]), world.figures(params["parts"])
    of_filing = parts.group_by("revision").agg(pl.col("number").sum().alias("parts"))
    both = wholes.join(of_filing, on="revision", how="left", maintain_order="left").with_columns(
        pl.col("parts").fill_null(0)
    )
    astray = parts.join(wholes, on="revision", how="anti").group_by(*ROUND).agg(pl.col("number").sum().alias("astray"))
    sums = both.group_by(*ROUND, maintain_order=True).agg(
        pl.col("number").sum().alias("whole"),
        pl.col("parts").sum(),
        place().filter(pl.col("number") != pl.col("parts")).alias("related"),
    )
    summed = sums.join(astray, on=ROUND, how="left", maintain_order="left").with_columns(
        pl.col("parts") + pl.col("astray").fill_null(0)
    )
    rest = summed.with_columns((pl.col("whole") - pl.col("parts")).alias("rest")).filter(pl.col("rest") != 0)
    return of_round(rest).select(*FILING, pl.lit(params["whole"]).alias("address"), "whole", "parts", "rest", "related")


@kind(whole_round=True)
def none_holds_most(params: Params, world: World) -> pl.DataFrame:
    """No filing holds more than `share` of the sum of a round of at least `filings`."""
    figures = world.figures(params["of"])
    rounds = figures.sort("number", "entity", descending=[True, False]).group_by(*ROUND, "code", maintain_order=True).agg(
        pl.col("number").first().alias("filed"),
        pl.col("number").sum().alias("sum"),
        pl.col("country").first(),
        pl.len().alias("filings"),
        place().head(1).alias("related"),
    )  # fmt: skip
    most = rounds.filter((pl.col("filed") > params["share"] * pl.col("sum")) & (pl.col("filings") >= params["filings"]))
    percent = (100 * pl.col("filed") / pl.col("sum")).round(1).alias("share")
    return of_round(most.sort(*ROUND)).select(
        *FILING, pl.col("code").alias("address"), "filed", "sum", "country", percent, "related"
    )


# The same thing said twice --------------------------------------------------------------------------------


@kind()
def said_once(params: Params, world: World) -> pl.DataFrame:
    """A source that gives the figure of an address for the same days in two filings gives the same number."""
    same = ["return_id", "entity", "address", "start", "end"]
    counts = world.observations.filter(
        pl.col("valued") & pl.col("number").is_not_null() & (pl.col("value_type") == "count")
    )
    twice = counts.filter(pl.struct(same).is_duplicated())
    ordered = twice.sort("head_start", "revision", "line").group_by(same, maintain_order=True)
    differing = ordered.agg(
        pl.col("version", "period", "revision").last(),
        pl.col("number").last().alias("filed"),
        pl.col("number").first().alias("expected"),
        pl.col("number").n_unique().alias("told"),
        place().head(1).alias("related"),
    ).filter(pl.col("told") > 1)
    return differing.select(
        *FILING, "address", "filed", "expected", "related",
        pl.col("start").cast(pl.String).alias("period_start"), pl.col("end").cast(pl.String).alias("period_end"),
    )  # fmt: skip
