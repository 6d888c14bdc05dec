"""Every write. Each action is one transaction, takes keywords only, and says who does it (`by=`).

A refusal raises `Refused` (the request cannot be done) or `Conflict` (somebody was faster, or it was done before
differently); both carry a stable code and a sentence for people. Nothing filed is ever changed or deleted.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.celery import app
from portal.models import User
from submissions import bulk, jobs
from submissions.canonical import canonicalise, content_hash
from submissions.models import (
    ACCEPTED,
    Draft,
    Filing,
    Finding,
    Job,
    Obligation,
    Observation,
    ReportingPeriod,
    Revision,
    RevisionState,
    Source,
    Stage,
)  # fmt: skip
from submissions.rules import Context
from submissions.sources import read_source
from submissions.validation import Verdict, validate

log = logging.getLogger(__name__)


class Refused(Exception):
    """The request cannot be done; `code` is stable, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Conflict(Refused):
    """Somebody was faster, or this was done before with other content."""


@dataclass(frozen=True)
class Submission:
    """What arrives at a door, read but not judged."""

    lines: pl.DataFrame
    """Canonical lines."""
    source: bytes
    media_type: str
    door: str


def dispatch(job_id: int) -> None:
    """Tell the workers after the commit. A broker that is away costs time, not the filing: the reaper hands it out."""
    try:
        app.send_task("submissions.tasks.check_revision", args=[job_id])
    except Exception:  # whatever the broker's library raises, the filing is stored and the receipt stands
        log.warning("the broker did not take job %s; the reaper will hand it out", job_id, exc_info=True)


# Preparing ------------------------------------------------------------------------------------------------


@transaction.atomic
def start_filing(*, obligation: Obligation, period: ReportingPeriod, by: User) -> Filing:
    """The filing of an obligation for a period; made if nobody started it."""
    if not obligation.covers(period):
        raise Refused("not_owed", _("%(entity)s owes no %(period)s.") % {"entity": obligation.entity, "period": period})
    filing, _created = Filing.objects.get_or_create(obligation=obligation, period=period)
    require_filer(filing, by)
    return filing


def require_filer(filing: Filing, by: User) -> None:
    if not filing.editable_by(by):
        raise Refused(
            "not_a_filer", _("Only filers and signatories of %(entity)s may do this.") % {"entity": filing.entity}
        )


@transaction.atomic
def save_draft(*, filing: Filing, observations: Sequence[dict[str, Any]], edition: int | None, by: User) -> Draft:
    """Keep a draft. `edition` is the one the writer started from, None for the first; a stale one is refused."""
    filing = Filing.objects.select_for_update().select_related("obligation__entity").get(pk=filing.pk)
    require_filer(filing, by)
    draft = Draft.objects.filter(filing=filing).first()
    if (draft.edition if draft else None) != edition:
        raise Conflict("stale_edit", _("Somebody saved this draft meanwhile. Reload it, then make your change again."))
    if draft is None:
        return Draft.objects.create(filing=filing, observations=observations, saved_by=by)
    draft.observations, draft.saved_by, draft.edition = list(observations), by, draft.edition + 1
    draft.save()
    return draft


# Filing ---------------------------------------------------------------------------------------------------


def submit_revision(
    *,
    filing: Filing,
    submission: Submission,
    by: User,
    replaces: int | None = None,
    reason: str = "",
    idempotency_key: str | None = None,
    filed_on: date | None = None,
    note: str = "",
) -> tuple[Revision, bool]:
    """File. Returns the revision and whether it is new: the same content sent again gives the first receipt.

    `replaces` names the revision the filer knew as the last one; a correction needs it, and a reason. Two clients at
    the same moment therefore give one winner and one conflict. Raises Refused, Conflict.
    """
    digest = content_hash(submission.lines, filing.head)
    try:
        with transaction.atomic():
            # The lock on the filing makes numbering and the comparison with the last revision one step.
            filing = Filing.objects.select_for_update(of=("self",)).with_names().get(pk=filing.pk)
            require_filer(filing, by)
            if earlier := replayed(filing, digest, idempotency_key, by):
                return earlier, False
            require_known_predecessor(filing, replaces, reason)
            revision = add_revision(filing, submission, digest, by, reason, idempotency_key, filed_on, note)
            Draft.objects.filter(filing=filing).delete()
            job = Job.objects.create(revision=revision, rows_total=submission.lines.height)
            transaction.on_commit(lambda: dispatch(job.pk))
    except IntegrityError as problem:
        # The key was used for another filing at the same moment, behind another lock.
        if "idempotency" not in str(problem):
            raise
        raise key_reused() from problem
    return revision, True


