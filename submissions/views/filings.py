"""Pages of a filer: what is owed, and where a filing stands."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.reader import language, user_of
from submissions import actions
from submissions.duties import duties
from submissions.models import Obligation, ReportingPeriod, Revision
from submissions.presentation import counted_findings, in_language
from submissions.views.common import FINDINGS_SHOWN, trail, visible_filing


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
