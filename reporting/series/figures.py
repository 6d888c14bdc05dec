"""Figures of one data point over periods, in pages; those of an older version as far as the bridge sets them beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from portal.models import User
from reporting.comparability.knowledge import Link, fits, knowledge
from reporting.exports.asking import Asked
from reporting.exports.columns import full, heads
from reporting.exports.reading import KEPT, frames
from submissions.catalogue import catalogue
from submissions.definition import split_address
from submissions.models import Observation
from submissions.models.verdict import ObservationQuerySet

SAME, UNLINKED = "same", "unlinked"
"""Relations beside those of the bridges: a figure of the newest version that has the data point; one of an older version
that no bridge speaks of."""
JOINED = (SAME, "equal")
"""Figures of the same thing. With any other relation the series breaks."""
Place = list[object]
"""Of the last line of a page: entity, first day of the period, revision, line."""


@dataclass(frozen=True)
class Page:
    figures: pl.DataFrame
    """The columns of an export, `relation`, `breaks`; by entity, period and line."""
    last: Place | None
    """Where the next page goes on; None on the last one."""


def page(asked: Asked, user: User, *, bridge: bool, after: Place | None, size: int, language: str) -> Page:
    """Figures of the data point or address asked for. One query, and those that read the lines."""
    head = heads(asked.revisions(user), language).sort("entity", "head_start", "revision")
    line = None
    if after is not None:
        *key, line = after
        rows = head.select("entity", pl.col("head_start").cast(pl.String), "revision").rows()
        head = head[next((i for i, row in enumerate(rows) if list(row) >= key), head.height) :]
        line = line if head.height and head["revision"][0] == key[2] else None
    found = list(enough(pieces(asked, head, line, bridge, language), size + 1))
    figures = (
        pl.concat(found) if found else related(full(pl.DataFrame(schema=KEPT), head, None, language), asked, bridge)
    )
    more, figures = figures.height > size, figures.head(size)
    return Page(figures, place_of_last(figures) if more else None)


def pieces(asked: Asked, head: pl.DataFrame, line: object, bridge: bool, language: str) -> Iterator[pl.DataFrame]:
    sizes = list(head.select("revision", "lines").iter_rows())
    for _looked_at, lines in frames(wanted(asked, bridge), sizes, after=line if isinstance(line, int) else None):
        yield related(full(lines, head, None, language), asked, bridge)


def enough(some: Iterator[pl.DataFrame], rows: int) -> Iterator[pl.DataFrame]:
    """As many as hold so many rows."""
    for one in some:
        yield one
        rows -= one.height
        if rows <= 0:
            return


def place_of_last(figures: pl.DataFrame) -> Place:
    entity, start, revision, line = figures.select("entity", "head_start", "revision", "line").row(-1)
    return [entity, start.isoformat(), revision, line]


def wanted(asked: Asked, bridge: bool) -> ObservationQuerySet:
    """Lines of the code asked for, and of those that a bridge leads from to it."""
    code, _members = split_address(asked.address)
    codes = {code} | ({old for old, _link in leading_to(asked.return_id, code)} if bridge else set())
    found: ObservationQuerySet = Observation.objects.filter(code__in=sorted(codes))
    return found.filter(obs_status__in=asked.statuses) if asked.statuses else found


def leading_to(return_id: str, code: str) -> list[tuple[str, Link]]:
    """Old code and line of each bridge that names this code."""
    known = knowledge().links.items()
    return [
        (old, link) for (one, _v, old), links in known if one == return_id for link in links if code in link.new_codes
    ]


def related(figures: pl.DataFrame, asked: Asked, bridge: bool) -> pl.DataFrame:
    """The figures that belong to the series, each with its relation to the data point of the newest version."""
    addresses = figures.select("version", "code", "address").unique()
    told = [(*row, relation(asked, *row, bridge=bridge)) for row in addresses.iter_rows()]
    schema = dict.fromkeys(("version", "code", "address", "relation"), pl.String)
    table = pl.DataFrame(told, schema=schema, orient="row")
    found = figures.join(table, on=["version", "code", "address"], how="left", maintain_order="left")
    found = found.filter(pl.col("relation") != "")
    return found.with_columns((~pl.col("relation").is_in(JOINED)).alias("breaks"))


def relation(asked: Asked, version: str, code: str, address: str, *, bridge: bool) -> str:
    """Empty where the figure does not belong to the series."""
    wanted_code, wanted_members = split_address(asked.address)
    _code, stated = split_address(address)
    newest = [one for one in catalogue().versions(asked.return_id) if wanted_code in one.points][-1]
    if version == newest.version:
        return SAME if code == wanted_code and wanted_members in ({}, stated) else ""
    definition = catalogue().get(asked.return_id, version)
    for link in knowledge().links.get((asked.return_id, version, code), ()) if bridge or code == wanted_code else ():
        rest = {name: member for name, member in stated.items() if name not in link.members}
        if all(fits(stated.get(name, ""), member) for name, member in link.members.items()):
            if wanted_code not in link.new_codes or wanted_members not in ({}, rest):
                return ""
            joined, told = knowledge().bridged(definition, code, address)
            return told if joined == wanted_code or told not in JOINED else "part_of"
    return UNLINKED if code == wanted_code and wanted_members in ({}, stated) else ""
