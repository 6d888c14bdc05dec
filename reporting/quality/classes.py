"""Which figures contradict each other, last year or the reference: findings of verdicts and across filings, by rule."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from portal.models import User
from reporting import across
from reporting.across import Found, World
from reporting.rulebook.entries import ACROSS, ACROSS_VERSION
from submissions.catalogue import catalogue
from submissions.definition import Rule
from submissions.models import Explanation, Finding, Revision, subject
from submissions.models.revision import day_after


@dataclass(frozen=True)
class Occurrence:
    """Where a rule is broken."""

    entity: str
    return_id: str
    version: str
    period: str
    revision: int | None
    """None where a round as a whole is meant."""
    address: str
    explanation: str
    finding: Stored | Found


@dataclass(frozen=True)
class Stored:
    """What a finding of a verdict says, as `messages.in_words` reads it."""

    rule: str
    address: str
    value: str
    text: str
    """Of JSON: thousands are counted, some are told."""
    blocked_by: str = ""

    @cached_property
    def params(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.text)
        return found


@dataclass(frozen=True)
class FindingClass:
    """A rule, and where it is broken."""

    return_id: str
    """ACROSS for rules across filings."""
    version: str
    rule: Rule
    occurrences: tuple[Occurrence, ...]

    @property
    def explained(self) -> int:
        return sum(bool(one.explanation) for one in self.occurrences)

    @property
    def entities(self) -> list[str]:
        return sorted({one.entity for one in self.occurrences if one.entity})

    @property
    def filings(self) -> int:
        return len({one.revision for one in self.occurrences if one.revision})


Broken = tuple[tuple[str, str, str], Occurrence]
"""A rule (return, version, code), and a place where it is broken."""
RANK = ("error", "warning", "info")


def classes(user: User, world: World, as_of: date | None = None, **only: Any) -> list[FindingClass]:
    """Of accepted revisions, with `as_of` of those that counted at the end of that day: by severity, then the commonest
    first. Findings of rules that could not be judged are left out; so is a round as a whole where the reader does not see
    all of it."""
    return by_rule([*of_verdicts(user, as_of, **only), *of_across(world)])


def by_rule(occurrences: Iterable[Broken]) -> list[FindingClass]:
    found: dict[tuple[str, str, str], list[Occurrence]] = {}
    for key, one in occurrences:
        found.setdefault(key, []).append(one)
    told = [FindingClass(*key[:2], rule_of(*key), tuple(some)) for key, some in found.items()]
    return sorted(told, key=lambda c: (RANK.index(c.rule.severity), -len(c.occurrences), c.rule.code, c.version))


def rule_of(return_id: str, version: str, code: str) -> Rule:
    return across.rules()[code] if return_id == ACROSS else catalogue().get(return_id, version).rules[code]


def of_verdicts(user: User, as_of: date | None = None, **only: Any) -> Iterator[Broken]:
    rows = (
        Finding.objects.visible_to(user)
        .filter(revision__in=Revision.objects.counting(as_of), blocked_by="", **only)
        .order_by("revision__filing__period__start", "revision__filing__obligation__entity__code", "position")
        .values_list(
            "revision__filing__obligation__entity__code", "revision__filing__period__return_id", "revision__version",
            "revision__filing__period__label", "revision", "revision__filing", "rule", "address", "value",
            Cast("params", TextField()),
        )
    )  # fmt: skip
    said = explanations(user, as_of)
    for entity, return_id, version, period, revision, filing, rule, address, value, params in rows:
        stored = Stored(rule, address, value, params)
        answers = said.get((filing, rule, address))
        text = answers.get(subject(stored), "") if answers else ""
        yield (
            (return_id, version, rule),
            Occurrence(entity, return_id, version, period, revision, address, text, stored),
        )


def explanations(user: User, as_of: date | None = None) -> dict[tuple[int, str, str], dict[str, str]]:
    """(filing, rule, address) -> subject -> text. Only the last wording is kept; with `as_of` one that was changed later is
    left out."""
    written = Explanation.objects.visible_to(user).order_by()
    if as_of:
        written = written.filter(written_at__lt=day_after(as_of))
    found: dict[tuple[int, str, str], dict[str, str]] = {}
    for filing, rule, address, about, text in written.values_list("filing", "rule", "address", "subject", "text"):
        found.setdefault((filing, rule, address), {})[about] = text
    return found


def of_across(world: World) -> Iterator[Broken]:
    for one in across.findings(world):
        yield (
            (ACROSS, ACROSS_VERSION, one.rule),
            Occurrence(one.entity, one.return_id, one.version, one.period, one.revision, one.address, "", one),
        )
