"""`/api/v1/completeness/`: who has filed what, when, how fully, for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.models import ReportingEntity
from portal.reader import user_of
from reporting.completeness.content import Content, Section
from reporting.completeness.rates import Column, by_period, column
from reporting.completeness.standing import CONTENT_LABELS, SECTION_LABELS, Picture, Standing, picture
from reporting.completeness.statutory import Tally, statutory
from submissions.api.schema import more_examples
from submissions.api.serializers import ReliefShape
from submissions.catalogue import catalogue
from submissions.duties import Duty, duties
from submissions.models import Obligation, ReportingPeriod

FILTERS = ("return", "period", "entity")
COUNTED = ("expected", "exempted", "extended", "filed", "share", "on_time", "filed_late", "not_judged", "overdue")
ANSWERED = ("by_value", "by_reason", "by_status", "unusable", "nothing")


class OfReturn(serializers.Serializer[Any]):
    period = serializers.CharField()
    version = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `return` is a word of Python and cannot be declared.
        return {"return": serializers.CharField(), **super().get_fields()}


class SectionRateShape(serializers.Serializer[Any]):
    section = serializers.IntegerField(help_text="Number of the category.")
    filings = serializers.IntegerField(help_text="In which something is asked for here; without nil filings.")
    complete = serializers.IntegerField()
    partial = serializers.IntegerField()  # type: ignore[assignment]  # the field hides an attribute of the base class that shapes never use


class RatesShape(OfReturn):
    due_on = serializers.DateField(allow_null=True)
    expected = serializers.IntegerField(help_text="Duties, without those exempted.")
    exempted = serializers.IntegerField()
    extended = serializers.IntegerField()
    filed = serializers.IntegerField()
    share = serializers.IntegerField(allow_null=True, help_text="Percent filed, rounded down.")
    on_time = serializers.IntegerField()
    filed_late = serializers.IntegerField()
    not_judged = serializers.IntegerField(help_text="Filed without a deadline, or on a day that nobody knows.")
    overdue = serializers.IntegerField(help_text="Not filed, and the day has passed.")
    complete = serializers.IntegerField()
    partial = serializers.IntegerField()  # type: ignore[assignment]  # the field hides an attribute of the base class that shapes never use
    nil = serializers.IntegerField(help_text="Nil, with a reason.")
    nil_without_reason = serializers.IntegerField()
    unchecked = serializers.IntegerField()
    sections = SectionRateShape(many=True)


class SectionShape(serializers.Serializer[Any]):
    section = serializers.IntegerField(help_text="Number of the category.")
    state = serializers.CharField(help_text=f"{', '.join(SECTION_LABELS)}; without a filing the state of the duty.")
    asked = serializers.IntegerField()
    by_value = serializers.IntegerField()
    by_reason = serializers.IntegerField()
    by_status = serializers.IntegerField(help_text="A status says that there is no value, and nothing says why.")
    open = serializers.ListField(child=serializers.CharField(), help_text="Data points without any answer.")
    unusable = serializers.ListField(
        child=serializers.CharField(), help_text="Data points whose lines hold no usable figure."
    )


class StandingShape(OfReturn):
    entity = serializers.CharField()
    state = serializers.CharField(help_text="As in `/obligations/`.")
    due_on = serializers.DateField(allow_null=True)
    late = serializers.BooleanField()
    days_overdue = serializers.IntegerField()
    first_filed = serializers.DateField(allow_null=True)
    relief = ReliefShape(allow_null=True)
    receipt = serializers.CharField(allow_null=True)
    content = serializers.ChoiceField(choices=list(CONTENT_LABELS), allow_null=True, help_text="Null: nothing filed.")
    sections = SectionShape(many=True)


class PointShape(OfReturn):
    code = serializers.CharField()
    basis = serializers.CharField(allow_blank=True)
    by_value = serializers.IntegerField()
    by_reason = serializers.IntegerField()
    by_status = serializers.IntegerField()
    unusable = serializers.IntegerField()
    nothing = serializers.IntegerField(help_text="Not answered at all.")


class CompletenessShape(serializers.Serializer[Any]):
    on = serializers.DateField(help_text="As it stood at the end of this day.")
    rates = RatesShape(many=True)
    duties = StandingShape(many=True)
    statutory = PointShape(many=True, help_text="Over the filings that are checked.")


class Asked(serializers.Serializer[Any]):
    on = serializers.DateField(required=False)

    def validate_on(self, on: date) -> date:
        if on > timezone.localdate():
            raise serializers.ValidationError(_("Give a day that has come."))
        return on


class CompletenessView(APIView):
    @extend_schema(
        operation_id="completeness", responses=CompletenessShape,
        parameters=[
            *(OpenApiParameter(name, str) for name in FILTERS),
            OpenApiParameter("on", date, description="As it stood at the end of this day; today where left out."),
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Who has filed what, when, how fully: of what you may see, the Commission of everybody, each body of itself.
        Rates count the duties that the filters leave."""
        shape = Asked(data=request.query_params)
        shape.is_valid(raise_exception=True)
        on = shape.validated_data.get("on")
        wanted = {name: request.query_params[name].lower() for name in FILTERS if name in request.query_params}
        mine = [duty for duty in duties(user_of(request), on=on) if wanted.items() <= facets(duty).items()]
        return Response(as_json(picture(user_of(request), only=mine), on or timezone.localdate()))


