"""What was filed, how its check goes on, and deciding on it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.models import User
from portal.reader import language, user_of
from submissions import actions
from submissions.forms import DecisionForm, ReasonForm
from submissions.models import Door, Finding, Revision
from submissions.presentation import as_filed, counted_findings
from submissions.receipts import facts
from submissions.views.common import FINDINGS_SHOWN, news, trail, visible_revision

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
            "heading": facts.answered(found),
            "question": _("What exactly was filed?"),
            "breadcrumb": trail(request, found.receipt, found.filing),
            "revision": found,
            "job": found.job,
            "receipt": receipt_facts(found),
            "by_form": found.door == Door.FORM,
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
    """What stands on the receipt, and beside it what a transcribed report may not state."""
    given = [fact for fact in facts.filed(found) if fact[0] not in (_("Revision"), _("Correction"))]
    return [
        *given,
        *([(_("Signed by"), found.signatory)] if found.signatory else []),
        (_("Filed on"), date_format(found.filed_on, "DATE_FORMAT") if found.filed_on else None),
        (_("Definition"), f"{found.definition.return_id} {found.version}"),
    ]


@require_safe
def revision_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What this revision says otherwise than the one before it."""
    found = visible_revision(request, pk)
    before = get_object_or_404(found.filing.revisions, number=found.number - 1)
    context = {
        "heading": _("Changes in %(receipt)s") % {"receipt": found.receipt},
        "question": _("What does it say otherwise than revision %(number)s?") % {"number": before.number},
        "breadcrumb": trail(request, found.receipt, found.filing),
        "revision": found,
        **news(found.definition, before, actions.canonical_lines(found)),
    }
    alone = request.htmx  # type: ignore[attr-defined]
    return render(request, "submissions/_changes.html" if alone else "submissions/changes.html", context)


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
