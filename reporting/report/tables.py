"""Tables made from an outline and filed lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import polars as pl
from django.utils.translation import gettext as _

from portal.reader import language
from reporting.comparability import words
from reporting.report import cells, sums
from reporting.report.material import Line, Material
from reporting.report.outline import ColumnOutline, TableOutline
from reporting.report.rows import Filled, Key, filled, row_keys
from reporting.report.tree import Cell, Column, Figure, Row, Table
from submissions.catalogue import catalogue
from submissions.definition import Definition, Text
from submissions.models import ReportingPeriod
from submissions.presentation import in_language, number, unit_label


def periods_of(asked: TableOutline, material: Material) -> list[list[ReportingPeriod]]:
    """The periods of each table of an outline."""
    found = [one for one in material.of(asked.of) if material.version(one) == asked.version]
    groups = [[one] for one in found] if asked.per == "period" else [found]
    return [group for group in groups if group]


def table(asked: TableOutline, periods: Sequence[ReportingPeriod], material: Material) -> Table:
    """Not numbered yet; without rows where nothing was owed."""
    definition = catalogue().get(periods[0].return_id, asked.version)
    columns = list(for_periods(asked.columns, periods))
    keys = list(row_keys(asked, periods, definition, material))
    lines = {key.id: filled(key, columns, definition, material) for key in keys}
    units = {column.id: one_unit(column, lines.values()) for column in columns}
    rows = [row(key, columns, lines[key.id], units, definition, material) for key in keys]
    if asked.sum_row and rows:
        rows.append(sum_row(asked.sum_row, columns, periods[0], material))
    return Table(
        f"{asked.id}-{periods[0].label}" if asked.per == "period" else asked.id,
        None,
        with_periods(asked.caption, periods),
        in_language(asked.row_head),
        tuple(head(column, units[column.id], definition) for column in columns),
        tuple(rows),
    )


def with_periods(text: Text, periods: Sequence[ReportingPeriod]) -> str:
    *others, last = [one.label for one in periods]
    joined = _("%(first)s and %(last)s") % {"first": ", ".join(others), "last": last} if others else last
    return in_language(text).replace("{periods}", joined).replace("{period}", joined)


def for_periods(columns: Sequence[ColumnOutline], periods: Sequence[ReportingPeriod]) -> Iterator[ColumnOutline]:
    """Columns with their period put in; those that repeat, once for each period."""
    repeating = [one for one in columns if one.period]
    for period in periods if repeating else ():
        for one in repeating:
            yield replace(for_period(one, period), only=period.label)
    for one in columns:
        if not one.period:
            yield for_period(one, periods[0])


def for_period(column: ColumnOutline, period: ReportingPeriod) -> ColumnOutline:
    label = {name: text.replace("{period}", period.label) for name, text in column.label.items()}
    return replace(column, id=column.id.replace("{period}", period.label), label=label)


def one_unit(column: ColumnOutline, rows: Iterable[Filled]) -> str:
    """The unit of a column where all its figures share it; it then stands in the head."""
    if column.kind != "figures" or column.ratio or column.labelled:
        return ""
    units = {line.unit for one in rows for line in one.printed.get(column.id, ()) if line.figure}
    return units.pop() if len(units) == 1 else ""


def head(column: ColumnOutline, unit: str, definition: Definition) -> Column:
    label, told = in_language(column.label), unit_label(definition, unit, language())
    numeric = column.kind == "figures" and not column.labelled
    return Column(column.id, f"{label} ({told})" if told and not label.startswith("%") else label, numeric)


# Rows -----------------------------------------------------------------------------------------------------


def row(
    key: Key,
    columns: Sequence[ColumnOutline],
    lines: Filled,
    units: dict[str, str],
    definition: Definition,
    material: Material,
) -> Row:
    nothing = Cell((_("not given") if key.member else material.silence(key.entity, definition.return_id, key.periods),))
    taken = [line for column in columns if column.kind == "figures" for line in lines.printed[column.id]]
    of_table = {line.code for line in taken}
    made = []
    for column in columns:
        if column.kind == "figures":
            made.append(figures(column, lines, units[column.id]) if lines.printed[column.id] else nothing)
        elif column.kind == "days":
            made.append(Cell(tuple(cells.days_of(taken)) or (_("not stated"),)))
        elif column.kind == "named":
            made.append(named(lines.printed[column.id]))
        else:
            said = [text for line in taken for text in cells.said_of(line)]
            told = [*(cells.beside(line, of_table) for line in lines.rest), *said]
            made.append(Cell(tuple(dict.fromkeys(told)), tuple(map(cells.figure, lines.rest))))
    return Row(key.id, key.label, tuple(made))


def figures(column: ColumnOutline, lines: Filled, unit: str) -> Cell:
    printed, made_from = lines.printed[column.id], lines.counts.get(column.id, [])
    behind = tuple(cells.figure(one, one in lines.stand_ins) for one in (*printed, *made_from))
    if column.labelled:
        return Cell(tuple(cells.labelled(printed)), behind)
    if column.ratio:
        return Cell(tuple(text for line in printed for text in cells.rate(line, made_from)), behind)
    several = len({(line.code, line.start, line.end) for line in printed if line.figure}) > 1
    return Cell(tuple(alone(line, unit) if not several else among(line, unit) for line in printed), behind)


def alone(line: Line, unit: str) -> str:
    return cells.shown(line) if line.unit == unit or not line.figure else cells.with_unit(line)


def among(line: Line, unit: str) -> str:
    """One of several figures of a cell, told apart by its data point and days."""
    if not line.figure:
        return cells.shown(line)
    days = words.days(line.start.isoformat(), line.end.isoformat())
    return f"{line.point.label[language()]}, {days}: {alone(line, unit)}"


def named(lines: Sequence[Line]) -> Cell:
    """Data points that are answered with a figure, or said to exist without one."""
    there = [line for line in lines if line.valued or line.obs_status in ("K", "L", "Q")]
    labels = dict.fromkeys(
        f"{cells.member_labels(line) or line.point.label[language()]}{f': {cells.shown(line)}' if line.figure else ''}"
        for line in there
    )
    return Cell(tuple(labels) or (_("not stated"),), tuple(map(cells.figure, there)))


def sum_row(label: Text, columns: Sequence[ColumnOutline], period: ReportingPeriod, material: Material) -> Row:
    """Sums of columns, or that there is none; beside it what the filed figures come to as they stand."""
    return Row("EU", in_language(label), tuple(sum_cell(column, period, material) for column in columns), total=True)


def sum_cell(column: ColumnOutline, period: ReportingPeriod, material: Material) -> Cell:
    found = sums.comparison(period, column.sum, material) if column.sum else None
    if found is None:
        return Cell()
    if found.total is not None:
        value = found.total.value
        behind = () if value is None else (summed(value, found.lines.filter("subset"), period),)
        return Cell((words.shown(found.total),), behind)
    if found.filed_sum is None:
        return Cell((_("no total"),))
    value = found.filed_sum.value
    lines = (_("no total"), _("as filed: %(sum)s") % {"sum": number(value, language())})
    return Cell(lines, (summed(value, sums.as_filed(found), period),))


def summed(value: float, lines: pl.DataFrame, period: ReportingPeriod) -> Figure:
    start, end = lines.select(pl.col("start").min(), pl.col("end").max()).row(0)
    unit = lines["unit"][0]
    return Figure(
        "", period.label, "", "", f"{value:.15g}", value, unit, "exact", "A", start, end, True, "", "",
        number(value, language()),
    )  # fmt: skip
