"""Statistics for everybody: pages, CSV and JSON without a session, so that caches may keep them; and the page on which
the Commission publishes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from portal.models import ReportingEntity, User
from portal.navigation import public_frame
from portal.reader import language, user_of
from reporting.disclosure import SMALL
from reporting.released import released
from reporting.statistics import Line, Statistics, UnionTotal
from reporting.views import csv_response
from submissions import actions
from submissions.catalogue import catalogue
from submissions.models import Filing, ReportingPeriod
from submissions.presentation import in_language, missing_words, notes, number, shown_value, unit_label

View = Callable[..., HttpResponse]
SECONDS = 300
"""How long a cache may keep an answer."""


def public(view: View) -> View:
    """A view without a session: its language is in the address, nothing depends on who reads."""

    @require_safe
    @login_not_required
    @cache_control(public=True, max_age=SECONDS)
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("language", settings.LANGUAGE_CODE)
        if asked not in dict(settings.LANGUAGES):
            raise Http404
        with translation.override(asked):
            response = view(request, *args, **kwargs)
            response["Content-Language"] = asked
        # LoginRequiredMiddleware asks every request for its user; this answer does not vary by it.
        request.session.accessed = False
        return response

    return shown


def known(return_id: str, label: str) -> Statistics:
    found = released().get((return_id, label))
    if found is None:
        raise Http404
    return found


# What is withheld, in words -----------------------------------------------------------------------------------


def why(withheld: str, threshold: int) -> str:
    if withheld == SMALL:
        return _("withheld: fewer than %(n)s") % {"n": threshold}
    return _("withheld to protect another figure") if withheld else ""


CONFIDENTIAL, FREE = "C", "F"
"""SDMX CL_CONF_STATUS."""


# Pages --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A row of the page."""

    name: str
    value: str
    missing: str
    unit: str
    days: tuple[Any, Any] | None
    notes: list[str]


@dataclass(frozen=True)
class Block:
    """One data point: a figure of every Member State, then what they add up to."""

    label: str
    rows: list[Shown]
    totals: list[Shown]


@public
def statistics(request: HttpRequest) -> HttpResponse:
    """The newest release."""
    newest = next(iter(released().values()), None)
    return page(newest, request.path)


@public
def statistics_of(request: HttpRequest, return_id: str, label: str) -> HttpResponse:
    return page(known(return_id, label), request.path)


def page(one: Statistics | None, path: str) -> HttpResponse:
    context: dict[str, Any] = {
        "heading": _("Statistics of the Member States"),
        "question": _("What did the Member States report?"),
        **public_frame(path),
        "asked": language(),
        "releases": list(released().values()),
        "one": one,
        "sections": sections(one) if one else [],
        "small": why(SMALL, one.threshold) if one else "",
    }
    if one:
        title = {"title": in_language(one.definition.title), "period": one.label}
        context["heading"] = _("%(title)s, %(period)s") % title
    return HttpResponse(render_to_string("reporting/public.html", context))


def sections(one: Statistics) -> list[tuple[str, list[Block]]]:
    """Categories with the data points that anybody answered, in the order of the form."""
    names = {entity.code: str(entity) for entity in ReportingEntity.objects.all()}
    lines: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    for line in one.lines:
        lines[line.code][line.address].append(line)
    totals = defaultdict(list)
    for total in one.totals:
        totals[total.address].append(total)
    blocks: dict[int, list[Block]] = defaultdict(list)
    for point in one.definition.points.values():
        for address, some in lines.get(point.code, {}).items():
            rows = [shown_line(one, line, names[line.entity]) for line in some]
            rows.sort(key=lambda row: row.name)
            sums = [shown_total(one, total) for total in totals[address]]
            blocks[point.category].append(Block(one.definition.label_of(address, language()), rows, sums))
    return [
        (f"{category.number}. {in_language(category.label)}", blocks[category.number])
        for category in one.definition.categories.values()
        if blocks[category.number]
    ]


def shown_line(one: Statistics, line: Line, name: str) -> Shown:
    point = one.definition.points[line.code]
    if line.withheld:
        value, missing = "", why(line.withheld, one.threshold)
    elif line.valued:
        value, missing = shown_value(one.definition, line, point, language()), ""
    else:
        value, missing = "", missing_words(one.definition, line, language())
    return Shown(
        name,
        value,
        missing,
        unit_label(one.definition, line.unit, language()),
        (line.start, line.end) if line.own_period else None,
        notes(one.definition, line, language()) if not line.withheld else [],
    )


def shown_total(one: Statistics, total: UnionTotal) -> Shown:
    count = {"n": len(total.entities), "all": len({line.entity for line in one.lines})}
    return Shown(
        _("Sum of %(n)s of %(all)s that can be added") % count,
        number(total.number, language()),
        why(total.withheld, one.threshold),
        unit_label(one.definition, total.unit, language()),
        (total.start, total.end) if (total.start, total.end) != (one.start, one.end) else None,
        [", ".join(entity.upper() for entity in total.entities)],
    )


