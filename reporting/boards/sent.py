"""What reference sources published for each country: read once a view; on the map and over years."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import polars as pl
from django.utils.translation import gettext as _

from reporting import atlas, figures
from reporting.boards import drawing, maps
from reporting.boards.asking import Asking, Need
from reporting.boards.shapes import Cell, Chart, Column, Table
from reporting.comparability.knowledge import knowledge
from reporting.places import place_code, place_name
from submissions.presentation import number

REPORTS, REPORT_SHARE, POPULATION_SHARE = "reference.reports", "reference.report_share", "reference.population_share"
SENT = Need("reference_statistics", frozenset([REPORTS, REPORT_SHARE, POPULATION_SHARE]))
COUNTRIES = 12
"""So many have a small chart of their own; the table has all."""


@dataclass(frozen=True)
class Sent:
    """What one reference source, that with most countries, published; `years` by label, oldest first."""

    source: str
    counts: dict[str, dict[str, float]]
    """Country -> period -> reports."""
    years: list[str]


def published(asking: Asking, code: str) -> pl.DataFrame:
    """Figures of reference sources with a column `country`, without countries that stand for others. Of several sources
    that which has most: two sources count the same, so they are not mixed."""
    lines = asking.frame(SENT.return_id, codes=SENT.codes).filter(pl.col("code") == code, "valued")
    lines = lines.filter(pl.col("number").is_not_null())
    lines = lines.with_columns(pl.col("address").str.extract(r"[\[,]country=([^,\]]*)").alias("place"))
    lines = lines.filter(~pl.col("place").is_in(list(knowledge().wholes(set(lines["place"].drop_nulls())))))
    largest = lines.group_by("entity").len().sort("len", "entity", descending=[True, False])
    return lines.filter(pl.col("entity") == largest["entity"][0]) if len(largest) else lines


def sent(asking: Asking) -> Sent:
    lines = asking.once("sent", lambda one: published(one, REPORTS)).sort("head_start")
    counts: dict[str, dict[str, float]] = {}
    for place, label, value in lines.select("place", "period", "number").iter_rows():
        counts.setdefault(place, {})[label] = value
    names = lines["entity"].unique().to_list()
    return Sent(
        asking.names.get(names[0], names[0]) if names else "", counts, list(lines["period"].unique(maintain_order=True))
    )


def main_source(asking: Asking) -> str:
    lines = asking.once("sent", lambda one: published(one, REPORTS))
    return str(lines["entity"][0]) if len(lines) else ""


def cell(place: str, name: str) -> Cell:
    return Cell(name, notes=(place_code(place),))


def figure(value: float | None, asking: Asking) -> Cell:
    return Cell(_("not stated"), missing=True) if value is None else Cell(number(value, asking.language), value)


# On the map -----------------------------------------------------------------------------------------------


def map_chart(asking: Asking) -> Chart | None:
    """Reports sent to each Member State in one period."""
    found = sent(asking)
    if not found.years:
        return None
    label = asking.period if asking.period in found.years else found.years[-1]
    values = {place: years[label] for place, years in found.counts.items() if label in years}
    unit = figures.unit_named("reports", asking.language)
    title = _("Reports sent to Member States by %(source)s, %(period)s") % {"source": found.source, "period": label}
    ordered = sorted(values, key=lambda place: -values[place])
    names = {place: place_name(place, asking.language) for place in ordered}
    return Chart(
        id="map",
        title=title,
        alt=_("%(title)s. The most went to %(who)s: %(value)s. The table beneath has all.")
        % {"title": title, "who": names[ordered[0]], "value": number(values[ordered[0]], asking.language)},
        unit=unit,
        source=asking.source(_("reference sources")),
        caveats=(_("Counts, not shares: large countries get more. The chart beside population tells them apart."),),
        table=Table(
            (Column(_("Member State")), Column(_("Reports"), unit, numeric=True)),
            tuple((cell(place, names[place]), figure(values[place], asking)) for place in ordered),
        ),
        specification=partial(maps.drawn, values, asking.language) if atlas.available() else None,
    )


# Over years -----------------------------------------------------------------------------------------------


def years_chart(asking: Asking) -> Chart | None:
    found = sent(asking)
    allowed = {period.label for period in asking.years}
    labels = [label for label in found.years if label in allowed]
    if len(labels) < 2:
        return None
    ordered = sorted(found.counts, key=lambda place: -found.counts[place].get(labels[-1], 0))
    names = {place: place_name(place, asking.language) for place in ordered}
    points = [
        drawing.Point(names[place], label, found.counts[place][label])
        for place in ordered[:COUNTRIES]
        for label in labels
        if label in found.counts[place]
    ]
    unit = figures.unit_named("reports", asking.language)
    title = _("Reports sent to Member States by %(source)s, %(first)s to %(last)s") % {
        "source": found.source, "first": labels[0], "last": labels[-1],
    }  # fmt: skip
    columns = (Column(_("Member State")), *(Column(label, unit, numeric=True) for label in labels))
    return Chart(
        id="sent_years",
        title=title,
        alt=_("%(title)s. A small chart for each of the %(n)s largest, all on one scale. The table beneath has all.")
        % {"title": title, "n": min(COUNTRIES, len(ordered))},
        unit=unit,
        source=asking.source(_("reference sources")),
        caveats=(_("Calendar years, as the source counts them."),),
        table=Table(columns, tuple(
            (cell(place, names[place]), *(figure(found.counts[place].get(label), asking) for label in labels))
            for place in ordered
        )),
        specification=partial(drawing.multiples, points, [names[place] for place in ordered[:COUNTRIES]], unit),
    )  # fmt: skip
