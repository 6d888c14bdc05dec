"""Who has filed what, when, how fully: duties as a matrix and as rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.models import ReportingEntity
from submissions.definition import Definition
from submissions.duties import Duty
from submissions.models import ReportingPeriod


@dataclass(frozen=True)
class Rates:
    """Of the duties of a return in a period."""

    period: ReportingPeriod
    definition: Definition
    expected: int
    filed: int
    accepted: int
    with_errors: int
    waiting: int
    returned: int
    late: int

    @property
    def missing(self) -> int:
        return self.expected - self.filed

    @property
    def share(self) -> int:
        """Percent filed."""
        return round(100 * self.filed / self.expected) if self.expected else 0


@dataclass(frozen=True)
class Line:
    entity: ReportingEntity
    cells: list[Duty | None]


@dataclass(frozen=True)
class Matrix:
    definition: Definition
    periods: list[ReportingPeriod]
    lines: list[Line]
    rates: list[Rates]


def rates(period: ReportingPeriod, duties: Sequence[Duty]) -> Rates:
    states = [duty.state for duty in duties]
    errors = sum(bool(d.filing and d.filing.latest and d.filing.latest.errors) for d in duties)
    return Rates(
        period=period,
        definition=period.definition,
        expected=len(duties),
        filed=sum(duty.filed for duty in duties),
        accepted=sum(duty.accepted for duty in duties),
        with_errors=errors,
        waiting=states.count("received") + states.count("checked") + states.count("with_errors"),
        returned=states.count("returned"),
        late=sum(duty.late for duty in duties),
    )


def matrix(return_id: str, duties: Sequence[Duty]) -> Matrix:
    """Entities down, periods across (oldest first)."""
    mine = [duty for duty in duties if duty.period.return_id == return_id]
    periods = sorted({duty.period.pk: duty.period for duty in mine}.values(), key=lambda p: p.start)
    cells = {(duty.obligation.entity_id, duty.period.pk): duty for duty in mine}
    entities = sorted({d.obligation.entity_id: d.obligation.entity for d in mine}.values(), key=lambda e: e.name)
    lines = [Line(entity, [cells.get((entity.pk, period.pk)) for period in periods]) for entity in entities]
    counted = [rates(period, [d for d in mine if d.period.pk == period.pk]) for period in periods]
    return Matrix(periods[-1].definition, periods, lines, counted)


CSV_HEAD = ("return", "period", "entity", "name", "due_on", "state", "late", "errors", "warnings", "receipt")


def csv_rows(duties: Sequence[Duty]) -> list[list[object]]:
    rows: list[list[object]] = [list(CSV_HEAD)]
    for duty in duties:
        latest = duty.filing.latest if duty.filing else None
        rows.append([
            duty.period.return_id, duty.period.label, duty.obligation.entity.code, duty.obligation.entity.name,
            duty.period.due_on or "", duty.state, "yes" if duty.late else "no",
            latest.errors if latest else "", latest.warnings if latest else "", latest.receipt if latest else "",
        ])  # fmt: skip
    return rows
