"""The door of files."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.models import User
from portal.reader import user_of
from submissions import actions
from submissions.canonical import canonicalise
from submissions.forms import UploadForm
from submissions.models import Door, Filing, Revision
from submissions.presentation import in_language
from submissions.sources import CSV, SourceError, from_csv
from submissions.views.common import trail, visible_filing


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
