"""The page on which the Commission publishes statistics."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.models import User
from portal.reader import user_of
from submissions import actions
from submissions.catalogue import catalogue
from submissions.models import Filing, ReportingPeriod
from submissions.presentation import in_language


def require_commission(request: HttpRequest) -> User:
    user = user_of(request)
    if not user.access.commission:
        raise Http404
    return user


@dataclass(frozen=True)
class Releasable:
    period: ReportingPeriod
    title: str
    accepted: int
    new: int
    last: Any


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """What is published, and what could be?"""
    user = require_commission(request)
    returns = [one.return_id for one in catalogue().definitions.values() if one.released]
    periods = ReportingPeriod.objects.filter(return_id__in=returns, filings__current__isnull=False).distinct()
    accepted: dict[int, set[int]] = defaultdict(set)
    current = Filing.objects.visible_to(user).filter(period__in=periods, current__isnull=False)
    for period_id, revision_id in current.values_list("period_id", "current_id"):
        accepted[period_id].add(revision_id)
    context = {
        "heading": _("Releases"),
        "question": _("Which statistics can everybody read, and what was accepted since?"),
        "rows": [releasable(period, accepted[period.pk]) for period in periods.prefetch_related("releases__revisions")],
        "may_release": user.access.reviews,
        "threshold": settings.DISCLOSURE_THRESHOLD,
    }
    return render(request, "reporting/releases.html", context)


def releasable(period: ReportingPeriod, accepted: set[int]) -> Releasable:
    done = list(period.releases.all())
    last = done[-1] if done else None
    known_before = {revision.pk for revision in last.revisions.all()} if last else set()
    return Releasable(period, in_language(period.definition.title), len(accepted), len(accepted - known_before), last)


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    user = require_commission(request)
    period = get_object_or_404(ReportingPeriod, pk=pk)
    try:
        actions.release_statistics(period=period, by=user)
        messages.success(request, _("Published. Everybody can read these statistics now."))
    except actions.Refused as refused:
        messages.error(request, refused.message)
    return redirect("releases")
