"""Adding up the lines of one accepted revision, as the panels of its definition ask for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import polars as pl
from django.db import transaction

from reporting.comparability import compare
from reporting.models.rollup import Rollup, SummedRevision
from reporting.observed import framed
from submissions import bulk
from submissions.catalogue import catalogue
from submissions.definition import DataPoint, Definition
from submissions.models import ACCEPTED, Revision
from submissions.models.revision import RevisionQuerySet

GIVEN = ["code", "over", "members", "unit", "obs_status"]


def asked(definition: Definition) -> list[tuple[DataPoint, tuple[str, ...]]]:
    """Each data point to be summed, and over which of its dimensions; counts only, for nothing else may be added."""
    pairs = {
        (point.code, over): (point, over)
        for panel in definition.panels.values()
        for over in panel.sums
        for point in definition.points_of(panel)
        if point.value_type == "count" and set(over) <= set(point.dimensions)
    }
    return list(pairs.values())


def digest(definition: Definition) -> str:
    """Of what is to be summed."""
    told = sorted([point.code, *over] for point, over in asked(definition))
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def summing() -> list[Definition]:
    """Definitions that ask for sums."""
    return [definition for definition in catalogue().definitions.values() if asked(definition)]


def long_returns() -> set[str]:
    """Returns whose filings may be so long that no page reads all of their lines."""
    return {definition.return_id for definition in summing()}


def unsummed() -> Iterator[int]:
    """Primary keys of accepted revisions whose sums are missing, or were made when others were asked for."""
    for definition in summing():
        accepted = accepted_of(definition)
        yield from accepted.exclude(summed__asked=digest(definition)).values_list("pk", flat=True)


def accepted_of(definition: Definition) -> RevisionQuerySet:
    return Revision.objects.filter(
        state__in=ACCEPTED,
        version=definition.version,
        filing__period__return_id=definition.return_id,
        filing__sandbox=False,
    )


def sum_revision(revision_id: int) -> int:
    """Make the sums of an accepted revision, in one transaction; how many. Made again they are the same; of a revision
    that is not accepted, or asks for none, there are none."""
    found = Revision.objects.with_names().filter(pk=revision_id, state__in=ACCEPTED, filing__sandbox=False).first()
    if found is None or not asked(found.definition):
        return 0
    rows = sums(found)
    with transaction.atomic():
        # Two workers at once queue up here, and the second makes the same again.
        Revision.objects.select_for_update().get(pk=revision_id)
        SummedRevision.objects.filter(pk=revision_id).delete()
        SummedRevision.objects.create(revision=found, asked=digest(found.definition))
        bulk.insert(Rollup, rows.with_columns(pl.lit(revision_id).alias("summed_id")))
    return rows.height


def sums(revision: Revision) -> pl.DataFrame:
    """Columns of Rollup, but for its revision."""
    pairs = asked(revision.definition)
    codes = dict.fromkeys(point.code for point, _over in pairs)
    found = []
    for code in codes:
        # One data point at a time: a million lines need not be in memory together.
        lines = judged(revision, revision.definition.points[code])
        found += [added(lines, over) for point, over in pairs if point.code == code]
    return pl.concat(found)


def judged(revision: Revision, point: DataPoint) -> pl.DataFrame:
    """The lines of a data point with a column for each of its dimensions, and whether they are among those that may be
    added up (`subset`): one comparison of them all, so that a figure for other days never enters a sum."""
    lines = framed(Revision.objects.filter(pk=revision.pk), code=point.code)
    members = (
        pl.col("address").str.extract(rf"[\[,]{name}=([^,\]]*)").fill_null("_U").alias(name)
        for name in point.dimensions
    )
    subset = compare(lines, "add", axes=point.dimensions).subset if len(lines) else pl.Series("subset", [], pl.Boolean)
    return lines.with_columns(subset.alias("subset"), *members)


def added(lines: pl.DataFrame, over: tuple[str, ...]) -> pl.DataFrame:
    counted = pl.col("subset") & pl.col("number").is_not_null()
    return (
        lines.with_columns(pl.lit(",".join(over)).alias("over"), pl.concat_str(over, separator=",").alias("members"))
        .group_by(GIVEN, maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("lines"),
            counted.sum().cast(pl.Int64).alias("added"),
            (counted & (pl.col("qualifier") != "exact")).sum().cast(pl.Int64).alias("hedged"),
            pl.when(counted.any()).then(pl.col("number").filter(counted).sum()).alias("total"),
        )
    )
