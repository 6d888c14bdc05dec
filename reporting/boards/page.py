"""A dashboard as its template takes it: filters, charts, tables cut to what a page can hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.reader import language
from reporting.boards.asking import Asking
from reporting.boards.catalogue import Board
from reporting.boards.making import ChartMaker
from reporting.boards.shapes import Cell, Chart, Column, Row
from reporting.figures import unit_named

MOST_ROWS = 200
"""More rows of a table are only in its download."""


@dataclass(frozen=True)
class Head:
    """A column head that sorts: `order` is what its link asks for, `sorted` how the table stands now (aria-sort)."""

    column: Column
    href: str
    sorted: str


@dataclass(frozen=True)
class Shown:
    """A chart on the page, or the title of one that has nothing to show."""

    id: str
    title: str
    empty: str
    chart: Chart | None = None
    heads: Sequence[Head] = ()
    rows: Sequence[Row] = ()
    more: int = 0
    open: bool = False
    svg: str = ""
    svg_narrow: str = ""
    downloads: Sequence[tuple[str, str]] = ()
    """Format and address."""

    @property
    def totals_told(self) -> str:
        """How many totals there are, where they are folded."""
        totals = self.chart.totals if self.chart else ()
        there = sum(bool(total.value) for total in totals)
        return ngettext(
            "Totals: %(n)s of %(all)s figure can be added up",
            "Totals: %(n)s of %(all)s figures can be added up",
            len(totals),
        ) % {"n": there, "all": len(totals)}


def page(board: Board, asking: Asking) -> dict[str, Any]:
    asking.read(board.needs(asking))
    return {
        "board": board,
        "asking": asking,
        "filters": list(filters(board, asking)) if asking.periods else [],
        "charts": [one for maker in board.makers(asking) if (one := shown(board, maker, asking)).chart or one.empty],
        "address": reverse("dashboard-named", args=[board.name]),
    }


def shown(board: Board, maker: ChartMaker, asking: Asking) -> Shown:
    chart = maker.make(asking)
    if chart is None:
        return Shown(maker.id, str(maker.title), str(maker.empty))
    wanted, _dot, number = asking.sort.partition(".")
    mine = wanted == chart.id
    rows = in_order(chart.table.rows, int(number), asking.order) if mine else list(chart.table.rows)
    return Shown(
        id=chart.id,
        title=chart.title,
        empty="",
        chart=chart,
        heads=list(heads(chart, asking, int(number) if mine else None)),
        rows=rows[:MOST_ROWS],
        more=max(0, len(rows) - MOST_ROWS),
        open=mine or chart.specification is None,
        **addresses(board, chart, asking),
    )


def addresses(board: Board, chart: Chart, asking: Asking) -> dict[str, Any]:
    """Where the files of a chart are, in the view that is asked for."""
    base, query = reverse("dashboard-named", args=[board.name]) + chart.id, asking.asked(sort="", order="")
    kinds = ("csv", "xlsx", "svg", "png") if chart.specification else ("csv", "xlsx")
    drawn = f"{base}.svg?{query}" if chart.specification else ""
    return {
        "svg": drawn,
        "svg_narrow": f"{drawn}&size=narrow" if drawn else "",
        "downloads": [(kind.upper(), f"{base}.{kind}?{query}") for kind in kinds],
    }


def heads(chart: Chart, asking: Asking, by: int | None) -> Iterable[Head]:
    for place, column in enumerate(chart.table.columns):
        descending = asking.order == "desc"
        state = ("descending" if descending else "ascending") if place == by else "none"
        order = "asc" if place == by and descending else "desc" if place == by or column.numeric else "asc"
        yield Head(column, "?" + asking.asked(sort=f"{chart.id}.{place}", order=order), state)


def in_order(rows: Iterable[Row], place: int, order: str) -> list[Row]:
    """By number, then by text; what is missing comes last either way."""
    rows = list(rows)
    if rows and place >= len(rows[0]):
        return rows
    there = [row for row in rows if not row[place].missing]
    there.sort(key=lambda row: sort_key(row[place]), reverse=order == "desc")
    return [*there, *(row for row in rows if row[place].missing)]


def sort_key(cell: Cell) -> tuple[bool, float, str]:
    return (cell.number is None, cell.number or 0, cell.text.casefold())


# Filters --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One drop-down; `all`: the words where nothing is chosen, empty where something always is."""

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str]]
    all: str = ""


def filters(board: Board, asking: Asking) -> Iterable[Choice]:
    labels = [(one.label, one.label) for one in asking.periods]
    dated = [
        (one.label, f"{one.label} ({date_format(one.start, 'SHORT_DATE_FORMAT')} – {date_format(one.end, 'SHORT_DATE_FORMAT')})")
        for one in asking.periods
    ]  # fmt: skip
    yield Choice("period", _("Period"), asking.period, dated)
    for one in board.filters:
        yield Choice(one.name, str(one.label), asking.choices[one.name], one.options(asking))
    if len(labels) > 1:
        yield Choice("since", _("Years from"), asking.since, labels[::-1], all=_("the first"))
        yield Choice("until", _("to"), asking.until, labels[::-1], all=_("the last"))
    units = sorted(
        {unit for frame in asking.frames.values() for unit in frame.filter(frame["valued"])["unit"].unique()}
    )
    named = [(unit, unit_named(unit, language())) for unit in units if unit not in ("", "none")]
    if len(named) > 1 or asking.unit:
        yield Choice("unit", _("Unit"), asking.unit, named, all=_("All"))
