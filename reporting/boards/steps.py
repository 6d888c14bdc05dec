"""Figures that follow one another, from report to conviction: each as it was filed, a share only where one holds."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.utils.translation import gettext as _

from reporting import charts, figures
from reporting.boards import bars
from reporting.boards.filled import Filled, headline, sheet
from reporting.boards.shapes import Cell, Chart, Column, Row, Table
from reporting.comparability import words
from submissions.definition import DataPoint
from submissions.presentation import number, unit_label


def chart(filled: Filled) -> Chart:
    """A column a step, in the order of the panel; every step has its own axis, because each counts something else."""
    points = filled.points
    drawn = bars.bars(filled.rows)
    return Chart(
        id=filled.panel.id,
        title=filled.title,
        alt=bars.alternative(filled.title, filled.rows),
        unit=", ".join(dict.fromkeys(unit_label(filled.definition, p.unit, filled.asking.language) for p in points)),
        source=filled.source,
        caveats=tuple(caveats(filled)),
        table=table(filled),
        specification=partial(charts.bars, drawn, own_axes=True) if drawn else None,
        note=bars.more(*charts.left_out(drawn)),
        sheet=partial(sheet, filled.rows),
    )


def caveats(filled: Filled) -> Iterable[str]:
    filed = {row.filed.code for row in filled.rows}
    parts = [one.label[filled.asking.language] for one in filled.points if {one.code, one.part_of} <= filed]
    if parts:
        yield _("A share is given only for what is a part of an earlier step: %(parts)s.") % {"parts": ", ".join(parts)}
    yield _(
        "The other steps count something else (reports, investigations, persons), often of earlier years and from other"
        " sources. No share of one in another would mean anything."
    )


def table(filled: Filled) -> Table:
    language = filled.asking.language
    columns = (
        Column(point.label[language], unit_label(filled.definition, point.unit, language), numeric=True)
        for point in filled.points
    )
    filed: dict[str, Filed] = {}
    for row in filled.rows:
        filed.setdefault(row.filed.entity, {}).setdefault(row.filed.code, []).append(row)
    rows = (steps(name, filed[entity], filled) for entity, name in filled.who.items() if entity in filed)
    return Table((Column(_("Who")), *columns), tuple(rows))


Filed = dict[str, list[figures.Row]]
"""Data point -> what one entity filed for it."""


def steps(name: str, filed: Filed, filled: Filled) -> Row:
    revision = next(iter(filed.values()))[0].filed.revision
    return (Cell(name, href=f"/revisions/{revision}/"), *(step(point, filed, filled) for point in filled.points))


def step(point: DataPoint, filed: Filed, filled: Filled) -> Cell:
    """The figure of the most days; others that were filed beside it stand beneath."""
    if point.code not in filed:
        return Cell(_("Not answered"), missing=True)
    row, others = headline(filed[point.code])
    whole = filed.get(point.part_of)
    said = share(row, headline(whole)[0], filled.asking.language) if whole else ""
    return Cell(row.shown, row.number, row.missing, notes=tuple(filter(None, (said, *others))))


def share(part: figures.Row, whole: figures.Row, language: str) -> str:
    """How much of an earlier step this is, or why nobody can say."""
    if part.missing or whole.missing:
        return ""
    why = apart(part, whole)
    if why:
        return _("no share: %(why)s") % {"why": why}
    percent = number(round(100 * (part.number or 0) / (whole.number or 1), 1), language)
    return _("%(percent)s percent of: %(whole)s") % {"percent": percent, "whole": whole.point}


def apart(part: figures.Row, whole: figures.Row) -> str:
    """In what two figures of one filing differ."""
    if not part.number or not whole.number:
        return _("one of them is zero or no number")
    if part.filed.unit != whole.filed.unit:
        return words.SHORT["unit"](part.filed.unit)
    if (part.filed.start, part.filed.end) != (whole.filed.start, whole.filed.end):
        return words.SHORT["period"](f"{part.filed.start}/{part.filed.end}")
    if "D" in (part.filed.obs_status, whole.filed.obs_status):
        return words.SHORT["definition"]("")
    return ""
