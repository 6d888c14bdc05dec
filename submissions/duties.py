"""What is owed, and how each duty stands: obligations x periods, with the filing where there is one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Q
from django.utils import timezone

from portal.models import User
from submissions.models import (
    ACCEPTED,
    STATE_LABELS,
    Filing,
    Obligation,
    Relief,
    ReliefKind,
    ReportingPeriod,
    Revision,
    RevisionState,
)
from submissions.presentation import in_language

OPEN_STATES = {"expected", "missing", "draft", "returned", "withdrawn", "with_errors"}
"""The filer has something to do."""
WITHDRAWN = RevisionState.WITHDRAWN


@dataclass(frozen=True)
class Duty:
    """One obligation in one period."""

    obligation: Obligation
    period: ReportingPeriod
    filing: Filing | None
    today: date
    first_filed: date | None = None
    """Day of the first revision that was not withdrawn; None also where a transcribed report bears no day."""
    relief: Relief | None = None
    """The exemption or extension that stands."""

    @property
    def state(self) -> str:
        if self.exempted:
            return "exempted"
        if self.filing is not None:
            return self.filing.state
        return "missing" if self.overdue else "expected"

    @property
    def title(self) -> str:
        return f"{in_language(self.period.definition.title)}, {self.period.label}"

    @property
    def state_label(self) -> str:
        return str(STATE_LABELS[self.state])

    @property
    def revision(self) -> Revision | None:
        """What was filed and stands: the last revision; where that was withdrawn, the accepted one before it."""
        if self.filing is None or self.filing.latest is None or self.filing.latest.state != WITHDRAWN:
            return self.filing.latest if self.filing else None
        return self.filing.current

    @property
    def filed(self) -> bool:
        return self.revision is not None

    @property
    def exempted(self) -> bool:
        """Need not be filed. What was filed all the same is a filing like any other."""
        return self.relief is not None and self.relief.kind == ReliefKind.EXEMPTED and not self.filed

    @property
    def extended(self) -> bool:
        return self.relief is not None and self.relief.kind == ReliefKind.EXTENDED

    @property
    def due_on(self) -> date | None:
        """The day that decides what is late: that of an extension, else that of the period."""
        return self.relief.due_on if self.relief and self.extended else self.period.due_on

    @property
    def overdue(self) -> bool:
        """The day has passed."""
        return self.due_on is not None and self.due_on < self.today

    @property
    def days_overdue(self) -> int:
        """Of what is not filed."""
        return (self.today - self.due_on).days if self.due_on and self.overdue and not self.filed else 0

    @property
    def late(self) -> bool:
        """Filed after the day it was due, or not filed by then. A transcribed report without a day is not judged."""
        if self.due_on is None or self.exempted:
            return False
        if not self.filed:
            return self.overdue
        return self.first_filed is not None and self.first_filed > self.due_on

    @property
    def on_time(self) -> bool:
        """Filed by the day it was due, as far as both days are known."""
        return self.filed and self.due_on is not None and self.first_filed is not None and not self.late

    @property
    def open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def accepted(self) -> bool:
        return self.state in ACCEPTED


def duties(user: User, *, entities: Iterable[int] | None = None, on: date | None = None, **period: str) -> list[Duty]:
    """All duties this user may see whose time has come, by deadline; with `on` as they stood at the end of that day.
    Four queries, with `on` five, whatever the size."""
    return as_they_stand(user, owed(user, entities=entities, on=on, **period), on=on)


Owed = tuple[Obligation, ReportingPeriod]


def owed(user: User, *, entities: Iterable[int] | None = None, on: date | None = None, **period: str) -> list[Owed]:
    """What is owed, whatever was filed. Two queries."""
    obligations = Obligation.objects.visible_to(user).select_related("entity")
    if entities is not None:
        obligations = obligations.filter(entity__in=entities)
    begun = Q(start__lte=on or timezone.localdate())
    periods = list(ReportingPeriod.objects.filter(begun, **period))
    return [(obligation, one) for obligation in obligations for one in periods if obligation.covers(one)]


def as_they_stand(user: User, wanted: Sequence[Owed], *, on: date | None = None) -> list[Duty]:
    """What is owed with what was filed for it, by deadline. Two queries, with `on` three."""
    periods = {period.pk for _obligation, period in wanted}
    filings = filings_then(user, on, periods) if on else filings_now(user, periods)
    reliefs = reliefs_by_duty(user, on)
    today = on or timezone.localdate()
    found = []
    for obligation, period in wanted:
        key = obligation.pk, period.pk
        filing, first = filings.get(key, (None, None))
        if filing is not None:
            # Spares a query a row: both are in hand.
            filing.obligation, filing.period = obligation, period
        found.append(Duty(obligation, period, filing, today, first, reliefs.get(key)))
    return sorted(found, key=lambda d: (d.due_on or d.period.end, d.obligation.return_id, d.obligation.entity.code))


Filed = dict[tuple[int, int], tuple[Filing | None, date | None]]
"""By obligation and period: the filing, and the day it was first filed."""


def filings_now(user: User, periods: Collection[int]) -> Filed:
    first = Min("revisions__filed_on", filter=~Q(revisions__state=WITHDRAWN))
    filings = Filing.objects.visible_to(user).filter(period__in=periods).annotate(first_filed=first)
    filings = filings.select_related("latest", "current", "draft")
    return {
        (filing.obligation_id, filing.period_id): (filing, getattr(filing, "first_filed", None)) for filing in filings
    }


def reliefs_by_duty(user: User, on: date | None) -> dict[tuple[int, int], Relief]:
    visible = Relief.objects.visible_to(user)
    standing = visible.standing() if on is None else [relief for relief in visible if relief.stood_on(on)]
    return {(relief.obligation_id, relief.period_id): relief for relief in standing}


# As it stood ----------------------------------------------------------------------------------------------


def filings_then(user: User, day: date, periods: Collection[int]) -> Filed:
    """Filings with the revisions that were there at the end of a day, in the states they had. What nobody had filed by
    then is left out."""
    revisions: dict[int, list[Revision]] = defaultdict(list)
    seen = Revision.objects.visible_to(user).filter(filing__period__in=periods)
    for revision in seen.order_by("filing", "number"):
        if arrived_by(revision, day):
            revisions[revision.filing_id].append(put_back(revision, day))
    return {
        (filing.obligation_id, filing.period_id): as_filed(filing, revisions[filing.pk])
        for filing in Filing.objects.visible_to(user).filter(period__in=periods)
        if filing.pk in revisions
    }


def arrived_by(revision: Revision, day: date) -> bool:
    """A transcribed report without a day of filing counts as there on every day: nothing proves that it was not."""
    return revision.filed_on is None or revision.filed_on <= day


def put_back(revision: Revision, day: date) -> Revision:
    """The revision in the state it had at the end of a day; changed in memory only, to be read."""
    if revision.decided_at and timezone.localdate(revision.decided_at) > day:
        revision.state = RevisionState.CHECKED if revision.checked_at else RevisionState.RECEIVED
    return revision


def as_filed(filing: Filing, revisions: list[Revision]) -> tuple[Filing, date | None]:
    """The filing with the last of these revisions and the last accepted one; changed in memory only, to be read."""
    accepted = [revision for revision in revisions if revision.state in ACCEPTED]
    filing.latest, filing.current = revisions[-1], accepted[-1] if accepted else None
    days = [revision.filed_on for revision in revisions if revision.filed_on and revision.state != WITHDRAWN]
    return filing, min(days, default=None)
