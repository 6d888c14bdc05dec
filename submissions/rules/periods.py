"""Kinds over the periods that the figures of a category cover, and over lines of one figure for several periods."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from submissions.rules.registry import Judged, Params, filing_kind

DAY = timedelta(days=1)


def periods(judged: Judged) -> pl.DataFrame:
    """Distinct own periods of figures by category, less those inside another of the same category.

    Columns: category, start, end, reason (of all lines with that period), line and address of the first, covered.
    """
    if "periods" in judged.cache:
        return judged.cache["periods"]
    own = with_coverage(judged)
    spans = own.group_by(pl.col("t_category").alias("category"), "start", "end", maintain_order=True).agg(
        pl.col("line").first(), pl.col("address").first(), pl.col("reason").str.join(";"), pl.col("covered").min()
    )
    wider = spans.select("category", pl.col("start").alias("from"), pl.col("end").alias("to"))
    inside = (
        spans.join(wider, on="category")
        .filter(
            (pl.col("from") <= pl.col("start"))
            & (pl.col("end") <= pl.col("to"))
            & ((pl.col("from") != pl.col("start")) | (pl.col("to") != pl.col("end")))
        )
        .select("category", "start", "end")
    )
    judged.cache["periods"] = spans.join(inside, on=["category", "start", "end"], how="anti")
    return judged.cache["periods"]


def with_coverage(judged: Judged) -> pl.DataFrame:
    """Figures with an own period, and in `covered` the share of the reporting period that all lines of the same
    address cover together: two half-years make a year."""
    head = judged.context.head
    own = judged.sound.filter((pl.col("own_period") == 2) & pl.col("valued")).sort("start", maintain_order=True)
    reached = pl.col("end").cum_max().shift(1).over("address")
    first = pl.max_horizontal("start", pl.lit(head.start), reached + DAY)
    days = (pl.min_horizontal("end", pl.lit(head.end)) - first + DAY).dt.total_days().clip(0)
    whole = (head.end - head.start).days + 1
    return own.with_columns((days.sum().over("address") / whole).alias("covered")).sort("line")


def breaking(judged: Judged, broken: pl.Expr) -> pl.DataFrame:
    return (
        periods(judged)
        .filter(broken)
        .select(
            "line",
            "address",
            pl.col("category").cast(pl.String),
            pl.col("start").cast(pl.String).alias("period_start"),
            pl.col("end").cast(pl.String).alias("period_end"),
        )
    )


def unexplained() -> pl.Expr:
    return pl.col("reason").str.strip_chars(";") == ""


@filing_kind("period")
def periods_not_before(params: Params, judged: Judged) -> pl.DataFrame:
    return breaking(judged, pl.col("start") < date.fromisoformat(params["day"]))


@filing_kind("period")
def periods_cover(params: Params, judged: Judged) -> pl.DataFrame:
    """The reporting period is covered, or a reason says why not."""
    return breaking(judged, (pl.col("covered") < 1) & unexplained())


@filing_kind("period")
def periods_end_inside(params: Params, judged: Judged) -> pl.DataFrame:
    """Figures do not run beyond the reporting period, or a reason says why."""
    return breaking(judged, (pl.col("end") > judged.context.head.end) & unexplained())


@filing_kind("period")
def periods_share(params: Params, judged: Judged) -> pl.DataFrame:
    """At least `share` of the days of the reporting period."""
    return breaking(judged, pl.col("covered") < params["share"])


@filing_kind("period")
def periods_boundary(params: Params, judged: Judged) -> pl.DataFrame:
    """Not from a day of the year to the same day of a later year: that day would belong to two years."""
    return breaking(judged, pl.col("start").dt.strftime("%m-%d") == pl.col("end").dt.strftime("%m-%d"))


@filing_kind("period")
def series_tidy(params: Params, judged: Judged) -> pl.DataFrame:
    """Lines of one address lie apart in time or one inside the other, and parts that fill a whole add up to it."""
    valued = judged.sound.filter(pl.col("valued"))
    repeated = valued.filter(pl.col("address").is_duplicated()).select("line", "address", "start", "end", "number")
    if repeated.is_empty():
        return repeated.select("line", "address")
    pairs = repeated.join(repeated, on="address", suffix="_2")
    crossing = pairs.filter(
        (pl.col("start") < pl.col("start_2")) & (pl.col("start_2") <= pl.col("end")) & (pl.col("end") < pl.col("end_2"))
    )
    inner = pairs.filter((pl.col("start") <= pl.col("start_2")) & (pl.col("end_2") <= pl.col("end"))
                         & (pl.col("line") != pl.col("line_2")))  # fmt: skip
    filled = inner.group_by("address", "line", "start", "end", "number", maintain_order=True).agg(
        (pl.col("end_2") - pl.col("start_2") + DAY).dt.total_days().sum().alias("days"), pl.col("number_2").sum()
    )
    off = filled.filter(
        (pl.col("days") == (pl.col("end") - pl.col("start") + DAY).dt.total_days())
        & (pl.col("number_2") != pl.col("number"))
    )
    return pl.concat([crossing.select("line", "address"), off.select("line", "address")]).unique(
        "address", maintain_order=True
    )
