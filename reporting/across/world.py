"""What rules across filings look at: the observations that count, and who owes which filing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import polars as pl

DAY = timedelta(days=1)
ROUND = ["return_id", "version", "period"]
FILING = [*ROUND, "entity", "revision"]
READ = {"line", "address", "code", "number", "obs_status", "start", "end", "reason"}
OWED = {"return_id": pl.String, "period": pl.String, "entity": pl.String}


@dataclass(frozen=True, eq=False)
class World:
    """`whole`: all filings are here, not only those that one reader may see; else no sum over a round is judged."""

    observations: pl.DataFrame
    """As `observed` gives them, of LINES the columns READ."""
    owed: pl.DataFrame
    """Columns OWED: who owes which filing."""
    whole: bool = True
    cache: dict[str, Any] = field(default_factory=dict)

    def main(self, codes: Iterable[str]) -> pl.DataFrame:
        """One line a filing and data point without dimensions: where there are several, the one with most days inside
        the reporting period, then the later one."""
        if "main" not in self.cache:
            plain = self.observations.filter(pl.col("address") == pl.col("code"))
            inside = pl.min_horizontal("end", "head_end") - pl.max_horizontal("start", "head_start")
            ranked = plain.with_columns(inside.alias("inside")).sort(
                "inside", "end", "line", descending=[True, True, False]
            )
            self.cache["main"] = ranked.unique(["revision", "code"], keep="first", maintain_order=True)
        return self.cache["main"].filter(pl.col("code").is_in(list(codes)))

    def figures(self, codes: Iterable[str], without: Iterable[str] = ()) -> pl.DataFrame:
        """Those of `main` that have a number, but for figures with a status of `without`."""
        told = pl.col("valued") & pl.col("number").is_not_null() & ~pl.col("obs_status").is_in(list(without))
        return self.main(codes).filter(told)

    def series(self, code: str) -> pl.DataFrame:
        """What reference sources published under `code`, one row a source, member and stretch of days: `source`,
        `member` (what stands in the brackets of the address), `from`, `to`, `count`, `whence` (its place), and the days
        nearer to it than to its neighbours, `near_from` to `near_to`."""
        if code not in self.cache:
            self.cache[code] = with_reach(
                self.observations.filter((pl.col("code") == code) & pl.col("valued") & pl.col("number").is_not_null())
                .sort("revision", "line")
                .unique(["entity", "address", "start", "end"], keep="last", maintain_order=True)
                .select(
                    pl.col("entity").alias("source"),
                    pl.col("address").str.extract(r"\[(.*)\]", 1).fill_null("").alias("member"),
                    pl.col("start").alias("from"),
                    pl.col("end").alias("to"),
                    pl.col("number").alias("count"),
                    place().alias("whence"),
                )
            )
        return self.cache[code]


def place() -> pl.Expr:
    """Where a figure stands."""
    return pl.struct("return_id", "period", "entity", "revision", "address")


def days(first: str, last: str) -> pl.Expr:
    return (pl.col(last) - pl.col(first) + DAY).dt.total_days()


def with_reach(series: pl.DataFrame) -> pl.DataFrame:
    """Days between two stretches belong to the nearer one, the first half to the earlier; before and after all of them,
    to the first and the last."""
    each = ["source", "member"]
    ordered = series.sort(*each, "from")
    gap = (pl.col("from").shift(-1).over(each) - pl.col("to") - DAY).dt.total_days()
    far = pl.date(9999, 12, 31)
    reached = ordered.with_columns((pl.col("to") + pl.duration(days=(gap + 1) // 2)).alias("near_to"))
    return reached.with_columns(
        (pl.col("near_to").shift(1).over(each) + DAY).fill_null(pl.date(1, 1, 1)).alias("near_from"),
        pl.col("near_to").fill_null(far),
    )


def overlap(first: str, last: str) -> pl.Expr:
    """Days that a figure shares with a stretch of the series."""
    shared = pl.min_horizontal("end", last) - pl.max_horizontal("start", first) + DAY
    return shared.dt.total_days().clip(0)


def expected(figures: pl.DataFrame, series: pl.DataFrame, member: pl.Expr) -> pl.DataFrame:
    """Each figure beside each source that publishes its `member`, prorated to its days: `expected` by yearly daily rates
    (days outside the series take the nearest), `inside` the share of its days that the series covers, and what the true
    count must lie between if the figure touches no days outside: `least`, the stretches wholly inside, and `touched`, all
    that it touches."""
    asked = figures.with_row_index("row").with_columns(member.alias("member"))
    pairs = asked.join(series, on="member")
    rate = pl.col("count") / days("from", "to")
    told = pairs.group_by("row", "source", maintain_order=True).agg(
        (overlap("near_from", "near_to") * rate).sum().alias("expected"),
        overlap("from", "to").sum().alias("days_inside"),
        pl.col("count").filter(overlap("from", "to") > 0).sum().alias("touched"),
        pl.col("count").filter(overlap("from", "to") == days("from", "to")).sum().alias("least"),
        pl.col("whence").filter(overlap("near_from", "near_to") > 0).alias("related"),
    )
    inside = (pl.col("days_inside") / days("start", "end")).alias("inside")
    return asked.join(told, on="row", maintain_order="left").with_columns(inside)
