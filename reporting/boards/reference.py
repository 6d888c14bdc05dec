"""Reference: what a reference source says it sent, beside what Member States filed and beside their population."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import figures
from reporting.across.world import OWED, World, expected
from reporting.boards import drawing
from reporting.boards.asking import Asking, Need
from reporting.boards.filled import days
from reporting.boards.making import ChartMaker
from reporting.boards.sent import (
    POPULATION_SHARE,
    REPORT_SHARE,
    REPORTS,
    SENT,
    cell,
    figure,
    main_source,
    map_chart,
    published,
    sent,
    years_chart,
)
from reporting.boards.shapes import Cell, Chart, Column, Table
from reporting.places import place_code, place_name
from submissions.catalogue import catalogue
from submissions.presentation import number

TOTAL = "reports.total"
FILED = Need("member_state_statistics", frozenset([TOTAL]))


def needs(asking: Asking) -> Iterable[Need]:
    return (FILED, SENT)


def world(asking: Asking) -> World:
    both = [asking.frame(need.return_id, codes=need.codes) for need in needs(asking)]
    return World(pl.concat(both), pl.DataFrame(schema=OWED))


def round_of(asking: Asking, lines: pl.DataFrame) -> str:
    """The round of Member States: the period asked for, else their last one."""
    labels = lines.sort("head_start")["period"].unique(maintain_order=True).to_list()
    return asking.period if asking.period in labels else labels[-1] if labels else ""


@dataclass(frozen=True)
class Beside:
    """One Member State: what it filed, and what the reference comes to for the same days."""

    country: str
    name: str
    filed: figures.Row | None
    expected: float | None
    """E: the yearly counts of the reference, prorated to the days that were filed."""
    covered: float
    """Share of these days for which the reference has counts."""


def beside(asking: Asking) -> tuple[str, list[Beside]]:
    """The round, and every country of the reference, the largest first."""
    here = world(asking)
    own = here.main([TOTAL]).filter(pl.col("country") != "")
    label = round_of(asking, own)
    own = own.filter(pl.col("period") == label)
    series = here.series(REPORTS)
    found = sent(asking)
    told = expected(own, series, pl.format("country={}", "country")).filter(
        pl.col("source").is_null() | (pl.col("source") == main_source(asking))
    )
    points = [catalogue().versions(FILED.return_id)[-1].points[TOTAL]]
    rows = {row.filed.entity: row for row in figures.rows(own.select(figures.COLUMNS), points, {}, asking.language)}
    by_country = {one["country"]: one for one in told.iter_rows(named=True)}
    ordered = sorted(found.counts, key=lambda place: -max(found.counts[place].values()))
    return label, [
        Beside(
            place,
            place_name(place, asking.language),
            rows[one["entity"]] if (one := by_country.get(place)) else None,
            one["expected"] if one else None,
            one["inside"] or 0 if one else 0,
        )
        for place in ordered
    ]


# Filed beside sent ----------------------------------------------------------------------------------------


def gap_chart(asking: Asking) -> Chart | None:
    """What was filed, beside what was sent in the same days."""
    label, rows = beside(asking)
    source = sent(asking).source
    if not label or not rows:
        return None
    unit = figures.unit_named("reports", asking.language)
    words = _("Filed by the Member State"), _("Sent by %(source)s, prorated to the same days (E)") % {"source": source}
    pairs = [
        drawing.Pair(row.name, row.filed.number, row.expected)
        for row in rows
        if row.filed is not None and row.filed.number is not None and row.expected is not None and row.covered > 0
    ]
    title = _("Reports filed by Member States for %(period)s beside reports sent to them by %(source)s") % {
        "period": label, "source": source,
    }  # fmt: skip
    below = sum(pair.first < pair.second for pair in pairs)
    columns = (
        Column(_("Member State")), Column(words[0], unit, numeric=True), Column(_("Days covered")),
        Column(words[1], unit, numeric=True), Column(_("Gap (E)"), unit, numeric=True),
        Column(_("Days with a reference"), "%", numeric=True),
    )  # fmt: skip
    return Chart(
        id="beside",
        title=title,
        alt=_(
            "%(title)s. Of %(n)s Member States with both figures %(below)s filed less than was sent to them. The table "
            "beneath has all."
        )
        % {"title": title, "n": len(pairs), "below": below},
        unit=unit,
        source=asking.source(_("Member States and reference sources")),
        caveats=(
            _(
                "E, an estimate: each yearly count of the source is spread evenly over its days and taken for the days of "
                "the Member State's own figure; days before the first and after the last count take the nearest one."
            ),
            _("National figures may hold reports of other senders, and reports of the source may be counted once they are opened."),
            _(
                "The gap is sent less filed. It is no error by itself, and gaps are not added: the days differ from one "
                "Member State to the next."
            ),
        ),
        table=Table(columns, tuple(gap_row(row, asking) for row in rows)),
        specification=partial(drawing.dumbbell, pairs, words, unit) if pairs else None,
    )  # fmt: skip


def gap_row(row: Beside, asking: Asking) -> tuple[Cell, ...]:
    filed = row.filed
    if filed is None:
        rest = (Cell(_("No accepted filing"), missing=True),) + (Cell(_("not applicable"), missing=True),) * 4
        return (cell(row.country, row.name), *rest)
    prorated = round(row.expected) if row.expected is not None and row.covered > 0 else None
    gap = prorated - filed.number if prorated is not None and filed.number is not None else None
    covered = round(100 * row.covered, 1)
    return (
        cell(row.country, row.name),
        Cell(filed.shown, filed.number, filed.missing),
        days(filed),
        figure(prorated, asking),
        figure(gap, asking),
        Cell(number(covered, asking.language), covered),
    )


# Reports beside population --------------------------------------------------------------------------------


def shares_chart(asking: Asking) -> Chart | None:
    """Each country's share of the reports, beside its share of the population; both of the Union."""
    shares, people = published(asking, REPORT_SHARE), published(asking, POPULATION_SHARE)
    labels = shares.sort("head_start")["period"].unique(maintain_order=True).to_list()
    if not labels or people.is_empty():
        return None
    label = asking.period if asking.period in labels else labels[-1]
    of_reports = dict(shares.filter(pl.col("period") == label).select("place", "number").iter_rows())
    of_people = dict(people.sort("head_start").unique("place", keep="last").select("place", "number").iter_rows())
    both = sorted(set(of_reports) & set(of_people), key=lambda place: -of_reports[place])
    pairs = [drawing.Pair(place_code(place), of_people[place], of_reports[place]) for place in both]
    percent = figures.unit_named("percent", asking.language)
    columns = (
        Column(_("Member State")), Column(_("Share of the population"), percent, numeric=True),
        Column(_("Share of the reports"), percent, numeric=True),
        Column(_("Reports for each percent of the population"), percent, numeric=True),
    )  # fmt: skip
    title = _("Share of the reports sent in %(period)s beside share of the population, Member States") % {
        "period": label
    }
    above = sum(pair.second > pair.first for pair in pairs)
    return Chart(
        id="shares",
        title=title,
        alt=_("%(title)s. %(above)s of %(n)s lie above the line of equal shares. The table beneath has all.")
        % {"title": title, "above": above, "n": len(pairs)},
        unit=percent,
        source=asking.source(_("reference sources")),
        caveats=(
            _(
                "Shares as their sources published them: of the reports sent to all Member States, and of the population of "
                "the Union. The population is the last one that was filed, for whatever year it names."
            ),
            _("Both axes are logarithmic. A place above the line got more reports than its share of the population."),
        ),
        table=Table(columns, tuple(
            (
                cell(place, place_name(place, asking.language)), figure(of_people[place], asking),
                figure(of_reports[place], asking),
                figure(round(of_reports[place] / of_people[place], 2) if of_people[place] else None, asking),
            )
            for place in both
        )),
        specification=partial(drawing.equality, pairs, (columns[1].label + " (%)", columns[2].label + " (%)")),
        note=_("Countries by the code that the Union uses; EL is Greece."),
    )  # fmt: skip


CHARTS = [
    ChartMaker(
        "beside", gap_chart, needs, gettext_lazy("Reports filed beside reports sent"),
        gettext_lazy("This needs an accepted filing of a Member State and counts of a reference source."),
    ),
    ChartMaker(
        "shares", shares_chart, needs, gettext_lazy("Reports beside population"),
        gettext_lazy("This needs shares of the reports and of the population from reference sources."),
    ),
    ChartMaker(
        "map", map_chart, needs, gettext_lazy("Map of the Union"),
        gettext_lazy("This needs counts of a reference source."),
    ),
    ChartMaker(
        "sent_years", years_chart, needs, gettext_lazy("Reports sent, over years"),
        gettext_lazy("This needs counts of a reference source for two years."),
    ),
]  # fmt: skip
