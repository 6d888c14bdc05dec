"""Whose figures: what everybody may read, or what one user may see; a piece at a time, so that a million fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

import polars as pl
from django.conf import settings

from portal.models import User
from reporting.exports.reading import frames
from reporting.published.figures import UNION_CODE
from reporting.published.revisions import public_revisions
from reporting.released import made, released
from reporting.sdmx.names import entity_code
from reporting.sdmx.table import FIGURES
from reporting.statistics import Statistics
from submissions.definition import Definition
from submissions.models import Observation, Release, Revision
from submissions.models.revision import RevisionQuerySet, day_after

BATCH = 100_000
"""Lines of whole entities at once, more or less."""


class Head(NamedTuple):
    """What all lines of a revision share."""

    revision: int
    lines: int
    entity: str
    country: str
    period: str
    head_start: date
    head_end: date
    receipt: str
    decided_at: datetime


PATHS = ("pk", "lines", "filing__obligation__entity__code", "filing__obligation__entity__country",
         "filing__period__label", "filing__period__start", "filing__period__end", "receipt", "decided_at")  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """Who asks; None: everybody. `as_of`: the figures as they stood at the end of that day; `since`: only of what was
    accepted or published later."""

    user: User | None = None
    as_of: date | None = None
    since: datetime | None = None

    def figures(self, definition: Definition, *, whole: bool) -> Iterator[pl.DataFrame]:
        """Frames with the columns FIGURES; with `whole` all of an entity in one of them, so that no series is torn."""
        if self.user is not None and not replace(self, since=None, as_of=None).revisions(definition).exists():
            # Whom nothing of a return concerns reads what everybody reads.
            yield from replace(self, user=None).figures(definition, whole=whole)
            return
        if self.user is None:
            yield from self.statistics(definition, whole=whole)
        heads = [Head(*row) for row in self.revisions(definition).order_by(PATHS[2], "pk").values_list(*PATHS)]
        for some in together(heads) if whole else [heads]:
            pieces = (with_heads(frame, some) for frame in observed(some))
            yield from [pl.concat(pieces)] if whole else pieces

    def revisions(self, definition: Definition) -> RevisionQuerySet:
        """Those whose figures count."""
        seen = public_revisions() if self.user is None else Revision.objects.visible_to(self.user)
        own = seen.counting(self.as_of).filter(
            filing__period__return_id=definition.return_id, version=definition.version
        )
        return own.filter(decided_at__gt=self.since) if self.since else own

    def statistics(self, definition: Definition, *, whole: bool) -> Iterator[pl.DataFrame]:
        found = [
            statistics_frame(one)
            for one in releases(self.as_of).values()
            if one.definition is definition and (self.since is None or one.released_at > self.since)
        ]
        yield from [pl.concat(found)] if whole and found else found


def together(heads: Sequence[Head]) -> Iterator[list[Head]]:
    """Revisions of whole entities, about BATCH lines of them."""
    batch: list[Head] = []
    for _entity, some in groupby(heads, key=lambda head: head.entity):
        own = list(some)
        if batch and sum(head.lines for head in (*batch, *own)) > BATCH:
            yield batch
            batch = []
        batch += own
    if batch:
        yield batch


def observed(heads: Sequence[Head]) -> Iterator[pl.DataFrame]:
    """The lines of revisions, in pieces."""
    return (
        frame for _lines, frame in frames(Observation.objects.all(), [(head.revision, head.lines) for head in heads])
    )


def with_heads(frame: pl.DataFrame, heads: Sequence[Head]) -> pl.DataFrame:
    kinds = {"revision": pl.Int64, "lines": pl.Int64} | {name: FIGURES[name] for name in Head._fields[2:-1]}
    told = pl.DataFrame(
        [(*head[:-1], written(head.decided_at)) for head in heads],
        schema=kinds | {"vintage": pl.String},
        orient="row",
    )
    return shaped(frame.join(told, on="revision", how="left", maintain_order="left"))


def releases(as_of: date | None) -> dict[tuple[str, str], Statistics]:
    """What was released last, or by the end of that day; what is withheld hangs on earlier releases only."""
    if as_of is None:
        return released()
    marks = Release.objects.filter(released_at__lt=day_after(as_of)).values_list("pk", "released_at")
    return made(tuple(marks), settings.DISCLOSURE_THRESHOLD)


def statistics_frame(one: Statistics) -> pl.DataFrame:
    """Figures of the entities, then sums over them."""
    head = {"period": one.label, "head_start": one.start, "head_end": one.end, "vintage": written(one.released_at)}
    lines = [{**line._asdict(), **head} for line in one.lines]
    sums = [
        {
            **head, "entity": UNION_CODE, "address": total.address, "code": total.code, "unit": total.unit,
            "start": total.start, "end": total.end, "number": total.number, "obs_status": total.obs_status,
            "withheld": total.withheld, "sum_of": ";".join(map(entity_code, total.entities)),
        }
        for total in one.totals
    ]  # fmt: skip
    return shaped(pl.DataFrame([*lines, *sums], infer_schema_length=None))


def shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns FIGURES and no other; text that is not there is empty."""
    missing = [pl.lit(None, kind).alias(name) for name, kind in FIGURES.items() if name not in frame.columns]
    whole = frame.with_columns(*missing).select(pl.col(name).cast(kind) for name, kind in FIGURES.items())
    return whole.with_columns(pl.col(pl.String).fill_null(""))


def written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