def key_reused() -> Conflict:
    return Conflict(
        "idempotency_key_reused", _("This idempotency key was used for other content. Take a new key for new content.")
    )


def replayed(filing: Filing, digest: str, key: str | None, by: User) -> Revision | None:
    """The revision that already holds this content, if this is the same request again."""
    if key and (used := Revision.objects.filter(submitted_by=by, idempotency_key=key).first()):
        if used.filing_id == filing.pk and used.content_hash == digest:
            return used
        raise key_reused()
    latest = filing.latest
    if latest and latest.content_hash == digest and latest.state != RevisionState.WITHDRAWN:
        return latest
    return None


def require_known_predecessor(filing: Filing, replaces: int | None, reason: str) -> None:
    last = filing.latest.number if filing.latest else None
    if replaces != last:
        if last is None:
            raise Conflict("nothing_to_replace", _("There is no earlier revision; leave 'replaces' out."))
        raise Conflict(
            "revision_exists",
            _("Revision %(number)s was filed already. Read it; to correct it send replaces=%(number)s and a reason.")
            % {"number": last},
        )
    if last and not reason.strip():
        raise Refused("reason_missing", _("A correction needs a reason. Say what changed and why."))


def add_revision(
    filing: Filing, submission: Submission, digest: str, by: User, reason: str, key: str | None, filed_on: date | None,
    note: str,
) -> Revision:  # fmt: skip
    number = filing.latest.number + 1 if filing.latest else 1
    transcribed = submission.door == "import"
    revision = Revision.objects.create(
        filing=filing,
        number=number,
        door=submission.door,
        version=filing.period.version,
        fingerprint=filing.definition.fingerprint,
        content_hash=digest,
        receipt=f"{filing.definition.receipt_prefix}-{filing.period.label}-{filing.entity.code}-{number}",
        reason=reason,
        note=note,
        filed_on=filed_on if transcribed else timezone.localdate(),
        submitted_by=by,
        idempotency_key=key or None,
        lines=submission.lines.height,
    )
    Source.objects.create(
        revision=revision,
        media_type=submission.media_type,
        sha256=hashlib.sha256(submission.source).hexdigest(),
        deflated=zlib.compress(submission.source, 1),
    )
    filing.latest = revision
    filing.save(update_fields=["latest"])
    return revision


# Checking -------------------------------------------------------------------------------------------------


def run_check(*, job_id: int) -> bool:
    """Check the revision of a job and store the verdict, once. False if the job is not ours to do.

    A crash of a rule is our fault: the job goes back to the queue or fails visibly; it never becomes a finding.
    """
    mine = jobs.claim(job_id)
    if mine is None:
        return False
    try:
        with jobs.alive(mine):
            judge_and_store(mine)
    except jobs.LostClaim:
        return False
    except Exception as problem:
        if not jobs.give_back(mine, problem):
            return False  # given to another worker meanwhile, whose rows ours ran into
        raise
    return True


def judge_and_store(mine: jobs.Claim) -> None:
    revision = Revision.objects.with_names().select_related("source").get(pk=mine.revision_id)
    lines = canonical_lines(revision)
    mine.rows_total = lines.height
    mine.enter(Stage.CHECKING)
    verdict = validate(
        revision.definition, lines, Context(revision.filing.head, previous_lines(revision.filing, revision.version))
    )
    mine.enter(Stage.STORING)
    store_verdict(revision, verdict, mine)


def canonical_lines(revision: Revision) -> pl.DataFrame:
    """The canonical lines of a revision, read again from its source bytes."""
    raw = read_source(zlib.decompress(revision.source.deflated), revision.source.media_type)
    return canonicalise(revision.definition, raw, revision.filing.head)


