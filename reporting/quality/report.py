"""The report, chapter by chapter, for what a reader may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from portal.models import User
from reporting.across import world_of
from reporting.across.reading import short
from reporting.completeness.standing import Standing, picture
from reporting.quality.classes import FindingClass, by_rule, classes, of_across, of_verdicts
from reporting.quality.missing import Missing, missing
from reporting.quality.together import Together, counts, together
from reporting.rulebook.entries import ACROSS
from submissions.catalogue import catalogue
from submissions.duties import Duty, duties

Chapter = Literal["missing", "sums", "findings"]
CHAPTERS: tuple[Chapter, ...] = get_args(Chapter)


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
    def of_duties(self) -> dict[str, str]:
        """As a filter of periods."""
        return {name: value for name, value in (("return_id", self.return_id), ("label", self.period)) if value}

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
    missing: list[Missing] = field(default_factory=list)
    together: list[Together] = field(default_factory=list)
    """Counts that somebody might add, those that can be added among them. Empty for one entity."""
    classes: list[FindingClass] = field(default_factory=list)

    @property
    def refused(self) -> list[Together]:
        return [one for one in self.together if not one.comparison.comparable]

    @property
    def added(self) -> list[Together]:
        return [one for one in self.together if one.comparison.comparable]


def quality(
    user: User, scope: Scope = Scope(), as_of: date | None = None, chapters: Collection[Chapter] = CHAPTERS
) -> Quality:
    """The report on what this user may see; with `as_of` as it stood at the end of that day. Chapters that are not wanted
    stay empty. A fixed number of queries, whatever the size."""
    owed = owed_within(user, scope, as_of) if {"missing", "sums"} & {*chapters} else []
    return Quality(
        scope,
        figures_missing(user, scope, as_of, owed) if "missing" in chapters else [],
        figures_together(user, scope, as_of, owed) if "sums" in chapters and not scope.entity else [],
        rules_broken(user, scope, as_of) if "findings" in chapters else [],
    )


def owed_within(user: User, scope: Scope, as_of: date | None) -> list[Duty]:
    owed = duties(user, entities=None, on=as_of, **scope.of_duties)
    return [one for one in owed if scope.entity in ("", one.obligation.entity.code)]


def figures_missing(user: User, scope: Scope, as_of: date | None, owed: list[Duty]) -> list[Missing]:
    silent = {status for one in catalogue().definitions.values() for status in one.missing}
    stands = picture(user, on=as_of, only=owed)
    return missing(
        stands, short(user, as_of, columns={"code", "obs_status", "reason"}, obs_status__in=silent, **scope.only)
    )


def figures_together(user: User, scope: Scope, as_of: date | None, owed: list[Duty]) -> list[Together]:
    standings = [Standing(duty) for duty in owed]
    return together(standings, short(user, as_of, counts(), **scope.only))


def rules_broken(
    user: User, scope: Scope, as_of: date | None, rule: tuple[str, str, str] | None = None
) -> list[FindingClass]:
    """`rule`: (return, version, code); without it all of them."""
    if rule is None:
        found = classes(user, world_of(user, as_of), as_of, **scope.only)
    else:
        return_id, _version, code = rule
        every = (
            of_across(world_of(user, as_of))
            if return_id == ACROSS
            else of_verdicts(user, as_of, rule=code, **scope.only)
        )
        found = by_rule(one for one in every if one[0] == rule)
    return [one for one in (narrowed(some, scope) for some in found) if one.occurrences]


def narrowed(found: FindingClass, scope: Scope) -> FindingClass:
    """Rules across filings look at all of them; what they find elsewhere is not asked about."""
    if not scope.only:
        return found
    inside: tuple[Any, ...] = tuple(o for o in found.occurrences if scope.holds(o.return_id, o.period, o.entity))
    return FindingClass(found.return_id, found.version, found.rule, inside)
