"""What a filer says to the findings of a revision."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.reader import user_of
from submissions import actions
from submissions.views.common import visible_revision


@require_POST
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what the filer says of one finding; it is shown beside it for as long as its figures stay."""
    revision = visible_revision(request, pk)
    number = request.POST.get("finding", "")
    if not revision.filing.editable_by(user_of(request)) or not number.isdecimal():
        raise Http404
    finding = get_object_or_404(revision.findings, position=int(number))
    try:
        kept = actions.explain(
            filing=revision.filing, rule=finding.rule, address=finding.address, about=finding.subject,
            text=request.POST.get("text", ""), publish="publish" in request.POST, by=user_of(request),
        )  # fmt: skip
    except actions.Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The explanation is kept.") if kept else _("The explanation is taken back."))
    return redirect("revision", pk)
