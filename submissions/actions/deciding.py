"""Deciding on what was filed, and taking it back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import User
from submissions import hooks
from submissions.actions import dispatching
from submissions.actions.drafts import require_filer
from submissions.actions.refusals import Conflict, Refused
from submissions.models import ACCEPTED, Filing, Revision, RevisionState

DECISIONS: dict[str, RevisionState] = {
    "accept": RevisionState.ACCEPTED,
    "accept_with_reservations": RevisionState.ACCEPTED_WITH_RESERVATIONS,
    "return": RevisionState.RETURNED,
}
SUM_UP = "reporting.rollups.tasks.sum_up"
"""A task of reporting, which this package does not import."""


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
        if any(panel.sums for panel in revision.definition.panels.values()):
            transaction.on_commit(lambda: dispatching.hint(SUM_UP, revision.pk))
    hooks.emit(f"revision.{state.value}", revision)
    return revision
