"""A panel of a definition with what was filed for it, and the pieces that every chart of a panel has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from django.utils.translation import gettext as _

from reporting import figures
from reporting.boards.asking import Asking
from reporting.boards.shapes import Cell, Column, Row, Sheet, Table
from reporting.comparability import words
from submissions.definition import DataPoint, Definition, Panel
from submissions.models import ReportingPeriod
from submissions.presentation import in_language

SHEET = (
    "entity", "address", "label", "value", "unit", "qualifier", "obs_status", "start", "end", "reason", "flags", "comment",
    "revision",
)  # fmt: skip


@dataclass(frozen=True)
class Filled:
    panel: Panel
    period: ReportingPeriod
    asking: Asking
    frame: pl.DataFrame
    """Its observations, columns of `reporting.observed`."""
    rows: Sequence[figures.Row]
    """The same in words, by data point, unit and size."""

    @cached_property
    def definition(self) -> Definition:
        return self.period.definition

    @cached_property
    def points(self) -> list[DataPoint]:
        return self.definition.points_of(self.panel)

    @property
    def title(self) -> str:
        return f"{in_language(self.panel.title)}, {self.period.label}"

    @property
    def source(self) -> str:
        return self.asking.source(in_language(self.definition.title), self.period.label)

    @cached_property
    def who(self) -> dict[str, str]:
        """Code and name of everybody who owes an answer or gave one, by name."""
        found = self.asking.owed(self.period) | {row.filed.entity: row.entity_name for row in self.rows}
        return dict(sorted(found.items(), key=lambda one: one[1]))


def headline(rows: Sequence[figures.Row]) -> tuple[figures.Row, tuple[str, ...]]:
    """Of several answers to one question the one for the most days; the others in words, with their days."""
    row, *others = sorted(rows, key=lambda one: one.filed.start - one.filed.end)
    return row, tuple(f"{other.shown} ({days(other).text})" for other in others)


def long_table(rows: Sequence[figures.Row]) -> Table:
    """One observation a row."""
    columns = (
        Column(_("Who")), Column(_("Data point")), Column(_("Value"), numeric=True), Column(_("Unit")),
        Column(_("Days covered")), Column(_("Notes")),
    )  # fmt: skip
    whole = Cell("", notes=(_("reporting period"),))
    return Table(columns, tuple(long_row(row, whole) for row in rows))


def long_row(row: figures.Row, whole: Cell) -> Row:
    """`whole` stands where the days are those of the reporting period."""
    return (
        Cell(row.member_name, href=f"/revisions/{row.filed.revision}/"),
        Cell(row.point, notes=(row.what,) if row.what else ()),
        Cell(row.shown, row.number, row.missing),
        Cell(row.unit_label),
        days(row) if row.filed.own_period else whole,
        Cell("; ".join(row.notes)),
    )


def days(row: figures.Row) -> Cell:
    if not row.filed.own_period:
        return Cell("", notes=(_("reporting period"),))
    return Cell(words.days(row.filed.start.isoformat(), row.filed.end.isoformat()))


def sheet(rows: Sequence[figures.Row]) -> Sheet:
    """Every observation as it was filed."""
    found = []
    for row in rows:
        filed = row.filed
        value = filed.value if row.number is None and not row.missing else row.number
        found.append((
            filed.entity, filed.address, row.point, value, filed.unit, filed.qualifier, filed.obs_status,
            filed.start.isoformat(), filed.end.isoformat(), filed.reason, filed.flags, filed.comment, filed.revision,
        ))  # fmt: skip
    return Sheet(SHEET, tuple(found))
