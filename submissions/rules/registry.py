"""The table of kinds, and what a kind is given to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    accepted: pl.DataFrame | None = None
    """Canonical lines of the accepted revision of the same filing, which this one would replace; None before the
    first."""


@dataclass(frozen=True, eq=False)
class Judged:
    """A filing on the table: every line as sent, and whether it is usable."""

    definition: Definition
    context: Context
    lines: pl.DataFrame
    """Canonicalised lines with `unusable`, `repeated` (the address stands on several lines), the reporting period as
    `head_start`, `head_end`, and last year's `p_number`, `p_status`, `p_start`, `p_end`, `p_own`, `p_flags` and
    `p_head_end` (see `with_history`)."""
    cache: dict[Any, Any] = field(default_factory=dict)

    @cached_property
    def sound(self) -> pl.DataFrame:
        return usable(self.lines)


@dataclass(frozen=True, eq=False)
class Docket:
    """Filings under one definition that are judged together. An expression over a frame costs nearly the same for one
    small filing as for fifty."""

    definition: Definition
    contexts: Sequence[Context]
    lines: pl.DataFrame
    """Lines of one filing after another; `filing` is the place of its filing among the contexts."""
    cache: dict[Any, Any] = field(default_factory=dict)

    @cached_property
    def sound(self) -> pl.DataFrame:
        return usable(self.lines)

    @cached_property
    def filings(self) -> list[Judged]:
        """Each by itself."""
        if len(self.contexts) == 1:
            return [Judged(self.definition, self.contexts[0], self.lines)]
        parts = {place: part for (place,), part in self.lines.partition_by("filing", as_dict=True).items()}
        return [
            Judged(self.definition, context, parts.get(place, self.lines.clear()))
            for place, context in enumerate(self.contexts)
        ]


def usable(lines: pl.DataFrame) -> pl.DataFrame:
    if not lines.select(pl.col("unusable").any()).item():
        return lines
    return lines.filter(~pl.col("unusable"))


def address_number() -> pl.Expr:
    """The same number for lines of one filing and address. Canonical lines are sorted by address; numbers are told apart
    with less memory than addresses."""
    begins = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in ("filing", "address"))
    return begins.fill_null(True).cum_sum()


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
