"""Pages of a filer: what is owed, and where a filing stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.models import User
from portal.reader import language, user_of
from submissions import actions
from submissions.actions.signing import may_sign
from submissions.duties import Duty, duties
from submissions.models import Draft, Filing, Obligation, Purpose, Relief, ReportingPeriod, Revision, Upload
from submissions.presentation import counted_findings
from submissions.views.common import FINDINGS_SHOWN, trail, visible_filing, with_source
from submissions.views.uploads import filing_title, waiting_upload


@dataclass(frozen=True)
class Step:
    """The next thing to do about a duty: a link, or a form to send where something begins."""

    label: str
    url: str
    begins: bool = False
    waiting: str = ""
    """What waits, where something does."""


def step_of(duty: Duty, uploads: dict[int, Upload], user: User) -> Step | None:
    """None for those who only read: what is being prepared is not theirs to see."""
    if duty.obligation.entity_id not in user.access.files_for:
        return None
    return next_step(duty, uploads.get(duty.filing.pk) if duty.filing else None, user)


def next_step(duty: Duty, upload: Upload | None, user: User) -> Step:
    filing = duty.filing
    if filing is None:
        begin = reverse("start-filing", args=[duty.obligation.pk, duty.period.pk])
        return Step(_("File"), begin, begins=True)
    if upload is not None:
        return upload_step(upload)
    draft: Draft | None = getattr(filing, "draft", None)
    if draft is not None:
        waiting = _("draft saved on %(day)s") % {
            "day": date_format(timezone.localtime(draft.saved_at), "DATETIME_FORMAT")
        }
        if draft.saved_by_id != user.pk and may_sign(filing, user):
            return Step(_("Read over and sign"), reverse("sign", args=[filing.pk]), waiting=waiting)
        return Step(_("Continue the form"), reverse("edit", args=[filing.pk]), waiting=waiting)
    if filing.latest_id:
        return Step(_("Read the findings"), reverse("revision", args=[filing.latest_id]))
    return Step(_("File"), reverse("filing", args=[filing.pk]))


def upload_step(upload: Upload) -> Step:
    """From a file on its way: to the signature where nothing stands against it, else to what was found."""
    waiting = _("“%(name)s” was uploaded") % {"name": upload.name}
    if upload.is_read and not upload.errors:
        place = f"{reverse('sign', args=[upload.filing_id])}?upload={upload.pk}"
        return Step(_("Read over and sign"), place, waiting=waiting)
    return Step(_("See what was found"), reverse("uploaded", args=[upload.pk]), waiting=waiting)


def uploads_waiting(user: User, mine: list[Duty]) -> dict[int, Upload]:
    """The file on its way of each filing, in one query."""
    started = [d.filing.pk for d in mine if d.filing]
    waiting = Upload.objects.visible_to(user).filter(filing__in=started, purpose=Purpose.PREPARE, revision=None)
    return {upload.filing_id: upload for upload in waiting.defer("content", "canonical", "verdict")}


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
    waiting = uploads_waiting(user, mine)
    steps = [(d, step_of(d, waiting, user)) for d in mine]
    return render(
        request,
        "submissions/home.html",
        {
            "heading": _("My filings"),
            "question": _("What do I owe, by when, and what is its state?"),
            "open_duties": [(d, step) for d, step in steps if d.open or (step and step.waiting)],
            "other_duties": [d for d, step in reversed(steps) if d.filed and not (d.open or (step and step.waiting))],
            "exempted": [d for d, step in reversed(steps) if d.exempted and not (step and step.waiting)],
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
    return redirect("filing", filing.pk)


@require_safe
def filing(request: HttpRequest, pk: int) -> HttpResponse:
    """Where does this filing stand? For those who file: which way do I take?"""
    found = visible_filing(request, pk)
    user = user_of(request)
    revisions = list(
        with_source(found.revisions.select_related("submitted_by", "decided_by", "job").order_by("-number"))
    )
    context = {
        "heading": filing_title(found),
        "question": _("Where does this filing stand?"),
        "breadcrumb": trail(request, str(found.period.label)),
        "filing": found,
        "state_label": found.state_label,
        "revisions": revisions,
        "findings": counted_findings(revisions[0], language(), FINDINGS_SHOWN) if revisions else None,
        "editable": found.editable_by(user),
        "relief": Relief.objects.visible_to(user).standing()
        .filter(obligation=found.obligation_id, period=found.period_id).first(),
    }  # fmt: skip
    if context["editable"]:
        context |= waiting_in(found)
    return render(request, "submissions/filing.html", context)


def waiting_in(found: Filing) -> dict[str, object]:
    """What is being prepared: the draft of the form, the file on its way."""
    draft = Draft.objects.filter(filing=found).select_related("saved_by").first()
    upload = waiting_upload(found)
    return {"draft": draft, "upload": upload, "upload_step": upload_step(upload) if upload else None}
