"""The door of files: a file is scanned at once, read and checked by a job, read over, then signed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.reader import language, user_of
from submissions import actions
from submissions.actions import starting
from submissions.forms import UploadForm
from submissions.models import Filing, Purpose, Upload
from submissions.presentation import in_language, worst_first
from submissions.progress import seconds_left
from submissions.sources import Fault, SourceError
from submissions.views.common import FINDINGS_SHOWN, news, trail, visible_filing
from submissions.workbook.prescan import prescan


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Did my file arrive, what is wrong in it? A file that the scan refuses is told why; nothing of it is stored."""
    found = prepared_filing(request, pk)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("uploaded", receive(request, found, form.cleaned_data["file"]).pk)
        except SourceError as problem:
            faults = [fault.told(_) for fault in problem.faults]
        except actions.Refused as refusal:
            faults = [refusal.message]
    context = {
        "heading": _("Upload a workbook"),
        "question": filing_title(found),
        "breadcrumb": trail(request, _("Upload"), found),
        "filing": found,
        "form": form,
        "faults": faults,
        "waiting": waiting_upload(found),
    }
    return render(request, "submissions/upload.html", context, status=422 if faults or form.errors else 200)


def receive(request: HttpRequest, found: Filing, file: Any) -> Upload:
    media_type = prescan(file, file.name)
    kept, _created = actions.receive_upload(
        filing=found, data=file.read(), media_type=media_type, name=file.name, purpose=Purpose.PREPARE,
        by=user_of(request),
    )  # fmt: skip
    return kept


def prepared_filing(request: HttpRequest, pk: int) -> Filing:
    """A filing this user may prepare; for anybody else it has no draft and no upload."""
    found = visible_filing(request, pk)
    if not found.editable_by(user_of(request)):
        raise Http404
    return found


def waiting_upload(found: Filing) -> Upload | None:
    """The file of this filing that is on its way or waits for a signature."""
    waiting = found.uploads.filter(purpose=Purpose.PREPARE, revision=None).select_related("job", "sent_by")
    return waiting.defer("content", "canonical", "verdict").first()


def filing_title(found: Filing) -> str:
    return f"{in_language(found.definition.title)}, {found.entity}, {found.period.label}"


def visible_upload(request: HttpRequest, pk: int) -> Upload:
    return get_object_or_404(Upload.objects.visible_to(user_of(request)).with_names(), pk=pk)


@require_safe
def uploaded(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of the file: its progress, why it could not be read, or its findings and the ways on."""
    found = visible_upload(request, pk)
    if found.revision_id:
        return redirect("revision", found.revision_id)
    context = {
        "heading": found.name or _("Uploaded file"),
        "question": _("Did my file arrive, and what is wrong in it?"),
        "breadcrumb": trail(request, _("Upload"), found.filing),
        "upload": found,
        "filing": found.filing,
        **progress_of(found),
    }
    if found.is_read:
        context |= result_of(found)
    context["faults"] = [Fault(**fault).told(_) for fault in found.faults]
    return render(request, "submissions/uploaded.html", context)


def progress_of(found: Upload) -> dict[str, Any]:
    running = not found.is_read and not found.faults and found.job.state != "failed"
    return {"job": found.job, "running": running, "seconds": seconds_left(found.job, found, timezone.now())}


def result_of(found: Upload) -> dict[str, Any]:
    """Findings, and what is new against the last revision."""
    definition, filing = found.filing.definition, found.filing
    explained = filing.explanations.by_finding()
    result: dict[str, Any] = {
        "findings": worst_first(definition, actions.findings_of(found), found, explained, language(), FINDINGS_SHOWN)
    }
    if filing.latest:
        result |= news(definition, filing.latest, actions.submission_of(found).lines)
    return result


@require_safe
def upload_job(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress of a file, asked for again and again by its page."""
    found = visible_upload(request, pk)
    progress = progress_of(found)
    response = render(request, "submissions/_upload_progress.html", {"upload": found, **progress})
    if not progress["running"] and request.htmx:  # type: ignore[attr-defined]
        response["HX-Refresh"] = "true"
    return response


@require_POST
def to_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on in the form with what the file says; the draft takes its place."""
    found = visible_upload(request, pk)
    if not found.is_read or found.revision_id:
        raise Http404
    try:
        with transaction.atomic():
            starting.draft_from_upload(upload=found, by=user_of(request))
            actions.discard_upload(upload=found, by=user_of(request))
    except actions.Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("uploaded", pk)
    messages.success(request, _("The form holds what your file says. Go on here."))
    return redirect("edit", found.filing_id)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_upload(request, pk)
    try:
        actions.discard_upload(upload=found, by=user_of(request))
    except actions.Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The file is thrown away. Nothing of it was filed."))
    return redirect("filing", found.filing_id)
