"""What was filed, how its check goes on, and deciding on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.models import User
from portal.reader import language, user_of
from submissions import actions
from submissions.forms import DecisionForm, ReasonForm
from submissions.models import Finding, Revision
from submissions.presentation import as_filed, counted_findings, in_language, number
from submissions.views.common import FINDINGS_SHOWN, trail, visible_revision

LINES_A_PAGE = 200


@require_safe
def revision(request: HttpRequest, pk: int) -> HttpResponse:
    """What exactly was filed?"""
    found = visible_revision(request, pk)
    user = user_of(request)
    page = Paginator(found.observations.all(), LINES_A_PAGE).get_page(request.GET.get("page"))
    shown = Finding.objects.filter(revision=found, address__in={o.address for o in page})
    return render(
        request,
        "submissions/revision.html",
        {
            "heading": f"{in_language(found.definition.title)}, {found.filing.entity}, {found.filing.period.label}",
            "question": _("What exactly was filed?"),
            "breadcrumb": revision_trail(request, found),
            "revision": found,
            "job": found.job,
            "receipt": receipt_facts(found),
            "editable": found.filing.editable_by(user),
            "page": page,
            "groups": as_filed(found, page.object_list, shown, language()),
            "findings": counted_findings(found, language(), FINDINGS_SHOWN),
            "decision": DecisionForm(errors=found.errors) if may_decide(found, user) else None,
            "withdrawal": ReasonForm() if may_withdraw(found, user) else None,
            "query": "",
        },
    )


def receipt_facts(found: Revision) -> list[tuple[str, Any]]:
    return [
        (_("Number"), found.receipt),
        (_("Received"), date_format(timezone.localtime(found.submitted_at), "DATETIME_FORMAT")),
        (_("Filed on"), date_format(found.filed_on, "DATE_FORMAT") if found.filed_on else None),
        (_("By"), found.submitted_by),
        (_("Through"), found.get_door_display()),
        (_("Lines"), number(found.lines, language())),
        (_("Definition"), f"{found.definition.return_id} {found.version}"),
        (_("Fingerprint"), found.fingerprint[:16]),
    ]


def revision_trail(request: HttpRequest, found: Revision) -> list[dict[str, str]]:
    steps = trail(request, found.receipt)
    return [steps[0], {"url": f"/filings/{found.filing_id}/", "label": str(found.filing.period.label)}, steps[1]]


def may_decide(found: Revision, user: User) -> bool:
    latest = found.filing.latest_id == found.pk
    return user.access.reviews and latest and found.state == "checked" and found.submitted_by != user


def may_withdraw(found: Revision, user: User) -> bool:
    return found.is_waiting and found.filing.latest_id == found.pk and found.filing.editable_by(user)


@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress of the checks, asked for again and again by the page of a revision."""
    found = visible_revision(request, pk)
    response = render(request, "submissions/_progress.html", {"revision": found, "job": found.job})
    if found.state != "received" and request.htmx:  # type: ignore[attr-defined]
        response["HX-Refresh"] = "true"
    return response


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_revision(request, pk)
    form = DecisionForm(request.POST, errors=found.errors)
    if not form.is_valid():
        messages.error(request, _("Choose a decision."))
        return redirect("revision", pk)
    try:
        actions.decide_revision(revision=found, by=user_of(request), **form.cleaned_data)
    except actions.Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("revision", pk)
    messages.success(request, _("The decision is recorded; the filer can read it."))
    return redirect("review")


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_revision(request, pk)
    try:
        actions.withdraw_revision(revision=found, reason=request.POST.get("reason", ""), by=user_of(request))
    except actions.Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The revision is withdrawn."))
    return redirect("revision", pk)
