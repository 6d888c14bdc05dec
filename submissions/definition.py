"""Definitions of returns: frozen types.

A definition is one return in one version (SDMX: data structure definition). It is a folder of data:
`definition.toml` (head, categories, dimensions, panels), `data_points.csv` (one line a data point, labels in
every language), `rules.toml`. Code lists are shared and lie in `codelists/`. Nothing here touches a database.
"""

from __future__ import annotations

import fnmatch
import hashlib
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

JUDGED = {"unit", "retention_unit", "qualifier", "reason", "reason_period", "comparability_flag"}
"""Code lists that rules of every definition look at."""
LANGUAGES = ("en", "da", "nl")
SEVERITIES = ("error", "warning", "info")
VALUE_TYPES = ("count", "percentage", "duration", "boolean", "date", "text", "list", "code_list")
ROLES = ("recipient", "source")
REQUIREMENTS = ("required", "conditional", "optional")
PANEL_CHARTS = ("bars", "matrix", "rates", "reasons", "steps")
"""Bars of figures; answers of every entity side by side; ratios with what they are ratios of; reasons for missing
figures; figures that follow one another, such as report, case, investigation."""
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
PLACEHOLDER = re.compile(r"\{(\w+)\}")

Text = Mapping[str, str]


class DefinitionError(Exception):
    """A definition folder that cannot be used; names the file and the key in it."""

    def __init__(self, file: Path | str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}")
        self.file, self.key, self.problem = str(file), key, problem


@dataclass(frozen=True)
class Code:
    id: str
    label: Text
    description: str = ""
    equivalent: str = ""
    """The same code in SDMX, Eurostat, or what it forces (`forces CL_OBS_STATUS=D`)."""
    one: Text = field(default_factory=dict)
    """Of units: the label beside the number 1; empty where it is the same."""


@dataclass(frozen=True)
class CodeList:
    id: str
    name: Text
    codes: Mapping[str, Code]


@dataclass(frozen=True)
class Category:
    number: int
    label: Text


@dataclass(frozen=True)
class Dimension:
    """An open dimension: lines of a data point repeat, one per member."""

    id: str
    label: Text
    code_list: str | None = None
    pattern: str | None = None
    """A regular expression where members come from no list, such as months."""
    in_series: bool = True
    """False where figures of two years belong together whatever the member."""
    worded_by: tuple[str, ...] = ()
    """Code lists that have words for members of a pattern."""


@dataclass(frozen=True)
class Panel:
    """A group of data points shown together on a dashboard."""

    id: str
    dashboard: str
    title: Text
    entity_axis: bool = True
    """Bars are reporting entities; else the members of the first dimension."""
    chart: str = "bars"
    """One of PANEL_CHARTS: how the data points are shown."""
    codes: tuple[str, ...] = ()
    """Data points that stand here beside those that name the panel; `*` stands for any letters."""
    sums: tuple[tuple[str, ...], ...] = ()
    """Dimensions over which counts of long filings are summed once they are accepted, so that no page reads every line;
    what is left out of a tuple is added up."""


