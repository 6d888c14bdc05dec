"""The Member States on a map, by the figure that was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from math import floor, log10
from typing import Any

import polars as pl
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import atlas, figures
from reporting.boards import bars, chosen_figure, mapping
from reporting.boards.asking import Asking, Need
from reporting.boards.filled import days
from reporting.boards.making import ChartMaker
from reporting.boards.shapes import Cell, Chart, Column, Row, Table
from reporting.comparability import compare, words
from reporting.comparability.knowledge import knowledge
from reporting.places import place_code
from submissions.presentation import in_language, number, unit_label

NONE = gettext_lazy("No figure")


def needs(asking: Asking) -> Iterable[Need]:
    point, period = chosen_figure.chosen(asking), asking.at()
    if point is not None and period is not None:
        yield Need(period.return_id, frozenset([point.code]), frozenset([period.label]))


def make(asking: Asking) -> Chart | None:
    point, period = chosen_figure.chosen(asking), asking.at()
    if point is None or period is None:
        return None
    [need] = needs(asking)
    frame = asking.frame(need.return_id, codes=need.codes, periods=need.periods).filter(pl.col("country") != "")
    country_of = dict(frame.select("entity", "country").iter_rows())
    rows = figures.rows(frame, [point], asking.names, asking.language)
    values: dict[str, float] = {}
    for row in rows:
        if row.number is not None:
            values.setdefault(country_of[row.filed.entity], row.number)
    if not values:
        return None
    unit = unit_label(period.definition, point.unit, asking.language)
    title = _("%(figure)s by Member State, %(period)s (%(unit)s)") % {
        "figure": point.label[asking.language], "period": period.label, "unit": unit,
    }  # fmt: skip
    return Chart(
        id="map",
        title=title,
        alt=bars.alternative(title, rows),
        unit=unit,
        source=asking.source(in_language(period.definition.title), period.label),
        caveats=tuple(capfirst(clause) for clause in words.because(compare(frame, "chart"))),
        table=Table(
            (Column(_("Code")), Column(_("Who")), Column(_("Value"), unit, numeric=True), Column(_("Days covered"))),
            tuple(table_row(row, country_of[row.filed.entity]) for row in rows),
        ),
        specification=partial(drawn, values, asking.language) if atlas.available() else None,
    )


def table_row(row: figures.Row, country: str) -> Row:
    revision = f"/revisions/{row.filed.revision}/"
    return (
        Cell(place_code(country)),
        Cell(row.entity_name, href=revision),
        Cell(row.shown, row.number, row.missing),
        days(row),
    )


def drawn(values: dict[str, float], language: str, width: int) -> dict[str, Any]:
    union = set(knowledge().parts["area"]["EU"])
    levels = classes(list(values.values()), language)
    inside = [
        mapping.Area(one, place_code(one.code), class_of(values[one.code], levels) if one.code in values else "")
        for one in atlas.europe()
        if one.code in union
    ]
    around = [one for one in atlas.europe() if one.code not in union]
    return mapping.union_map(inside, around, [label for _low, label in levels], str(NONE), width)


Levels = Sequence[tuple[float, str]]
"""Lowest figure and words of each class, the lowest first."""


def classes(values: Sequence[float], language: str) -> Levels:
    """Powers of ten, as far as there are figures; zero is a class of its own."""
    levels = [(0.0, number(0, language))] if any(not value for value in values) else []
    powers = sorted({floor(log10(value)) if value >= 1 else 0 for value in values if value})
    for power in range(powers[0], powers[-1] + 1) if powers else ():
        low, high = 10**power, 10 ** (power + 1) - 1
        levels.append((float(low) if power else 1e-9, f"{number(low, language)} – {number(high, language)}"))
    return levels


def class_of(value: float, levels: Levels) -> str:
    return [label for low, label in levels if value >= low][-1]


MAP = ChartMaker(
    "map", make, needs, gettext_lazy("Map of the Union"), gettext_lazy("No Member State has a figure for this period.")
)