def previous_lines(filing: Filing, version: str) -> pl.DataFrame | None:
    """Canonical lines of the last accepted filing before this one's period, of the same return and version. The filing
    need not be stored."""
    before = (
        Revision.objects.select_related("source", "filing__period", "filing__obligation__entity")
        .filter(
            filing__obligation=filing.obligation_id,
            filing__period__end__lt=filing.period.start,
            version=version,
            state__in=ACCEPTED,
        )
        .order_by("-filing__period__end", "-number")
        .first()
    )
    return canonical_lines(before) if before else None


@transaction.atomic
def store_verdict(revision: Revision, verdict: Verdict, mine: jobs.Claim) -> None:
    bulk.insert(Observation, observation_rows(revision.pk, verdict.observations), mine.done)
    if verdict.findings:
        bulk.insert(Finding, finding_rows(revision.pk, verdict))
    now = timezone.now()
    Revision.objects.filter(pk=revision.pk).update(
        errors=verdict.count("error"),
        warnings=verdict.count("warning"),
        infos=verdict.count("info"),
        not_evaluated=sum(bool(f.blocked_by) for f in verdict.findings),
        checked_at=now,
    )
    Revision.objects.filter(pk=revision.pk, state=RevisionState.RECEIVED).update(state=RevisionState.CHECKED)
    jobs.finish(mine)


def observation_rows(revision_id: int, observations: pl.DataFrame) -> pl.DataFrame:
    return observations.select(
        pl.lit(revision_id).alias("revision_id"), "line", "address", "code", "value", "number", "obs_status",
        pl.col("start").cast(pl.String), pl.col("end").cast(pl.String), pl.col("own_period").cast(pl.Int64), "unit",
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


# Deciding -------------------------------------------------------------------------------------------------

DECISIONS: dict[str, RevisionState] = {
    "accept": RevisionState.ACCEPTED,
    "accept_with_reservations": RevisionState.ACCEPTED_WITH_RESERVATIONS,
    "return": RevisionState.RETURNED,
}


@transaction.atomic
def decide_revision(*, revision: Revision, decision: str, reason: str, by: User) -> Revision:
    """Accept, accept with reservations (errors stand, with a written reason), or return with reasons."""
    revision = lock(revision)
    reason = reason.strip()
    if not by.access.reviews:
        raise Refused("not_a_reviewer", _("Only reviewers of the Commission may decide."))
    if by == revision.submitted_by:
        raise Refused("own_submission", _("Somebody else must decide on what you filed yourself."))
    if revision.filing.latest_id != revision.pk:
        raise Conflict("not_the_latest", _("A newer revision was filed; decide on that one."))
    if revision.state == RevisionState.RECEIVED:
        raise Refused("not_checked", _("The checks are still running. Decide when they are done."))
    if revision.state != RevisionState.CHECKED:
        raise Conflict("decided_already", _("This revision was decided already."))
    if decision == "accept" and revision.errors:
        raise Refused("errors_stand", _("Errors stand. Accept with reservations and a reason, or return the filing."))
    if decision != "accept" and not reason:
        raise Refused("reason_missing", _("Write the reason; the filer will read it."))
    return close(revision, DECISIONS[decision], reason, by)


@transaction.atomic
def withdraw_revision(*, revision: Revision, reason: str, by: User) -> Revision:
    """The filer takes back a revision that nobody decided on yet."""
    revision = lock(revision)
    require_filer(revision.filing, by)
    if revision.filing.latest_id != revision.pk or not revision.is_waiting:
        raise Conflict("decided_already", _("This revision was decided already; file a correction instead."))
    if not reason.strip():
        raise Refused("reason_missing", _("Write the reason for withdrawing."))
    return close(revision, RevisionState.WITHDRAWN, reason.strip(), by)


def lock(revision: Revision) -> Revision:
    """The revision, read again behind the lock on its filing, so that two decisions queue up."""
    Filing.objects.select_for_update().get(pk=revision.filing_id)
    return Revision.objects.with_names().get(pk=revision.pk)


def close(revision: Revision, state: RevisionState, reason: str, by: User) -> Revision:
    revision.state, revision.decision_reason = state, reason
    revision.decided_by, revision.decided_at = by, timezone.now()
    revision.save(update_fields=["state", "decision_reason", "decided_by", "decided_at"])
    if state in ACCEPTED:
        Filing.objects.filter(pk=revision.filing_id).update(current=revision)
    return revision
