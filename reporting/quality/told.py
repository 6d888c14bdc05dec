"""The report in words, in the reader's language: the same for the page, for JSON and for the Commission's report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from portal.models import ReportingEntity
from portal.reader import language
from reporting import across, totals
from reporting.across import Found
from reporting.comparability import Comparison, words
from reporting.comparability.comparison import alone
from reporting.quality.classes import FindingClass, Occurrence
from reporting.quality.missing import Missing
from reporting.quality.report import Quality
from reporting.quality.together import Together
from reporting.rulebook.entries import ACROSS
from submissions.catalogue import catalogue
from submissions.messages import in_words
from submissions.presentation import in_language

Names = Mapping[str, str]
"""Code of an entity -> its name."""


@dataclass(frozen=True)
class Group:
    """What is said of one return in one period."""

    return_id: str
    period: str
    title: str
    rows: list[Any]
    more: int
    """Rows that are not listed."""

    @property
    def size(self) -> int:
        return len(self.rows) + self.more


@dataclass(frozen=True)
class MissingRow:
    missing: Missing
    label: str
    reasons: list[tuple[str, list[str]]]
    """A reason in words, and who gives it."""
    no_reason: list[str]
    unusable: list[str]
    not_filed: list[str]


@dataclass(frozen=True)
class ClassRow:
    found: FindingClass
    title: str
    topic: str
    example: str
    why: str
    entities: list[str]
    occurrences: list[tuple[Occurrence, str, str]]
    """With the name of who filed it, and the message."""
    more: int
    """Occurrences that are not listed."""


@dataclass(frozen=True)
class Told:
    missing: list[Group]
    refused: list[Group]
    added: list[Group]
    classes: list[ClassRow]


def entity_names() -> Names:
    return {entity.code: entity.name for entity in ReportingEntity.objects.all()}


def told(quality: Quality, places: int | None = None, rows: int | None = None) -> Told:
    """`places`, `rows`: so many occurrences of each rule, and figures of each period, are listed, the others counted."""
    names = entity_names()
    return Told(
        groups(quality.missing, rows, lambda one: missing_row(one, names)),
        with_totals(groups(quality.refused, rows, lambda one: one), names),
        with_totals(groups(quality.added, rows, lambda one: one), names),
        [class_row(one, names, places) for one in quality.classes],
    )


def groups(items: list[Any], most: int | None, row: Callable[[Any], Any]) -> list[Group]:
    found = []
    for key, some in groupby(items, key=lambda one: (one.return_id, one.version, one.period)):
        (return_id, version, period), every = key, list(some)
        listed = [row(one) for one in every[:most]]
        found.append(
            Group(return_id, period, f"{title(return_id, version)}, {period}", listed, len(every) - len(listed))
        )
    return found


def title(return_id: str, version: str = "") -> str:
    """Of a return in a version, else in the newest."""
    if return_id == ACROSS:
        return _("Across filings")
    return in_language((catalogue().get(return_id, version) if version else catalogue().versions(return_id)[-1]).title)


def missing_row(one: Missing, names: Names) -> MissingRow:
    def called(codes: list[str]) -> list[str]:
        return sorted(names.get(code, code) for code in codes)

    point = catalogue().get(one.return_id, one.version).points[one.code]
    return MissingRow(
        one,
        point.label[language()],
        [(reason_in_words(code), called(who)) for code, who in sorted(one.reasons.items())],
        called(one.no_reason),
        called(one.unusable),
        called(one.not_filed),
    )


def reason_in_words(codes: str) -> str:
    """Reasons, or a status, by their labels."""
    if not codes:
        return _("reason given for the whole filing")
    statuses = catalogue().code_lists["obs_status"].codes
    return words.label("obs_status", codes) if codes in statuses else words.labels("reason", codes.split(";"))


def with_totals(found: list[Group], names: Names) -> list[Group]:
    """The rows that are listed, in words."""
    listed: list[Together] = [one for group in found for one in group.rows]
    comparisons = iter(alone([one.comparison for one in listed]))
    return [replace(group, rows=[total(one, next(comparisons), names) for one in group.rows]) for group in found]


def total(one: Together, comparison: Comparison, names: Names) -> totals.ShownTotal:
    point = catalogue().get(one.return_id, one.version).points[one.code]
    return totals.shown(comparison, point.label[language()], names)


def class_row(found: FindingClass, names: Names, most: int | None) -> ClassRow:
    listed = found.occurrences[:most]
    return ClassRow(
        found,
        title(found.return_id, found.version),
        words.label("rule_kind", found.rule.topic),
        message(found.occurrences[0], names),
        found.rule.why[language()],
        sorted(names.get(code, code) for code in found.entities),
        [(one, names.get(one.entity, one.entity), message(one, names)) for one in listed],
        len(found.occurrences) - len(listed),
    )


def message(one: Occurrence, names: Names) -> str:
    if isinstance(one.finding, Found):
        return across.in_words(one.finding, language(), names).message
    return in_words(catalogue().get(one.return_id, one.version), one.finding, language()).message


# JSON -----------------------------------------------------------------------------------------------------


def as_json(quality: Quality) -> dict[str, Any]:
    names = entity_names()
    return {
        "scope": {
            "return": quality.scope.return_id or None,
            "period": quality.scope.period or None,
            "entity": quality.scope.entity or None,
        },
        "missing": [missing_json(one) for one in quality.missing],
        "refused": [total_json(one) for one in quality.refused],
        "added": [total_json(one) for one in quality.added],
        "findings": [class_json(one, names) for one in quality.classes],
    }


def head_json(return_id: str, version: str, period: str, code: str) -> dict[str, Any]:
    label = catalogue().get(return_id, version).points[code].label[language()]
    return {"return": return_id, "version": version, "period": period, "address": code, "label": label}


def missing_json(one: Missing) -> dict[str, Any]:
    return head_json(one.return_id, one.version, one.period, one.code) | {
        "expected": one.expected,
        "by_value": one.by_value,
        "by_reason": [
            {"reason": code or None, "label": reason_in_words(code), "entities": who}
            for code, who in sorted(one.reasons.items())
        ],
        "without_reason": one.no_reason,
        "unusable": one.unusable,
        "not_filed": one.not_filed,
    }


def total_json(one: Together) -> dict[str, Any]:
    comparison = one.comparison
    sum_, estimate = comparison.subset_total, comparison.estimate()
    return head_json(one.return_id, one.version, one.period, one.code) | {
        "comparable": comparison.comparable,
        "because": words.because(comparison),
        "reasons": sorted({reason.code for reason in comparison.told if reason.effect == "bars"}),
        "expected": comparison.expected,
        "counted": comparison.counted,
        "sum": sum_.value if sum_ else None,
        "unit": comparison.reference.unit if comparison.reference else None,
        "estimate": {"value": estimate.point, "low": estimate.low, "high": estimate.high, "obs_status": "E"}
        if estimate
        else None,
    }


def class_json(one: FindingClass, names: Names) -> dict[str, Any]:
    return {
        "rule": one.rule.code,
        "return": one.return_id,
        "version": one.version,
        "severity": one.rule.severity,
        "topic": one.rule.topic,
        "count": len(one.occurrences),
        "filings": one.filings,
        "explained": one.explained,
        "occurrences": [
            {
                "entity": found.entity or None,
                "return": found.return_id,
                "period": found.period,
                "revision": found.revision,
                "address": found.address,
                "message": message(found, names),
                "explanation": found.explanation or None,
            }
            for found in one.occurrences
        ],
    }