@dataclass(frozen=True)
class DataPoint:
    code: str
    category: int
    value_type: str
    unit: str
    """A code of list `unit`; `open` where the line itself says what it counts."""
    required: str
    label: Text
    group: Text
    help: Text
    condition: Text
    dimensions: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Dimensions fixed by the row, such as detection=known."""
    basis: str = ""
    part_of: str = ""
    code_list: str = ""
    computed: tuple[str, ...] = ()
    """`("sum", a, b …)`, `("difference", a, b)` or `("ratio", a, b)` (percent)."""
    flag_if: str = ""
    flag_code: str = ""
    flag_on: tuple[str, ...] = ()
    legal_ref: str = ""
    source_row: str = ""
    panel: str = ""

    @property
    def numeric(self) -> bool:
        return self.value_type in ("count", "percentage", "duration")


@dataclass(frozen=True)
class Naming:
    """A data point that names organisations: `organisation` (a code of the list of that name) where its answer is yes,
    the member of `dimension`, or with neither the names in its value, separated by semicolons. `role`: a recipient had
    data from who files, a source sent reports to it."""

    point: str
    role: str
    organisation: str = ""
    dimension: str = ""


@dataclass(frozen=True, eq=False)
class Clause:
    """A kind (a function in `rules/`), its operands, and the loop variables it repeats over."""

    kind: str
    params: Mapping[str, Any]
    repeat: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Rule:
    """What must hold, as data; broken when one of its clauses is."""

    code: str
    severity: str
    topic: str
    message: Text
    mend: Text
    why: Text
    clauses: tuple[Clause, ...]
    legal_ref: str = ""


@dataclass(frozen=True, eq=False)
class Check:
    """One clause of a rule with its loop variables bound, ready to run."""

    rule: Rule
    kind: str
    params: Mapping[str, Any]
    bindings: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Definition:
    return_id: str
    version: str
    receipt_prefix: str
    title: Text
    filed_by: tuple[str, ...]
    period_type: str
    legal_ref: str
    valued: tuple[str, ...]
    missing: tuple[str, ...]
    categories: Mapping[int, Category]
    dimensions: Mapping[str, Dimension]
    panels: Mapping[str, Panel]
    points: Mapping[str, DataPoint]
    rules: Mapping[str, Rule]
    names: Mapping[str, str]
    """Loop variable of the rules -> code list that names its values for people."""
    code_lists: Mapping[str, CodeList]
    released: bool = False
    """Figures are published as statistics, release by release; see `reporting/disclosure.py`."""
    sensitive_units: tuple[str, ...] = ()
    """Units that count people whom a small figure could give away."""
    public: bool = False
    """The law makes each report public once it is accepted, with every accepted correction; see `reporting/published/`."""
    namings: tuple[Naming, ...] = ()
    """Where filings name organisations. None of these four decides a verdict: they stay out of the fingerprint."""

    @property
    def id(self) -> str:
        return f"{self.return_id}_{self.version}"

    def points_of(self, panel: Panel) -> list[DataPoint]:
        """The data points of a panel, in the order of the definition."""
        named = {code for wanted in panel.codes for code in fnmatch.filter(self.points, wanted)}
        return [point for point in self.points.values() if point.panel == panel.id or point.code in named]

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        return tuple(check for rule in self.rules.values() for check in expand(rule))

    @cached_property
    def fingerprint(self) -> str:
        """sha256 of everything that decides addresses and verdicts; wording may be mended without a new version."""
        lists = {p.code_list for p in self.points.values()} | {d.code_list for d in self.dimensions.values()} | JUDGED
        meaning = {
            "return": [self.return_id, self.version, self.valued, self.missing],
            "dimensions": [[d.id, d.code_list, d.pattern, d.in_series] for d in self.dimensions.values()],
            "points": [
                [p.code, p.category, p.value_type, p.unit, p.required, p.dimensions, sorted(p.attributes.items()),
                 p.basis, p.part_of, p.code_list, p.computed, p.flag_if, p.flag_code, p.flag_on]
                for p in self.points.values()
            ],
            "rules": [
                [r.code, r.severity, [[c.kind, plain(c.params), plain(c.repeat)] for c in r.clauses]]
                for r in self.rules.values()
            ],
            "lists": {
                name: sorted((code.id, code.equivalent) for code in self.code_lists[name].codes.values())
                for name in sorted(filter(None, lists))
            },
        }  # fmt: skip
        return hashlib.sha256(json.dumps(meaning, sort_keys=True, default=str).encode()).hexdigest()

    def label_of(self, address: str, language: str) -> str:
        """Name of an address for people: the data point's label and its dimension members."""
        code, members = split_address(address)
        point = self.points.get(code)
        if point is None:
            return address
        named = [self.member_label(name, member, language) for name, member in members.items()]
        return point.label[language] + (f" ({', '.join(named)})" if named else "")

    def member_label(self, dimension: str, member: str, language: str) -> str:
        known = self.dimensions.get(dimension)
        lists = (known.code_list, *known.worded_by) if known else ()
        found = (self.code_lists[name].codes.get(member) for name in lists if name)
        return next((code.label[language] for code in found if code), member)


def plain(value: Any) -> Any:
    """Mappings and tuples as JSON knows them."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


# Addresses ------------------------------------------------------------------------------------------------

ADDRESS = re.compile(r"([^\[\]]*)(?:\[(.*)\])?")


def split_address(address: str) -> tuple[str, dict[str, str]]:
    """`a.b[x=1,y=2]` -> (`a.b`, {x: 1, y: 2}); members keep their order."""
    match = ADDRESS.fullmatch(address)
    if match is None:
        return address, {}
    members = (part.partition("=") for part in (match[2] or "").split(",") if part)
    return match[1], {name: value for name, _, value in members}


# Rules ----------------------------------------------------------------------------------------------------


def expand(rule: Rule) -> Iterator[Check]:
    """A check for every clause and every combination of its loop variables."""
    for clause in rule.clauses:
        for values in itertools.product(*clause.repeat.values()):
            bindings = dict(zip(clause.repeat, values, strict=True))
            yield Check(rule, clause.kind, bind(clause.params, bindings), MappingProxyType(bindings))


def bind(value: Any, bindings: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda m: bindings.get(m[1], m[0]), value)
    if isinstance(value, Mapping):
        return {key: bind(item, bindings) for key, item in value.items()}
    return [bind(item, bindings) for item in value] if isinstance(value, list) else value
