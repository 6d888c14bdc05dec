"""What a dashboard shows: charts with their tables, as words and numbers. Frozen, and free of HTML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reporting.totals import ShownTotal

Specification = Callable[[int], dict[str, Any]]
"""Width of the plotting area in pixels -> Vega-Lite."""


@dataclass(frozen=True)
class Column:
    label: str
    unit: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Cell:
    """`text` is what is read, `number` what is sorted and downloaded; `notes` stand beneath the text."""

    text: str
    number: float | None = None
    missing: bool = False
    href: str = ""
    notes: tuple[str, ...] = ()


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """The first cell of a row names it."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sheet:
    """Rows for programs, one value a cell; dates as ISO 8601."""

    head: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]


@dataclass(frozen=True)
class Chart:
    """`title`: what, of whom, when, unit. `alt`: what it shows, in a sentence. `source`: with the day it stood so.
    `caveats`: what the figures do not allow to be said. No `specification`: a table alone."""

    id: str
    title: str
    alt: str
    unit: str
    source: str
    caveats: tuple[str, ...]
    table: Table
    specification: Specification | None
    note: str = ""
    totals: tuple[ShownTotal, ...] = ()
    sheet: Callable[[], Sheet] | None = None
    """Makes what is downloaded; without it, the table is."""
