"""The report as a whole, for what a reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from portal.models import User
from reporting.across import world_of
from reporting.completeness.standing import Picture, picture
from reporting.quality.classes import FindingClass, classes
from reporting.quality.missing import Missing, missing
from reporting.quality.together import Together, together


@dataclass(frozen=True)
class Scope:
    """What is asked about; empty: everything."""

    return_id: str = ""
    period: str = ""
    entity: str = ""

    def holds(self, return_id: str, period: str, entity: str) -> bool:
        asked = ((self.return_id, return_id), (self.period, period), (self.entity, entity))
        return all(not wanted or wanted == given for wanted, given in asked)

    @property
    def only(self) -> dict[str, Any]:
        """As a filter of what hangs on revisions."""
        paths = {
            "revision__filing__period__return_id": self.return_id,
            "revision__filing__period__label": self.period,
            "revision__filing__obligation__entity__code": self.entity,
        }
        return {path: value for path, value in paths.items() if value}


@dataclass(frozen=True)
class Quality:
    scope: Scope
    missing: list[Missing]
    together: list[Together]
    """Counts that somebody might add, those that can be added among them. Empty for one entity."""
    classes: list[FindingClass]

    @property
    def refused(self) -> list[Together]:
        return [one for one in self.together if not one.comparison.comparable]

    @property
    def added(self) -> list[Together]:
        return [one for one in self.together if one.comparison.comparable]


def quality(user: User, scope: Scope = Scope(), as_of: date | None = None) -> Quality:
    """The report on what this user may see; with `as_of` as it stood at the end of that day. A fixed number of queries,
    whatever the size."""
    world, stands = world_of(user, as_of), within(picture(user, on=as_of), scope)
    observations = world.observations.filter(asked(scope))
    found = classes(user, world, as_of, **scope.only)
    return Quality(
        scope,
        missing(stands, observations),
        [] if scope.entity else together(stands, observations),
        [one for one in (narrowed(some, scope) for some in found) if one.occurrences],
    )


def of_one_rule(user: User, scope: Scope, rule: tuple[str, str, str], as_of: date | None = None) -> Quality:
    """What one rule (return, version, code) found, and nothing else."""
    found = classes(user, world_of(user, as_of), as_of, **scope.only)
    mine = (narrowed(one, scope) for one in found if (one.return_id, one.version, one.rule.code) == rule)
    return Quality(scope, [], [], [one for one in mine if one.occurrences])


def asked(scope: Scope) -> pl.Expr:
    columns = {"return_id": scope.return_id, "period": scope.period, "entity": scope.entity}
    return pl.all_horizontal(pl.lit(True), *(pl.col(name) == value for name, value in columns.items() if value))


def within(whole: Picture, scope: Scope) -> Picture:
    some = [
        one
        for one in whole.standings
        if scope.holds(one.duty.period.return_id, one.duty.period.label, one.duty.obligation.entity.code)
    ]
    return Picture(some, whole.cells)


def narrowed(found: FindingClass, scope: Scope) -> FindingClass:
    """Rules across filings look at all of them; what they find elsewhere is not asked about."""
    if not scope.only:
        return found
    inside: tuple[Any, ...] = tuple(o for o in found.occurrences if scope.holds(o.return_id, o.period, o.entity))
    return FindingClass(found.return_id, found.version, found.rule, inside)
