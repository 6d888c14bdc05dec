"""Pages of completeness: all periods of a return, one period, one duty; and what the Commission grants there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.models import User
from portal.reader import language, user_of
from reporting.completeness import tables
from reporting.completeness.content import Section
from reporting.completeness.forms import ReliefForm, TakeBackForm
from reporting.completeness.rates import column, matrix, not_filed
from reporting.completeness.standing import SECTION_LABELS, Picture, Standing, picture
from reporting.completeness.statutory import statutory
from reporting.days import past_day
from reporting.fragments import fragment
from reporting.views import csv_response
from submissions import actions
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.duties import Duty, as_they_stand, duties, owed
from submissions.models import STATE_LABELS, Relief
from submissions.presentation import in_language

LEGEND = (
    "accepted",
    "accepted_with_reservations",
    "checked",
    "with_errors",
    "received",
    "returned",
    "missing",
    "expected",
    "exempted",
    "late",
)
PREFERRED = "member_state_statistics"


def require_overseer(request: HttpRequest) -> User:
    user = user_of(request)
    if not user.access.commission:
        raise Http404
    return user


def day_asked(request: HttpRequest) -> date | None:
    """The day of `on`; None where it is left out, 404 where it is no day of the past."""
    return past_day(request.GET.get("on", ""))


@dataclass(frozen=True)
class Asked:
    """Who asks, and as it stood on which day."""

    user: User
    on: date | None

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        return cls(require_overseer(request), day_asked(request))

    @property
    def query(self) -> str:
        return f"?on={self.on}" if self.on else ""

    def frame(self) -> dict[str, Any]:
        """What every page of completeness shows."""
        today = timezone.localdate()
        return {"on": self.on, "query": self.query, "day": self.on or today, "today": today}

    def duties(self, return_id: str, label: str) -> list[Duty]:
        return duties(self.user, on=self.on, return_id=return_id, label=label)

    def of_period(self, return_id: str, label: str) -> tuple[Picture, list[Standing]]:
        """At least one duty, or 404."""
        mine = self.duties(return_id, label)
        if not mine:
            raise Http404
        seen = picture(self.user, only=sorted(mine, key=lambda duty: duty.obligation.entity.name))
        return seen, seen.standings


def title_of(return_id: str) -> str:
    return in_language(catalogue().versions(return_id)[-1].title)


def trail(asked: Asked, return_id: str, *steps: tuple[str, str]) -> list[dict[str, str]]:
    """The way back; each step an address (empty for this page) and its words."""
    # The day stays chosen on the way back.
    day = f"&on={asked.on}" if asked.on else ""
    start = (reverse("completeness") + f"?return={return_id}{day}", _("Completeness"))
    return [{"url": url, "label": label} for url, label in (start, *steps)]


# Pages ----------------------------------------------------------------------------------------------------


@require_safe
def completeness_page(request: HttpRequest) -> HttpResponse:
    """Who has filed what, when, how fully?"""
    asked = Asked.of(request)
    context = asked.frame() | {
        "heading": _("Completeness"),
        "question": _("Who has filed what, when, how fully?"),
        "content": fragment(request, lambda: completeness_content(asked, request.GET.get("return", ""))),
    }
    return render(request, "reporting/completeness.html", context)


def completeness_content(asked: Asked, return_id: str) -> str:
    """Of the return asked for; 404 for one that nobody owes."""
    every = owed(asked.user, on=asked.on)
    there = {period.return_id for _obligation, period in every}
    returns = [return_id for return_id in catalogue().returns if return_id in there]
    chosen = return_id or (PREFERRED if PREFERRED in returns else next(iter(returns), ""))
    if returns and chosen not in returns:
        raise Http404
    mine = [(obligation, period) for obligation, period in every if period.return_id == chosen]
    seen = picture(asked.user, only=as_they_stand(asked.user, mine, on=asked.on))
    context = asked.frame() | {
        "heading": _("Completeness"),
        "returns": [(return_id, title_of(return_id)) for return_id in returns],
        "chosen": chosen,
        "matrix": matrix(seen.standings) if returns else None,
        "not_filed": not_filed(seen.standings),
        "legend": [(state, STATE_LABELS[state]) for state in LEGEND],
    }
    return render_to_string("reporting/completeness_content.html", context)


@require_safe
def period_page(request: HttpRequest, return_id: str, label: str) -> HttpResponse:
    """How fully is each section of a period answered, and each statutory data point?"""
    asked = Asked.of(request)
    seen, standings = asked.of_period(return_id, label)
    period = standings[0].duty.period
    context = asked.frame() | {
        "heading": f"{title_of(return_id)}, {label}",
        "question": _("How fully is each section answered, and each statutory data point?"),
        "breadcrumb": trail(asked, return_id, ("", label)),
        "period": period,
        "columns": [column(standings)],
        "categories": list(period.definition.categories.values()),
        "lines": [(standing, section_cells(standing, period.definition)) for standing in standings],
        "not_filed": not_filed(standings),
        "statutory": statutory(seen, standings),
    }
    return render(request, "reporting/completeness_period.html", context)


def section_cells(standing: Standing, definition: Definition) -> list[tuple[str, str, Section | None]]:
    """(state, words, counts) of each category of this version; empty for one that the filing's version does not have."""
    told = {number: (state, words_of(state), section) for number, state, section in standing.sections}
    return [told.get(number, ("", "", None)) for number in definition.categories]


