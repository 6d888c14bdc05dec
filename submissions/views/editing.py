"""The form: one section of a draft at a time, saved as it is typed."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.reader import language, user_of
from submissions import actions
from submissions.entry.lines import category_of, plain
from submissions.entry.rows import Beside, Clash, anchor
from submissions.entry.sections import Page, blocks, page_of, pages
from submissions.models import Draft, Filing
from submissions.presentation import ShownFinding, in_language
from submissions.views.common import trail
from submissions.views.onward import onward, section_url
from submissions.views.saving import Saved, keep_explanations, number, save_page
from submissions.views.standing import Standing, by_address, checked, form_of, lines_by_address, note_check


def prepared_filing(request: HttpRequest, pk: int) -> Filing:
    """A filing whose draft this user may see and change; for anybody else it does not exist."""
    return get_object_or_404(Filing.objects.prepared_by(user_of(request)).with_names(), pk=pk)


def standing_of(request: HttpRequest, filing: Filing) -> Standing:
    return Standing(filing, language(), everything=checked(request, filing))


def frame(request: HttpRequest, filing: Filing, last: str) -> dict[str, Any]:
    return {
        "filing": filing,
        "title": f"{in_language(filing.definition.title)}, {filing.entity}, {filing.period.label}",
        "breadcrumb": trail(request, last, filing),
    }


# Where to begin -------------------------------------------------------------------------------------------


@require_safe
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Which way do I begin? Where a draft stands: its first section, or the one of an address."""
    filing = prepared_filing(request, pk)
    if target := request.GET.get("at", ""):
        category = category_of(filing.definition, target)
        return redirect(section_url(filing, category or first_section(filing), at=target, to=anchor(target)))
    if Draft.objects.filter(filing=filing).exists():
        return redirect(section_url(filing, first_section(filing)))
    before = actions.previous_lines(filing, filing.definition.version)
    context = frame(request, filing, _("Form")) | {
        "heading": _("Begin the form"),
        "first": section_url(filing, first_section(filing)),
        "before": before is not None,
        "sections": filing.definition.categories.values(),
        "points": len(filing.definition.points),
    }
    return render(request, "submissions/begin.html", context | {"question": context["title"]})


def first_section(filing: Filing) -> int:
    return next(iter(filing.definition.categories))


@require_POST
def start_from_last_year(request: HttpRequest, pk: int) -> HttpResponse:
    filing = prepared_filing(request, pk)
    try:
        actions.start_from_last_year(filing=filing, by=user_of(request))
    except actions.Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request, _("The words and choices of last year are filled in. Its figures stand beside the fields.")
        )
    return redirect("edit", pk)


@require_POST
def start_from_revision(request: HttpRequest, pk: int) -> HttpResponse:
    filing = prepared_filing(request, pk)
    try:
        actions.start_from_revision(filing=filing, by=user_of(request))
    except actions.Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("What was filed last is filled in. Change what is to be corrected."))
    return redirect("edit", pk)


# A section ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, pk: int, category: int) -> HttpResponse:
    """What goes here, and is it right?"""
    filing = prepared_filing(request, pk)
    if category not in filing.definition.categories and category != 0:
        raise Http404
    if request.method != "POST":
        return shown_section(request, standing_of(request, filing), category)
    saved = save_page(request, filing, category)
    standing = standing_of(request, filing)
    # What two people answered differently is asked at once, with what the writer typed. A script gets the page as it is
    # now, to take from it what has changed.
    if saved.problem or saved.disputed or "X-Entry" in request.headers:
        return shown_section(request, standing, category, saved)
    return onward(request, standing, category)


# Showing --------------------------------------------------------------------------------------------------


