"""Panels whose filings are too long to be read line by line: what the chosen source filed, summed up by country. A panel
that is new in a definition, or a new count of one, shows up here by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl
from django.utils.translation import gettext as _

from reporting import charts
from reporting.boards import sources
from reporting.boards.asking import Asking
from reporting.boards.making import ChartMaker
from reporting.boards.shapes import Cell, Chart, Column, Table
from reporting.places import place_code
from reporting.rollups.reading import Standing
from submissions.definition import DataPoint, Panel
from submissions.models import ReportingPeriod
from submissions.presentation import in_language, number, unit_label


def makers(dashboard: str, asking: Asking) -> list[ChartMaker]:
    period = asking.at()
    if period is None:
        return []
    some = [panel for panel in period.definition.panels.values() if panel.dashboard == dashboard and panel.sums]
    return [ChartMaker(panel.id, partial(made, panel)) for panel in some]


def counts(panel: Panel, period: ReportingPeriod) -> list[DataPoint]:
    return [point for point in period.definition.points_of(panel) if point.value_type == "count"]


def made(panel: Panel, asking: Asking) -> Chart | None:
    """Bars by the first dimension that the panel is summed over."""
    period, mine = asking.at(), sources.chosen(asking)
    if period is None or mine is None:
        return None
    points, over = counts(panel, period), panel.sums[0]
    found = sources.sums(asking, [point.code for point in points], over)
    if found.is_empty():
        return None
    names = members(found, over[0], period, asking.language)
    title = titled(in_language(panel.title), mine, period)
    table = by_member(found, points, names, over[0], period, asking.language)
    return Chart(
        id=panel.id,
        title=title,
        alt=alternative(title, table),
        unit=units(found, period, asking.language),
        source=asking.source(in_language(period.definition.title), f"{mine.name}, {period.label}"),
        caveats=(sources.added_months(), sources.one_source(), *sources.remarks(found)),
        table=table,
        specification=partial(charts.bars, bars(found, points, names, over[0], period, asking.language)),
        note=_("The chart shows the largest; the table has all."),
    )


def titled(what: str, mine: Standing, period: ReportingPeriod) -> str:
    return f"{what}: {mine.name}, {period.label}"


def members(found: pl.DataFrame, dimension: str, period: ReportingPeriod, language: str) -> dict[str, str]:
    """Names of members, those with most first."""
    sizes = found.group_by(dimension).agg(pl.col("total").max()).sort("total", dimension, descending=[True, False])
    return {
        member: period.definition.member_label(dimension, member, language) for member in sizes[dimension].to_list()
    }


def units(found: pl.DataFrame, period: ReportingPeriod, language: str) -> str:
    return ", ".join(unit_label(period.definition, unit, language) for unit in sorted(found["unit"].unique()))


def bars(
    found: pl.DataFrame, points: Sequence[DataPoint], names: Mapping[str, str], dimension: str, period: ReportingPeriod,
    language: str,
) -> list[charts.Bar]:  # fmt: skip
    labels = {point.code: point.label[language] for point in points}
    rows = {(row["code"], row[dimension]): row for row in found.filter(pl.col("total").is_not_null()).to_dicts()}
    return [
        charts.Bar(
            name, labels[point.code] if len(points) > 1 else "", unit_label(period.definition, row["unit"], language),
            row["total"], sources.shown(row, language),
        )
        for member, name in names.items()
        for point in points
        if (row := rows.get((point.code, member)))
    ]  # fmt: skip


def by_member(
    found: pl.DataFrame, points: Sequence[DataPoint], names: Mapping[str, str], dimension: str, period: ReportingPeriod,
    language: str,
) -> Table:  # fmt: skip
    """A row a member: its sums, and how many lines are in them."""
    rows = {(row["code"], row[dimension]): row for row in found.to_dicts()}
    label = period.definition.dimensions[dimension].label[language]
    columns = [Column(label)]
    for point in points:
        columns.append(Column(point.label[language], unit_label(period.definition, point.unit, language), numeric=True))
    columns.append(Column(_("Monthly figures added"), numeric=True))

    def cells(member: str) -> tuple[Cell, ...]:
        mine = [rows.get((point.code, member)) for point in points]
        added = sum(row["added"] for row in mine if row)
        return (
            Cell(names[member], notes=(place_code(member),)),
            *(figure(row, language) for row in mine),
            Cell(number(added, language), added),
        )

    return Table(tuple(columns), tuple(cells(member) for member in names))


def figure(row: Mapping[str, object] | None, language: str) -> Cell:
    if row is None:
        return Cell(_("nothing filed"), missing=True)
    total = row["total"]
    return Cell(sources.shown(dict(row), language), total if isinstance(total, float) else None, missing=total is None)


def alternative(title: str, table: Table) -> str:
    top = table.rows[0]
    return _("%(title)s. Most: %(who)s with %(value)s. The table beneath has all %(n)s.") % {
        "title": title, "who": top[0].text, "value": top[1].text, "n": len(table.rows),
    }  # fmt: skip
