"""One figure over the years: a small chart for each entity, over all versions of the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import polars as pl
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting import charts, figures
from reporting.boards import bars, chosen_figure
from reporting.boards.asking import Asking, Need
from reporting.boards.making import ChartMaker
from reporting.boards.shapes import Cell, Chart, Column, Row, Table
from reporting.charts import Moment
from reporting.comparability import Comparison, compare, words
from submissions.catalogue import catalogue
from submissions.definition import DataPoint, split_address
from submissions.presentation import in_language

MOST = 12
"""Small charts; the others are in the table."""
MOST_PERIODS = 12
SERIES = ("entity", "subject", "where", "what", "unit")


def needs(asking: Asking) -> Iterable[Need]:
    point = chosen_figure.chosen(asking)
    if point is not None and asking.periods:
        return_id = asking.periods[0].return_id
        codes = frozenset(chosen_figure.with_older(return_id, point.code))
        yield Need(return_id, codes, frozenset(one.label for one in asking.years))


def make(asking: Asking) -> Chart | None:
    point = chosen_figure.chosen(asking)
    if point is None or len(asking.years) < 2:
        return None
    [need] = needs(asking)
    frame = asking.frame(need.return_id, codes=need.codes, periods=need.periods)
    unit = asking.unit or ("" if point.unit == "open" else point.unit)
    one_unit = frame.filter(~pl.col("valued") | (pl.col("unit") == unit)) if unit else frame
    comparison = compare(one_unit, "chart", axes=("entity", "period"))
    lines = series(comparison)
    if lines.is_empty():
        return None
    return chart(asking, point, frame, comparison, lines)


def series(comparison: Comparison) -> pl.DataFrame:
    """The figures that share an axis: those of the unit that most of them have."""
    reference = comparison.reference.unit if comparison.reference else ""
    return (
        comparison.lines.filter(pl.col("figure") & pl.col("number").is_not_null() & (pl.col("unit") == reference))
        .with_columns((pl.col("end") - pl.col("start")).alias("length"))
        .sort("length", descending=True, maintain_order=True)
        .unique([*SERIES, "period"], keep="first", maintain_order=True)
    )


def chart(asking: Asking, point: DataPoint, frame: pl.DataFrame, comparison: Comparison, lines: pl.DataFrame) -> Chart:
    periods = [one.label for one in asking.years][-MOST_PERIODS:]
    moments = list(drawn(lines.filter(pl.col("period").is_in(periods)), asking))
    names = ranked(moments)
    unit = figures.unit_named(str(lines["unit"][0]), asking.language)
    title = _("%(figure)s, %(first)s to %(last)s (%(unit)s)") % {
        "figure": point.label[asking.language], "first": periods[0], "last": periods[-1], "unit": unit,
    }  # fmt: skip
    definition = asking.periods[0].definition
    rows = figures.rows(frame, points(asking), asking.names, asking.language)
    return Chart(
        id="years",
        title=title,
        alt=_("%(title)s: a line for each of %(n)s, with gaps where there is no figure. The table beneath has all.")
        % {"title": title, "n": len(names[:MOST])},
        unit=unit,
        source=asking.source(in_language(definition.title)),
        caveats=tuple(caveats(comparison, lines)),
        table=table(rows, periods),
        specification=partial(charts.years, moments, names[:MOST], periods, unit),
        note=bars.more(len(names) - len(names[:MOST])),
    )


def points(asking: Asking) -> list[DataPoint]:
    """Of every version of the form, so that rows of older ones have their words too."""
    found: dict[str, DataPoint] = {}
    for period in asking.years:
        found |= period.definition.points
    return list(found.values())


def drawn(lines: pl.DataFrame, asking: Asking) -> Iterable[Moment]:
    several = lines.group_by("entity", "period").len().filter(pl.col("len") > 1)["entity"].unique().to_list()
    for line in lines.select(*SERIES, "period", "number", "version", "address", "return_id", "series_break").iter_rows(
        named=True
    ):
        name = asking.names.get(line["entity"], line["entity"])
        if line["entity"] in several:
            row = members(line, asking.language)
            name = f"{name} – {row}" if row else name
        same = f"{line['subject']} {line['where']} {line['what']}"
        yield Moment(name, line["period"], line["number"], f"{same} {line['period']}" if line["series_break"] else same)


def members(line: Mapping[str, str], language: str) -> str:
    """Dimension members of an address in words."""
    definition = catalogue().get(line["return_id"], line["version"])
    _code, named = split_address(line["address"])
    return ", ".join(definition.member_label(name, member, language) for name, member in named.items())


def ranked(moments: Sequence[Moment]) -> list[str]:
    """Names: those with most figures first, then those with the largest."""
    counted: dict[str, tuple[int, float]] = {}
    for moment in moments:
        n, most = counted.get(moment.name, (0, 0.0))
        counted[moment.name] = (n + 1, max(most, moment.number))
    return sorted(counted, key=lambda name: (-counted[name][0], -counted[name][1], name))


def caveats(comparison: Comparison, lines: pl.DataFrame) -> Iterable[str]:
    yield _("Each small chart has its own scale, from zero.")
    if lines["subject"].n_unique() > 1 or lines["version"].n_unique() > 1:
        yield _(
            "The form changed. Where the bridge between its versions does not call two figures equal, the line ends, and"
            " the figures have another shape."
        )
    yield from (capfirst(clause) for clause in words.because(comparison))


def table(rows: Sequence[figures.Row], periods: Sequence[str]) -> Table:
    """Who and what, by period."""
    columns = (
        Column(_("Who")),
        Column(_("Data point")),
        Column(_("Unit")),
        *(Column(one, numeric=True) for one in periods),
    )
    found: dict[tuple[str, str, str, str], dict[str, figures.Row]] = {}
    for row in rows:
        what = row.point + (f": {row.what}" if row.what else "")
        found.setdefault((row.entity_name, what, row.unit_label, row.filed.version), {}).setdefault(
            row.filed.period, row
        )
    return Table(
        columns, tuple(table_row(key, by, periods) for key, by in sorted(found.items(), key=lambda one: one[0]))
    )


def table_row(key: tuple[str, str, str, str], by: Mapping[str, figures.Row], periods: Sequence[str]) -> Row:
    name, what, unit, _version = key
    return (Cell(name), Cell(what), Cell(unit), *(figure(by.get(period)) for period in periods))


def figure(row: figures.Row | None) -> Cell:
    if row is None:
        return Cell(_("no figure"), missing=True)
    return Cell(row.shown, row.number, row.missing, href=f"/revisions/{row.filed.revision}/")


YEARS = ChartMaker(
    "years",
    make,
    needs,
    gettext_lazy("The figure over the years"),
    gettext_lazy("Lines need accepted filings of two periods."),
)
