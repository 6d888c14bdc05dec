"""Findings across filings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.models import User
from reporting.across.catalogue import rules
from reporting.across.kinds import KINDS
from reporting.across.reading import world_of
from reporting.across.world import World
from submissions.definition import Check, Rule, expand

KEYS = ("return_id", "version", "period", "entity", "revision", "address", "related")


@dataclass(frozen=True)
class Place:
    """Where a figure stands."""

    return_id: str
    period: str
    entity: str
    revision: int | None
    address: str


@dataclass(frozen=True)
class Found:
    """What a rule says of an accepted figure beside others, or (no entity, no revision) of a round as a whole."""

    rule: str
    severity: str
    return_id: str
    version: str
    period: str
    entity: str
    revision: int | None
    address: str
    related: tuple[Place, ...]
    """The figures it was compared with."""
    numbers: Mapping[str, float]
    """What was looked at: `filed`, `expected`, and what the kind adds."""
    params: Mapping[str, str]
    """Words for the message."""

    @property
    def of_round(self) -> bool:
        return self.revision is None


def across(user: User) -> list[Found]:
    """All findings across filings that this user may see. Six queries."""
    return findings(world_of(user))


def findings(world: World, catalogue: Mapping[str, Rule] | None = None) -> list[Found]:
    """What the rules find in this world: by rule, then return, period, entity and address."""
    chosen = rules() if catalogue is None else catalogue
    return [one for rule in chosen.values() for one in sorted(of_rule(rule, world), key=in_order)]


def of_rule(rule: Rule, world: World) -> Iterator[Found]:
    for check in expand(rule):
        kind = KINDS[check.kind]
        if world.whole or not kind.whole_round:
            yield from (from_row(check, row) for row in kind.function(check.params, world).iter_rows(named=True))


def in_order(found: Found) -> tuple[Any, ...]:
    return found.return_id, found.period, found.entity, found.address, tuple(found.numbers.values())


def from_row(check: Check, row: dict[str, Any]) -> Found:
    others = {name: item for name, item in row.items() if name not in KEYS and item is not None}
    return Found(
        rule=check.rule.code,
        severity=check.rule.severity,
        return_id=row["return_id"],
        version=row["version"],
        period=row["period"],
        entity=row["entity"],
        revision=row["revision"],
        address=row["address"],
        related=tuple(Place(**one) for one in row["related"] or ()),
        numbers={name: item for name, item in others.items() if not isinstance(item, str)},
        params={**check.bindings, **{name: item for name, item in others.items() if isinstance(item, str)}},
    )
