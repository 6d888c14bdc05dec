"""What is owed, and how each duty stands: obligations x periods, with the filing where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Q
from django.utils import timezone

from portal.models import User
from submissions.models import ACCEPTED, STATE_LABELS, Filing, Obligation, ReportingPeriod
from submissions.presentation import in_language

OPEN_STATES = {"expected", "missing", "draft", "returned", "withdrawn", "with_errors"}
"""The filer has something to do."""


@dataclass(frozen=True)
class Duty:
    """One obligation in one period."""

    obligation: Obligation
    period: ReportingPeriod
    filing: Filing | None
    today: date
    first_filed: date | None = None

    @property
    def state(self) -> str:
        if self.filing is not None:
            return self.filing.state
        return "missing" if self.period.is_overdue(self.today) else "expected"

    @property
    def title(self) -> str:
        return f"{in_language(self.period.definition.title)}, {self.period.label}"

    @property
    def state_label(self) -> str:
        return str(STATE_LABELS[self.state])

    @property
    def filed(self) -> bool:
        return self.filing is not None and self.filing.latest is not None

    @property
    def late(self) -> bool:
        """Filed after the day it was due, or not filed by then. A transcribed report without a day is not judged."""
        if self.period.due_on is None:
            return False
        if not self.filed:
            return self.period.is_overdue(self.today)
        return self.first_filed is not None and self.first_filed > self.period.due_on

    @property
    def open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def accepted(self) -> bool:
        return self.state in ACCEPTED


def duties(user: User, *, entities: Iterable[int] | None = None, **period: str) -> list[Duty]:
    """All duties this user may see whose time has come, by deadline. Three queries, whatever the size."""
    obligations = Obligation.objects.visible_to(user).select_related("entity")
    if entities is not None:
        obligations = obligations.filter(entity__in=entities)
    today = timezone.localdate()
    begun = Q(start__lte=today)
    periods = list(ReportingPeriod.objects.filter(begun, **period))
    filings = {
        (filing.obligation_id, filing.period_id): filing
        for filing in Filing.objects.visible_to(user)
        .select_related("latest", "current", "draft")
        .annotate(first_filed=Min("revisions__filed_on"))
    }
    found = []
    for obligation in obligations:
        for one in periods:
            if obligation.covers(one):
                filing = filings.get((obligation.pk, one.pk))
                if filing is not None:
                    # Spares a query a row: both are in hand.
                    filing.obligation, filing.period = obligation, one
                first = getattr(filing, "first_filed", None)
                found.append(Duty(obligation, one, filing, today, first))
    return sorted(
        found, key=lambda d: (d.period.due_on or d.period.end, d.obligation.return_id, d.obligation.entity.code)
    )
