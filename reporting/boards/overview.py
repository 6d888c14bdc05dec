"""`/dashboards/overview/`: what came in, what is missing, what changed this week, what is due next?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.models import User
from portal.reader import user_of
from reporting import charts, completeness
from reporting.boards import drawing
from reporting.boards.catalogue import tabs
from reporting.completeness.rates import Rates
from reporting.days import past_day
from reporting.fragments import fragment
from submissions.duties import Duty, duties
from submissions.models import ReportingPeriod, Revision, RevisionState
from submissions.models.revision import day_after
from submissions.presentation import in_language

DAYS = 7
LISTED = 5
"""So many of what changed, and of the deadlines ahead; the rest is behind a link."""


# What changed ---------------------------------------------------------------------------------------------


def changes(until: datetime) -> dict[str, tuple[object, Q, str, str]]:
    """What may happen to a revision: words, the revisions it happened to in the days until then, the moment of it, the
    state by which `/review/` lists such revisions."""
    span = (until - timedelta(days=DAYS), until)
    decided, arrived = Q(decided_at__range=span), Q(submitted_at__range=span)
    accepted = RevisionState.ACCEPTED
    reserved = RevisionState.ACCEPTED_WITH_RESERVATIONS
    return {
        "filed": (gettext_lazy("Filed"), arrived & Q(number=1), "submitted_at", ""),
        "corrected": (gettext_lazy("Corrected"), arrived & Q(number__gt=1), "submitted_at", ""),
        "accepted": (accepted.label, decided & Q(state=accepted), "decided_at", accepted.value),
        "reserved": (reserved.label, decided & Q(state=reserved), "decided_at", reserved.value),
        "returned": (
            RevisionState.RETURNED.label, decided & Q(state=RevisionState.RETURNED), "decided_at", RevisionState.RETURNED.value,
        ),
    }  # fmt: skip


@dataclass(frozen=True)
class Change:
    name: str
    words: object
    number: int
    newest: list[Revision]
    state: str

    @property
    def more(self) -> int:
        return self.number - len(self.newest)


def changed(user: User, as_of: date | None) -> list[Change]:
    """One query, and one for each kind of change."""
    seen = Revision.objects.visible_to(user).filter(filing__sandbox=False)
    kinds = changes(day_after(as_of) if as_of else timezone.now())
    counted = seen.aggregate(**{name: Count("pk", filter=which) for name, (_words, which, *_rest) in kinds.items()})
    return [
        Change(
            name, words, counted[name],
            list(seen.with_names().filter(which).order_by(f"-{moment}", "-pk")[:LISTED]), state,
        )
        for name, (words, which, moment, state) in kinds.items()
    ]  # fmt: skip


# What is due ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Deadline:
    day: date
    period: ReportingPeriod
    filed: int
    expected: int

    @property
    def title(self) -> str:
        return f"{in_language(self.period.definition.title)}, {self.period.label}"


def deadlines(found: Sequence[Duty], today: date) -> list[Deadline]:
    """The next ones, each with how many have filed of those it holds for."""
    ahead = [duty for duty in found if duty.due_on is not None and duty.due_on >= today and not duty.exempted]
    periods = {duty.period.pk: duty.period for duty in ahead}
    expected = Counter((duty.due_on, duty.period.pk) for duty in ahead)
    filed = Counter((duty.due_on, duty.period.pk) for duty in ahead if duty.filed)
    told = [
        Deadline(day, periods[pk], filed[day, pk], n)
        for (day, pk), n in sorted(expected.items(), key=lambda one: (one[0][0] or today, one[0][1]))
        if day is not None
    ]
    return told[:LISTED]


# What came in ---------------------------------------------------------------------------------------------


def rates(found: Sequence[Duty]) -> list[Rates]:
    """Of every return and period with duties, by return, the newest period first."""
    of_period: dict[int, list[Duty]] = {}
    for duty in found:
        of_period.setdefault(duty.period.pk, []).append(duty)
    counted = [completeness.rates(some[0].period, some) for some in of_period.values()]
    counted.sort(key=lambda rate: rate.period.start, reverse=True)
    return sorted(counted, key=lambda rate: rate.period.return_id)


def points(counted: Sequence[Rates]) -> list[drawing.Point]:
    return [
        drawing.Point(in_language(rate.definition.title), rate.period.label, 100 * rate.filed / rate.expected)
        for rate in counted
        if rate.expected
    ]


@require_safe
def overview_page(request: HttpRequest) -> HttpResponse:
    context = {
        "heading": _("Overview"),
        "question": _("What came in, what is missing, and what changed this week?"),
        "dashboards": tabs(),
        "name": "overview",
        "content": fragment(request, lambda: content_of(user_of(request), day_of(request))),
    }
    return render(request, "reporting/overview.html", context)


def day_of(request: HttpRequest) -> date | None:
    return past_day(request.GET.get("as_of", ""))


def content_of(user: User, as_of: date | None) -> str:
    found = duties(user, on=as_of)
    counted = rates(found)
    context = {
        "rates": counted,
        "as_of": as_of,
        "changes": changed(user, as_of),
        "days": DAYS,
        "deadlines": deadlines(found, as_of or timezone.localdate()),
        "several": len({rate.period.label for rate in counted if rate.expected}) > 1,
        "oversees": user.access.commission,
    }
    return render_to_string("reporting/overview_content.html", context)


@require_safe
def rates_svg(request: HttpRequest) -> HttpResponse:
    """Share of the duties that were filed, over the periods of each return."""
    width = charts.NARROW if request.GET.get("size") == "narrow" else charts.WIDE
    response = HttpResponse(
        fragment(request, lambda: rates_drawn(user_of(request), day_of(request), width)), content_type="image/svg+xml"
    )
    response["Cache-Control"] = "private, no-cache"
    return response


def rates_drawn(user: User, as_of: date | None, width: int) -> str:
    drawn = points(rates(duties(user, on=as_of)))
    names = list(dict.fromkeys(point.name for point in drawn))
    return charts.svg(
        drawing.multiples(drawn, names, _("filed, in percent of those expected"), width, highest=100, across=2)
    )
