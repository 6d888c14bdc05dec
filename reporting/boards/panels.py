"""Panels of the definitions as charts: a data point or a panel that is new in its folder shows up here by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from django.utils.translation import gettext_lazy

from reporting import figures
from reporting.boards import answers, bars, rates, steps
from reporting.boards.asking import Asking, Need
from reporting.boards.filled import Filled
from reporting.boards.making import ChartMaker
from reporting.boards.shapes import Chart
from submissions.catalogue import catalogue
from submissions.definition import Panel
from submissions.presentation import in_language

EMPTY = gettext_lazy("No accepted filing of this period has figures for this.")
KINDS: dict[str, Callable[[Filled], Chart]] = {
    "bars": bars.chart,
    "matrix": answers.matrix,
    "rates": rates.chart,
    "reasons": answers.reasons,
    "steps": steps.chart,
}
"""Panel.chart -> how it is made."""


def returns(dashboard: str) -> set[str]:
    """Returns with panels for a dashboard."""
    every = catalogue().definitions.values()
    return {d.return_id for d in every for panel in d.panels.values() if panel.dashboard == dashboard}


def makers(dashboard: str, asking: Asking) -> list[ChartMaker]:
    period = asking.at()
    if period is None:
        return []
    return [
        ChartMaker(
            panel.id,
            partial(made, panel),
            partial(needed, panel),
            f"{in_language(panel.title)}, {period.label}",
            EMPTY,
        )
        for panel in period.definition.panels.values()
        if panel.dashboard == dashboard and not panel.sums
    ]


def needed(panel: Panel, asking: Asking) -> Iterable[Need]:
    period = asking.at()
    if period is not None:
        codes = frozenset(point.code for point in period.definition.points_of(panel))
        yield Need(period.return_id, codes, frozenset([period.label]))


def made(panel: Panel, asking: Asking) -> Chart | None:
    filled = filled_in(panel, asking)
    return KINDS[panel.chart](filled) if filled and filled.rows else None


def filled_in(panel: Panel, asking: Asking) -> Filled | None:
    period = asking.at()
    if period is None:
        return None
    points = period.definition.points_of(panel)
    frame = asking.frame(period.return_id, codes=[point.code for point in points], periods=[period.label])
    rows = figures.rows(frame, points, asking.names, asking.language, entity_axis=panel.entity_axis)
    return Filled(panel, period, asking, frame, rows)
