"""`/dashboards/quality/`: which figures are missing, which cannot be added, which contradict each other?"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.reader import user_of
from reporting.boards.catalogue import tabs
from reporting.days import past_day
from reporting.fragments import begun, filed, kept
from reporting.quality.page import Asked, Choices, choices_for, content_of, found, known_rule
from reporting.quality.report import CHAPTERS, Scope


@require_safe
def quality_page(request: HttpRequest) -> HttpResponse:
    user, choices = user_of(request), choices_for(user_of(request))
    asked = asked_in(request, choices)
    context = {
        "heading": _("Data quality"),
        "question": _("Which figures are missing, which cannot be added, which contradict each other, and why?"),
        "dashboards": tabs(),
        "name": "quality",
        "content": kept(
            request.get_full_path(), user, (*filed(), begun()), lambda: content_of(asked, choices, found(user, asked))
        ),
    }
    return render(request, "reporting/quality.html", context)


def asked_in(request: HttpRequest, choices: Choices) -> Asked:
    """404 for what there is not, or what this user may not ask about."""
    given = tuple(request.GET.get(name, "") for name in ("return", "period", "entity"))
    rule = request.GET.get("rule", "")
    if any(value and value not in dict(options) for value, options in zip(given, choices, strict=True)):
        raise Http404
    if rule and not known_rule(rule):
        raise Http404
    chapter = request.GET.get("chapter") or ("findings" if rule else CHAPTERS[0])
    if chapter not in CHAPTERS or (rule and chapter != "findings"):
        raise Http404
    return Asked(Scope(*given), chapter, rule, past_day(request.GET.get("as_of", "")))