# For programs -------------------------------------------------------------------------------------------------

HEAD = (
    "return", "version", "period", "entity", "address", "value", "unit", "obs_status", "conf_status", "withheld",
    "qualifier", "low", "high", "start", "end", "reason", "flags", "comment", "sum_of",
)  # fmt: skip
UNION_CODE = "EU"


def records(one: Statistics) -> list[dict[str, Any]]:
    """Figures of the Member States, then sums over them, which name what they are sums of."""
    head = {"return": one.definition.return_id, "version": one.definition.version, "period": one.label}
    figures = [
        {
            **head, "entity": line.entity, "address": line.address, "value": plain(line.number), "unit": line.unit,
            "obs_status": line.obs_status, **confidentiality(line.withheld), "qualifier": line.qualifier,
            "low": plain(line.low), "high": plain(line.high), "start": line.start.isoformat(), "end": line.end.isoformat(),
            "reason": line.reason, "flags": line.flags, "comment": line.comment, "sum_of": "",
        }
        for line in one.lines
    ]  # fmt: skip
    sums = [
        {
            **head, "entity": UNION_CODE, "address": total.address, "value": plain(total.number), "unit": total.unit,
            "obs_status": total.obs_status, **confidentiality(total.withheld), "qualifier": "", "low": None, "high": None,
            "start": total.start.isoformat(), "end": total.end.isoformat(), "reason": "", "flags": "", "comment": "",
            "sum_of": ";".join(total.entities),
        }
        for total in one.totals
    ]  # fmt: skip
    return [*figures, *sums]


def confidentiality(withheld: str) -> dict[str, str]:
    return {"conf_status": CONFIDENTIAL if withheld else FREE, "withheld": withheld}


def plain(value: float | None) -> int | float | None:
    return int(value) if value is not None and value == int(value) else value


@public
def statistics_csv(request: HttpRequest, return_id: str, label: str) -> HttpResponse:
    rows = [["" if row[name] is None else row[name] for name in HEAD] for row in records(known(return_id, label))]
    return csv_response(f"{return_id}-{label}.csv", [HEAD, *rows])


@public
def statistics_json(request: HttpRequest, return_id: str, label: str) -> HttpResponse:
    one = known(return_id, label)
    return JsonResponse(
        {
            "return": return_id,
            "version": one.definition.version,
            "period": label,
            "title": dict(one.definition.title),
            "released_at": one.released_at.isoformat(),
            "withheld": {
                code: why(code, one.threshold) for code in sorted({r["withheld"] for r in records(one)} - {""})
            },
            "figures": [
                {name: value for name, value in row.items() if name not in ("return", "version", "period")}
                for row in records(one)
            ],
        }
    )


# Publishing ---------------------------------------------------------------------------------------------------


def require_commission(request: HttpRequest) -> User:
    user = user_of(request)
    if not user.access.commission:
        raise Http404
    return user


@dataclass(frozen=True)
class Releasable:
    period: ReportingPeriod
    title: str
    accepted: int
    new: int
    last: Any


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """What is published, and what could be?"""
    user = require_commission(request)
    returns = [one.return_id for one in catalogue().definitions.values() if one.released]
    periods = ReportingPeriod.objects.filter(return_id__in=returns, filings__current__isnull=False).distinct()
    accepted: dict[int, set[int]] = defaultdict(set)
    current = Filing.objects.visible_to(user).filter(period__in=periods, current__isnull=False)
    for period_id, revision_id in current.values_list("period_id", "current_id"):
        accepted[period_id].add(revision_id)
    context = {
        "heading": _("Releases"),
        "question": _("Which statistics can everybody read, and what was accepted since?"),
        "rows": [releasable(period, accepted[period.pk]) for period in periods.prefetch_related("releases__revisions")],
        "may_release": user.access.reviews,
        "threshold": settings.DISCLOSURE_THRESHOLD,
    }
    return render(request, "reporting/releases.html", context)


def releasable(period: ReportingPeriod, accepted: set[int]) -> Releasable:
    done = list(period.releases.all())
    last = done[-1] if done else None
    known_before = {revision.pk for revision in last.revisions.all()} if last else set()
    return Releasable(period, in_language(period.definition.title), len(accepted), len(accepted - known_before), last)


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    user = require_commission(request)
    period = get_object_or_404(ReportingPeriod, pk=pk)
    try:
        actions.release_statistics(period=period, by=user)
        messages.success(request, _("Published. Everybody can read these statistics now."))
    except actions.Refused as refused:
        messages.error(request, refused.message)
    return redirect("releases")
