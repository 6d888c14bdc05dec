"""Judging what was filed, and storing the verdict."""

from __future__ import annotations

import json
import zlib
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from submissions import bulk, hooks, jobs
from submissions.canonical import canonicalise, unpack
from submissions.models import ACCEPTED, Filing, Finding, Observation, Revision, RevisionState, Stage
from submissions.reading import read_file
from submissions.rules import Context
from submissions.validation import Verdict, validate


def judge(filing: Filing, lines: pl.DataFrame) -> Verdict:
    """The verdict on canonical lines of a filing, which need not be stored; nothing is written."""
    definition = filing.definition
    return validate(definition, lines, Context(filing.head, previous_lines(filing, definition.version)))


def check_revision(mine: jobs.Claim) -> None:
    """The work of a revision's job."""
    filed = Revision.objects.with_names().select_related("source").defer("source__deflated")
    revision = filed.get(job=mine.job_id)
    lines = canonical_lines(revision)
    mine.rows_total = lines.height
    mine.enter(Stage.CHECKING)
    verdict = judge(revision.filing, lines)
    mine.enter(Stage.STORING)
    with transaction.atomic():
        store_verdict(revision, verdict, mine)
        jobs.finish(mine)


def canonical_lines(revision: Revision) -> pl.DataFrame:
    """The canonical lines of a revision, as they were filed."""
    source, definition, head = revision.source, revision.definition, revision.filing.head
    if source.canonical:
        return unpack(bytes(source.canonical), definition, head)
    read = read_file(zlib.decompress(source.deflated), source.media_type, definition, head)
    return canonicalise(definition, read.frame, head)


def previous_lines(filing: Filing, version: str) -> pl.DataFrame | None:
    """Canonical lines of the last accepted filing before this one's period, of the same return and version. The filing
    need not be stored."""
    before = (
        Revision.objects.select_related("source", "filing__period", "filing__obligation__entity")
        .filter(
            filing__obligation=filing.obligation_id,
            filing__period__end__lt=filing.period.start,
            filing__sandbox=filing.sandbox,
            version=version,
            state__in=ACCEPTED,
        )
        .order_by("-filing__period__end", "-number")
        .first()
    )
    return canonical_lines(before) if before else None


def store_verdict(revision: Revision, verdict: Verdict, mine: jobs.Claim) -> None:
    bulk.insert(Observation, observation_rows(revision.pk, verdict.observations), mine.done)
    if verdict.findings:
        bulk.insert(Finding, finding_rows(revision.pk, verdict))
    Revision.objects.filter(pk=revision.pk).update(**counts(verdict), checked_at=timezone.now())
    if Revision.objects.filter(pk=revision.pk, state=RevisionState.RECEIVED).update(state=RevisionState.CHECKED):
        hooks.emit("revision.checked", revision)


def counts(verdict: Verdict) -> dict[str, int]:
    return {
        "errors": verdict.count("error"),
        "warnings": verdict.count("warning"),
        "infos": verdict.count("info"),
        "not_evaluated": sum(bool(f.blocked_by) for f in verdict.findings),
    }


def observation_rows(revision_id: int, observations: pl.DataFrame) -> pl.DataFrame:
    return observations.select(
        pl.lit(revision_id).alias("revision_id"), "line", "address", "code", "value", "number", "obs_status",
        "start", "end", pl.col("own_period").cast(pl.Int64), "unit",
        "qualifier", pl.col("low_number").alias("low"), pl.col("high_number").alias("high"), "reason", "flags", "comment",
    )  # fmt: skip


def finding_rows(revision_id: int, verdict: Verdict) -> pl.DataFrame:
    found = verdict.findings
    frame = pl.DataFrame(
        {
            "position": range(len(found)),
            "rule": [f.rule for f in found],
            "severity": [f.severity for f in found],
            "address": [f.address for f in found],
            "field": [f.field for f in found],
            "line": [f.line for f in found],
            "value": [f.value for f in found],
            "related": [as_json(f.related) for f in found],
            "params": [as_json(f.params) for f in found],
            "blocked_by": [f.blocked_by for f in found],
        },
        schema_overrides={"line": pl.Int64},
    )
    return frame.with_columns(pl.lit(revision_id).alias("revision_id"))


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
