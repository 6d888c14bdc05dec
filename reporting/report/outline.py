"""The outline of the report, read from `outline.toml`: which data point goes into which section and column."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from submissions.definition import Text

FILE = Path(__file__).with_name("outline.toml")
NOT_STATED = "-"
Members = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Take:
    """Lines of data points, told by pattern and members."""

    code: str
    where: Members
    without: Members

    def fits(self, code: str, members: Mapping[str, str]) -> bool:
        return (
            fnmatchcase(code, self.code)
            and all(members.get(name, NOT_STATED) in wanted for name, wanted in self.where.items())
            and not any(members.get(name, NOT_STATED) in kept_out for name, kept_out in self.without.items())
        )


@dataclass(frozen=True)
class ColumnOutline:
    id: str
    label: Text
    kind: str = "figures"
    """figures, remarks, days, named."""
    take: tuple[Take, ...] = ()
    prefer: Members = field(default_factory=dict)
    show: str = "first"
    instead_reason: str = ""
    instead: tuple[Take, ...] = ()
    ratio: tuple[str, str] | None = None
    labelled: bool = False
    period: bool = False
    sum: str = ""
    only: str = ""
    """The one period whose lines it takes, where a column is repeated."""


@dataclass(frozen=True)
class TableOutline:
    id: str
    of: str
    version: str
    per: str
    rows: str
    caption: Text
    row_head: Text
    columns: tuple[ColumnOutline, ...]
    numbered: bool = False
    totals: tuple[str, ...] = ()
    sum_row: Text | None = None


@dataclass(frozen=True)
class ChartOutline:
    id: str
    table: str
    columns: tuple[tuple[str, str], ...]
    """Table and column."""
    title: Text


@dataclass(frozen=True)
class SectionOutline:
    id: str
    title: Text
    under: str
    annex: bool
    blocks: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Series:
    codes: tuple[str, ...]
    row_head: Text
    caption: Text


@dataclass(frozen=True)
class Outline:
    returns: Mapping[str, str]
    sections: Mapping[str, SectionOutline]
    tables: Mapping[str, TableOutline]
    charts: Mapping[str, ChartOutline]
    series: Series
    untold: frozenset[str]
    """Reasons for a missing value that say nothing of the filer; remarks leave them out."""

    def beneath(self, section: str) -> list[SectionOutline]:
        """Sections that belong to one; the chapters of the report for an empty name."""
        return [one for one in self.sections.values() if one.under == section]

    def shown_in_tables(self, code: str) -> bool:
        """Some column takes this data point."""
        return any(
            fnmatchcase(code, take.code)
            for table in self.tables.values()
            for column in table.columns
            for take in (*column.take, *column.instead)
        )


@lru_cache(maxsize=1)
def outline() -> Outline:
    read: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    sections = [
        SectionOutline(s["id"], s["title"], s.get("under", ""), s.get("annex", False), tuple(s.get("blocks", ())))
        for s in read["section"]
    ]
    charts = [
        ChartOutline(c["id"], c["table"], tuple(place(one) for one in c["columns"]), c["title"]) for c in read["chart"]
    ]
    series = read["series"]
    return Outline(
        read["returns"],
        {one.id: one for one in sections},
        {one["id"]: table(one) for one in read["table"]},
        {one.id: one for one in charts},
        Series(tuple(series["codes"]), series["row_head"], series["caption"]),
        frozenset(read["untold"]),
    )


def place(text: str) -> tuple[str, str]:
    name, _colon, column_id = text.partition(":")
    return name, column_id


def table(read: dict[str, Any]) -> TableOutline:
    given = {name: value for name, value in read.items() if name not in ("columns", "totals")}
    return TableOutline(
        **given, columns=tuple(column(one) for one in read["columns"]), totals=tuple(read.get("totals", ()))
    )


def column(read: dict[str, Any]) -> ColumnOutline:
    instead, ratio = read.get("instead", {}), read.get("ratio")
    return ColumnOutline(
        id=read["id"],
        label=read["label"],
        kind=read.get("kind", "figures"),
        take=takes(read.get("take", ())),
        prefer=members(read.get("prefer", {})),
        show=read.get("show", "first"),
        instead_reason=instead.get("reason", ""),
        instead=takes(instead.get("take", ())),
        ratio=(ratio["of"], ratio["to"]) if ratio else None,
        labelled=read.get("labelled", False),
        period=read.get("period", False),
        sum=read.get("sum", ""),
    )


def takes(read: Any) -> tuple[Take, ...]:
    return tuple(Take(one["code"], members(one.get("where", {})), members(one.get("without", {}))) for one in read)


def members(read: Mapping[str, Any]) -> Members:
    return {name: tuple(codes) for name, codes in read.items()}
