"""`validate()`: one pure function judges a filing, whatever door it came through.

No database, no input or output: canonical lines and a definition go in, findings and usable observations come out.
Everything wrong is found in one pass. A line that holds no usable figure blocks the rules that need it; those are
listed as not evaluated, with the finding that blocks them, never silently skipped.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from submissions.canonical import FIELDS
from submissions.definition import Check, Definition
from submissions.rules import KINDS, Context, Judged, Kind
from submissions.rules.cells import cells, fact, formula, operands
from submissions.rules.history import with_history

PRIMARY = ("then", "left", "of", "a", "sets", "code", "rate")
"""Operands in the order in which one of them gives the finding its address."""
MESSAGE_COLUMNS = {"value": "value", "unit": "unit", "t_unit": "expected_unit", "start": "period_start", "end": "period_end",
                   "extra": "extra"}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What a rule says about a filing. `line` counts the lines as sent, `field` is the field to look at."""

    rule: str
    severity: str
    address: str
    field: str
    line: int | None = None
    value: str = ""
    related: tuple[str, ...] = ()
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    blocked_by: str = ""
    """Rule and address of the finding that kept this rule from being evaluated; empty if it was."""


@dataclass(frozen=True)
class Computed:
    """A data point worked out from its parts, beside what was filed (None: nothing)."""

    address: str
    value: float
    filed: float | None


@dataclass(frozen=True)
class Verdict:
    findings: tuple[Finding, ...]
    observations: pl.DataFrame
    """Usable lines: FIELDS, code, number, start, end, own_period, line."""
    computed: tuple[Computed, ...]

    def count(self, severity: str) -> int:
        return sum(f.severity == severity and not f.blocked_by for f in self.findings)


def validate(definition: Definition, lines: pl.DataFrame, context: Context) -> Verdict:
    """Judge canonical lines (see `canonicalise`) against every rule of their definition."""
    lines = with_history(definition, lines, context.previous)
    by_scope: dict[str, list[Check]] = {"blocking": [], "line": [], "cell": [], "filing": []}
    for check in definition.checks:
        kind = KINDS[check.kind]
        by_scope["blocking" if kind.blocks else kind.scope].append(check)

    lines, findings = judge_format(definition, lines, context, by_scope["blocking"])
    judged = Judged(definition, context, lines)
    blockers = first_blockers(findings)
    findings += judge_lines(definition, lines, context, by_scope["line"])
    findings += judge_cells(judged, by_scope["cell"], blockers)
    findings += judge_filing(judged, by_scope["filing"], blockers)
    order = {code: number for number, code in enumerate(definition.rules)}
    findings.sort(key=lambda f: (f.line is None, f.line or 0, order[f.rule], f.address, f.blocked_by))
    return Verdict(tuple(findings), observations(judged), tuple(computed_points(judged)))


def first_blockers(findings: Iterable[Finding]) -> dict[str, str]:
    """Address, and its data point -> the first finding that made a line of it unusable."""
    blockers: dict[str, str] = {}
    for finding in findings:
        for name in (finding.address, finding.address.partition("[")[0]):
            blockers.setdefault(name, f"{finding.rule} {finding.address}")
    return blockers


def used_by(check: Check, definition: Definition) -> list[str]:
    """Every data point that a check needs, in order."""
    codes = list(operands(dict(check.params), definition))
    if check.kind == "computed":
        codes += definition.points[check.params["of"]].computed[1:]
    return list(dict.fromkeys(codes))


# Lines ----------------------------------------------------------------------------------------------------


def judge_format(
    definition: Definition, lines: pl.DataFrame, context: Context, checks: list[Check]
) -> tuple[pl.DataFrame, list[Finding]]:
    """Findings of the blocking kinds, and the lines marked `unusable`: all that share a faulty address and period,
    or an address that stands twice."""
    marked = lines.with_columns(marks(definition, context, checks))
    doubled = [str(number) for number, check in enumerate(checks) if check.kind == "unique_address"]
    others = [str(number) for number, check in enumerate(checks) if check.kind != "unique_address"]
    unusable = pl.any_horizontal(pl.lit(False), *others).any().over("address", "start", "end") | pl.any_horizontal(
        pl.lit(False), *doubled
    ).any().over("address")
    return lines.with_columns(marked.select(unusable.alias("unusable"))["unusable"]), list(
        line_findings(marked, checks)
    )


