"""Hot spots of the chosen source, by country over months and over years, and how long removal took."""

from __future__ import annotations

from functools import partial

import polars as pl
from django.utils.translation import gettext as _

from reporting import atlas
from reporting.boards import drawing, maps, sources
from reporting.boards.asking import Asking
from reporting.boards.chosen import (
    COUNTRIES,
    HOST,
    LISTED,
    MEDIAN,
    MONTH,
    OBSERVED,
    SUMMED,
    asked,
    ranked,
    source,
)
from reporting.boards.shapes import Cell, Chart, Column, Table
from reporting.boards.summed import figure, titled, units
from reporting.comparability.knowledge import knowledge
from reporting.observed import observed
from reporting.places import place_code
from reporting.rollups import reading
from submissions.presentation import in_language, number, unit_label

MONTHLY = [OBSERVED, MEDIAN]


def by_month(asking: Asking) -> dict[str, pl.DataFrame]:
    """Data point -> its lines for the countries with most of what was observed, as filed. Two queries."""
    found = asked(asking)
    hosts = ranked(asking, OBSERVED, LISTED)
    if found is None or not hosts:
        return {}
    mine, period = found
    months = [f"{period.start.year}-{month:02}" for month in range(1, 13)]
    addresses = [f"{code}[{MONTH}={month},{HOST}={host}]" for code in MONTHLY for host in hosts for month in months]
    lines = observed(asking.user, asking.as_of, revision__pk=mine.revision, code__in=MONTHLY, address__in=addresses)
    taken = (pl.col("address").str.extract(rf"[\[,]{name}=([^,\]]*)").alias(name) for name in (MONTH, HOST))
    lines = lines.with_columns(*taken).with_columns(pl.len().over("code", MONTH, HOST).alias("times"))
    return {code: lines.filter(pl.col("code") == code) for code in lines["code"].unique()}


def monthly(asking: Asking, code: str, id: str, what: str, caveats: tuple[str, ...]) -> Chart | None:
    """Figures of a data point, country by month, each as it was filed."""
    found = asked(asking)
    lines = asking.once("monthly", by_month).get(code)
    if found is None or lines is None:
        return None
    mine, period = found
    definition, language = period.definition, asking.language
    months = sorted(lines[MONTH].unique())
    hosts = [host for host in ranked(asking, OBSERVED, LISTED) if host in set(lines[HOST])]
    filed = {(row[HOST], row[MONTH]): row for row in lines.iter_rows(named=True)}
    unit = ", ".join(unit_label(definition, one, language) for one in sorted(lines["unit"].unique()))
    names = {host: definition.member_label(HOST, host, language) for host in hosts}
    tiles = [
        drawing.Tile(names[host], month, row["number"], number(row["number"], language))
        for (host, month), row in filed.items()
        if host in hosts[:COUNTRIES] and row["number"] is not None and row["times"] == 1
    ]
    title = titled(what, mine, period)
    columns = (Column(definition.dimensions[HOST].label[language]), *(Column(m, unit, numeric=True) for m in months))
    rows = tuple(
        (Cell(names[host], notes=(place_code(host),)), *(as_filed(filed.get((host, m)), language) for m in months))
        for host in hosts
    )
    return Chart(
        id=id,
        title=title,
        alt=_("%(title)s. %(n)s countries by month; the darker a field, the higher its figure. The table beneath has them.")
        % {"title": title, "n": min(len(hosts), COUNTRIES)},
        unit=unit,
        source=source(asking, mine, period),
        caveats=caveats,
        table=Table(columns, rows),
        specification=partial(
            drawing.heat, tiles, [names[host] for host in hosts[:COUNTRIES]], months, unit,
            titles=(definition.dimensions[MONTH].label[language], ""),
        ),
        note=_("The %(n)s countries with most locations observed; all others are in the filing.") % {"n": len(hosts)},
    )  # fmt: skip


def as_filed(row: dict[str, object] | None, language: str) -> Cell:
    if row is None:
        return Cell(_("nothing filed"), missing=True)
    value = row["number"]
    if row["times"] != 1:
        return Cell(_("several, for different days"), missing=True)
    if not isinstance(value, float):
        return Cell(_("no figure (%(status)s)") % {"status": row["obs_status"]}, missing=True)
    hedge = sources.HEDGE if row["qualifier"] not in ("", "exact") else ""
    return Cell(hedge + number(value, language), value)


