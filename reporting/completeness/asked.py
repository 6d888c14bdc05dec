"""What a definition asks of every filing, as frames. All of it follows from the definition's data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import polars as pl

from submissions.definition import DataPoint, Definition
from submissions.rules import KINDS

IF_AVAILABLE = "statutory_if_available"
STATUTORY = {"statutory", IF_AVAILABLE}
ANSWERS_IT = {"filled", "valued", "answered"}
"""Conditions of rules that a data point meets by being answered."""
VERSION = {"return_id": pl.String, "version": pl.String}
POINTS = VERSION | {
    "code": pl.String,
    "category": pl.Int64,
    "required": pl.Boolean,
    "conditional": pl.Boolean,
    "statutory": pl.Boolean,
    "figure": pl.Boolean,
    "says_nil": pl.Boolean,
    "says_why": pl.Boolean,
}
"""`statutory`: what the law names; all that is required, where a definition does not say. `says_nil`: whose yes means
that nothing can be filed; `says_why`: that gives the reason for it."""
STATUSES = VERSION | {"obs_status": pl.String, "valued": pl.Boolean}
DEMANDS = VERSION | {"rule": pl.String, "code": pl.String}


@lru_cache(maxsize=64)
def points(definition: Definition) -> pl.DataFrame:
    """One row a data point, columns POINTS."""
    nil = nil_points(definition)
    reasons = {code for flag in nil for code in demanded_after_yes(definition, flag)}
    statutory = statutory_points(definition)
    rows = [
        (definition.return_id, definition.version, point.code, point.category, point.required == "required",
         point.required == "conditional", point.code in statutory, point.numeric, point.code in nil, point.code in reasons)
        for point in definition.points.values()
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=POINTS, orient="row")


@lru_cache(maxsize=64)
def statutory_points(definition: Definition) -> Mapping[str, DataPoint]:
    named = {code: point for code, point in definition.points.items() if point.basis in STATUTORY}
    return named or {code: point for code, point in definition.points.items() if point.required == "required"}


def statuses(definition: Definition) -> pl.DataFrame:
    """Every status of an observation, and whether a value comes with it; columns STATUSES."""
    told = [(status, True) for status in definition.valued] + [(status, False) for status in definition.missing]
    rows = [(definition.return_id, definition.version, *one) for one in told]
    return pl.DataFrame(rows, schema=STATUSES, orient="row")


@lru_cache(maxsize=64)
def demands(definition: Definition) -> pl.DataFrame:
    """Conditional data points that a rule asks for once its condition holds, columns DEMANDS. Such a rule fires when
    the condition holds and something it asks for is not answered. What the law asks for only where it is available is
    left out: no rule knows what is available."""
    rows = [
        (definition.return_id, definition.version, rule, code)
        for rule, when, code in asked_by_rules(definition)
        if when and is_knowable(definition.points[code])
    ]
    return pl.DataFrame(rows, schema=DEMANDS, orient="row").unique(maintain_order=True)


def asked_by_rules(definition: Definition) -> Iterator[tuple[str, list[dict[str, Any]], str]]:
    """(rule, its condition, data point that it asks for), for data points that are asked for by themselves."""
    for check in definition.checks:
        if check.kind != "requires":
            continue
        for entry in check.params["then"]:
            ((name, operand),) = entry.items()
            if name in ANSWERS_IT and operand in definition.points:
                yield check.rule.code, check.params.get("when", []), operand


def is_knowable(point: DataPoint) -> bool:
    return point.required == "conditional" and point.basis != IF_AVAILABLE


def nil_points(definition: Definition) -> set[str]:
    return {check.params["flag"] for check in definition.checks if check.kind == "nil_matches"}


def demanded_after_yes(definition: Definition, flag: str) -> set[str]:
    return {code for _rule, when, code in asked_by_rules(definition) if when == [{"yes": flag}]}


def read_codes(definition: Definition) -> set[str]:
    """Data points that completeness looks at. Figures matter where their absence makes a filing nil; a long series of
    optional ones is not read."""
    table = points(definition)
    figures = table.select((pl.col("figure") & pl.col("required")).any() | pl.col("says_nil").any()).item()
    looked_at = pl.any_horizontal("required", "conditional", "statutory", "says_nil", "says_why")
    return set(table.filter(looked_at | (pl.col("figure") & pl.lit(figures)))["code"])


def blocking_rules(definition: Definition) -> set[str]:
    """Rules whose findings leave a line without a usable figure."""
    return {check.rule.code for check in definition.checks if KINDS[check.kind].blocks}
