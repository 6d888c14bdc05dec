"""Filings to judge: a clean one for every definition, and small changes to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from submissions import loading as definitions
from submissions.canonical import Head, canonicalise, raw_frame
from submissions.rules import Context
from submissions.validation import Verdict, validate

ROOT = Path(definitions.__file__).parent / "definitions"
CATALOGUE = definitions.load_catalogue(ROOT)

Line = Mapping[str, Any]
Change = Mapping[str, Any]
"""Address -> a new value, new fields, several lines of new fields, or None for no line at all."""

NA = {"value": "", "obs_status": "M", "comment": "Does not exist."}
UNCOUNTED = {"value": "", "obs_status": "L", "reason": "not_collected", "comment": "Not collected."}
ABSENT = {"value": "", "obs_status": "O", "reason": "not_collected"}


def head_of(return_id: str, version: str, period: tuple[str, str] = ("2025-01-01", "2025-12-31")) -> Head:
    start, end = (date.fromisoformat(day) for day in period)
    return Head(return_id, version, "example", period[0][:4], start, end)


def lines_of(head: Head, lines: Iterable[Line]) -> pl.DataFrame:
    return canonicalise(CATALOGUE.get(head.return_id, head.version), raw_frame(lines), head)


def judge(
    return_id: str,
    version: str,
    lines: Iterable[Line],
    period: tuple[str, str] = ("2025-01-01", "2025-12-31"),
    previous: Iterable[Line] | None = None,
    previous_period: tuple[str, str] = ("2024-01-01", "2024-12-31"),
    accepted: Iterable[Line] | None = None,
) -> Verdict:
    head = head_of(return_id, version, period)
    before = None if previous is None else lines_of(head_of(return_id, version, previous_period), previous)
    stands = None if accepted is None else lines_of(head, accepted)
    return validate(CATALOGUE.get(return_id, version), lines_of(head, lines), Context(head, before, stands))


def found(verdict: Verdict) -> set[tuple[str, str]]:
    """Rule and address of what was evaluated and is broken."""
    return {(f.rule, f.address) for f in verdict.findings if not f.blocked_by}


def where(rule: str, verdict: Verdict) -> set[str]:
    """Addresses that a rule speaks of, evaluated or not."""
    return {f.address for f in verdict.findings if f.rule == rule}


def unjudged(verdict: Verdict) -> set[tuple[str, str]]:
    """Rules that could not be evaluated, and the finding that blocks each."""
    return {(f.rule, f.blocked_by) for f in verdict.findings if f.blocked_by}


def changed(lines: Iterable[Line], change: Change) -> list[dict[str, Any]]:
    """The lines with some replaced, repeated, dropped or added, in the same order."""
    clean = {str(line["address"]): dict(line) for line in lines}
    result = []
    for address in dict.fromkeys([*clean, *change]):
        line = clean.get(address, {"address": address})
        new = change.get(address, {})
        for fields in [] if new is None else new if isinstance(new, list) else [new]:
            fields = fields if isinstance(fields, Mapping) else {"value": fields}
            result.append(line | {name: str(text) for name, text in fields.items()})
    return result


@dataclass(frozen=True)
class Case:
    """A change to a clean filing that breaks `rule` at the addresses of `at` and nowhere else, and a change close to
    it that does not. `before` is the change that makes last year's filing, `accepted` the one that makes the revision
    that this one would replace."""

    rule: str
    breaks: Change
    at: str | tuple[str, ...]
    holds: Change
    before: Change | None = None
    period: tuple[str, str] | None = None
    accepted: Change | None = None

    def __str__(self) -> str:
        return self.rule

    @property
    def addresses(self) -> set[str]:
        return {self.at} if isinstance(self.at, str) else set(self.at)