def months_chart(asking: Asking) -> Chart | None:
    return monthly(
        asking, OBSERVED, "hot_spots_months", _("Locations observed by month"),
        (_("Each field is one figure as filed."), sources.one_source()),
    )  # fmt: skip


def median_chart(asking: Asking) -> Chart | None:
    return monthly(
        asking, MEDIAN, "removal_time", _("Median time to removal, by month"),
        (
            _("Each field is one median as filed."),
            _("Medians of months or countries are never averaged: a mean of medians is no median."),
            sources.one_source(),
        ),
    )  # fmt: skip


# Over years -----------------------------------------------------------------------------------------------


def map_chart(asking: Asking) -> Chart | None:
    """What was observed in the Member States, which the Union can act on."""
    found = asked(asking)
    sums = sources.sums(asking, SUMMED, [HOST]).filter(pl.col("code") == OBSERVED, pl.col("total").is_not_null())
    inside = sums.filter(pl.col(HOST).is_in(knowledge().parts["area"]["EU"])).sort(
        "total", HOST, descending=[True, False]
    )
    if found is None or inside.is_empty():
        return None
    mine, period = found
    language, unit = asking.language, units(inside, period, asking.language)
    names = {host: period.definition.member_label(HOST, host, language) for host in inside[HOST]}
    title = titled(_("Locations observed in the Member States"), mine, period)
    top = inside.row(0, named=True)
    return Chart(
        id="hot_spots_map",
        title=title,
        alt=_("%(title)s. The most in %(who)s: %(value)s. The table beneath has all.")
        % {"title": title, "who": names[top[HOST]], "value": number(top["total"], language)},
        unit=unit,
        source=source(asking, mine, period),
        caveats=(sources.added_months(), sources.one_source(), *sources.remarks(inside)),
        table=Table(
            (
                Column(period.definition.dimensions[HOST].label[language]),
                Column(_("Locations observed"), unit, numeric=True),
            ),
            tuple(
                (Cell(names[row[HOST]], notes=(place_code(row[HOST]),)), figure(row, language))
                for row in inside.iter_rows(named=True)
            ),
        ),
        specification=partial(maps.drawn, dict(inside.select(HOST, "total").iter_rows()), language)
        if atlas.available()
        else None,
    )


def years_chart(asking: Asking) -> Chart | None:
    found, filed = asked(asking), sources.years(asking)
    hosts = ranked(asking, OBSERVED, LISTED)
    if found is None or len(filed) < 2 or not hosts:
        return None
    mine, period = found
    language = asking.language
    lines = reading.sums(asking.user, [one.revision for one in filed], [OBSERVED], [HOST], hosts)
    label_of = {one.revision: one.period for one in filed}
    by_place = {(row[HOST], label_of[row["revision"]]): row for row in lines.iter_rows(named=True)}
    names = {host: period.definition.member_label(HOST, host, language) for host in hosts}
    labels = list(label_of.values())
    points = [
        drawing.Point(names[host], label, row["total"])
        for (host, label), row in by_place.items()
        if host in hosts[:COUNTRIES] and row["total"] is not None
    ]
    unit = units(lines, period, language)
    title = _("Locations observed by hosting country, %(first)s to %(last)s: %(name)s") % {
        "first": labels[0], "last": labels[-1], "name": mine.name,
    }  # fmt: skip
    columns = (
        Column(period.definition.dimensions[HOST].label[language]),
        *(Column(label, unit, numeric=True) for label in labels),
    )
    rows = tuple(
        (
            Cell(names[host], notes=(place_code(host),)),
            *(figure(by_place.get((host, label)), language) for label in labels),
        )
        for host in hosts
    )
    return Chart(
        id="hot_spots_years",
        title=title,
        alt=_(
            "%(title)s. A small chart for each of %(n)s countries, all on one scale. The table beneath has the figures."
        )
        % {"title": title, "n": min(len(hosts), COUNTRIES)},
        unit=unit,
        source=asking.source(in_language(period.definition.title), mine.name),
        caveats=(
            sources.added_months(),
            _("Where the source changed its method, the series breaks; its own words stand below."),
            *sources.remarks(lines),
        ),
        table=Table(columns, rows),
        specification=partial(drawing.multiples, points, [names[host] for host in hosts[:COUNTRIES]], unit),
        note=_("The countries with most locations in %(period)s.") % {"period": period.label},
    )
