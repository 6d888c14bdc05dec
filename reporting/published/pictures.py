"""Charts of released statistics. Drawn is only what the comparability engine would add, and nothing that is withheld."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.models import ReportingEntity
from portal.reader import language
from reporting import charts
from reporting.statistics import Line, Statistics, UnionTotal
from submissions.definition import Panel
from submissions.presentation import in_language, number, unit_label


@dataclass(frozen=True)
class Picture:
    """The first data point of a panel that figures can be added in: those figures, the largest first, and their sum."""

    one: Statistics
    panel: Panel
    total: UnionTotal
    lines: tuple[Line, ...]
    names: Mapping[str, str]
    """Code of an entity -> its name."""

    @property
    def unit(self) -> str:
        return unit_label(self.one.definition, self.total.unit, language())

    @property
    def days(self) -> str:
        """The days that the figures are for, where they are not the reporting period."""
        if (self.total.start, self.total.end) == (self.one.start, self.one.end):
            return self.one.label
        return f"{date_format(self.total.start, 'DATE_FORMAT')} – {date_format(self.total.end, 'DATE_FORMAT')}"

    @property
    def title(self) -> str:
        said = {"title": in_language(self.panel.title), "period": self.days, "unit": self.unit}
        return _("%(title)s, %(period)s (%(unit)s)") % said

    @property
    def top(self) -> str:
        """The largest figure, in a sentence."""
        first = self.lines[0]
        said = {"value": number(first.number, language()), "unit": self.unit, "who": self.names[first.entity]}
        return _("The largest figure is %(value)s %(unit)s (%(who)s).") % said

    @property
    def caveat(self) -> str:
        count = {"n": len(self.total.entities), "all": self.one.bodies}
        return (
            _("Drawn are %(n)s of the %(all)s Member States that filed: those that count the same for these days.")
            % count
        )

    @property
    def sum(self) -> str:
        """The sum as a sentence; empty where it is withheld."""
        if self.total.withheld:
            return ""
        said = {
            "title": in_language(self.panel.title), "period": self.days, "unit": self.unit,
            "value": number(self.total.number, language()), "n": len(self.total.entities), "all": self.one.bodies,
        }  # fmt: skip
        if said["n"] == said["all"]:
            return _("%(title)s, %(period)s: %(value)s %(unit)s in all %(n)s Member States that filed.") % said
        part = _("only the figures of %(n)s of the %(all)s Member States that filed can be added") % said
        return _("%(title)s, %(period)s: %(value)s %(unit)s; %(part)s.") % {**said, "part": part}


def pictures(one: Statistics, names: Mapping[str, str]) -> list[Picture]:
    """One of every panel that has something to draw, in the order of the definition. `names` of the entities by code."""
    return [found for panel in one.definition.panels.values() if (found := next(of_panel(one, panel, names), None))]


def of_panel(one: Statistics, panel: Panel, names: Mapping[str, str]) -> Iterator[Picture]:
    for point in one.definition.points.values():
        for total in one.totals:
            if point.panel == panel.id and total.code == point.code and (lines := added(one, total)):
                yield Picture(one, panel, total, tuple(lines), names)


def added(one: Statistics, total: UnionTotal) -> list[Line]:
    """The figures that a sum is a sum of, as far as they are open, the largest first."""
    cells = {(entity, total.address, total.start, total.end, total.unit) for entity in total.entities}
    return sorted(
        (line for line in one.lines if line.cell in cells and line.number is not None),
        key=lambda line: (-(line.number or 0), line.entity),
    )


def drawn(picture: Picture, width: int) -> dict[str, Any]:
    """The picture in the grammar of `charts`; `width` of the plotting area in pixels."""
    heading = picture.one.definition.label_of(picture.total.address, language())
    bars = [
        charts.Bar(picture.names[line.entity], heading, picture.unit, line.number, number(line.number, language()))
        for line in picture.lines
        if line.number is not None
    ]
    return charts.bars(bars, width)


def names_by_code() -> dict[str, str]:
    return {entity.code: str(entity) for entity in ReportingEntity.objects.all()}
