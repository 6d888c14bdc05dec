"""Charts of what tables print: a name for each row, a heading for each column, never two units on one axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import ngettext

from reporting.charts import Bar
from reporting.comparability import words
from reporting.report.outline import ChartOutline
from reporting.report.sentences import count
from reporting.report.tree import Chart, Column, Row, Table
from submissions.presentation import in_language

PERIOD = "{period}"


def chart(asked: ChartOutline, own: Table, tables: Mapping[str, list[Table]], period: str) -> Chart | None:
    """The chart of one table, with columns of others beside it by the ids of their rows. None without figures. `tables`:
    by the name that the outline gives them."""
    bars = tuple(drawn(asked, own, tables))
    if not bars:
        return None
    title = in_language(asked.title).replace(PERIOD, period)
    return Chart(f"{asked.id}-{own.id}", title, alternative(title, bars, own), bars)


def drawn(asked: ChartOutline, own: Table, tables: Mapping[str, list[Table]]) -> Iterator[Bar]:
    columns = [
        (table, column)
        for name, pattern in asked.columns
        for table in ([own] if name == asked.table else tables.get(name, []))
        for column in table.columns
        if fits(column.id, pattern)
    ]
    for row in own.rows:
        for table, column in columns:
            beside = next((one for one in table.rows if one.id == row.id), None)
            if beside is not None and not row.total and row.id != "EU":
                yield from bars(row, column, beside, table)


def fits(column: str, pattern: str) -> bool:
    start, any_period, end = pattern.partition(PERIOD)
    return column == pattern or (bool(any_period) and column.startswith(start) and column.endswith(end))


def bars(row: Row, column: Column, beside: Row, table: Table) -> Iterator[Bar]:
    """What a cell prints first; of a cell that names its figures all of them, each under its own heading."""
    cell = beside.cells[table.columns.index(column)]
    figures = [one for one in cell.figures if one.number is not None and not one.stands_in]
    for one in figures[:1] if column.numeric else figures:
        assert one.number is not None  # noqa: S101 -- filtered above
        heading = column.label if column.numeric else one.label
        yield Bar(row.label, heading, words.label("unit", one.unit), one.number, one.shown)


def alternative(title: str, found: tuple[Bar, ...], own: Table) -> str:
    """What the chart shows, in words."""
    top = max(found, key=lambda bar: bar.number)
    return ngettext(
        "%(title)s. A bar of %(n)s figure, that of %(who)s, %(what)s: %(value)s %(unit)s. The table “%(table)s” has it.",
        "%(title)s. Bars of %(n)s figures; the longest is that of %(who)s, %(what)s: %(value)s %(unit)s. The table"
        " “%(table)s” has the figures.",
        len(found),
    ) % {
        "title": title, "n": count(len(found)), "who": top.name, "what": top.heading, "value": top.shown,
        "unit": top.unit, "table": own.caption,
    }  # fmt: skip
