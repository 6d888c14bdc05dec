"""The sums of long filings, as a user may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from portal.models import User
from reporting.models.rollup import Rollup, SummedRevision
from submissions.models import Revision

SUMS = {
    "revision": pl.Int64,
    "code": pl.String,
    "unit": pl.String,
    "members": pl.String,
    "lines": pl.Int64,
    "added": pl.Int64,
    "hedged": pl.Int64,
    "estimated": pl.Int64,
    "provisional": pl.Int64,
    "total": pl.Float64,
}
"""Columns of `sums`; of the lines, how many are in the total, and how many of these are hedged, estimated, provisional."""

ROLLUPS = {
    "summed": pl.Int64,
    "code": pl.String,
    "members": pl.String,
    "unit": pl.String,
    "obs_status": pl.String,
    "lines": pl.Int64,
    "added": pl.Int64,
    "hedged": pl.Int64,
    "total": pl.Float64,
}


@dataclass(frozen=True)
class Standing:
    """The revision of a filing whose figures count."""

    revision: int
    entity: str
    name: str
    period: str
    start: date
    lines: int
    summed: bool


def summed_so_far() -> int:
    """How many revisions have their sums. One query."""
    return SummedRevision.objects.count()


def standing(user: User, return_id: str, as_of: date | None = None) -> list[Standing]:
    """Of every filing of a return, by period and size. One query."""
    counting = Revision.objects.visible_to(user).counting(as_of).filter(filing__period__return_id=return_id)
    counting = counting.select_related("filing__obligation__entity", "filing__period", "summed")
    return [
        Standing(
            one.pk, one.filing.entity.code, one.filing.entity.name, one.filing.period.label, one.filing.period.start,
            one.lines, hasattr(one, "summed"),
        )
        for one in counting.order_by("filing__period__start", "-lines", "filing__obligation__entity__code")
    ]  # fmt: skip


def sums(
    user: User, revisions: Iterable[int], codes: Collection[str], over: Sequence[str], members: Collection[str] = ()
) -> pl.DataFrame:
    """Columns SUMS and one for each dimension of `over`, which a panel has to ask for. No codes, no members: all that
    are summed over these. One query."""
    rows = Rollup.objects.visible_to(user).filter(summed__in=list(revisions), over=",".join(over))
    rows = rows.filter(code__in=codes) if codes else rows
    rows = rows.filter(members__in=members) if members else rows
    # Thousands of rows: added up here, which costs less than the conversion of every sum that a query gives.
    found = pl.DataFrame(list(rows.values_list(*ROLLUPS)), schema=ROLLUPS, orient="row", infer_schema_length=None)
    given, parts = ["revision", "code", "members", "unit"], pl.col("members").str.split(",")
    summed = (
        found.rename({"summed": "revision"})
        .group_by(given)
        .agg(
            pl.col("lines", "added", "hedged").sum(),
            with_status("E").alias("estimated"),
            with_status("P").alias("provisional"),
            pl.when(pl.col("total").is_not_null().any()).then(pl.col("total").sum()).alias("total"),
        )
        .sort(given)
    )
    return summed.select(
        *SUMS, *(parts.list.get(place, null_on_oob=True).alias(name) for place, name in enumerate(over))
    )


def with_status(status: str) -> pl.Expr:
    """How many of the added lines have this status."""
    return pl.col("added").filter(pl.col("obs_status") == status).sum()
