"""The data point that a dashboard is asked to map, and to follow over the years."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from reporting.boards.asking import Asking
from reporting.boards.making import Filter
from reporting.comparability.knowledge import knowledge
from submissions.catalogue import catalogue
from submissions.definition import DataPoint, Definition


def figures_of(asking: Asking) -> list[DataPoint]:
    """Counts in bars on this dashboard, as the newest form has them."""
    definition = newest(asking)
    if definition is None:
        return []
    shown = {
        p.code for panel in definition.panels.values() if panel.chart == "bars" for p in definition.points_of(panel)
    }
    return [point for point in definition.points.values() if point.code in shown and point.value_type == "count"]


def newest(asking: Asking) -> Definition | None:
    return asking.periods[0].definition if asking.periods else None


def options(asking: Asking) -> Sequence[tuple[str, str]]:
    return [(point.code, point.label[asking.language]) for point in figures_of(asking)]


FIGURE = Filter("figure", _("Figure on the map and over the years"), options)
FIGURE_OF_YEARS = Filter("figure", _("Figure over the years"), options)


def chosen(asking: Asking) -> DataPoint | None:
    found = figures_of(asking)
    wanted = asking.choices.get("figure", "")
    return next((point for point in found if point.code == wanted), found[0] if found else None)


def with_older(return_id: str, code: str) -> set[str]:
    """The data point and those of older forms that became it, wholly or in part."""
    older = {
        old
        for (of, _version, old), links in knowledge().links.items()
        if of == return_id and any(code in link.new_codes for link in links)
    }
    asked = {code for definition in catalogue().versions(return_id) for code in definition.points}
    return {code, *(older & asked)}
