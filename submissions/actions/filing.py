"""Filing: one transaction numbers a revision, keeps its source and gives the receipt."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import User
from submissions import hooks
from submissions.actions import dispatching
from submissions.actions.drafts import locked, require_filer, started
from submissions.actions.refusals import Conflict, Refused
from submissions.canonical import Head, content_hash, pack
from submissions.models import (
    Door,
    Draft,
    Filing,
    Job,
    Obligation,
    Purpose,
    ReportingPeriod,
    Revision,
    RevisionState,
    Source,
    Upload,
)


@dataclass(frozen=True)
class Kept:
    """Bytes that are stored already, and need not be deflated again."""

    sha256: str
    deflated: bytes

    @classmethod
    def of(cls, source: bytes | Kept) -> Kept:
        if isinstance(source, Kept):
            return source
        return cls(hashlib.sha256(source).hexdigest(), zlib.compress(source, 1))


@dataclass(frozen=True)
class Proof:
    """What is kept of canonical lines: their hash, and themselves, packed."""

    content_hash: str
    packed: bytes

    @classmethod
    def of(cls, lines: pl.DataFrame, head: Head) -> Proof:
        return cls(content_hash(lines, head), pack(lines))


@dataclass(frozen=True)
class Submission:
    """What arrives at a door, read but not judged."""

    lines: pl.DataFrame
    """Canonical lines, with or without their figures."""
    source: bytes | Kept
    media_type: str
    door: str
    name: str = ""
    layout: list[dict[str, Any]] = field(default_factory=list)
    """Of a workbook: its data sheets."""
    upload: int | None = None
    """The upload it waited as until it was signed."""
    proof: Proof | None = None
    """Where it was made already."""


@dataclass(frozen=True)
class Signature:
    """Who certifies, and what, word for word."""

    name: str
    statement: str


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
    signature: Signature | None = None,
) -> tuple[Revision, bool]:
    """File, and queue the check. Returns the revision and whether it is new: the same content sent again gives the
    first receipt.

    `replaces` names the revision the filer knew as the last one; a correction needs it, and a reason. Two clients at
    the same moment therefore give one winner and one conflict. Raises Refused, Conflict.
    """
    with one_filing_a_key():
        revision, created = add_or_replay(
            filing, submission, by, replaces, reason, idempotency_key, filed_on, note, signature
        )
        if created:
            queue_check(revision)
    return revision, created


def file_revision(
    *,
    obligation: Obligation,
    period: ReportingPeriod,
    submission: Submission,
    by: User,
    replaces: int | None = None,
    reason: str = "",
    idempotency_key: str | None = None,
) -> tuple[Revision, bool]:
    """As `submit_revision`, for a filing that nobody may have started yet. A refused revision starts none."""
    head = Filing(obligation=obligation, period=period).head
    proof = submission.proof or Proof.of(submission.lines, head)
    with one_filing_a_key():
        # Nobody else sees a filing made here before the commit, so it is as good as locked.
        filing, made = started(Filing.objects.select_for_update(), obligation, period, by)
        revision, created = add_behind_lock(filing, submission, proof, by, replaces, reason, idempotency_key)
        if created:
            queue_check(revision)
            if not made:
                discard_prepared(revision, submission.upload)
    return revision, created


@contextmanager
def one_filing_a_key() -> Iterator[None]:
    """A transaction; refused if the idempotency key was used for another filing at the same moment, behind another
    lock."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        if "idempotency" not in str(problem):
            raise
        raise key_reused() from problem


def queue_check(revision: Revision) -> None:
    job = Job.objects.create(revision=revision, rows_total=revision.lines)
    transaction.on_commit(lambda: dispatching.dispatch(job.pk))


def add_or_replay(
    filing: Filing, submission: Submission, by: User, replaces: int | None, reason: str, key: str | None = None,
    filed_on: date | None = None, note: str = "", signature: Signature | None = None,
) -> tuple[Revision, bool]:  # fmt: skip
    """Inside a transaction: the new revision, or the one that holds this content already."""
    proof = submission.proof or Proof.of(submission.lines, filing.head)
    filing = locked(filing)
    require_filer(filing, by)
    revision, created = add_behind_lock(filing, submission, proof, by, replaces, reason, key, filed_on, note, signature)
    if created:
        discard_prepared(revision, submission.upload)
    return revision, created


def add_behind_lock(
    filing: Filing, submission: Submission, proof: Proof, by: User, replaces: int | None, reason: str,
    key: str | None = None, filed_on: date | None = None, note: str = "", signature: Signature | None = None,
) -> tuple[Revision, bool]:  # fmt: skip
    """The lock on the filing makes numbering and the comparison with the last revision one step."""
    if earlier := replayed(filing, proof.content_hash, key, by):
        return earlier, False
    require_known_predecessor(filing, replaces, reason)
    if filing.entity.four_eyes and submission.door == Door.API and not by.access.machine:
        raise Refused(
            "four_eyes",
            _("%(entity)s files with four eyes. Save a draft; somebody else signs it on the page of the filing.")
            % {"entity": filing.entity},
        )
    revision = add_revision(filing, submission, proof, by, reason, key, filed_on, note, signature)
    hooks.emit("revision.received", revision)
    return revision, True


def discard_prepared(revision: Revision, upload: int | None) -> None:
    """What was prepared for the filing is filed now; `upload` is the one that was signed."""
    Draft.objects.filter(filing=revision.filing).delete()
    if upload is not None:  # the bytes of a signed file are kept with the revision
        Upload.objects.filter(pk=upload).update(revision=revision, content=b"", canonical=b"", verdict=b"")
    Upload.objects.filter(filing=revision.filing, purpose=Purpose.PREPARE, revision=None).delete()


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
    filing: Filing, submission: Submission, proof: Proof, by: User, reason: str, key: str | None, filed_on: date | None,
    note: str, signature: Signature | None,
) -> Revision:  # fmt: skip
    number = filing.latest.number + 1 if filing.latest else 1
    transcribed = submission.door == Door.IMPORT
    revision = Revision.objects.create(
        filing=filing,
        number=number,
        door=submission.door,
        version=filing.period.version,
        fingerprint=filing.definition.fingerprint,
        content_hash=proof.content_hash,
        receipt=receipt_number(filing, number),
        reason=reason,
        note=note,
        filed_on=filed_on if transcribed else timezone.localdate(),
        submitted_by=by,
        signatory=signature.name if signature else "",
        statement=signature.statement if signature else "",
        idempotency_key=key or None,
        lines=submission.lines.height,
    )
    kept = Kept.of(submission.source)
    Source.objects.create(
        revision=revision,
        media_type=submission.media_type,
        sha256=kept.sha256,
        deflated=kept.deflated,
        name=submission.name,
        layout=submission.layout,
        canonical=proof.packed,
    )
    filing.latest = revision
    filing.save(update_fields=["latest"])
    return revision


def receipt_number(filing: Filing, number: int) -> str:
    parts = [filing.definition.receipt_prefix, filing.period.label, filing.entity.code, str(number)]
    return "-".join(["TEST", *parts] if filing.sandbox else parts)
