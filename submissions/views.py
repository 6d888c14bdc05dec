"""Pages of filing and review: each loads what this user may see, calls one action, and shows one template."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.models import User
from portal.reader import language, user_of
from submissions import actions
from submissions.canonical import FIELDS, canonicalise
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.duties import duties
from submissions.forms import DecisionForm, ReasonForm, UploadForm
from submissions.models import Door, Filing, Finding, Obligation, ReportingPeriod, Revision, RevisionState
from submissions.presentation import as_filed, counted_findings, grouped_points, in_language, number
from submissions.sources import CSV, SourceError, from_csv

LINES_A_PAGE = 200
FINDINGS_SHOWN = 300


def visible_filing(request: HttpRequest, pk: int) -> Filing:
    return get_object_or_404(Filing.objects.visible_to(user_of(request)).with_names(), pk=pk)


def visible_revision(request: HttpRequest, pk: int) -> Revision:
    queryset = Revision.objects.visible_to(user_of(request)).with_names().select_related("source")
    return get_object_or_404(queryset.select_related("filing__latest"), pk=pk)


# Filers ---------------------------------------------------------------------------------------------------


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What do I owe, by when, what is its state?"""
    user = user_of(request)
    if not user.access.reads:
        return redirect("review" if user.access.commission or user.access.supervises_as else "account")
    mine = duties(user, entities=user.access.reads)
    receipts = (
        Revision.objects.visible_to(user).with_names().filter(filing__obligation__entity__in=user.access.reads)[:5]
    )
    returned = [d for d in mine if d.filing and d.filing.latest and d.state in ("returned", "with_errors")]
    return render(
        request,
        "submissions/home.html",
        {
            "heading": _("My filings"),
            "question": _("What do I owe, by when, and what is its state?"),
            "open_duties": [d for d in mine if d.open],
            "other_duties": [d for d in reversed(mine) if not d.open],
            "returned": returned,
            "receipts": receipts,
        },
    )


@require_POST
def start_filing(request: HttpRequest, obligation_id: int, period_id: int) -> HttpResponse:
    user = user_of(request)
    obligation = get_object_or_404(Obligation.objects.visible_to(user), pk=obligation_id)
    period = get_object_or_404(ReportingPeriod, pk=period_id)
    try:
        filing = actions.start_filing(obligation=obligation, period=period, by=user)
    except actions.Refused as refusal:
        raise Http404(refusal.message) from refusal
    return redirect("upload", filing.pk)


@require_safe
def filing(request: HttpRequest, pk: int) -> HttpResponse:
    """Where does this filing stand?"""
    found = visible_filing(request, pk)
    revisions = found.revisions.select_related("submitted_by", "decided_by", "job").order_by("-number")
    return render(
        request,
        "submissions/filing.html",
        {
            "heading": f"{in_language(found.definition.title)}, {found.entity}, {found.period.label}",
            "question": _("Where does this filing stand?"),
            "breadcrumb": trail(request, str(found.period.label)),
            "filing": found,
            "state_label": found.state_label,
            "revisions": revisions,
            "findings": counted_findings(found.latest, language(), FINDINGS_SHOWN) if found.latest else None,
            "editable": found.editable_by(user_of(request)),
        },
    )