def words_of(state: str) -> str:
    return str(SECTION_LABELS.get(state) or STATE_LABELS[state])


@require_safe
def duty_page(request: HttpRequest, return_id: str, label: str, entity: str) -> HttpResponse:
    """How fully has this body filed this return?"""
    return duty_response(request, return_id, label, entity)


def duty_response(
    request: HttpRequest, return_id: str, label: str, entity: str, form: ReliefForm | None = None
) -> HttpResponse:
    asked = Asked.of(request)
    seen, standing = one_duty(asked, return_id, label, entity)
    duty, definition = standing.duty, standing.definition
    period_url = reverse("completeness-period", args=[return_id, label]) + asked.query
    context = asked.frame() | {
        "heading": f"{duty.obligation.entity}: {duty.title}",
        "question": _("How fully has this body filed, and what was granted to it?"),
        "breadcrumb": trail(asked, return_id, (period_url, label), ("", str(duty.obligation.entity))),
        "standing": standing,
        "sections": [
            (definition.categories[number], state, words_of(state), section,
             labelled(standing, section.open if section else ()), labelled(standing, section.unusable if section else ()))
            for number, state, section in standing.sections
        ],
        "statutory": statutory(seen, [standing]).entities,
        "history": Relief.objects.visible_to(asked.user).filter(obligation=duty.obligation, period=duty.period)
        .select_related("granted_by", "taken_back_by"),
        "relief_form": form or (ReliefForm() if grants_here(asked, duty) else None),
        "take_back_form": TakeBackForm() if duty.relief and not asked.on and actions.may_grant(asked.user) else None,
    }  # fmt: skip
    return render(request, "reporting/completeness_duty.html", context, status=422 if form else 200)


def one_duty(asked: Asked, return_id: str, label: str, entity: str) -> tuple[Picture, Standing]:
    for duty in asked.duties(return_id, label):
        if duty.obligation.entity.code == entity:
            seen = picture(asked.user, only=[duty])
            return seen, seen.standings[0]
    raise Http404


def labelled(standing: Standing, codes: tuple[str, ...]) -> list[str]:
    return [standing.definition.points[code].label[language()] for code in codes]


def grants_here(asked: Asked, duty: Duty) -> bool:
    """Something may be granted today: nothing stands yet, and there is something to be exempted from or extended."""
    possible = not duty.filed or duty.period.due_on is not None
    return asked.on is None and duty.relief is None and possible and actions.may_grant(asked.user)


# Granting -------------------------------------------------------------------------------------------------


@require_POST
def grant_relief(request: HttpRequest, return_id: str, label: str, entity: str) -> HttpResponse:
    user = require_overseer(request)
    if not actions.may_grant(user):
        raise Http404
    _seen, standing = one_duty(Asked(user, None), return_id, label, entity)
    form = ReliefForm(request.POST)
    if form.is_valid():
        try:
            actions.grant_relief(
                obligation=standing.duty.obligation, period=standing.duty.period, by=user, **form.cleaned_data
            )
        except actions.Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("It is granted; the filer can read it."))
            return redirect("completeness-duty", return_id, label, entity)
    return duty_response(request, return_id, label, entity, form)


@require_POST
def take_back_relief(request: HttpRequest, pk: int) -> HttpResponse:
    user = require_overseer(request)
    if not actions.may_grant(user):
        raise Http404
    visible = Relief.objects.visible_to(user).select_related("obligation__entity", "period")
    relief = get_object_or_404(visible, pk=pk)
    try:
        actions.take_back_relief(relief=relief, reason=request.POST.get("reason", ""), by=user)
    except actions.Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("It is taken back; the filer can read it."))
    period = relief.period
    return redirect("completeness-duty", period.return_id, period.label, relief.obligation.entity.code)


# Downloads ------------------------------------------------------------------------------------------------


@require_safe
def completeness_csv(request: HttpRequest) -> HttpResponse:
    asked = Asked.of(request)
    return csv_response("completeness.csv", tables.duty_rows(picture(asked.user, on=asked.on).standings))


@require_safe
def sections_csv(request: HttpRequest, return_id: str, label: str) -> HttpResponse:
    _seen, standings = Asked.of(request).of_period(return_id, label)
    return csv_response(f"sections-{return_id}-{label}.csv", tables.section_rows(standings, language()))


@require_safe
def points_csv(request: HttpRequest, return_id: str, label: str) -> HttpResponse:
    seen, standings = Asked.of(request).of_period(return_id, label)
    return csv_response(f"statutory-{return_id}-{label}.csv", tables.point_rows(seen, standings))
