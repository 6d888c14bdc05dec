"""Measurements: where material is hosted, what is removed, and where it turns up again. One source at a time."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from reporting.boards import displacement, hot_spots, sources
from reporting.boards.asking import Asking, Need
from reporting.boards.making import ChartMaker
from reporting.boards.shapes import Cell, Chart, Column, Table
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.presentation import in_language, number


def filings_chart(asking: Asking) -> Chart | None:
    """Every source of the period: how much it filed, and whether its sums are there."""
    filed = sources.of_period(asking)
    period = asking.at()
    if not filed or period is None:
        return None
    done = sum(one.summed for one in filed)
    columns = (Column(_("Source")), Column(_("Lines filed"), numeric=True), Column(_("Added up")))
    rows = tuple(
        (
            Cell(one.name, href=f"/revisions/{one.revision}/"),
            Cell(number(one.lines, asking.language), one.lines),
            Cell(_("yes") if one.summed else _("a worker is still at it")),
        )
        for one in filed
    )
    title = _("Measurement sources, %(period)s") % {"period": period.label}
    return Chart(
        id="sources",
        title=title,
        alt=title,
        unit=_("lines"),
        source=asking.source(in_language(period.definition.title), period.label),
        caveats=(sources.one_source(),),
        table=Table(columns, rows),
        specification=None,
        note=_("%(done)s of %(all)s filings are added up.") % {"done": done, "all": len(filed)},
    )


def texts(definition: Definition) -> frozenset[str]:
    return frozenset(point.code for point in definition.points.values() if point.value_type == "text")


def words_needs(asking: Asking) -> Iterable[Need]:
    period = asking.at()
    if period is not None:
        yield Need(period.return_id, texts(period.definition), frozenset([period.label]))


def words_chart(asking: Asking) -> Chart | None:
    """What sources say of their method; of many the only thing they file."""
    period = asking.at()
    if period is None:
        return None
    [need] = words_needs(asking)
    lines = asking.frame(need.return_id, codes=need.codes, periods=need.periods)
    if lines.is_empty():
        return None
    silent = [one.name for one in sources.of_period(asking) if one.lines <= len(texts(period.definition))]
    title = _("What measurement sources say in words, %(period)s") % {"period": period.label}
    return Chart(
        id="words",
        title=title,
        alt=title,
        unit=_("words"),
        source=asking.source(in_language(period.definition.title), period.label),
        caveats=tuple(
            _("%(name)s filed words and no counts, so there is nothing to draw or to add.") % {"name": name} for name in silent
        ),
        table=Table(
            (Column(_("Source")), Column(_("Data point")), Column(_("In its own words"))),
            tuple(words_row(row, asking) for row in lines.iter_rows(named=True)),
        ),
        specification=None,
    )  # fmt: skip


def words_row(row: dict[str, str], asking: Asking) -> tuple[Cell, ...]:
    definition = catalogue().get(row["return_id"], row["version"])
    said = " ".join(part for part in (row["value"], row["comment"]) if part)
    return (
        Cell(asking.names.get(row["entity"], row["entity"]), href=f"/revisions/{row['revision']}/"),
        Cell(definition.points[row["code"]].label[asking.language]),
        Cell(said or _("nothing filed"), missing=not said),
    )


# Where a source filed no counts, what it says in words is all there is: these leave no empty boxes.
CHARTS = [
    ChartMaker("hot_spots_months", hot_spots.months_chart),
    ChartMaker("hot_spots_years", hot_spots.years_chart),
    ChartMaker("hot_spots_map", hot_spots.map_chart),
    ChartMaker("displacement_pairs", displacement.pairs_chart),
    ChartMaker("moved_share", displacement.share_chart),
    ChartMaker("removal_time", hot_spots.median_chart),
    ChartMaker("words", words_chart, words_needs),
    ChartMaker("sources", filings_chart),
]