def judge_lines(definition: Definition, lines: pl.DataFrame, context: Context, checks: list[Check]) -> list[Finding]:
    return list(line_findings(lines.with_columns(marks(definition, context, checks)), checks))


def marks(definition: Definition, context: Context, checks: list[Check]) -> Iterator[pl.Expr]:
    for number, check in enumerate(checks):
        function = KINDS[check.kind].line
        assert function is not None  # noqa: S101 -- scope "line" always has one
        yield function(check.params, definition, context).fill_null(False).alias(str(number))


def line_findings(marked: pl.DataFrame, checks: list[Check]) -> Iterator[Finding]:
    for number, check in enumerate(checks):
        if marked[str(number)].any():
            kind = KINDS[check.kind]
            for row in (
                marked.filter(pl.col(str(number))).select("line", "address", *MESSAGE_COLUMNS).iter_rows(named=True)
            ):
                yield from_row(check, kind, row)


def from_row(check: Check, kind: Kind, row: Mapping[str, Any]) -> Finding:
    """A finding from a violating row; columns beyond the known ones are for the message."""
    params = {MESSAGE_COLUMNS.get(name, name): str(item) for name, item in row.items()
              if name not in ("line", "address", "related") and item not in (None, "")}  # fmt: skip
    if kind.name == "known_fields":
        params["value"] = params.pop("extra")
    return Finding(
        rule=check.rule.code,
        severity=check.rule.severity,
        address=row["address"],
        field=kind.field,
        line=row["line"],
        value=str(row.get("value") or ""),
        related=tuple(row.get("related") or ()),
        params={**check.bindings, **params},
    )


# Cells ----------------------------------------------------------------------------------------------------


def judge_cells(judged: Judged, checks: list[Check], blockers: Mapping[str, str]) -> list[Finding]:
    found: list[Finding] = []
    for per in dict.fromkeys(tuple(check.params.get("per", ())) for check in checks):
        mine = [check for check in checks if tuple(check.params.get("per", ())) == per]
        codes = {code for check in mine for code in used_by(check, judged.definition)}
        table = cells(judged, codes, per)
        found += cell_findings(judged, mine, table, per, blockers)
    return found


def cell_findings(
    judged: Judged, checks: list[Check], table: pl.DataFrame, per: tuple[str, ...], blockers: Mapping[str, str]
) -> Iterator[Finding]:
    if table.is_empty():
        return
    used = [used_by(check, judged.definition) for check in checks]
    broken, blocked = [], []
    for number, (check, codes) in enumerate(zip(checks, used, strict=True)):
        function = KINDS[check.kind].cell
        assert function is not None  # noqa: S101 -- scope "cell" always has one
        broken.append(function(check.params, judged).fill_null(False).alias(f"broken_{number}"))
        blocked.append(pl.any_horizontal(pl.lit(False), *(fact("bad", c) for c in codes)).alias(f"blocked_{number}"))
    results = table.select(*broken, *blocked)
    for number, (check, codes) in enumerate(zip(checks, used, strict=True)):
        said = results[f"broken_{number}"] | results[f"blocked_{number}"]
        if not said.any():
            continue
        for index in said.arg_true():
            row = table.row(index, named=True)
            stopped = results[f"blocked_{number}"][index]
            yield from_cell(judged, check, codes, row, per, blockers if stopped else {})