def trail(request: HttpRequest, last: str) -> list[dict[str, str]]:
    access = user_of(request).access
    start = ("/home/", _("My filings")) if access.reads else ("/review/", _("Review"))
    return [{"url": start[0], "label": start[1]}, {"url": "", "label": last}]


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Did my file arrive, what is wrong in it? A file that cannot be read is refused with the place; nothing is stored."""
    found = visible_filing(request, pk)
    if not found.editable_by(user_of(request)):
        raise Http404
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*sent, correction=found.latest is not None)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            revision, created = file_upload(found, form, user_of(request))
        except SourceError as problem:
            faults = [fault.told(_) for fault in problem.faults]
        except actions.Refused as refusal:
            faults = [refusal.message]
        else:
            if not created:
                messages.info(request, _("This content was filed already; here is its receipt."))
            return redirect("revision", revision.pk)
    context = {
        "heading": _("Upload a file"),
        "question": f"{in_language(found.definition.title)}, {found.entity}, {found.period.label}",
        "breadcrumb": trail(request, str(found.period.label)),
        "filing": found,
        "form": form,
        "faults": faults,
    }
    return render(request, "submissions/upload.html", context, status=422 if faults or form.errors else 200)


def file_upload(found: Filing, form: UploadForm, user: User) -> tuple[Revision, bool]:
    data = form.cleaned_data["file"].read()
    lines = canonicalise(found.definition, from_csv(data), found.head)
    return actions.submit_revision(
        filing=found,
        submission=actions.Submission(lines, data, CSV, Door.UPLOAD),
        by=user,
        replaces=form.cleaned_data["replaces"],
        reason=form.cleaned_data["reason"],
    )


# Revisions ------------------------------------------------------------------------------------------------


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


@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """What waits for a decision?"""
    user = user_of(request)
    if not (user.access.commission or user.access.supervises_as):
        raise Http404
    filed = Revision.objects.visible_to(user).with_names()
    state = request.GET.get("state", "")
    if state and state not in RevisionState.values:
        raise Http404
    listed = filed.filter(state=state) if state else filed.exclude(pk__in=filed.waiting().values("pk"))
    return render(
        request,
        "submissions/review.html",
        {
            "heading": _("Review") if user.access.commission else _("Reports addressed to us"),
            "question": _("What waits for a decision?")
            if user.access.reviews
            else _("What was filed, and how does it stand?"),
            "waiting": filed.waiting().order_by("filing__period__due_on", "-errors", "submitted_at"),
            "page": Paginator(listed, 50).get_page(request.GET.get("page")),
            "state": state,
            "states": RevisionState.choices,
            "query": f"state={state}" if state else "",
            "reviews": user.access.reviews,
        },
    )


# Definitions ----------------------------------------------------------------------------------------------


@require_safe
@login_not_required
def definitions(request: HttpRequest) -> HttpResponse:
    """What is asked?"""
    return render(
        request,
        "submissions/definitions.html",
        {
            "heading": _("Definitions"),
            "question": _("What is asked, what is checked, and why?"),
            "definitions": list(catalogue().definitions.values()),
        },
    )


@require_safe
@login_not_required
def blank_csv(request: HttpRequest, return_id: str, version: str) -> HttpResponse:
    """A file to fill in: one line a data point, with its unit."""
    found = known_definition(return_id, version)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{return_id}-{version}.csv"'
    lines = csv.DictWriter(response, FIELDS)
    lines.writeheader()
    lines.writerows({"address": p.code, "unit": "" if p.unit == "open" else p.unit} for p in found.points.values())
    return response


def known_definition(return_id: str, version: str) -> Definition:
    try:
        return catalogue().get(return_id, version)
    except KeyError as missing:
        raise Http404 from missing


@require_safe
@login_not_required
def definition(request: HttpRequest, return_id: str, version: str) -> HttpResponse:
    found = known_definition(return_id, version)
    context: dict[str, Any] = {
        "heading": in_language(found.title),
        "question": _("What is asked, what is checked, and why?"),
        "breadcrumb": [{"url": "/definitions/", "label": _("Definitions")}, {"url": "", "label": found.version}],
        "definition": found,
        "facts": [
            (_("Return"), found.return_id),
            (_("Version"), found.version),
            (_("Legal ground"), found.legal_ref),
            (_("Fingerprint"), found.fingerprint[:16]),
        ],
        "categories": grouped_points(found, language()),
        "rules": [
            (rule, in_language(rule.message), in_language(rule.mend), in_language(rule.why))
            for rule in found.rules.values()
        ],
    }
    return render(request, "submissions/definition.html", context)
