"""Dashboards and their downloads: chart, table and CSV come from the same query."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.models import User
from portal.reader import language, user_of
from reporting import charts, completeness, figures, totals
from submissions.definition import Panel
from submissions.duties import duties
from submissions.models import ReportingPeriod
from submissions.presentation import in_language
from submissions.workbook.safe import safe_text

WIDE, NARROW = 600, 200
"""Width of the plotting area in pixels, for a desk and for a phone."""


def dashboards() -> list[tuple[str, str]]:
    return [
        ("overview", _("Overview")),
        ("providers", _("Providers")),
        ("member-states", _("Member States")),
        ("reference", _("Reference")),
        ("measurements", _("Measurements")),
        ("quality", _("Data quality")),
    ]


QUESTIONS = {
    "providers": lambda: _("What do providers report: volumes, cases, complaints, errors?"),
    "member-states": lambda: _("What do Member States report: reports received, children identified, convictions?"),
    "reference": lambda: _("What do the reference sources say, and how do national figures compare?"),
    "measurements": lambda: _("Where is material hosted, and where does it move?"),
}


@require_safe
def dashboard(request: HttpRequest, name: str = "overview") -> HttpResponse:
    if name == "overview":
        return overview(request)
    if name not in QUESTIONS:
        raise Http404
    periods = figures.periods(name)
    period = chosen_period(periods, request.GET.get("period", ""))
    context: dict[str, Any] = {
        "heading": dict(dashboards())[name],
        "question": QUESTIONS[name](),
        "dashboards": dashboards(),
        "name": name,
        "periods": periods,
        "period": period,
        "blocks": blocks(name, period, user_of(request)) if period else [],
        "beside": figures.reference_beside_member_states(user_of(request), language()) if name == "reference" else [],
        "beside_caveats": [
            _("The days covered differ from one Member State to the next; the counts of NCMEC are for calendar years."),
            _(
                "National figures may hold reports of other senders, and reports of NCMEC may be counted once they are opened."
            ),
        ],
        "years": figures.REFERENCE_YEARS,
    }
    return render(request, "reporting/dashboard.html", context)


def chosen_period(found: list[ReportingPeriod], label: str) -> ReportingPeriod | None:
    """The period asked for, else the newest that has figures; 404 for one that is not on this dashboard."""
    if not label:
        return found[0] if found else None
    try:
        return next(period for period in found if period.label == label)
    except StopIteration as missing:
        raise Http404 from missing


def blocks(name: str, period: ReportingPeriod, user: User) -> list[dict[str, Any]]:
    panels = figures.panels(name, period)
    board = totals.board(panels, period, user)
    return [block(panel, period, user, board) for panel in panels]


def block(panel: Panel, period: ReportingPeriod, user: User, board: totals.Board) -> dict[str, Any]:
    """One figure as the page shows it: chart, table, totals or why there are none."""
    figure = figures.figure(panel, period, user, language())
    title = f"{in_language(panel.title)}, {period.label}"
    return {
        "figure": figure,
        "title": title,
        "alt": alternative(title, figure),
        "caveats": totals.caveats(panel, board),
        "totals": totals.totals(panel, board),
        "source": _("accepted filings of %(return)s, %(period)s.")
        % {"return": in_language(figure.definition.title), "period": period.label},
    }


def alternative(title: str, figure: figures.Figure) -> str:
    """What the chart shows, in a sentence."""
    top = max(figure.with_value, key=lambda row: row.number or 0, default=None)
    if top is None:
        return title
    return _("%(title)s. %(n)s figures; the largest is %(value)s %(unit)s (%(who)s). The table beneath has them all.") % {
        "title": title, "n": len(figure.with_value), "value": top.shown, "unit": top.unit_label, "who": top.member_name,
    }  # fmt: skip


def overview(request: HttpRequest) -> HttpResponse:
    """What came in, what is missing?"""
    found = duties(user_of(request))
    periods = {duty.period.pk: duty.period for duty in found}
    counted = [completeness.rates(p, [d for d in found if d.period.pk == pk]) for pk, p in periods.items()]
    context = {
        "heading": _("Overview"),
        "question": _("What came in, what is missing, and where do the figures stand?"),
        "dashboards": dashboards(),
        "name": "overview",
        "rates": sorted(counted, key=lambda r: (r.period.return_id, r.period.start)),
    }
    return render(request, "reporting/overview.html", context)


# Downloads ------------------------------------------------------------------------------------------------


def csv_response(name: str, rows: Iterable[Iterable[Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response).writerows([safe_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return response


def svg_response(specification: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(charts.svg(specification), content_type="image/svg+xml")
    response["Cache-Control"] = "private, no-cache"
    return response


def requested(request: HttpRequest, return_id: str, panel_id: str, period_label: str) -> figures.Figure:
    period = ReportingPeriod.objects.filter(return_id=return_id, label=period_label).first()
    panel = period.definition.panels.get(panel_id) if period else None
    if period is None or panel is None:
        raise Http404
    return figures.figure(panel, period, user_of(request), language())


@require_safe
def figure_svg(request: HttpRequest, return_id: str, panel_id: str, period_label: str) -> HttpResponse:
    figure = requested(request, return_id, panel_id, period_label)
    return svg_response(charts.bars(figure, width(request)))


def width(request: HttpRequest) -> int:
    return NARROW if request.GET.get("size") == "narrow" else WIDE


FIGURE_HEAD = (
    "entity",
    "address",
    "label",
    "value",
    "unit",
    "qualifier",
    "obs_status",
    "start",
    "end",
    "reason",
    "flags",
    "comment",
    "revision",
)


@require_safe
def figure_csv(request: HttpRequest, return_id: str, panel_id: str, period_label: str) -> HttpResponse:
    figure = requested(request, return_id, panel_id, period_label)
    rows = [
        (r.entity, r.address, r.point, "" if r.number is None else f"{r.number:.15g}", r.unit, r.qualifier, r.obs_status,
         r.start, r.end, r.reason, r.flags, r.comment, r.revision_id)
        for r in figure.rows
    ]  # fmt: skip
    return csv_response(f"{return_id}-{panel_id}-{period_label}.csv", [FIGURE_HEAD, *rows])


@require_safe
def beside_svg(request: HttpRequest) -> HttpResponse:
    rows = figures.reference_beside_member_states(user_of(request), language())
    return svg_response(charts.beside(rows, width(request)))


@require_safe
def beside_csv(request: HttpRequest) -> HttpResponse:
    head = (
        "country",
        "filed",
        "filed_status",
        "filed_start",
        "filed_end",
        *(f"ncmec_{y}" for y in figures.REFERENCE_YEARS),
        "population_share",
    )
    rows = [
        (r.country, *((("" if r.filed.number is None else f"{r.filed.number:.15g}"), r.filed.obs_status, r.filed.start, r.filed.end)
                      if r.filed else ("", "", "", "")),
         *(f"{v:.15g}" for v in r.sent.values()), r.population_share if r.population_share is not None else "")
        for r in figures.reference_beside_member_states(user_of(request), language())
    ]  # fmt: skip
    return csv_response("reference-beside-member-states.csv", [head, *rows])


@require_safe
def dashboards_root(request: HttpRequest) -> HttpResponse:
    return redirect(reverse("dashboard-named", args=["overview"]))
