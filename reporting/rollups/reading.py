"""The sums of long filings, as a user may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import Case, F, IntegerField, Sum, Value, When

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
    seen = Revision.objects.visible_to(user).filter(filing__period__return_id=return_id, filing__sandbox=False)
    counting = seen.filter(filing__current=F("pk")) if as_of is None else seen.standing(as_of)
    counting = counting.select_related("filing__obligation__entity", "filing__period", "summed")
    return [
        Standing(
            one.pk, one.filing.entity.code, one.filing.entity.name, one.filing.period.label, one.filing.period.start,
            one.lines, hasattr(one, "summed"),
        )
        for one in counting.order_by("filing__period__start", "-lines", "filing__obligation__entity__code")
    ]  # fmt: skip


def sums(user: User, revisions: Iterable[int], codes: Iterable[str], over: Sequence[str]) -> pl.DataFrame:
    """Columns SUMS and one for each dimension of `over`, which a panel has to ask for. One query."""
    rows = Rollup.objects.visible_to(user).filter(summed__in=list(revisions), code__in=list(codes), over=",".join(over))
    found = (
        rows.order_by("summed", "code", "members", "unit")
        .values_list("summed", "code", "unit", "members")
        .annotate(
            Sum("lines"),
            Sum("added"),
            Sum("hedged"),
            estimated=with_status("E"),
            provisional=with_status("P"),
            summed_up=Sum("total"),
        )
    )
    frame = pl.DataFrame(list(found), schema=SUMS, orient="row", infer_schema_length=None)
    parts = pl.col("members").str.split(",")
    return frame.with_columns(parts.list.get(place, null_on_oob=True).alias(name) for place, name in enumerate(over))


def with_status(status: str) -> Sum:
    """How many of the added lines have this status."""
    return Sum(Case(When(obs_status=status, then=F("added")), default=Value(0), output_field=IntegerField()))
