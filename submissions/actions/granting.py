"""Exempting from a duty, giving it a later day, and taking either back."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import User
from submissions.actions.refusals import Conflict, Refused
from submissions.models import Filing, Obligation, Relief, ReliefKind, ReportingPeriod, RevisionState


def may_grant(user: User) -> bool:
    """Reviewers of the Commission, and staff with the right to add one in the administration."""
    return user.access.reviews or (user.is_staff and user.has_perm("submissions.add_relief"))


@transaction.atomic
def grant_relief(
    *, obligation: Obligation, period: ReportingPeriod, kind: str, reason: str, by: User, due_on: date | None = None
) -> Relief:
    """Exempt from the duty of this period, or extend it to `due_on`; one that stands is taken back first."""
    # Two grants for one duty queue up here; filings of the entity, which only refer to the row, do not wait.
    obligations = Obligation.objects.select_for_update(of=("self",), no_key=True).select_related("entity")
    obligation = obligations.get(pk=obligation.pk)
    require_grantable(obligation=obligation, period=period, kind=kind, reason=reason, by=by, due_on=due_on)
    return Relief.objects.create(
        obligation=obligation, period=period, kind=ReliefKind(kind), due_on=due_on, reason=reason.strip(),
        granted_by=by, granted_at=timezone.now(),
    )  # fmt: skip


def require_grantable(
    *, obligation: Obligation, period: ReportingPeriod, kind: str, reason: str, by: User, due_on: date | None
) -> None:
    require_granter(by)
    if not obligation.covers(period):
        raise Refused("not_owed", _("%(entity)s owes no %(period)s.") % {"entity": obligation.entity, "period": period})
    if not reason.strip():
        raise Refused("reason_missing", _("Write the reason; the filer will read it."))
    if Relief.objects.standing().filter(obligation=obligation, period=period).exists():
        raise Conflict("granted_already", _("An exemption or extension stands; take it back first."))
    if kind == ReliefKind.EXEMPTED:
        refuse_a_day(due_on)
        refuse_if_filed(obligation, period)
    else:
        refuse_unless_later(period, due_on)


@transaction.atomic
def take_back_relief(*, relief: Relief, reason: str, by: User) -> Relief:
    """The duty is again what it was. The row stays, with who took it back and why."""
    require_granter(by)
    relief = Relief.objects.select_for_update(of=("self",)).get(pk=relief.pk)
    if relief.taken_back_at is not None:
        raise Conflict("taken_back_already", _("This was taken back already."))
    if not reason.strip():
        raise Refused("reason_missing", _("Write the reason; the filer will read it."))
    relief.taken_back_by, relief.taken_back_at, relief.taken_back_reason = by, timezone.now(), reason.strip()
    relief.save(update_fields=["taken_back_by", "taken_back_at", "taken_back_reason"])
    return relief


def require_granter(user: User) -> None:
    if not may_grant(user):
        raise Refused("not_a_reviewer", _("Only reviewers of the Commission may exempt or extend."))


def refuse_a_day(due_on: date | None) -> None:
    if due_on is not None:
        raise Refused("exempted_until", _("An exemption has no due day; choose an extension, or leave the day out."))


def refuse_if_filed(obligation: Obligation, period: ReportingPeriod) -> None:
    filed = Filing.objects.filter(obligation=obligation, period=period, sandbox=False, latest__isnull=False)
    if filed.exclude(latest__state=RevisionState.WITHDRAWN, current=None).exists():
        raise Refused("filed_already", _("This was filed already; there is nothing to exempt from."))


def refuse_unless_later(period: ReportingPeriod, due_on: date | None) -> None:
    if period.due_on is None:
        raise Refused("no_deadline", _("This period has no deadline that could be extended."))
    if due_on is None or due_on <= period.due_on:
        raise Refused("not_later", _("Give a day after the one it is due on."))
