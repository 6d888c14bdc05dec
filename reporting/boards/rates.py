"""Ratios as they were filed, each with what it is a ratio of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from django.utils.translation import gettext as _

from reporting import charts, figures
from reporting.boards import bars
from reporting.boards.filled import Filled, long_table, sheet
from reporting.boards.shapes import Cell, Chart, Column, Table
from submissions.definition import DataPoint, split_address

Parts = Mapping[tuple[str, str, str], figures.Row]
"""Entity, data point, members -> row."""


def chart(filled: Filled) -> Chart:
    ratios = [row for row in filled.rows if is_ratio(filled, row)]
    drawn = bars.bars(ratios)
    points = [point for point in filled.points if point.value_type == "percentage"]
    return Chart(
        id=filled.panel.id,
        title=filled.title,
        alt=bars.alternative(filled.title, ratios),
        unit=figures.unit_named("percent", filled.asking.language),
        source=filled.source,
        caveats=tuple(caveats(filled, points)),
        table=table(filled),
        specification=partial(charts.bars, drawn) if drawn else None,
        note=bars.more(*charts.left_out(drawn)),
        sheet=partial(sheet, filled.rows),
    )


def is_ratio(filled: Filled, row: figures.Row) -> bool:
    return filled.definition.points[row.filed.code].value_type == "percentage"


def caveats(filled: Filled, points: Iterable[DataPoint]) -> Iterable[str]:
    """What each ratio is a ratio of, and what these ratios do not say."""
    language = filled.asking.language
    for point in points:
        if point.computed:
            _kind, part, whole = point.computed
            yield _("%(ratio)s: %(part)s, divided by %(whole)s.") % {
                "ratio": point.label[language],
                "part": filled.definition.points[part].label[language],
                "whole": filled.definition.points[whole].label[language],
            }
        else:
            yield _("%(ratio)s: the form does not say what it is a ratio of.") % {"ratio": point.label[language]}
    yield _("Ratios stand as they were filed. They are not averaged: each is a ratio of something else.")


def table(filled: Filled) -> Table:
    """As filed; beside each ratio the figures it is made of."""
    parts = {(row.filed.entity, row.filed.code, members(row)): row for row in filled.rows}
    plain = long_table(filled.rows)
    columns = (*plain.columns[:4], Column(_("Part")), Column(_("Whole")), *plain.columns[4:])
    rows = []
    for row, cells in zip(filled.rows, plain.rows, strict=True):
        point = filled.definition.points[row.filed.code]
        named = cells[1]
        if "technology" in point.dimensions and "technology=" not in row.address:
            named = replace(named, notes=(*named.notes, _("technology not stated")))
        rows.append((cells[0], named, *cells[2:4], *made_of(filled, row, parts), *cells[4:]))
    return Table(columns, tuple(rows))


def members(row: figures.Row, dimensions: Iterable[str] | None = None) -> str:
    """The members of an address; of these dimensions alone."""
    _code, stated = split_address(row.address)
    return ",".join(f"{name}={one}" for name, one in stated.items() if dimensions is None or name in dimensions)


def made_of(filled: Filled, row: figures.Row, parts: Parts) -> tuple[Cell, ...]:
    """The part and the whole of a ratio, as they were filed beside it."""
    point = filled.definition.points[row.filed.code]
    if point.value_type != "percentage":
        return Cell(""), Cell("")
    if not point.computed:
        return Cell(_("not stated"), missing=True), Cell(_("not stated"), missing=True)
    return tuple(beside(filled, row, code, parts) for code in point.computed[1:])


def beside(filled: Filled, row: figures.Row, code: str, parts: Parts) -> Cell:
    found = parts.get((row.filed.entity, code, members(row, filled.definition.points[code].dimensions)))
    if found is None:
        return Cell(_("not filed"), missing=True)
    text = found.shown if found.missing else f"{found.shown} {found.unit_label}"
    return Cell(text, found.number, found.missing)
