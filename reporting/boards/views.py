"""`/dashboards/<name>/` and the files of its charts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from portal.reader import user_of
from reporting import charts
from reporting.boards import files
from reporting.boards.catalogue import BOARDS, Board, tabs
from reporting.boards.forms import asking_of
from reporting.boards.page import page
from reporting.boards.shapes import Chart
from reporting.data_version import data_version
from reporting.days import past_day
from reporting.fragments import Content, kept
from reporting.views import width

KEPT_FOR = 600
"""Seconds that a page stays in the cache, for what no acceptance changes: names, obligations."""


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    return redirect("dashboard-named", "overview")


@require_safe
def board_page(request: HttpRequest, name: str) -> HttpResponse:
    board = found(name)
    content = kept_while_accepted(request, board, lambda: content_of(request, board))
    context = {
        "heading": board.title, "question": board.question, "dashboards": tabs(), "name": name, "content": content,
    }  # fmt: skip
    # htmx swaps the content alone; what it takes from its history is a whole page.
    alone = getattr(request, "htmx", None) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = HttpResponse(content) if alone else render(request, "reporting/dashboard.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def found(name: str) -> Board:
    try:
        return BOARDS[name]
    except KeyError as missing:
        raise Http404 from missing


def content_of(request: HttpRequest, board: Board) -> str:
    asking = asking_of(request.GET, board, user_of(request))
    return render_to_string("reporting/dashboard_content.html", page(board, asking))


def kept_while_accepted(request: HttpRequest, board: Board, make: Callable[[], Content]) -> Content:
    """Until figures are accepted. One query."""
    if not board.kept:
        return make()
    state = data_version(user_of(request), past_day(request.GET.get("as_of", ""))), board.stirred()
    return kept(request.get_full_path(), user_of(request), state, make, KEPT_FOR)


@require_safe
def chart_file(request: HttpRequest, name: str, chart: str, kind: str) -> HttpResponse:
    board = found(name)
    if kind not in FILES:
        raise Http404
    content = kept_while_accepted(
        request, board, lambda: FILES[kind](chart_of(request, board, chart, kind), width(request))
    )
    response = HttpResponse(content, content_type=files.MEDIA_TYPES[kind])
    response["Cache-Control"] = "private, no-cache"
    if kind != "svg":
        response["Content-Disposition"] = f'attachment; filename="{name}-{chart}.{kind}"'
    return response


def chart_of(request: HttpRequest, board: Board, chart_id: str, kind: str) -> Chart:
    """404 where the dashboard has no such chart, or nothing to show in it."""
    asking = replace(asking_of(request.GET, board, user_of(request)), drawing=kind in ("svg", "png"))
    maker = board.maker(chart_id, asking)
    made = maker.make(asking) if maker else None
    if made is None:
        raise Http404
    return made


def drawn(chart: Chart, width: int) -> dict[str, Any]:
    if chart.specification is None:
        raise Http404
    return chart.specification(width)


FILES: dict[str, Callable[[Chart, int], str | bytes]] = {
    "svg": lambda chart, width: charts.svg(drawn(chart, width)),
    "png": lambda chart, width: charts.png(drawn(chart, width)),
    "csv": lambda chart, _width: files.csv_text(chart),
    "xlsx": lambda chart, _width: files.workbook(chart),
}