def facets(duty: Duty) -> dict[str, str]:
    period = duty.period
    return {
        "return": period.return_id.lower(),
        "period": period.label.lower(),
        "entity": duty.obligation.entity.code.lower(),
    }


def as_json(seen: Picture, on: date) -> dict[str, Any]:
    groups = by_period(seen.standings)
    return {
        "on": on,
        "rates": [rates_json(column(group)) for group in groups],
        "duties": [standing_json(standing) for group in groups for standing in group],
        "statutory": [point for group in groups for point in points_json(seen, group)],
    }


def head(standing: Standing) -> dict[str, Any]:
    period = standing.duty.period
    return {"return": period.return_id, "period": period.label, "version": standing.definition.version}


def rates_json(counted: Column) -> dict[str, Any]:
    period, full = counted.period, counted.fullness
    return {
        "return": period.return_id, "period": period.label, "version": period.version, "due_on": period.due_on,
        **{name: getattr(counted.rates, name) for name in COUNTED},
        **{name: getattr(full, name) for name in CONTENT_LABELS},
        "sections": [
            {"section": s.category, "filings": s.filings, "complete": s.complete, "partial": s.partial}
            for s in full.sections
        ],
    }  # fmt: skip


def standing_json(standing: Standing) -> dict[str, Any]:
    duty = standing.duty
    return {
        **head(standing), "entity": duty.obligation.entity.code, "state": duty.state, "due_on": duty.due_on,
        "late": duty.late, "days_overdue": duty.days_overdue, "first_filed": duty.first_filed,
        "relief": ReliefShape(duty.relief).data if duty.relief else None,
        "receipt": duty.revision.receipt if duty.revision else None, "content": standing.content_state or None,
        "sections": [section_json(*told) for told in standing.sections],
    }  # fmt: skip


def section_json(number: int, state: str, section: Section | None) -> dict[str, Any]:
    found = section or Section(number, 0, 0, 0, 0, (), ())
    return {
        "section": number, "state": state, "asked": found.asked, "by_value": found.by_value, "by_reason": found.by_reason,
        "by_status": found.by_status, "open": list(found.open), "unusable": list(found.unusable),
    }  # fmt: skip


def points_json(seen: Picture, group: list[Standing]) -> list[dict[str, Any]]:
    return [
        {**head(group[0]), "code": point.code, "basis": point.basis, **tally_json(tally)}
        for point, tally in statutory(seen, group).points
        if tally.asked
    ]


def tally_json(tally: Tally) -> dict[str, int]:
    return {name: getattr(tally, name) for name in ANSWERED}


def examples() -> dict[str, Any]:
    """One body that has filed all but a section."""
    definition = catalogue().get("member_state_statistics", "1")
    period = ReportingPeriod(
        return_id=definition.return_id, version="1", label="2025", start=date(2025, 1, 1), end=date(2025, 12, 31),
        due_on=date(2026, 8, 3),
    )  # fmt: skip
    obligation = Obligation(entity=ReportingEntity(code="dk", name_en="Denmark"), return_id=definition.return_id)
    duty = Duty(obligation, period, None, date(2026, 9, 1))
    content = Content(nil=False, reasoned=False, sections=(Section(4, 8, 6, 1, 0, ("children.age_limit",), ()),))
    seen = [Standing(duty)]
    filed = standing_json(seen[0]) | {
        "state": "accepted", "late": False, "days_overdue": 0, "first_filed": date(2026, 7, 30), "receipt": "MS-2025-dk-1",
        "content": content.state, "sections": [section_json(4, "partial", content.sections[0])],
    }  # fmt: skip
    answer = {
        "on": date(2026, 9, 1),
        "rates": [rates_json(column(seen)) | {"filed": 1, "share": 100, "on_time": 1, "overdue": 0, "partial": 1}],
        "duties": [filed],
        "statutory": [
            {**head(seen[0]), "code": "children.total", "basis": "statutory", **tally_json(Tally(1, 0, 0, 0, 0))}
        ],
    }
    return {"completeness": {"200": CompletenessShape(answer).data}}


more_examples.append(examples)
