"""The receipt of a revision: a page, a PDF, a manifest for machines, and the content whose hash it names."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.reader import user_of
from submissions import actions
from submissions.canonical import content
from submissions.receipts import facts
from submissions.receipts.manifest import manifest
from submissions.receipts.pdf import receipt_pdf
from submissions.views.common import attached, trail, visible_revision


@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Did it arrive, and what proves it?"""
    found = visible_revision(request, pk)
    context = {
        "heading": facts.title(found),
        "question": facts.answered(found),
        "breadcrumb": trail(request, found.receipt, found.filing),
        "revision": found,
        "moment": facts.moment(found),
        "filed": facts.filed(found),
        "proof": facts.proof(found),
        "checks": facts.checks(found),
        "next_step": facts.next_step(found),
        "editable": found.filing.editable_by(user_of(request)),
        "api_address": request.build_absolute_uri(f"/api/v1/revisions/{found.pk}/content.txt"),
    }
    return render(request, "submissions/receipt.html", context)


@require_safe
def receipt_as_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_revision(request, pk)
    return attached(receipt_pdf(found), "application/pdf", f"{found.receipt}.pdf")


@require_safe
def receipt_as_manifest(request: HttpRequest, pk: int) -> HttpResponse:
    found = visible_revision(request, pk)
    answer = JsonResponse(manifest(found), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="{found.receipt}.json"'
    return answer


@require_safe
def content_text(request: HttpRequest, pk: int) -> HttpResponse:
    """The canonical content: its sha256 is the one on the receipt. Exact, so filed text is not made safe for spreadsheets:
    it is served as plain text, which none of them opens by itself."""
    found = visible_revision(request, pk)
    data = content(actions.canonical_lines(found), found.filing.head)
    return attached(data, "text/plain; charset=utf-8", f"{found.receipt}.txt")
