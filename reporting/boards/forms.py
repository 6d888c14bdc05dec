"""The query string of a dashboard, read into what is asked."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.http import Http404, QueryDict
from django.utils import timezone

from portal.models import ReportingEntity, User
from portal.reader import language
from reporting.boards import panels
from reporting.boards.asking import Asking
from reporting.boards.catalogue import Board
from submissions.catalogue import catalogue
from submissions.models import Filing, ReportingPeriod


class AskingForm(forms.Form):
    """What every dashboard takes; fields of the board's own filters are added."""

    period = forms.ChoiceField(required=False)
    as_of = forms.DateField(required=False)
    entity = forms.MultipleChoiceField(required=False)
    since = forms.ChoiceField(required=False)
    until = forms.ChoiceField(required=False)
    unit = forms.ChoiceField(required=False)
    sort = forms.RegexField(r"^[\w-]+\.\d{1,2}$", required=False)
    order = forms.ChoiceField(required=False, choices=[("asc", ""), ("desc", "")])

    def __init__(self, data: QueryDict, board: Board, base: Asking) -> None:
        super().__init__(data)
        labels = [(one.label, "") for one in base.periods]
        for name, choices in (
            ("period", labels), ("since", labels), ("until", labels),
            ("entity", list(base.names.items())), ("unit", [(unit, "") for unit in catalogue().code_lists["unit"].codes]),
        ):  # fmt: skip
            cast("forms.ChoiceField", self.fields[name]).choices = choices
        for one in board.filters:
            self.fields[one.name] = forms.ChoiceField(required=False, choices=list(one.options(base)))

    def clean_as_of(self) -> date | None:
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError("a day to come")
        return day


def asking_of(data: QueryDict, board: Board, user: User) -> Asking:
    """What is asked; 404 for what does not exist or may not be seen. Two queries."""
    base = seen(board, user)
    form = AskingForm(data, board, base)
    if not form.is_valid():
        raise Http404
    given: dict[str, Any] = form.cleaned_data
    return Asking(
        user=user,
        language=base.language,
        periods=base.periods,
        names=base.names,
        period=given["period"] or base.period,
        as_of=given["as_of"],
        entities=tuple(given["entity"]),
        since=given["since"],
        until=given["until"],
        unit=given["unit"],
        choices={one.name: given[one.name] for one in board.filters},
        sort=given["sort"],
        order=given["order"],
        kept=base.kept,  # what the filters' options were read from
    )


def seen(board: Board, user: User) -> Asking:
    """The periods and entities with figures that this user may see, and nothing chosen."""
    filed = Filing.objects.visible_to(user).filter(
        period__return_id__in=panels.returns(board.name), current__isnull=False, sandbox=False
    )
    periods = tuple(ReportingPeriod.objects.filter(pk__in=filed.values("period")).order_by("-start", "return_id"))
    entities = ReportingEntity.objects.filter(pk__in=filed.values("obligation__entity"))
    names = dict(sorted(((one.code, one.name) for one in entities), key=lambda one: one[1]))
    return Asking(user, language(), periods, names, period=periods[0].label if periods else "")
