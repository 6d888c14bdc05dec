"""Displacement: where what was removed turns up again, and how much of it, by the chosen source."""

from __future__ import annotations

from functools import partial

import polars as pl
from django.utils.translation import gettext as _

from reporting.boards import drawing, sources
from reporting.boards.asking import Asking
from reporting.boards.chosen import COUNTRIES, HOST, LISTED, MOVED, REMOVED, SUMMED, TO, asked, ranked, source
from reporting.boards.shapes import Cell, Chart, Column, Sheet, Table
from reporting.boards.summed import figure, members, titled, units
from reporting.places import place_code
from submissions.presentation import number, unit_label

PAIRS = 500
"""More pairs are only in the download."""


def pairs_chart(asking: Asking) -> Chart | None:
    """From where to where: a matrix of the largest, a table of pairs."""
    found = asked(asking)
    pairs = sources.sums(asking, [MOVED], [HOST, TO])
    if found is None or pairs.is_empty():
        return None
    mine, period = found
    definition, language = period.definition, asking.language
    counted = pairs.filter(pl.col("total") > 0).sort("total", HOST, TO, descending=[True, False, False])
    froms, tos = members(counted, HOST, period, language), members(counted, TO, period, language)
    some, others = list(froms)[:COUNTRIES], list(tos)[:COUNTRIES]
    drawn = counted.filter(pl.col(HOST).is_in(some), pl.col(TO).is_in(others))
    tiles = [
        drawing.Tile(froms[row[HOST]], place_code(row[TO]), row["total"], number(row["total"], language))
        for row in drawn.iter_rows(named=True)
    ]
    title = titled(_("Locations that moved after removal, from country to country"), mine, period)
    unit = units(pairs, period, language)
    columns = (
        Column(definition.dimensions[HOST].label[language]),
        Column(definition.dimensions[TO].label[language]),
        Column(_("Locations that moved"), unit, numeric=True),
    )
    top = next(counted.iter_rows(named=True), None)
    said = [f"{place_code(code)} {tos[code]}" for code in others]
    return Chart(
        id="displacement_pairs",
        title=title,
        alt=_("%(title)s. The most moved from %(first)s to %(second)s: %(value)s. The table beneath has the largest pairs.")
        % {
            "title": title, "first": froms[top[HOST]], "second": tos[top[TO]], "value": number(top["total"], language),
        } if top else title,
        unit=unit,
        source=source(asking, mine, period),
        caveats=(
            sources.added_months(),
            _("What is removed in one country may turn up in several, and is counted in each."),
            *sources.remarks(pairs),
        ),
        table=Table(columns, tuple(
            (
                Cell(froms[row[HOST]], notes=(place_code(row[HOST]),)), Cell(tos[row[TO]], notes=(place_code(row[TO]),)),
                Cell(sources.shown(row, language), row["total"]),
            )
            for row in counted.head(PAIRS).iter_rows(named=True)
        )),
        sheet=partial(pairs_sheet, counted),
        specification=partial(
            drawing.heat, tiles, [froms[code] for code in some], [place_code(code) for code in others], unit,
            titles=(definition.dimensions[TO].label[language], ""),
        ) if tiles else None,
        note=_(
            "The chart has the countries with most, across by their codes: %(names)s. The table lists the largest of "
            "%(pairs)s pairs, the download all."
        )
        % {"names": ", ".join(said), "pairs": number(len(counted), language)},
    )  # fmt: skip


def pairs_sheet(counted: pl.DataFrame) -> Sheet:
    rows = counted.select(HOST, TO, "total", "lines", "added").iter_rows()
    return Sheet(
        (HOST, TO, "value", "lines", "added"),
        tuple((place_code(host), place_code(to), *counts) for host, to, *counts in rows),
    )


def share_chart(asking: Asking) -> Chart | None:
    """Of what was removed in a country, how much turned up elsewhere; only where all lines of both could be added."""
    found = asked(asking)
    lines = sources.sums(asking, SUMMED, [HOST])
    hosts = ranked(asking, REMOVED, LISTED)
    if found is None or not hosts:
        return None
    mine, period = found
    language = asking.language
    rows_of = {(row["code"], row[HOST]): row for row in lines.iter_rows(named=True)}
    names = {host: period.definition.member_label(HOST, host, language) for host in hosts}
    rows = [share_row(names[h], h, rows_of.get((REMOVED, h)), rows_of.get((MOVED, h)), language) for h in hosts]
    if not any(row[3].number is not None for row in rows):
        return None
    pairs = [
        drawing.Pair(row[0].text, removed.number, moved.number)
        for row in rows[: 2 * COUNTRIES]
        if (removed := row[1]).number is not None and (moved := row[2]).number is not None
    ]
    points = period.definition.points
    unit = unit_label(period.definition, points[REMOVED].unit, language)
    title = titled(_("Share of removed locations that moved to another country"), mine, period)
    columns = (
        Column(period.definition.dimensions[HOST].label[language]),
        Column(points[REMOVED].label[language], unit, numeric=True),
        Column(points[MOVED].label[language], unit, numeric=True),
        Column(_("Share that moved"), "%", numeric=True),
    )
    return Chart(
        id="moved_share",
        title=title,
        alt=_("%(title)s. %(n)s countries, each with what was removed and what moved on. The table beneath has the shares.")
        % {"title": title, "n": len(pairs)},
        unit=unit,
        source=source(asking, mine, period),
        caveats=(
            _("Moved locations in percent of removed ones of the same source, country and year."),
            _("One that turns up in two countries counts twice, so a share can exceed 100."),
            _("There is no share where not every line of both counts may be added."),
            sources.added_months(),
        ),
        table=Table(columns, tuple(rows)),
        specification=partial(
            drawing.dumbbell, pairs, (points[REMOVED].label[language], points[MOVED].label[language]), unit
        ),
    )  # fmt: skip


def share_row(
    name: str, host: str, removed: dict[str, object] | None, moved: dict[str, object] | None, language: str
) -> tuple[Cell, ...]:
    whole = all(row and row["lines"] == row["added"] for row in (removed, moved))
    before, after = figure(removed, language), figure(moved, language)
    if not whole or not before.number or after.number is None:
        share = Cell(_("not comparable"), missing=True)
    else:
        percent = round(100 * after.number / before.number, 1)
        share = Cell(number(percent, language), percent)
    return Cell(name, notes=(place_code(host),)), before, after, share
