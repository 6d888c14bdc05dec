"""Judging what was filed, and storing the verdict."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from submissions import bulk, hooks, jobs
from submissions.canonical import canonicalise, unpack_together
from submissions.definition import Definition
from submissions.models import ACCEPTED, Filing, Finding, Observation, Revision, RevisionState, Stage
from submissions.reading import read_file
from submissions.rules import Context
from submissions.validation import Verdict, validate_together

OF_A_CHECK = ["errors", "warnings", "infos", "not_evaluated", "checked_at", "compared_with", "replaces_accepted"]
"""Fields of a revision that its check sets."""


@dataclass(frozen=True)
class Beside:
    """Accepted revisions that a filing is judged beside, by primary key."""

    before: int | None = None
    """The last one before its period, of the same duty and version."""
    replaced: int | None = None
    """The one of the same filing and version."""


def judge(filing: Filing, lines: pl.DataFrame, beside: Beside | None = None) -> Verdict:
    """The verdict on canonical lines of a filing, which need not be stored, beside what is accepted now unless told
    otherwise; nothing is written."""
    definition = filing.definition
    found = beside or beside_each([filing], definition.version)[0]
    return judge_together(definition, [(filing, lines, found)])[0]


def judge_together(definition: Definition, filed: Sequence[tuple[Filing, pl.DataFrame, Beside]]) -> list[Verdict]:
    """The verdict on each of several filings of one definition."""
    there = lines_by_key({key for _, _, beside in filed for key in (beside.before, beside.replaced) if key})
    return validate_together(
        definition,
        [
            (lines, Context(filing.head, there.get(beside.before or 0), there.get(beside.replaced or 0)))
            for filing, lines, beside in filed
        ],
    )


def check_revisions(claims: Sequence[jobs.Claim]) -> None:
    """The work of the jobs of some revisions, in one transaction: all are checked, or none."""
    filed = Revision.objects.with_names().select_related("source").defer("source__deflated")
    by_job = {revision.job.pk: revision for revision in filed.filter(job__in=[mine.job_id for mine in claims])}
    lines = lines_of_each(by_job.values())
    for mine in claims:
        mine.rows_total = lines[by_job[mine.job_id].pk].height
        mine.enter(Stage.CHECKING)
    pin(by_job.values())
    verdicts = verdicts_on(by_job.values(), lines)
    for mine in claims:
        mine.enter(Stage.STORING)
    with transaction.atomic():
        store_verdicts([(revision, verdicts[revision.pk]) for revision in by_job.values()], claims[0].done)
        jobs.finish(*claims)


def by_definition(revisions: Iterable[Revision]) -> dict[Definition, list[Revision]]:
    under: dict[Definition, list[Revision]] = {}
    for revision in revisions:
        under.setdefault(revision.definition, []).append(revision)
    return under


def pin(revisions: Iterable[Revision]) -> None:
    """Tell each what it is compared with: what is accepted now. Stored with its verdict."""
    for definition, some in by_definition(revisions).items():
        found = beside_each([revision.filing for revision in some], definition.version)
        for revision, beside in zip(some, found, strict=True):
            pin_to(revision, beside)


def pin_to(revision: Revision, beside: Beside) -> None:
    revision.compared_with_id, revision.replaces_accepted_id = beside.before, beside.replaced


def pinned(revision: Revision) -> Beside:
    return Beside(revision.compared_with_id, revision.replaces_accepted_id)


def verdicts_on(revisions: Iterable[Revision], lines: Mapping[int, pl.DataFrame]) -> dict[int, Verdict]:
    """By revision, beside those it is pinned to. Those under one definition are judged together."""
    found: dict[int, Verdict] = {}
    for definition, some in by_definition(revisions).items():
        verdicts = judge_together(definition, [(one.filing, lines[one.pk], pinned(one)) for one in some])
        found |= zip((revision.pk for revision in some), verdicts, strict=True)
    return found


def lines_of_each(revisions: Iterable[Revision]) -> dict[int, pl.DataFrame]:
    """By revision, its canonical lines as they were filed."""
    found: dict[int, pl.DataFrame] = {}
    for definition, some in by_definition(revisions).items():
        found |= zip((revision.pk for revision in some), read_together(definition, some), strict=True)
    return found


def read_together(definition: Definition, revisions: Sequence[Revision]) -> list[pl.DataFrame]:
    """Read again from the source, where the canonical lines were not kept beside it."""
    if not all(revision.source.canonical for revision in revisions):
        return [read_again(revision) for revision in revisions]
    packed = [bytes(revision.source.canonical) for revision in revisions]
    return unpack_together(packed, definition, [revision.filing.head for revision in revisions])


def read_again(revision: Revision) -> pl.DataFrame:
    source, definition, head = revision.source, revision.definition, revision.filing.head
    read = read_file(zlib.decompress(source.deflated), source.media_type, definition, head)
    return canonicalise(definition, read.frame, head)


def canonical_lines(revision: Revision) -> pl.DataFrame:
    """The canonical lines of a revision, as they were filed."""
    return lines_of_each([revision])[revision.pk]


def previous_lines(filing: Filing, version: str) -> pl.DataFrame | None:
    """What was accepted of this filing's duty before its period."""
    before = beside_each([filing], version)[0].before
    return lines_by_key([before])[before] if before else None


def beside_each(filings: Sequence[Filing], version: str) -> list[Beside]:
    """For each filing, which need not be stored: what is accepted now of its duty, in this version."""
    accepted = (
        Revision.objects.filter(
            filing__obligation__in={filing.obligation_id for filing in filings}, version=version, state__in=ACCEPTED
        )
        .order_by("filing__period__end", "number")
        .values_list("filing__obligation", "filing__sandbox", "filing__period__end", "filing", "pk")
    )
    told = list(accepted)

    def beside(filing: Filing) -> Beside:
        mine, start = (filing.obligation_id, filing.sandbox), filing.period.start
        earlier = [pk for duty, sandbox, end, _, pk in told if (duty, sandbox) == mine and end < start]
        same = [pk for *_, of, pk in told if of == filing.pk]
        return Beside(earlier[-1] if earlier else None, same[-1] if same else None)

    return [beside(filing) for filing in filings]


def lines_by_key(revisions: Collection[int]) -> dict[int, pl.DataFrame]:
    """By primary key, the canonical lines of revisions."""
    if not revisions:
        return {}
    found = Revision.objects.with_names().select_related("source").defer("source__deflated").in_bulk(list(revisions))
    return lines_of_each(found.values())


def store_verdict(revision: Revision, verdict: Verdict, mine: jobs.Claim) -> None:
    store_verdicts([(revision, verdict)], mine.done)


def store_verdicts(judged: Sequence[tuple[Revision, Verdict]], done: Callable[[int], None]) -> None:
    """Figures and findings of each, and what they come to. `done` hears how many figures are written."""
    figures = [observation_rows(revision.pk, verdict.observations) for revision, verdict in judged]
    bulk.insert(Observation, pl.concat(figures), done)
    if findings := [finding_rows(revision.pk, verdict) for revision, verdict in judged if verdict.findings]:
        bulk.insert(Finding, pl.concat(findings))
    for revision, verdict in judged:
        for name, count in counts(verdict).items():
            setattr(revision, name, count)
        revision.checked_at = timezone.now()
    revisions = [revision for revision, _verdict in judged]
    Revision.objects.bulk_update(revisions, OF_A_CHECK)
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
