"""Files on their way: received whole, read and checked by a job, then filed at once or kept for a signature."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import asdict, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.models import User
from submissions import hooks, jobs
from submissions.actions import dispatching
from submissions.actions.checking import Beside, beside_each, counts, judge, pin_to, store_verdict
from submissions.actions.drafts import locked, require_filer
from submissions.actions.filing import Kept, Proof, Submission, add_or_replay, key_reused
from submissions.actions.refusals import Refused
from submissions.canonical import canonical_text, unpack, with_figures
from submissions.models import Door, Filing, Job, Purpose, Stage, Upload
from submissions.reading import read_file
from submissions.sources import SourceError
from submissions.validation import Finding, Verdict


def receive_upload(
    *,
    filing: Filing,
    data: bytes,
    media_type: str,
    purpose: str,
    by: User,
    name: str = "",
    replaces: int | None = None,
    reason: str = "",
    idempotency_key: str | None = None,
) -> tuple[Upload, bool]:
    """Keep a file that passed the scan, and queue its job. Returns the upload and whether it is new: the same file
    under the same key is the first upload. Raises Refused, Conflict."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        with transaction.atomic():
            filing = locked(filing)
            require_filer(filing, by)
            if earlier := sent_before(filing, digest, purpose, idempotency_key, by):
                return earlier, False
            if purpose == Purpose.PREPARE:
                Upload.objects.filter(filing=filing, purpose=purpose, revision=None).delete()
            upload = Upload.objects.create(
                filing=filing, purpose=purpose, name=name[:200], media_type=media_type, size=len(data), sha256=digest,
                content=zlib.compress(data, 1), replaces=replaces, reason=reason, sent_by=by,
                idempotency_key=idempotency_key or None,
            )  # fmt: skip
            job = Job.objects.create(upload=upload)
            transaction.on_commit(lambda: dispatching.dispatch(job.pk))
    except IntegrityError as problem:
        if "idempotency" not in str(problem):
            raise
        raise key_reused() from problem
    return upload, True


def sent_before(filing: Filing, digest: str, purpose: str, key: str | None, by: User) -> Upload | None:
    if key and (used := Upload.objects.filter(sent_by=by, idempotency_key=key).first()):
        if (used.filing_id, used.sha256, used.purpose) == (filing.pk, digest, purpose):
            return used
        raise key_reused()
    return None


def run_upload(mine: jobs.Claim) -> None:
    """The work of an upload's job: read, check, then store the verdict with the upload, or file and store it there.
    A file that cannot be read is no failure of the job: its faults are kept and its bytes are not."""
    upload = Upload.objects.with_names().get(job=mine.job_id)
    try:
        submission = read_submission(upload)
    except SourceError as problem:
        refuse_upload(upload, [asdict(fault) for fault in problem.faults], mine)
        return
    mine.rows_total = submission.lines.height
    mine.enter(Stage.CHECKING)
    proof = Proof.of(submission.lines, upload.filing.head)
    (pins,) = beside_each([upload.filing], upload.filing.definition.version)
    verdict = judge(upload.filing, submission.lines, pins)
    # A million lines are not kept in memory beside the figures that are stored from them.
    submission = replace(submission, proof=proof, lines=submission.lines.select("line"))
    mine.enter(Stage.STORING)
    if upload.purpose == Purpose.FILE:
        file_upload(upload, submission, verdict, pins, mine)
    else:
        keep_upload(upload, submission, verdict, mine)


def read_submission(upload: Upload) -> Submission:
    door = Door.API if upload.purpose == Purpose.FILE else Door.UPLOAD
    definition, head = upload.filing.definition, upload.filing.head
    read = read_file(inflated(upload), upload.media_type, definition, head)
    lines = with_figures(canonical_text(definition, read.taken()), definition, head)
    return Submission(lines, kept_bytes(upload), upload.media_type, door, upload.name, read.layout)


def inflated(upload: Upload) -> bytes:
    return zlib.decompress(upload.content, bufsize=max(upload.size, 1))  # in one piece, so it is in memory once


def kept_bytes(upload: Upload) -> Kept:
    return Kept(upload.sha256, bytes(upload.content))


def refuse_upload(upload: Upload, faults: list[dict[str, Any]], mine: jobs.Claim) -> None:
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(faults=faults, content=b"")
        hooks.emit_upload(upload)
        jobs.finish(mine)


def keep_upload(upload: Upload, submission: Submission, verdict: Verdict, mine: jobs.Claim) -> None:
    assert submission.proof is not None  # noqa: S101 -- made beside the verdict
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(
            **counts(verdict), layout=submission.layout, lines=submission.lines.height,
            canonical=submission.proof.packed, content_hash=submission.proof.content_hash,
            verdict=packed_findings(verdict),
        )  # fmt: skip
        jobs.finish(mine)


def file_upload(upload: Upload, submission: Submission, verdict: Verdict, pins: Beside, mine: jobs.Claim) -> None:
    """One transaction: the revision, its figures and findings, the end of the job. A conflict is told by the job."""
    try:
        with transaction.atomic():
            revision, created = add_or_replay(
                upload.filing, submission, upload.sent_by, upload.replaces, upload.reason, upload.idempotency_key
            )
            if created:
                pin_to(revision, pins)
                store_verdict(revision, verdict, mine)
            Upload.objects.filter(pk=upload.pk).update(
                **counts(verdict), revision=revision, lines=submission.lines.height, layout=submission.layout,
                content_hash=revision.content_hash, content=b"",
            )  # fmt: skip
            hooks.emit_upload(upload)
            jobs.finish(mine)
    except Refused as refusal:
        refuse_upload(upload, [{"code": refusal.code, "sentence": refusal.message, "pointer": "", "values": {}}], mine)


def packed_findings(verdict: Verdict) -> bytes:
    return zlib.compress(json.dumps([asdict(f) for f in verdict.findings], ensure_ascii=False).encode(), 1)


def findings_of(upload: Upload) -> list[Finding]:
    """What the judge said of an upload that is kept for a signature."""
    if not upload.verdict:
        return []
    kept = json.loads(zlib.decompress(upload.verdict))
    return [Finding(**(item | {"related": tuple(item["related"])})) for item in kept]


def submission_of(upload: Upload) -> Submission:
    """What an upload would be filed as."""
    lines = unpack(bytes(upload.canonical), upload.filing.definition, upload.filing.head)
    return Submission(
        lines, kept_bytes(upload), upload.media_type, Door.UPLOAD, upload.name, upload.layout, upload.pk,
        Proof(upload.content_hash, bytes(upload.canonical)),
    )  # fmt: skip


@transaction.atomic
def discard_upload(*, upload: Upload, by: User) -> None:
    """Throw away a file that was not filed."""
    require_filer(upload.filing, by)
    if upload.revision_id or upload.purpose == Purpose.FILE:
        raise Refused("filed_already", _("This file was filed; what is filed stays."))
    upload.delete()
