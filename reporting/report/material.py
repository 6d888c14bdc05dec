"""What a report is made of: filed lines, duties and names, as they stood at the end of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import Any

import polars as pl
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.models import ReportingEntity, User
from reporting.completeness.standing import Picture, picture
from reporting.observed import observed
from reporting.report.outline import Members, Take, outline
from submissions.catalogue import catalogue
from submissions.definition import DataPoint, Definition, split_address
from submissions.models import ReportingPeriod


@dataclass(frozen=True)
class Line:
    """One accepted observation."""

    place: int
    """Its row in the frame of the material."""
    revision: int
    entity: str
    country: str
    return_id: str
    version: str
    period: str
    head_start: date
    head_end: date
    address: str
    code: str
    value: str
    number: float | None
    low: float | None
    high: float | None
    obs_status: str
    start: date
    end: date
    own_period: int
    unit: str
    qualifier: str
    reason: str
    flags: str
    comment: str
    valued: bool

    @cached_property
    def members(self) -> Mapping[str, str]:
        return split_address(self.address)[1]

    @property
    def definition(self) -> Definition:
        return catalogue().get(self.return_id, self.version)

    @property
    def point(self) -> DataPoint:
        return self.definition.points[self.code]

    @property
    def figure(self) -> bool:
        """A number, or the bounds of one."""
        return self.valued and (self.number is not None or self.low is not None)

    @property
    def days_inside(self) -> int:
        """Days that the reporting period and the figure share."""
        return (min(self.end, self.head_end) - max(self.start, self.head_start)).days + 1


COLUMNS = [name for name in Line.__dataclass_fields__ if name != "place"]
ABSENT = ("exempted", "expected")
"""States of duties from which no figure is due."""


@dataclass(frozen=True, eq=False)
class Material:
    as_of: date
    periods: Sequence[ReportingPeriod]
    """Of providers and Member States as chosen, of the reference as they follow; oldest first."""
    picture: Picture
    """The duties of these periods."""
    frame: pl.DataFrame
    """As `observed` gives it."""
    entities: Mapping[str, ReportingEntity]
    kept: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> list[ReportingPeriod]:
        """The periods of providers, member_states or reference."""
        return [one for one in self.periods if one.return_id == outline().returns[kind]]

    def name(self, code: str) -> str:
        return self.entities[code].name if code in self.entities else code

    def owing(self, period: ReportingPeriod) -> list[str]:
        """Codes of those from whom figures were due."""
        duties = [one.duty for one in self.picture.standings if one.duty.period == period]
        return [duty.obligation.entity.code for duty in duties if duty.state not in ABSENT]

    def silence(self, entity: str, return_id: str, periods: Sequence[str]) -> str:
        """Why there is no line at all: nothing filed, nothing accepted, or no answer in what was accepted."""
        duties = [
            one.duty
            for one in self.picture.standings
            if one.duty.obligation.entity.code == entity
            and one.duty.period.return_id == return_id
            and one.duty.period.label in periods
        ]
        if not any(duty.filed for duty in duties):
            return _("nothing filed")
        return _("no answer") if any(duty.accepted for duty in duties) else _("filed, but not accepted")

    def version(self, period: ReportingPeriod) -> str:
        """In which the filings of a period are made; that of the period where there is none."""
        return next((line.version for line in self.lines if line.period == period.label
                     and line.return_id == period.return_id), period.version)  # fmt: skip

    @cached_property
    def lines(self) -> list[Line]:
        rows = self.frame.select(COLUMNS).iter_rows(named=True)
        return [Line(place=place, **row) for place, row in enumerate(rows)]

    @cached_property
    def by_code(self) -> dict[tuple[str, str, str, str], list[Line]]:
        """(return, version, period, data point) -> lines."""
        found: dict[tuple[str, str, str, str], list[Line]] = {}
        for line in self.lines:
            found.setdefault((line.return_id, line.version, line.period, line.code), []).append(line)
        return found

    def taken(self, definition: Definition, period: str, takes: Iterable[Take]) -> list[Line]:
        """The lines that an outline asks for, in its order and then that of the form."""
        found: dict[int, Line] = {}
        for take in takes:
            for code in codes(definition, take.code):
                for line in self.by_code.get((definition.return_id, definition.version, period, code), ()):
                    if take.fits(code, line.members):
                        found.setdefault(line.place, line)
        return list(found.values())


@lru_cache(maxsize=1024)
def codes(definition: Definition, pattern: str) -> tuple[str, ...]:
    """Data points with a number that a pattern names, in the order of the form."""
    return tuple(code for code, point in definition.points.items() if point.numeric and fnmatchcase(code, pattern))


def material(user: User, periods: Sequence[ReportingPeriod], as_of: date) -> Material:
    """What this user may see of it. A fixed number of queries, whatever the size."""
    every = sorted([*periods, *reference_periods(periods)], key=lambda one: (one.return_id, one.start))
    chosen = {one.pk for one in every}
    whole = picture(user, on=as_of)
    standings = [one for one in whole.standings if one.duty.period.pk in chosen]
    return Material(
        as_of,
        every,
        Picture(standings, whole.cells),
        observed(user, as_of=as_of, revision__filing__period__in=sorted(chosen)),
        {one.code: one for one in ReportingEntity.objects.all()},
    )


def reference_periods(periods: Sequence[ReportingPeriod]) -> list[ReportingPeriod]:
    """Those that share a day with the periods of Member States, or of providers where there are none."""
    returns = outline().returns
    asked = [one for one in periods if one.return_id == returns["member_states"]] or list(periods)
    overlapping = Q(pk__in=[])
    for one in asked:
        overlapping |= Q(start__lte=one.end, end__gte=one.start)
    return list(ReportingPeriod.objects.filter(overlapping, return_id=returns["reference"]))


def preferred(line: Line, prefer: Members) -> tuple[int, ...]:
    """A place in the order of an outline: the lower, the sooner it is printed."""
    return tuple(
        wanted.index(member) if (member := line.members.get(name, "-")) in wanted else len(wanted)
        for name, wanted in prefer.items()
    )


def first_printed(lines: Iterable[Line], prefer: Members) -> list[Line]:
    """The same lines, the one to print first in front: as preferred, then with most days inside, then the later one."""
    return sorted(lines, key=lambda one: (preferred(one, prefer), -one.days_inside, -one.end.toordinal(), one.place))