def shown_section(request: HttpRequest, standing: Standing, category: int, saved: Saved | None = None) -> HttpResponse:
    saved = saved or Saved()
    filing, definition = standing.filing, standing.filing.definition
    findings = standing.shown(f for f in standing.findings if category_of(definition, f.address) == category)
    beside = Beside(
        by_address(findings), standing.computed, standing.before(category), standing.filed(category),
        clashes_in_words(standing, category, saved),
    )  # fmt: skip
    form = form_of(standing, category, saved.mine, beside=beside, opened=tuple(request.GET.getlist("group")),
                   again=tuple(request.GET.getlist("again")))  # fmt: skip
    cut = pages(blocks(form))
    page = page_asked(request, cut)
    title = definition.categories[category].label[standing.language] if category else _("Lines without a place here")
    context = frame(request, filing, title) | around(request, standing, category) | {
        "heading": f"{category}. {title}" if category else title,
        "page": page,
        "pages": cut,
        "odd": form.odd if page.number == 1 else [],
        "problem": saved.problem,
        "clashes": beside.clashes,
        "findings": findings,
        "compared": bool(beside.before),
        "corrects": filing.latest if beside.filed else None,
    }  # fmt: skip
    return render(request, "submissions/edit.html", context, status=409 if saved.problem else 200)


def around(request: HttpRequest, standing: Standing, category: int) -> dict[str, Any]:
    """What a section shows of the draft as a whole."""
    return {
        "category": category,
        "language": standing.language,
        "edition": standing.edition,
        "save": standing.save_of(category),
        "elsewhere": [p for p in standing.progress if p.category.number != category and (p.errors or p.warnings)],
        "steps": steps(standing, category),
        "others": standing.others(category, user_of(request)),
        "checked": standing.everything,
        "last": category == list(standing.filing.definition.categories)[-1],
        "stray": category and standing.save_of(0),
    }


def page_asked(request: HttpRequest, cut: list[Page]) -> Page:
    target = page_of(cut, request.GET["at"]) if "at" in request.GET else None
    place = min(max(number(request.GET.get("page")), 1), len(cut))
    return target or cut[place - 1]


def clashes_in_words(standing: Standing, category: int, saved: Saved) -> dict[str, Clash]:
    save = standing.save_of(category)
    stands = lines_by_address(plain(standing.filing.definition, save.observations if save else []))
    return {
        address: Clash(
            standing.in_words(saved.mine.get(address, [])), standing.in_words(stands.get(address, [])),
            str(other.saved_by) if other else "", other.saved_at if other else None, other.edition if other else 0,
        )
        for address, other in saved.disputed.items()
    }  # fmt: skip


def steps(standing: Standing, category: int) -> list[dict[str, Any]]:
    return [
        {"progress": one, "url": section_url(standing.filing, one.category.number),
         "label": one.category.label[standing.language], "current": one.category.number == category}
        for one in standing.progress
    ]  # fmt: skip


# The check ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """What is still open before this can be signed? Warnings are explained here."""
    filing = prepared_filing(request, pk)
    standing = Standing(filing, language(), everything=True)
    if standing.draft is None:
        return redirect("edit", pk)
    note_check(request, filing)
    if request.method == "POST":
        try:
            keep_explanations(request, filing)
        except actions.Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The explanations are kept."))
        return redirect("check-draft", pk)
    shown = standing.shown(standing.findings)
    waits = [one for one in shown if one.finding.severity == "warning" and one.explanation is None]
    context = frame(request, filing, _("Check")) | {
        "heading": _("Check before signing"),
        "counts": Counter(one.finding.severity for one in shown),
        "waits": len(waits),
        "sections": by_section(standing, shown),
        "steps": steps(standing, -1),
        "blocked": sum(bool(finding.blocked_by) for finding in standing.verdict[0]),
        "answered": sum(one.answered for one in standing.progress),
        "asked": sum(one.asked for one in standing.progress),
    }
    return render(request, "submissions/check.html", context | {"question": context["title"]})


def by_section(standing: Standing, shown: list[ShownFinding]) -> list[dict[str, Any]]:
    """Findings under the section they are mended in; those of no data point first."""
    definition = standing.filing.definition
    found: dict[int, list[ShownFinding]] = {}
    for one in shown:
        found.setdefault(category_of(definition, one.finding.address), []).append(one)
    return [
        {"number": number, "findings": found[number],
         "label": definition.categories[number].label[standing.language] if number else _("The filing as a whole")}
        for number in sorted(found)
    ]  # fmt: skip
