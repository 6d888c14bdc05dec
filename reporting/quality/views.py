"""`/dashboards/quality/`: which figures are missing, which cannot be added, which contradict each other?"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.models import User
from portal.reader import language, user_of
from reporting.boards.catalogue import tabs
from reporting.days import past_day
from reporting.fragments import fragment
from reporting.quality.report import Scope, quality
from reporting.quality.told import Told, title, told
from submissions.models import Obligation, ReportingPeriod
from submissions.presentation import number

LISTED = 40
"""So many places are listed under each rule; the JSON has all."""


@require_safe
def quality_page(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    scope, as_of = scope_of(request), past_day(request.GET.get("as_of", ""))
    choices = choices_for(user)
    asked = (scope.return_id, scope.period, scope.entity)
    if any(value and value not in dict(options) for value, options in zip(asked, choices, strict=True)):
        raise Http404
    names = ("return", "period", "entity")
    labels = (_("Return"), _("Period"), _("Entity"))
    filters = list(zip(names, labels, asked, choices, strict=True))
    query = urlencode({name: value for name, value in zip((*names, "as_of"), (*asked, as_of), strict=True) if value})
    context = {
        "heading": _("Data quality"),
        "question": _("Which figures are missing, which cannot be added, which contradict each other, and why?"),
        "dashboards": tabs(),
        "name": "quality",
        "query": query,
        "content": fragment(
            request, lambda: content_of(user, scope, {"filters": filters, "query": query, "as_of": as_of})
        ),
    }
    return render(request, "reporting/quality.html", context)


def content_of(user: User, scope: Scope, asked: dict[str, Any]) -> str:
    report = quality(user, scope, asked["as_of"])
    said = told(report, LISTED)
    found = {"report": report, "told": said, "sentences": summary(said)}
    return render_to_string("reporting/quality_content.html", asked | found)


def scope_of(request: HttpRequest) -> Scope:
    return Scope(*(request.GET.get(name, "") for name in ("return", "period", "entity")))


def choices_for(user: User) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[tuple[str, str]]]:
    """Returns, periods and entities that this user may ask about. Two queries."""
    owed = list(Obligation.objects.visible_to(user).select_related("entity"))
    returns = sorted({one.return_id for one in owed})
    labels = ReportingPeriod.objects.filter(return_id__in=returns).order_by("-start").values_list("label", flat=True)
    entities = sorted({(one.entity.code, one.entity.name) for one in owed}, key=lambda one: one[1])
    return [(one, title(one)) for one in returns], [(one, one) for one in dict.fromkeys(labels)], entities


def summary(said: Told) -> list[str]:
    """The three answers, each in a sentence."""
    refused, added = (sum(len(group.rows) for group in some) for some in (said.refused, said.added))
    counts = {
        "lacking": sum(row.missing.lacking for group in said.missing for row in group.rows),
        "unsaid": sum(len(row.no_reason) + len(row.unusable) for group in said.missing for row in group.rows),
        "refused": refused,
        "all": refused + added,
        "rules": len(said.classes),
        "places": sum(len(row.found.occurrences) for row in said.classes),
        "explained": sum(row.found.explained for row in said.classes),
    }
    shown = {name: number(count, language()) for name, count in counts.items()}
    return [
        _("%(lacking)s answers that the law names are missing, %(unsaid)s of them without a reason or unusable.")
        % shown,
        _("%(refused)s of %(all)s counts cannot be added over all who owe them.") % shown,
        _("%(rules)s rules found something in %(places)s places; %(explained)s are explained.") % shown,
    ]
