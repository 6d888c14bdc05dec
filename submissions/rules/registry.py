"""The table of kinds, and what a kind is given to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from submissions.canonical import Head
from submissions.definition import Definition

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Context:
    """What a filing is judged against besides itself."""

    head: Head
    previous: pl.DataFrame | None = None
    """Canonical lines of the last accepted filing of the same return and version."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A filing on the table: every line as sent, and the address of the finding that makes a line unusable."""

    definition: Definition
    context: Context
    lines: pl.DataFrame
    """Canonicalised lines with `unusable`, `repeated` (the address stands on several lines), the reporting period as
    `head_start`, `head_end`, and last year's `p_number`, `p_status`, `p_start`, `p_end`, `p_own`."""
    cache: dict[Any, Any] = field(default_factory=dict)

    @cached_property
    def sound(self) -> pl.DataFrame:
        if not self.lines.select(pl.col("unusable").any()).item():
            return self.lines
        return self.lines.filter(~pl.col("unusable"))


LineKind = Callable[[Params, Definition], pl.Expr]
CellKind = Callable[[Params, Definition], pl.Expr]
FilingKind = Callable[[Params, Judged], pl.DataFrame]


@dataclass(frozen=True)
class Kind:
    name: str
    scope: str
    field: str
    """The field of an observation that a finding points to."""
    blocks: bool
    """A line that violates it holds no usable figure; rules that need it are not evaluated."""
    needs: pl.Expr | None = None
    """What some line must have before any line can break the rule; else it need not be run."""
    line: LineKind | None = None
    cell: CellKind | None = None
    filing: FilingKind | None = None
    looks_at: str = "operands"
    """What a filing kind needs beside its operands: `figures`, or the answers that call for `flags`."""


KINDS: dict[str, Kind] = {}


def line_kind(field: str, blocks: bool = False, needs: pl.Expr | None = None) -> Callable[[LineKind], LineKind]:
    """The function returns what is true of a line that breaks the rule. It is called once for a definition, so it
    knows of the filing only what stands in the columns of its lines."""

    def register(function: LineKind) -> LineKind:
        KINDS[function.__name__] = Kind(function.__name__, "line", field, blocks, needs, line=function)
        return function

    return register


def cell_kind(function: CellKind) -> CellKind:
    """The function returns what is true of a group of cells that breaks the rule; it, too, is called once."""
    KINDS[function.__name__] = Kind(function.__name__, "cell", "value", False, cell=function)
    return function


def filing_kind(field: str = "value", looks_at: str = "operands") -> Callable[[FilingKind], FilingKind]:
    """The function returns the violating rows: `line` (null for none), `address`, and columns for the message."""

    def register(function: FilingKind) -> FilingKind:
        KINDS[function.__name__] = Kind(function.__name__, "filing", field, False, filing=function, looks_at=looks_at)
        return function

    return register
