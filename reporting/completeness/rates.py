"""Rates of a return in a period, and the matrix of all its periods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from portal.models import ReportingEntity
from reporting.completeness.standing import Standing
from submissions.definition import Definition
from submissions.duties import Duty
from submissions.models import ReportingPeriod


@dataclass(frozen=True)
class Rates:
    """Of the duties of a return in a period. `expected` leaves out what is exempted and was not filed."""

    period: ReportingPeriod
    definition: Definition
    expected: int
    exempted: int
    extended: int
    filed: int
    accepted: int
    with_errors: int
    waiting: int
    returned: int
    on_time: int
    filed_late: int
    overdue: int
    """Not filed, and the day has passed."""

    @property
    def missing(self) -> int:
        return self.expected - self.filed

    @property
    def late(self) -> int:
        """Filed late, or not filed by the day."""
        return self.filed_late + self.overdue

    @property
    def not_judged(self) -> int:
        """Filed, but without a deadline, or on a day that nobody knows."""
        return self.filed - self.on_time - self.filed_late

    @property
    def share(self) -> int | None:
        """Percent filed, of those expected; rounded down, so that 100 means all."""
        return 100 * self.filed // self.expected if self.expected else None


def rates(period: ReportingPeriod, duties: Sequence[Duty]) -> Rates:
    states = Counter(duty.state for duty in duties)
    filed = [duty for duty in duties if duty.filed]
    return Rates(
        period=period,
        definition=period.definition,
        expected=len(duties) - states["exempted"],
        exempted=states["exempted"],
        extended=sum(duty.extended for duty in duties),
        filed=len(filed),
        accepted=sum(duty.accepted for duty in duties),
        with_errors=sum(bool(duty.revision and duty.revision.errors) for duty in filed),
        waiting=states["received"] + states["checked"] + states["with_errors"],
        returned=states["returned"],
        on_time=sum(duty.on_time for duty in filed),
        filed_late=sum(duty.late for duty in filed),
        overdue=sum(duty.late for duty in duties if not duty.filed),
    )


@dataclass(frozen=True)
class SectionRate:
    """Of the filings that were looked into, how many answer a section in full."""

    category: int
    filings: int
    """With something asked for in this section; without nil filings."""
    complete: int

    @property
    def partial(self) -> int:
        return self.filings - self.complete


@dataclass(frozen=True)
class Fullness:
    """How fully the filings of a return in a period answer what is asked."""

    complete: int
    partial: int
    nil: int
    """With a reason."""
    nil_without_reason: int
    unchecked: int
    sections: tuple[SectionRate, ...]


def fullness(standings: Sequence[Standing]) -> Fullness:
    states = Counter(standing.content_state for standing in standings)
    by_section: Counter[tuple[int, str]] = Counter(
        (category, state) for standing in standings for category, state, _section in standing.sections
    )
    sections = tuple(
        SectionRate(category, by_section[category, "complete"] + by_section[category, "partial"], by_section[category, "complete"])
        for category in sorted({category for category, _state in by_section})
    )  # fmt: skip
    return Fullness(
        complete=states["complete"],
        partial=states["partial"],
        nil=states["nil"],
        nil_without_reason=states["nil_without_reason"],
        unchecked=states["unchecked"],
        sections=sections,
    )


@dataclass(frozen=True)
class Column:
    """One period of a return."""

    rates: Rates
    fullness: Fullness

    @property
    def period(self) -> ReportingPeriod:
        return self.rates.period


def column(standings: Sequence[Standing]) -> Column:
    """Of duties of one return in one period, at least one."""
    return Column(rates(standings[0].duty.period, [s.duty for s in standings]), fullness(standings))


def by_period(standings: Sequence[Standing]) -> list[list[Standing]]:
    """Together what belongs to one period; by return, oldest first."""
    groups: dict[int, list[Standing]] = {}
    for standing in standings:
        groups.setdefault(standing.duty.period.pk, []).append(standing)
    return sorted(groups.values(), key=lambda group: (group[0].duty.period.return_id, group[0].duty.period.start))


@dataclass(frozen=True)
class Line:
    entity: ReportingEntity
    cells: list[Standing | None]


@dataclass(frozen=True)
class Matrix:
    definition: Definition
    """The newest version."""
    columns: list[Column]
    lines: list[Line]


def matrix(standings: Sequence[Standing]) -> Matrix:
    """Of one return: entities down, periods across (oldest first). At least one duty."""
    groups = by_period(standings)
    cells = {(s.duty.obligation.entity_id, s.duty.period.pk): s for s in standings}
    entities = {s.duty.obligation.entity_id: s.duty.obligation.entity for s in standings}
    periods = [group[0].duty.period.pk for group in groups]
    lines = [
        Line(entity, [cells.get((pk, period)) for period in periods])
        for pk, entity in sorted(entities.items(), key=lambda item: item[1].name)
    ]
    return Matrix(groups[-1][0].duty.period.definition, [column(group) for group in groups], lines)


def not_filed(standings: Sequence[Standing]) -> list[Standing]:
    """Who has not filed what was due, longest overdue first; what need not be filed is left out."""
    overdue = [s for s in standings if not s.duty.filed and s.duty.late]
    return sorted(overdue, key=lambda s: (s.duty.due_on or s.duty.today, s.duty.obligation.entity.name))
