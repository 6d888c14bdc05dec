"""The rules of a definition as expressions, made once: what is left for each filing is to run them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from submissions.definition import Check, DataPoint, Definition
from submissions.rules.cells import formula, operands
from submissions.rules.registry import KINDS
from submissions.rules.table import TOLD_IN_FINDINGS

PRIMARY = ("then", "left", "of", "a", "sets", "code", "rate")
"""Operands in the order in which one of them gives the finding its address."""


@dataclass(frozen=True, eq=False)
class CellCheck:
    check: Check
    used: list[str]
    """The data points it needs, in order."""
    asked: list[str]
    """Those that it asks to be filed."""
    leading: list[str]
    """Those of which one gives the finding its address."""


@dataclass(frozen=True, eq=False)
class CellChecks:
    """Checks over one table of cells."""

    per: tuple[str, ...]
    checks: list[CellCheck]
    broken: list[pl.Expr]
    codes: list[str]
    columns: list[str]
    """Of the table, that the expressions look at."""
    facts: list[str]


@dataclass(frozen=True, eq=False)
class ComputedPoints:
    """Data points worked out from their parts, over one table of cells."""

    per: tuple[str, ...]
    points: tuple[DataPoint, ...]
    values: list[pl.Expr]
    codes: list[str]
    columns: list[str]
    facts: list[str]


@dataclass(frozen=True, eq=False)
class Plan:
    lines: tuple[Check, ...]
    """Those that block first."""
    broken_lines: list[pl.Expr]
    cells: tuple[CellChecks, ...]
    filing: tuple[Check, ...]
    computed: tuple[ComputedPoints, ...]
    facts: list[str]
    """Facts that any table needs."""
    order: dict[str, int]
    """Where a rule stands in its definition."""


@lru_cache(maxsize=64)
def plan(definition: Definition) -> Plan:
    by_scope: dict[str, list[Check]] = {"line": [], "cell": [], "filing": []}
    for check in definition.checks:
        by_scope[KINDS[check.kind].scope].append(check)
    lines = sorted(by_scope["line"], key=lambda check: not KINDS[check.kind].blocks)
    cells, computed = tuple(over_one_table(definition, by_scope["cell"])), tuple(computed_together(definition))
    return Plan(
        lines=tuple(lines),
        broken_lines=[broken(definition, check).alias(str(place)) for place, check in enumerate(lines)],
        cells=cells,
        filing=tuple(by_scope["filing"]),
        computed=computed,
        facts=list(dict.fromkeys(itertools.chain(*(over.facts for over in cells), *(over.facts for over in computed)))),
        order={code: place for place, code in enumerate(definition.rules)},
    )


def broken(definition: Definition, check: Check) -> pl.Expr:
    kind = KINDS[check.kind]
    function = kind.line or kind.cell
    assert function is not None  # noqa: S101 -- these scopes always have one
    return function(check.params, definition)


def over_one_table(definition: Definition, checks: list[Check]) -> Iterator[CellChecks]:
    for per in dict.fromkeys(per_of(check) for check in checks):
        mine = [cell_check(check, definition) for check in checks if per_of(check) == per]
        expressions = [broken(definition, one.check).alias(str(place)) for place, one in enumerate(mine)]
        codes = list(dict.fromkeys(code for one in mine for code in one.used))
        columns = columns_of(expressions)
        yield CellChecks(per, mine, expressions, codes, columns, facts_of(columns, TOLD_IN_FINDINGS))


def cell_check(check: Check, definition: Definition) -> CellCheck:
    used = used_by(check, definition)
    found = (list(operands(check.params[key], definition)) for key in PRIMARY if key in check.params)
    asked = [
        code for entry in check.params.get("then", []) for code in operands(entry, definition) if "any" not in entry
    ]
    return CellCheck(check, used, asked, leading=next(filter(None, found), used))


def computed_together(definition: Definition) -> Iterator[ComputedPoints]:
    points = [point for point in definition.points.values() if point.computed]
    for per in dict.fromkeys(point.dimensions for point in points):
        mine = tuple(point for point in points if point.dimensions == per)
        values = [formula(definition, point.code).alias(point.code) for point in mine]
        codes = list(dict.fromkeys(code for point in mine for code in (point.code, *point.computed[1:])))
        columns = columns_of(values)
        yield ComputedPoints(per, mine, values, codes, columns, facts_of(columns, ()))


def per_of(check: Check) -> tuple[str, ...]:
    return tuple(check.params.get("per", ()))


def used_by(check: Check, definition: Definition) -> list[str]:
    """Every data point that a check needs, in order."""
    codes = list(operands(dict(check.params), definition))
    if check.kind == "computed":
        codes += definition.points[check.params["of"]].computed[1:]
    return list(dict.fromkeys(codes))


def columns_of(expressions: list[pl.Expr]) -> list[str]:
    return list(dict.fromkeys(name for expression in expressions for name in expression.meta.root_names() if name))


def facts_of(columns: list[str], told: tuple[str, ...]) -> list[str]:
    """The facts that stand in the columns, those told in findings, and those that say whether a cell can be judged."""
    looked_at = (name for name, colon, _ in (column.partition(":") for column in columns) if colon)
    return list(dict.fromkeys([*looked_at, *told, "answered", "bad"]))
