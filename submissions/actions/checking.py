"""Judging what was filed, and storing the verdict."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from submissions import bulk, hooks, jobs
from submissions.canonical import canonicalise, unpack
from submissions.definition import Definition
from submissions.models import ACCEPTED, Filing, Finding, Observation, Revision, RevisionState, Stage
from submissions.reading import read_file
from submissions.rules import Context
from submissions.validation import Verdict, validate_together


def judge(filing: Filing, lines: pl.DataFrame) -> Verdict:
    """The verdict on canonical lines of a filing, which need not be stored; nothing is written."""
    return judge_together(filing.definition, [(filing, lines)])[0]


def judge_together(definition: Definition, filed: Sequence[tuple[Filing, pl.DataFrame]]) -> list[Verdict]:
    """The verdict on each of several filings of one definition."""
    before = last_accepted([filing for filing, _ in filed], definition.version)
    return validate_together(
        definition,
        [
            (lines, Context(filing.head, lines_before))
            for (filing, lines), lines_before in zip(filed, before, strict=True)
        ],
    )


def check_revisions(claims: Sequence[jobs.Claim]) -> None:
    """The work of the jobs of some revisions, in one transaction: all are checked, or none."""
    filed = Revision.objects.with_names().select_related("source").defer("source__deflated")
    by_job = {revision.job.pk: revision for revision in filed.filter(job__in=[mine.job_id for mine in claims])}
    revisions = [by_job[mine.job_id] for mine in claims]
    lines = [canonical_lines(revision) for revision in revisions]
    for mine, frame in zip(claims, lines, strict=True):
        mine.rows_total = frame.height
        mine.enter(Stage.CHECKING)
    verdicts = verdicts_on(revisions, lines)
    for mine in claims:
        mine.enter(Stage.STORING)
    with transaction.atomic():
        store_verdicts(revisions, verdicts, claims[0].done)
        jobs.finish(*claims)


def verdicts_on(revisions: Sequence[Revision], lines: Sequence[pl.DataFrame]) -> list[Verdict]:
    """Those under one definition are judged together."""
    under: dict[Definition, list[int]] = {}
    for place, revision in enumerate(revisions):
        under.setdefault(revision.definition, []).append(place)
    found: dict[int, Verdict] = {}
    for definition, places in under.items():
        verdicts = judge_together(definition, [(revisions[place].filing, lines[place]) for place in places])
        found |= dict(zip(places, verdicts, strict=True))
    return [found[place] for place in range(len(revisions))]


def canonical_lines(revision: Revision) -> pl.DataFrame:
    """The canonical lines of a revision, as they were filed."""
    source, definition, head = revision.source, revision.definition, revision.filing.head
    if source.canonical:
        return unpack(bytes(source.canonical), definition, head)
    read = read_file(zlib.decompress(source.deflated), source.media_type, definition, head)
    return canonicalise(definition, read.frame, head)


def previous_lines(filing: Filing, version: str) -> pl.DataFrame | None:
    """What was accepted of this filing's duty before its period."""
    return last_accepted([filing], version)[0]


def last_accepted(filings: Sequence[Filing], version: str) -> list[pl.DataFrame | None]:
    """For each filing, which need not be stored: canonical lines of the last accepted one before its period, of the same
    return and version."""
    accepted = (
        Revision.objects.filter(
            filing__obligation__in={filing.obligation_id for filing in filings}, version=version, state__in=ACCEPTED
        )
        .order_by("filing__period__end", "number")
        .values_list("filing__obligation", "filing__sandbox", "filing__period__end", "pk")
    )
    told = list(accepted)

    def before(filing: Filing) -> int | None:
        mine = (filing.obligation_id, filing.sandbox)
        earlier = [pk for duty, sandbox, end, pk in told if (duty, sandbox) == mine and end < filing.period.start]
        return earlier[-1] if earlier else None

    wanted = [before(filing) for filing in filings]
    found = Revision.objects.with_names().select_related("source").in_bulk([pk for pk in wanted if pk]) if told else {}
    return [canonical_lines(found[pk]) if pk else None for pk in wanted]


def store_verdict(revision: Revision, verdict: Verdict, mine: jobs.Claim) -> None:
    store_verdicts([revision], [verdict], mine.done)


def store_verdicts(revisions: Sequence[Revision], verdicts: Sequence[Verdict], done: Callable[[int], None]) -> None:
    """Figures and findings of each, and what they come to. `done` hears how many figures are written."""
    judged = list(zip(revisions, verdicts, strict=True))
    figures = [observation_rows(revision.pk, verdict.observations) for revision, verdict in judged]
    bulk.insert(Observation, pl.concat(figures), done)
    if findings := [finding_rows(revision.pk, verdict) for revision, verdict in judged if verdict.findings]:
        bulk.insert(Finding, pl.concat(findings))
    for revision, verdict in judged:
        for name, count in counts(verdict).items():
            setattr(revision, name, count)
        revision.checked_at = timezone.now()
    Revision.objects.bulk_update(revisions, ["errors", "warnings", "infos", "not_evaluated", "checked_at"])
    # Withdrawn meanwhile, a revision has its findings, and stays withdrawn.
    waiting = Revision.objects.filter(pk__in=[revision.pk for revision in revisions], state=RevisionState.RECEIVED)
    now_checked = set(waiting.select_for_update().values_list("pk", flat=True))
    Revision.objects.filter(pk__in=now_checked).update(state=RevisionState.CHECKED)
    hooks.emit_each("revision.checked", [revision for revision in revisions if revision.pk in now_checked])


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
