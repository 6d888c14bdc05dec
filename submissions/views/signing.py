"""Reading over what waits, and signing it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.models import User
from portal.reader import language, user_of
from submissions import actions
from submissions.actions import signing
from submissions.forms import SignForm
from submissions.models import Filing, Severity, Upload
from submissions.presentation import Placed, show
from submissions.summary import Question, key_figures, questions, sections
from submissions.views.common import FINDINGS_SHOWN, trail
from submissions.views.uploads import filing_title, prepared_filing, visible_upload


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """What am I certifying? The draft, or the upload that the address names."""
    filing = prepared_filing(request, pk)
    user = user_of(request)
    upload = named_upload(request, filing)
    if request.method == "POST" and (earlier := signing.signed_already(filing, request.POST.get("content", ""))):
        return redirect("receipt", earlier.pk)  # a second click
    try:
        found = signing.prepared(filing, upload)
    except actions.Refused as refusal:
        messages.info(request, refusal.message)
        return redirect("filing", pk)
    source = upload or found.submission
    asked = asked_of(filing, found, source)
    form = blank_form(filing, found, user)
    refused = None
    if request.method == "POST":
        form = SignForm(request.POST, errors=len(found.standing(Severity.ERROR)), correction=filing.latest is not None)
        try:
            keep_explanations(filing, asked, request, user)
            if "keep" in request.POST:
                messages.success(request, _("The explanations are kept."))
                return redirect(request.get_full_path())
            revision, created = submit(filing, upload, form, user)
        except actions.Refused as refusal:
            refused = refusal
            asked = [as_typed(q, request) for q in asked_of(filing, found, source)]
            if isinstance(refusal, actions.Conflict):
                # The page shows what stands now, so its form certifies that, and nothing is ticked.
                form = blank_form(filing, found, user, reason=request.POST.get("reason", ""))
        else:
            if not created:
                messages.info(request, _("This content was filed already; here is its receipt."))
            return redirect("receipt", revision.pk)
    context = {
        "heading": _("Read over and sign"),
        "question": filing_title(filing),
        "breadcrumb": trail(request, _("Sign"), filing),
        "filing": filing,
        "upload": upload,
        "form": form,
        "refused": refused,
        "questions": asked,
        "open": sum(q.open for q in asked),
        **summary_of(filing, found, source),
        **signatory_of(filing, found, user),
    }
    return render(request, "submissions/sign.html", context, status=status_of(refused))


def status_of(refused: actions.Refused | None) -> int:
    if refused is None:
        return 200
    return 409 if isinstance(refused, actions.Conflict) else 422


def named_upload(request: HttpRequest, filing: Filing) -> Upload | None:
    """The upload in the address, if it is one of this filing."""
    named = request.GET.get("upload")
    if named is None:
        return None
    if not named.isascii() or not named.isdigit() or len(named) > 18:
        raise Http404
    upload = visible_upload(request, int(named))
    if upload.filing_id != filing.pk:
        raise Http404
    return upload


def blank_form(filing: Filing, found: signing.Prepared, user: User, reason: str = "") -> SignForm:
    latest = filing.latest
    number = latest.number if latest else None
    initial = {"content": found.content, "replaces": number, "name": user.name, "reason": reason}
    return SignForm(initial=initial, errors=len(found.standing(Severity.ERROR)), correction=latest is not None)


def asked_of(filing: Filing, found: signing.Prepared, source: Placed) -> list[Question]:
    """Every open warning with its explanation, those without one first."""
    warnings = found.standing(Severity.WARNING)
    explained = filing.explanations.by_finding()
    asked = questions(filing.definition, warnings, source, explained, language())
    return sorted(asked, key=lambda question: not question.open)


def as_typed(question: Question, request: HttpRequest) -> Question:
    """The question with what was just written, also where it was not kept."""
    text = request.POST.get(f"text-{question.key}", question.text)
    return replace(question, text=text, publish=f"publish-{question.key}" in request.POST)


def keep_explanations(filing: Filing, asked: list[Question], request: HttpRequest, user: User) -> None:
    """Kept also where the signature is refused: they are answers, not the filing."""
    given = [answer for question in asked for answer in question.answers(request.POST)]
    actions.explain_all(filing=filing, answers=given, by=user)


def submit(filing: Filing, upload: Upload | None, form: SignForm, user: User) -> tuple[Any, bool]:
    form.is_valid()
    data = form.cleaned_data
    return actions.sign_and_submit(
        filing=filing, upload=upload, content=data.get("content", ""), name=data.get("name", ""),
        certified=data.get("certified", False), errors_known=data.get("errors_known", False),
        replaces=data.get("replaces"), reason=data.get("reason", ""), by=user,
    )  # fmt: skip


def summary_of(filing: Filing, found: signing.Prepared, source: Placed) -> dict[str, Any]:
    definition, lines = filing.definition, found.submission.lines
    errors = found.standing(Severity.ERROR)
    return {
        "sections": sections(definition, lines, language()),
        "key_figures": key_figures(definition, lines, language()),
        "lines": lines.height,
        "errors": show(definition, errors[:FINDINGS_SHOWN], source, {}, language()),
        "error_count": len(errors),
        "warning_count": len(found.standing(Severity.WARNING)),
        "statement": signing.statement(filing),
    }


def signatory_of(filing: Filing, found: signing.Prepared, user: User) -> dict[str, Any]:
    """May this person sign, and if not, who may?"""
    second = signing.second_pair_needed(filing, user, found.authors)
    allowed = signing.may_sign(filing, user)
    but = found.authors if filing.entity.four_eyes else frozenset()
    others = [] if allowed and not second else signing.signatories(filing, but)
    return {"may_sign": allowed and not second, "second_pair": allowed and second, "signatories": others}
