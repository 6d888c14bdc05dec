"""Figures over several periods, along the bridge between the versions of a form: what goes on, and what breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.reader import language
from reporting.comparability import Comparison, compare_each, words
from reporting.comparability.knowledge import knowledge
from reporting.report import cells
from reporting.report.material import Line, Material
from reporting.report.outline import outline
from reporting.report.rows import in_order
from reporting.report.sentences import count
from reporting.report.tree import Block, Bullets, Cell, Column, Item, Paragraph, Row, Table
from submissions.catalogue import catalogue
from submissions.presentation import in_language

Key = tuple[str, str]
"""Code of an entity, and the address that a figure has in the newest version that its bridge knows it in."""


def series(of: str, material: Material) -> Iterator[Block]:
    periods = [one.label for one in material.of(of)]
    if len(periods) < 2:
        yield Paragraph(_("This report covers one period; there is no series."))
        return
    version = max(material.version(one) for one in material.of(of))
    lines = [
        line for line in material.lines if line.return_id == outline().returns[of] and line.figure and asked(line.code)
    ]
    going: dict[Key, list[Line]] = {}
    for line in lines:
        going.setdefault((line.entity, followed(line, version)), []).append(line)
    on = {key: some for key, some in going.items() if len({line.period for line in some}) > 1}
    if on:
        yield table(of, periods, on, material)
    else:
        yield Paragraph(_("No figure is the same in two of the periods, so there is no series."))
    yield from breaks([line for key, some in going.items() if key not in on for line in some], version)


def asked(code: str) -> bool:
    return any(fnmatchcase(code, pattern) for pattern in outline().series.codes)


def followed(line: Line, version: str) -> str:
    """The address of a figure in the newest version, where the bridge calls both equal; members that make no series
    (a service) are left out."""
    if line.version != version:
        code, _relation = knowledge().bridged(line.definition, line.code, line.address)
        if code:
            return code
    kept = [f"{name}={member}" for name, member in line.members.items() if line.definition.dimensions[name].in_series]
    return f"{line.code}[{','.join(kept)}]@{line.version}" if line.version != version or kept else line.code


def table(of: str, periods: list[str], going: dict[Key, list[Line]], material: Material) -> Table:
    order = in_order({entity for entity, _address in going}, material)
    places = {code: place for d in catalogue().versions(outline().returns[of]) for place, code in enumerate(d.points)}
    keys = sorted(going, key=lambda key: (order.index(key[0]), places[newest(going[key]).code], key[1]))
    verdicts = compared({key: going[key] for key in keys}, material)
    rows = [row(key, going[key], periods, verdicts[key], material) for key in keys]
    columns = [
        Column("col_what", _("Figure")),
        *(Column(one, one) for one in periods),
        Column("col_breaks", _("Breaks")),
    ]
    return Table(
        f"series-{of}", None, in_language(outline().series.caption), in_language(outline().series.row_head),
        tuple(columns), tuple(rows),
    )  # fmt: skip


def compared(going: dict[Key, list[Line]], material: Material) -> dict[Key, Comparison]:
    """Whether the figures of each series may stand in one chart."""
    places = [(line.place, *key) for key, lines in going.items() for line in lines]
    keys = pl.DataFrame(places, schema={"place": pl.UInt32, "who": pl.String, "what": pl.String}, orient="row")
    frame = material.frame.with_row_index("place").join(keys, on="place", maintain_order="left").drop("place")
    found = compare_each(frame, "chart", by=["who", "what"], axes=["period"])
    return {(str(who), str(what)): one for (who, what), one in found.items()}


def row(key: Key, lines: list[Line], periods: list[str], verdict: Comparison, material: Material) -> Row:
    entity, address = key
    found: list[Cell] = [Cell((label(newest(lines)),))]
    for period in periods:
        mine = [line for line in lines if line.period == period]
        found.append(Cell(tuple(map(cells.with_unit, mine)) or (_("no figure"),), tuple(map(cells.figure, mine))))
    return Row(f"{entity} {address}", material.name(entity), (*found, Cell(tuple(broken(verdict)) or (_("none"),))))


def newest(lines: list[Line]) -> Line:
    return max(lines, key=lambda line: (line.version, line.head_end))


def label(line: Line) -> str:
    """Of the data point, with the members that make the series."""
    named = [cells.member_label(line, name) for name in line.members if line.definition.dimensions[name].in_series]
    return f"{line.point.label[language()]} ({', '.join(named)})" if named else line.point.label[language()]


def broken(verdict: Comparison) -> Iterator[str]:
    barring = [one for one in verdict.told if one.effect == "bars"]
    if any(one.code == "period" for one in barring):
        yield _("the figures do not cover the whole of periods that are equally long")
    yield from words.in_clauses(verdict, (one for one in barring if one.code != "period"))


def breaks(alone: list[Line], version: str) -> Iterator[Block]:
    """Figures that stand in one period only, by what the bridge says became of them."""
    if not alone:
        return
    relations = Counter(
        knowledge().bridged(line.definition, line.code, line.address)[1] if line.version != version else ""
        for line in alone
    )
    labels = catalogue().code_lists["relation"].codes
    items = [
        Item(_("%(what)s: %(n)s") % {
            "what": labels[relation].label[language()] if relation in labels else _("filed for one of the periods only"),
            "n": count(n)})
        for relation, n in sorted(relations.items())
    ]  # fmt: skip
    lead = ngettext(
        "%(n)s figure stands in one period only, and so in no series. By its relation to the newest form:",
        "%(n)s figures stand in one period only, and so in no series. By their relation to the newest form:",
        len(alone),
    ) % {"n": count(len(alone))}
    yield Bullets(lead, tuple(items))
