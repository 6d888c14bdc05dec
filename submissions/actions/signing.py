"""Signing: what waits is read over, every open warning is answered, and a signatory certifies it word for word."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from portal.access import EntityKind, Role
from portal.models import User
from portal.reader import language
from submissions.actions.checking import judge
from submissions.actions.drafts import locked
from submissions.actions.filing import Signature, Submission, submit_revision
from submissions.actions.refusals import Conflict, Refused
from submissions.actions.uploads import findings_of, submission_of
from submissions.canonical import canonicalise, content_hash
from submissions.models import Door, Draft, Filing, Revision, RevisionState, Severity, Upload, subject
from submissions.sources import JSON, from_observations
from submissions.validation import Finding


@dataclass(frozen=True)
class Prepared:
    """A draft or an upload as it would be filed, and what the judge says of it."""

    submission: Submission
    content: str
    """sha256 of the canonical content: names exactly what the signatory was shown."""
    findings: tuple[Finding, ...]
    authors: frozenset[int]
    """Primary keys of everybody who prepared any of it."""

    def standing(self, severity: str) -> list[Finding]:
        """Findings of a severity, but for rules that could not be evaluated."""
        return [f for f in self.findings if f.severity == severity and not f.blocked_by]


def prepared(filing: Filing, upload: Upload | None) -> Prepared:
    """What waits for a signature: the upload, or without one the draft. Raises Refused."""
    found = of_upload(upload) if upload else of_draft(filing)
    if found is None or found.submission.lines.is_empty():
        raise Refused("nothing_to_file", _("Nothing waits to be signed. Fill in the form or upload a file first."))
    return found


def of_upload(upload: Upload) -> Prepared | None:
    if upload.revision_id or not upload.is_read:
        return None
    submission = submission_of(upload)
    return Prepared(submission, upload.content_hash, tuple(findings_of(upload)), frozenset({upload.sent_by_id}))


def of_draft(filing: Filing) -> Prepared | None:
    draft = Draft.objects.filter(filing=filing).first()
    if draft is None:
        return None
    observations = draft.observations
    source = json.dumps({"observations": observations}, ensure_ascii=False).encode()
    lines = canonicalise(filing.definition, from_observations(observations), filing.head)
    findings = judge(filing, lines).findings
    submission = Submission(lines, source, JSON, Door.FORM)
    return Prepared(submission, content_hash(lines, filing.head), findings, frozenset(draft.authors))


def statement(filing: Filing) -> str:
    """What a signatory certifies, in the language of the page; kept word for word with the revision."""
    return _(
        "On behalf of %(entity)s I certify that this is our answer to the return “%(return)s” for the period %(period)s, "
        "that it is complete and correct to the best of my knowledge, and that I am authorised to sign it."
    ) % {
        "entity": filing.entity.name,
        "return": filing.definition.title[language()],
        "period": filing.period.label,
    }


def may_sign(filing: Filing, user: User) -> bool:
    """Signatories of the entity; for reference sources, reviewers of the Commission."""
    entity = filing.entity
    reference = entity.kind == EntityKind.REFERENCE_SOURCE and user.access.reviews
    return entity.pk in user.access.signs_for or reference


def second_pair_needed(filing: Filing, by: User, authors: frozenset[int]) -> bool:
    """The entity asks for four eyes, and this person prepared part of it."""
    return filing.entity.four_eyes and by.pk in authors


def signatories(filing: Filing, but: frozenset[int] = frozenset()) -> list[User]:
    """Who may sign for the entity, but for these."""
    members = User.objects.filter(
        memberships__entity=filing.entity, memberships__role=Role.SIGNATORY, is_active=True
    ).exclude(pk__in=but)
    return list(members.order_by("name", "email").distinct())


@transaction.atomic
def sign_and_submit(
    *,
    filing: Filing,
    upload: Upload | None,
    content: str,
    name: str,
    certified: bool,
    errors_known: bool,
    by: User,
    replaces: int | None = None,
    reason: str = "",
) -> tuple[Revision, bool]:
    """File what waits, signed. Returns the revision and whether it is new.

    `content` is the sha256 of what the page showed; what was changed since is not signed unseen. The same content
    again, as a second click sends it, gives the first receipt. Raises Refused, Conflict.
    """
    filing = locked(filing)
    if not may_sign(filing, by):
        raise Refused("not_a_signatory", _("Only a signatory of %(entity)s may sign.") % {"entity": filing.entity})
    if earlier := signed_already(filing, content):
        return earlier, False
    if upload is not None:
        # Behind the lock: the file may have been filed, thrown away or replaced meanwhile.
        upload = (
            Upload.objects.select_related("filing__obligation__entity", "filing__period").filter(pk=upload.pk).first()
        )
        if upload is None:
            raise stale()
    found = prepared(filing, upload)
    if found.content != content:
        raise stale()
    require_signable(filing, found, name, certified, errors_known, by)
    return submit_revision(
        filing=filing, submission=found.submission, by=by, replaces=replaces, reason=reason,
        signature=Signature(name.strip(), statement(filing)),
    )  # fmt: skip


def signed_already(filing: Filing, content: str) -> Revision | None:
    latest = filing.latest
    same = latest and latest.content_hash == content and latest.state != RevisionState.WITHDRAWN
    return latest if same else None


def stale() -> Conflict:
    return Conflict("stale", _("What you read was changed meanwhile. Nothing was filed; read it over again."))


def require_signable(filing: Filing, found: Prepared, name: str, certified: bool, errors_known: bool, by: User) -> None:
    if second_pair_needed(filing, by, found.authors):
        raise Refused(
            "four_eyes",
            _("%(entity)s asks for four eyes: you prepared this, so somebody else must sign it.")
            % {"entity": filing.entity},
        )
    if open_warnings(filing, found):
        raise Refused("unexplained_warnings", _("Every warning needs an explanation. Those without one are marked."))
    if found.standing(Severity.ERROR) and not errors_known:
        raise Refused("errors_not_acknowledged", _("Errors stand. Mend them, or tick that you know of them."))
    if not certified:
        raise Refused("not_certified", _("Tick that you certify the statement."))
    if not name.strip():
        raise Refused("name_missing", _("Write your name under the statement."))


def open_warnings(filing: Filing, found: Prepared) -> list[Finding]:
    """Warnings that nobody explained while their figures were these."""
    explained = set(filing.explanations.values_list("rule", "address", "subject"))
    return [f for f in found.standing(Severity.WARNING) if (f.rule, f.address, subject(f)) not in explained]
