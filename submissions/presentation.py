"""Rows as pages show them: labels in the reader's language, missing values by their reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from babel.numbers import format_decimal

from portal.reader import language
from submissions.definition import DataPoint, Definition, Text
from submissions.messages import Words, in_words
from submissions.models import Explanation, Finding, Observation, Revision, Severity, subject
from submissions.sources import place
from submissions.workbook.remarks import Remark


def in_language(text: Text) -> str:
    return text.get(language()) or text["en"]


@dataclass(frozen=True)
class ShownFinding:
    finding: Any
    """Of the database, or fresh from the judge."""
    words: Words
    where: dict[str, Any]
    explanation: Explanation | None = None

    @property
    def subject(self) -> str:
        return subject(self.finding)


@dataclass
class CountedFindings:
    """Findings, the worst first, as far as a page can show them."""

    shown: list[ShownFinding]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.shown)


RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Placed(Protocol):
    """What findings point into: the source of a revision, or an upload."""

    @property
    def media_type(self) -> str: ...
    @property
    def layout(self) -> list[dict[str, Any]]: ...


Explained = Mapping[tuple[str, str, str], Explanation]


def show(
    definition: Definition, findings: Iterable[Any], source: Placed, explained: Explained, language: str
) -> list[ShownFinding]:
    """Findings, fresh or kept, each with its words, its place and what the filer says of it."""
    return [
        ShownFinding(
            f,
            in_words(definition, f, language),
            place(source.media_type, f.line, f.field, source.layout),
            explained.get((f.rule, f.address, subject(f))),
        )
        for f in findings
    ]


def remarks(definition: Definition, findings: Iterable[Any], language: str) -> list[Remark]:
    """Findings, fresh or kept, as a workbook shows them."""
    told = ((f, in_words(definition, f, language)) for f in findings)
    return [
        Remark(
            f.rule,
            "info" if f.blocked_by else f.severity,
            f.line,
            f.field,
            f.address,
            words.label,
            words.message,
            words.mend,
        )
        for f, words in told
    ]


def counted_findings(revision: Revision, language: str, most: int) -> CountedFindings:
    total = revision.errors + revision.warnings + revision.infos + revision.not_evaluated
    rows: list[Finding] = []
    for severity in RANK:
        if len(rows) < most:
            rows += revision.findings.filter(severity=severity)[: most - len(rows)]
    shown = show(revision.definition, rows, revision.source, revision.filing.explanations.by_finding(), language)
    return CountedFindings(shown, total)


def worst_first(
    definition: Definition, findings: Sequence[Any], source: Placed, explained: Explained, language: str, most: int
) -> CountedFindings:
    """Fresh findings of a file on its way."""
    ranked = sorted(findings, key=lambda f: (bool(f.blocked_by), RANK[f.severity]))
    return CountedFindings(show(definition, ranked[:most], source, explained, language), len(ranked))


class Answered(Protocol):
    """What was answered at one address: an observation, or a canonical line."""

    @property
    def value(self) -> str: ...
    @property
    def number(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def obs_status(self) -> str: ...
    @property
    def qualifier(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def flags(self) -> str: ...
    @property
    def comment(self) -> str: ...


@dataclass
class ShownObservation:
    observation: Observation
    label: str
    point: DataPoint | None
    value: str
    missing: str
    unit: str
    notes: list[str]
    findings: list[ShownFinding]


@dataclass
class Group:
    title: str
    rows: list[ShownObservation] = field(default_factory=list)


def as_filed(
    revision: Revision, observations: Iterable[Observation], findings: Iterable[Finding], language: str
) -> list[Group]:
    """Observations by category, each with its findings beside it."""
    definition = revision.definition
    beside: dict[str, list[ShownFinding]] = defaultdict(list)
    for shown in show(definition, findings, revision.source, {}, language):
        beside[shown.finding.address].append(shown)
    groups: dict[int, Group] = {}
    for observation in observations:
        point = definition.points.get(observation.code)
        number = point.category if point else 0
        title = definition.categories[number].label[language] if number in definition.categories else ""
        group = groups.setdefault(number, Group(f"{number}. {title}" if title else ""))
        group.rows.append(show_observation(definition, observation, point, beside[observation.address], language))
    return [groups[number] for number in sorted(groups)]


def show_observation(
    definition: Definition,
    observation: Observation,
    point: DataPoint | None,
    findings: list[ShownFinding],
    language: str,
) -> ShownObservation:
    return ShownObservation(
        observation=observation,
        label=definition.label_of(observation.address, language),
        point=point,
        value=shown_value(definition, observation, point, language),
        missing=missing_words(definition, observation, language)
        if observation.obs_status in definition.missing
        else "",
        unit=unit_label(definition, observation.unit, language),
        notes=notes(definition, observation, language),
        findings=findings,
    )


def code_label(definition: Definition, list_id: str, code: str, language: str) -> str:
    codes = definition.code_lists[list_id].codes
    return codes[code].label[language] if code in codes else code


def unit_label(definition: Definition, unit: str, language: str, of: float | None = None) -> str:
    """`of`: the number it stands beside. A period without an end has its unit in a list of its own."""
    if unit in ("", "none"):
        return ""
    lists = (definition.code_lists[name].codes for name in ("unit", "retention_unit"))
    code = next((codes[unit] for codes in lists if unit in codes), None)
    if code is None:
        return unit
    return (code.one.get(language) if of == 1 else "") or code.label[language]


def shown_value(definition: Definition, observation: Answered, point: DataPoint | None, language: str) -> str:
    """A number with the thousands marks of the language; codes and yes/no by their label."""
    if observation.low is not None:
        return f"{number(observation.low, language)} – {number(observation.high, language)}"
    if observation.number is not None:
        return hedged(number(observation.number, language, observation.value), observation.qualifier)
    if point and point.value_type == "boolean" and observation.value in ("0", "1"):
        return {"en": ("No", "Yes"), "da": ("Nej", "Ja"), "nl": ("Nee", "Ja")}[language][int(observation.value)]
    if point and point.value_type == "code_list":
        return "; ".join(
            code_label(definition, point.code_list, code, language) for code in observation.value.split(";")
        )
    return observation.value


HEDGES = {"approximate": "≈ ", "rounded": "≈ ", "lower_bound": "> ", "upper_bound": "< "}


def hedged(text: str, qualifier: str) -> str:
    return HEDGES.get(qualifier, "") + text


EXACT = 10**15
"""Whole numbers up to here are exact as floating-point numbers."""


def number(value: float | None, language: str, as_written: str = "") -> str:
    """Thin spaces between thousands in every language, so that columns read alike; decimals as filed."""
    if value is None:
        return ""
    decimals = len(as_written.partition(".")[2])
    if not decimals and abs(value) < EXACT and value == int(value):
        return f"{int(value):,}".replace(",", "\u202f")  # what Babel gives too, forty times as fast
    text = format_decimal(value, format=f"#,##0.{'0' * decimals}" if decimals else "#,##0.###", locale=language)
    group = "," if language == "en" else "."
    whole, mark, rest = text.partition("." if language == "en" else ",")
    return whole.replace(group, "\u202f") + mark + rest


def missing_words(definition: Definition, observation: Answered, language: str) -> str:
    """Why there is no value: the reasons, else the status; never a bare dash."""
    status = code_label(definition, "obs_status", observation.obs_status, language)
    reasons = [code_label(definition, "reason", code, language) for code in observation.reason.split(";") if code]
    return f"{status}: {', '.join(reasons)}" if reasons else status


def notes(definition: Definition, observation: Answered, language: str) -> list[str]:
    """Status, flags, reasons for other dates, comment: what a reader must know beside the value."""
    said = []
    if observation.obs_status not in ("A", *definition.missing):
        said.append(code_label(definition, "obs_status", observation.obs_status, language))
    if observation.qualifier not in ("", "exact"):
        said.append(code_label(definition, "qualifier", observation.qualifier, language))
    said += [
        code_label(definition, "comparability_flag", flag, language) for flag in observation.flags.split(";") if flag
    ]
    dated = definition.code_lists["reason_period"].codes
    said += [dated[code].label[language] for code in observation.reason.split(";") if code in dated]
    return [*said, observation.comment] if observation.comment else said


@dataclass(frozen=True)
class ShownPoint:
    """A data point of the catalogue of definitions."""

    code: str
    label: Text
    help: Text
    condition: Text
    unit_label: str
    required_label: str
    dimension_labels: str


def grouped_points(definition: Definition, language: str) -> list[tuple[str, list[ShownPoint]]]:
    """Categories with their data points, in form order."""
    by_category: dict[int, list[ShownPoint]] = defaultdict(list)
    for p in definition.points.values():
        by_category[p.category].append(
            ShownPoint(
                p.code, p.label, p.help, p.condition,
                code_label(definition, "unit" if p.numeric else "value_type", p.unit if p.numeric else p.value_type, language),
                code_label(definition, "requirement", p.required, language),
                ", ".join(definition.dimensions[name].label[language] for name in p.dimensions),
            )
        )  # fmt: skip
    return [(f"{c.number}. {c.label[language]}", by_category[c.number]) for c in definition.categories.values()]