def from_cell(
    judged: Judged,
    check: Check,
    codes: list[str],
    row: Mapping[str, Any],
    per: tuple[str, ...],
    blockers: Mapping[str, str],
) -> Finding:
    members = ",".join(f"{name}={row[f'd_{name}']}" for name in per if row[f"d_{name}"] is not None)
    points = judged.definition.points

    def address(code: str) -> str:
        return f"{code}[{members}]" if members and set(per) <= set(points[code].dimensions) else code

    main = leading_code(judged.definition, check, codes, row)
    numbers = {address(c): row[f"number_{c}"] for c in codes if row[f"number_{c}"] is not None}
    named = [name for code in codes if row[f"bad_{code}"] for name in (address(code), code)]
    blocker = next((blockers[name] for name in named if name in blockers), "")
    return Finding(
        rule=check.rule.code,
        severity="info" if blocker else check.rule.severity,
        address=address(main),
        field=KINDS[check.kind].field,
        line=lines_by_address(judged).get(address(main)),
        value=str(row[f"value_{main}"]),
        related=tuple(address(code) for code in codes if code != main),
        params={**check.bindings, "numbers": numbers},
        blocked_by=blocker,
    )


def leading_code(definition: Definition, check: Check, codes: list[str], row: Mapping[str, Any]) -> str:
    """The data point a finding points to: of those a rule asks for, one that has no value; else one that is answered."""
    leading = next(
        (found for key in PRIMARY if key in check.params if (found := list(operands(check.params[key], definition)))),
        codes,
    )
    asked = [
        code for entry in check.params.get("then", []) for code in operands(entry, definition) if "any" not in entry
    ]
    lacking = [code for code in asked if not row[f"valued_{code}"]]
    answered = [code for code in leading if row[f"answered_{code}"]]
    return [*lacking, *answered, *leading][0]


def lines_by_address(judged: Judged) -> dict[str, int]:
    if "lines_by_address" not in judged.cache:
        first = judged.lines.unique("address", keep="first")
        judged.cache["lines_by_address"] = dict(zip(first["address"], first["line"], strict=True))
    return judged.cache["lines_by_address"]


# The filing as a whole ------------------------------------------------------------------------------------


def judge_filing(judged: Judged, checks: list[Check], blockers: Mapping[str, str]) -> list[Finding]:
    found: list[Finding] = []
    for check in checks:
        kind = KINDS[check.kind]
        assert kind.filing is not None  # noqa: S101 -- scope "filing" always has one
        found += (from_row(check, kind, row) for row in kind.filing(check.params, judged).iter_rows(named=True))
        looked_at = codes_looked_at(kind, check, judged.definition)
        if blocker := next((blockers[code] for code in looked_at if code in blockers), ""):
            address = blocker.partition(" ")[2]
            found.append(
                Finding(check.rule.code, "info", address, kind.field, blocked_by=blocker, params=dict(check.bindings))
            )
    return found


def codes_looked_at(kind: Kind, check: Check, definition: Definition) -> list[str]:
    """Data points whose unusable lines keep a filing kind from judging all it should."""
    if kind.looks_at == "figures":
        return [point.code for point in definition.points.values() if point.numeric]
    if kind.looks_at == "flags":
        return [
            code for point in definition.points.values() if point.flag_code for code in (point.code, *point.flag_on)
        ]
    return used_by(check, definition)


# What comes out -------------------------------------------------------------------------------------------


def observations(judged: Judged) -> pl.DataFrame:
    return judged.sound.select(
        "line", *FIELDS, "code", "number", "low_number", "high_number", "start", "end", "own_period"
    )


def computed_points(judged: Judged) -> Iterator[Computed]:
    """Every computed data point whose parts are filed, once a member of its open dimensions."""
    points = [p for p in judged.definition.points.values() if p.computed]
    for per in dict.fromkeys(p.dimensions for p in points):
        mine = [p for p in points if p.dimensions == per]
        table = cells(judged, {c for p in mine for c in (p.code, *p.computed[1:])}, per)
        if table.is_empty():
            continue
        results = table.select(formula(judged.definition, p.code).alias(p.code) for p in mine)
        for index, row in enumerate(table.iter_rows(named=True)):
            members = ",".join(f"{name}={row[f'd_{name}']}" for name in per if row[f"d_{name}"] is not None)
            for point in mine:
                inputs = [row[f"number_{code}"] for code in point.computed[1:]]
                if None not in inputs and (value := results[point.code][index]) is not None:
                    address = f"{point.code}[{members}]" if members else point.code
                    yield Computed(address, value, row[f"number_{point.code}"])
