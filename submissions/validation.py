"""`validate()`: one pure function judges a filing, whatever door it came through.

No database, no input or output: canonical lines and a definition go in, findings and usable observations come out.
Everything wrong is found in one pass. A line that holds no usable figure blocks the rules that need it; those are
listed as not evaluated, with the finding that blocks them, never silently skipped.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import polars as pl

from submissions.canonical import FIELDS
from submissions.definition import Check, Definition
from submissions.rules import KINDS, Context, Docket, Judged, Kind
from submissions.rules.history import with_history
from submissions.rules.plan import CellCheck, CellChecks, ComputedPoints, Plan, plan, used_by
from submissions.rules.table import Table, table

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
    return validate_together(definition, [(lines, context)])[0]


@contextmanager
def panics_told() -> Iterator[None]:
    """A panic of Polars is no `Exception`: it would pass by everything that looks after a fault of ours."""
    try:
        yield
    except pl.exceptions.PanicException as panic:
        raise RuntimeError(f"Polars panicked: {panic}") from panic


@panics_told()
def validate_together(definition: Definition, filed: Sequence[tuple[pl.DataFrame, Context]]) -> list[Verdict]:
    """The verdict on each of several filings under one definition: what `validate` says of it, for less work."""
    todo = plan(definition)

    def reading_order(f: Finding) -> tuple[Any, ...]:
        return f.line is None, f.line or 0, todo.order[f.rule], f.address, f.blocked_by

    lines = pl.concat(on_the_table(definition, *one, place) for place, one in enumerate(filed))
    marked = marks(todo, lines)
    lines = lines.with_columns(unusable(todo, lines, marked))
    docket = Docket(definition, [context for _, context in filed], lines)
    found = line_findings(todo, docket, marked)
    blockers = [first_blockers(blocking) for blocking, _ in found]
    in_cells, computed = judge_cells(docket, todo, blockers), computed_points(docket, todo)
    verdicts = []
    for place, judged in enumerate(docket.filings):
        in_filing = judge_filing(judged, todo, blockers[place])
        findings = sorted([*found[place][0], *found[place][1], *in_cells[place], *in_filing], key=reading_order)
        verdicts.append(Verdict(tuple(findings), observations(judged), tuple(computed[place])))
    return verdicts


def on_the_table(definition: Definition, lines: pl.DataFrame, context: Context, place: int) -> pl.DataFrame:
    """Lines of one filing as the rules look at them."""
    return with_history(definition, lines, context.previous).with_columns(
        pl.lit(context.head.start).alias("head_start"),
        pl.lit(context.head.end).alias("head_end"),
        repeated(),
        pl.lit(place, pl.UInt32).alias("filing"),
    )


def first_blockers(findings: Iterable[Finding]) -> dict[str, str]:
    """Address, and its data point -> the first finding that made a line of it unusable."""
    blockers: dict[str, str] = {}
    for finding in findings:
        for name in (finding.address, finding.address.partition("[")[0]):
            blockers.setdefault(name, f"{finding.rule} {finding.address}")
    return blockers


# Lines ----------------------------------------------------------------------------------------------------


def marks(todo: Plan, lines: pl.DataFrame) -> dict[int, pl.Series]:
    """Which lines break a rule, for each check that any line breaks. Kinds that need what no line has are
    not run."""
    needs = {place: KINDS[check.kind].needs for place, check in enumerate(todo.lines)}
    met = anywhere(lines, {place: need for place, need in needs.items() if need is not None})
    run = [place for place in needs if met.get(place, True)]
    marked = lines.select(todo.broken_lines[place] for place in run)
    found = anywhere(marked, {place: pl.col(str(place)) for place in run})
    return {place: marked[str(place)] for place in run if found[place]}


def anywhere(frame: pl.DataFrame, conditions: Mapping[int, pl.Expr]) -> dict[int, bool]:
    """Whether any row meets a condition, for each of them."""
    if not conditions:
        return {}
    met = frame.select(condition.any().alias(str(place)) for place, condition in conditions.items())
    return dict(zip(conditions, met.row(0), strict=True))


def repeated() -> pl.Expr:
    """Lines whose address stands on several lines. Canonical lines are sorted by address."""
    address = pl.col("address")
    return ((address == address.shift()) | (address == address.shift(-1))).fill_null(False).alias("repeated")


def unusable(todo: Plan, lines: pl.DataFrame, marked: dict[int, pl.Series]) -> pl.Expr | pl.Series:
    """All lines that share a faulty address and period, or an address that stands twice."""
    blocking = [place for place in marked if KINDS[todo.lines[place].kind].blocks]
    if not blocking:
        return pl.lit(False).alias("unusable")
    doubled = [marked[place] for place in blocking if todo.lines[place].kind == "unique_address"]
    faulty = [marked[place] for place in blocking if todo.lines[place].kind != "unique_address"]
    suspects = lines.select(
        "filing", "address", "start", "end",
        pl.any_horizontal(pl.lit(False), *faulty).alias("faulty"), pl.any_horizontal(pl.lit(False), *doubled).alias("doubled"),
    )  # fmt: skip
    named = suspects.select(pl.col("address").filter(pl.col("faulty") | pl.col("doubled")).unique()).to_series()
    # Most lines have an address that nothing is wrong with, and windows over a million addresses are dear.
    near = suspects.with_row_index().filter(pl.col("address").is_in(named.implode()))
    struck = near.filter(
        pl.col("faulty").any().over("filing", "address", "start", "end")
        | pl.col("doubled").any().over("filing", "address")
    )["index"]
    return pl.int_range(pl.len()).is_in(struck.implode()).alias("unusable")


def line_findings(
    todo: Plan, docket: Docket, marked: dict[int, pl.Series]
) -> list[tuple[list[Finding], list[Finding]]]:
    """Of each filing: findings of the blocking kinds, and of the others."""
    found: list[tuple[list[Finding], list[Finding]]] = [([], []) for _ in docket.contexts]
    for place, broken in marked.items():
        check, kind = todo.lines[place], KINDS[todo.lines[place].kind]
        rows = docket.lines.select("filing", "line", "address", *MESSAGE_COLUMNS).filter(broken)
        for row in rows.iter_rows(named=True):
            found[row.pop("filing")][not kind.blocks].append(from_row(check, kind, row))
    return found


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


def judge_cells(docket: Docket, todo: Plan, blockers: Sequence[Mapping[str, str]]) -> list[list[Finding]]:
    found: list[list[Finding]] = [[] for _ in docket.contexts]
    for checks in todo.cells:
        cells = table(docket, checks.codes, checks.per, checks.facts, todo.facts)
        for filing, finding in cell_findings(checks, docket, cells, blockers):
            found[filing].append(finding)
    return with_lines(found, docket.lines) if any(found) else found


def cell_findings(
    checks: CellChecks, docket: Docket, cells: Table, blockers: Sequence[Mapping[str, str]]
) -> Iterator[tuple[int, Finding]]:
    if not cells.groups:
        return
    broken = cells.columns(checks.columns, docket).select(checks.broken)
    met, bad = anywhere(broken, {place: pl.col(str(place)) for place in range(broken.width)}), cells.bad()
    for place, one in enumerate(checks.checks):
        stopped = set().union(*(bad[code] for code in one.used if code in bad))
        said = set(broken[str(place)].arg_true()) if met[place] else set()
        for group in sorted(said | stopped):
            filing = cells.groups[group]["filing"]
            yield filing, from_cell(one, cells, group, blockers[filing] if group in stopped else {})


def from_cell(one: CellCheck, cells: Table, group: int, blockers: Mapping[str, str]) -> Finding:
    members = stated_members(cells.groups[group])

    def address(code: str) -> str:
        return f"{code}[{members}]" if members and code in cells.own else code

    check, main = one.check, leading_code(one, cells, group)
    numbers = {address(c): number for c in one.used if (number := cells.value("number", c, group)) is not None}
    named = [name for code in one.used if cells.value("bad", code, group) for name in (address(code), code)]
    blocker = next((blockers[name] for name in named if name in blockers), "")
    return Finding(
        rule=check.rule.code,
        severity="info" if blocker else check.rule.severity,
        address=address(main),
        field=KINDS[check.kind].field,
        value=str(cells.value("value", main, group)),
        related=tuple(address(code) for code in one.used if code != main),
        params={**check.bindings, "numbers": numbers},
        blocked_by=blocker,
    )


def stated_members(group: Mapping[str, Any]) -> str:
    told = ((key.removeprefix("d_"), member) for key, member in group.items() if key != "filing" and member is not None)
    return ",".join(f"{name}={member}" for name, member in told)


def leading_code(one: CellCheck, cells: Table, group: int) -> str:
    """The data point a finding points to: of those a rule asks for, one that has no value; else one that is answered."""
    lacking = (code for code in one.asked if not cells.value("valued", code, group))
    answered = (code for code in one.leading if cells.value("answered", code, group))
    return next(itertools.chain(lacking, answered, one.leading))


def with_lines(found: list[list[Finding]], lines: pl.DataFrame) -> list[list[Finding]]:
    """The findings with the first line of their address."""
    addresses = pl.Series([finding.address for findings in found for finding in findings]).unique()
    there = lines.select("filing", "address", "line").filter(pl.col("address").is_in(addresses.implode()))
    first = {(filing, address): line for filing, address, line in reversed(there.rows())}
    return [
        [dataclasses.replace(finding, line=first.get((filing, finding.address))) for finding in findings]
        for filing, findings in enumerate(found)
    ]


# The filing as a whole ------------------------------------------------------------------------------------


def judge_filing(judged: Judged, todo: Plan, blockers: Mapping[str, str]) -> list[Finding]:
    found: list[Finding] = []
    for check in todo.filing:
        kind = KINDS[check.kind]
        assert kind.filing is not None  # noqa: S101 -- scope "filing" always has one
        found += (from_row(check, kind, row) for row in kind.filing(check.params, judged).iter_rows(named=True))
        looked_at = codes_looked_at(kind, check, judged.definition) if blockers else []
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


def computed_points(docket: Docket, todo: Plan) -> list[list[Computed]]:
    """Of each filing, every computed data point whose parts are filed, once a member of its open dimensions."""
    found: list[list[Computed]] = [[] for _ in docket.contexts]
    for together in todo.computed:
        cells = table(docket, together.codes, together.per, together.facts, todo.facts)
        if not cells.groups:
            continue
        results = cells.columns(together.columns, docket).select(together.values)
        for group, members in enumerate(cells.groups):
            found[members["filing"]].extend(computed_in(together, cells, group, results))
    return found


def computed_in(together: ComputedPoints, cells: Table, group: int, results: pl.DataFrame) -> Iterator[Computed]:
    stated = stated_members(cells.groups[group])
    for point in together.points:
        inputs = [cells.value("number", code, group) for code in point.computed[1:]]
        if None not in inputs and (value := results[point.code][group]) is not None:
            address = f"{point.code}[{stated}]" if stated else point.code
            yield Computed(address, value, cells.value("number", point.code, group))
