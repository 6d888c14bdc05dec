"""`/api/v1/comparability/`: may these figures be added, ranked, charted together?"""

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

from portal.reader import user_of
from reporting.comparability import words
from reporting.comparability.adding import Total
from reporting.comparability.asking import Question, answer, known_axes
from reporting.comparability.comparison import Comparison
from reporting.comparability.estimating import Estimate
from reporting.comparability.knowledge import PURPOSES
from submissions.api.problems import Problem, not_found
from submissions.api.schema import more_examples
from submissions.catalogue import catalogue
from submissions.sources import Fault

STATUSES = ["A", "P", "E"]
QUALIFIERS = ["exact", "rounded", "approximate", "lower_bound", "upper_bound", "range", "bounds"]


class ComparabilityReasonShape(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Such as unit, period, definition, missing, not_filed.")
    effect = serializers.ChoiceField(
        choices=["bars", "out", "marks"],
        help_text="bars: stays out, and the answer is no. out: stays out. marks: stays in, and the result says so.",
    )
    member = serializers.CharField(help_text="Entity, period or member of a dimension.")
    address = serializers.CharField(allow_null=True, help_text="null where nothing was filed.")
    entity = serializers.CharField(allow_null=True)
    period = serializers.CharField(allow_null=True)
    revision = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField(allow_blank=True, help_text="The code, the days or the flags that differ.")


class SumShape(serializers.Serializer[Any]):
    value = serializers.FloatField(allow_null=True, help_text="null where only bounds are known.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    qualifier = serializers.ChoiceField(choices=QUALIFIERS)
    status = serializers.ChoiceField(choices=STATUSES)
    figures = serializers.IntegerField()
    unit = serializers.CharField()


class SubsetShape(serializers.Serializer[Any]):
    members = serializers.ListField(child=serializers.CharField())
    counted = serializers.IntegerField()
    expected = serializers.IntegerField()
    unit = serializers.CharField()
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)
    total = SumShape(allow_null=True)


class EstimateShape(serializers.Serializer[Any]):
    """Nobody filed this. It is never part of a total."""

    status = serializers.ChoiceField(choices=["E"])
    point = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    start = serializers.DateField()
    end = serializers.DateField()
    members = serializers.IntegerField()
    expected = serializers.IntegerField()
    complete = serializers.BooleanField(help_text="Everybody expected is in it: only the days differ.")
    prorated = serializers.IntegerField(help_text="Figures for other days than these.")
    assumptions = serializers.ListField(child=serializers.CharField())


class FiledSumShape(serializers.Serializer[Any]):
    """What was filed, added as it stands. No total."""

    value = serializers.FloatField()
    members = serializers.IntegerField()


class ComparabilityShape(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(choices=PURPOSES)
    axes = serializers.ListField(child=serializers.CharField())
    comparable = serializers.BooleanField()
    because = serializers.ListField(child=serializers.CharField(), help_text="Why not, in words.")
    marks = serializers.ListField(child=serializers.CharField(), help_text="What to say beside the result, in words.")
    reasons = ComparabilityReasonShape(many=True)
    total = SumShape(allow_null=True, help_text="Only where all may be added.")
    subset = SubsetShape(help_text="The largest part that may be put together.")
    estimate = EstimateShape(allow_null=True, help_text="Of figures that differ only by their days.")
    filed_sum = FiledSumShape(allow_null=True)


def parameters() -> list[OpenApiParameter]:
    several = " Repeat the parameter for several."
    return [
        OpenApiParameter("return", str, required=True),
        OpenApiParameter("address", str, required=True, description=f"Data point, with or without members.{several}"),
        OpenApiParameter("period", str, description=f"Label; else all.{several}"),
        OpenApiParameter("entity", str, description=f"Code; else all.{several}"),
        OpenApiParameter("purpose", str, enum=PURPOSES, description="Default: add."),
        OpenApiParameter(
            "axis",
            str,
            description=f"What is set side by side: entity, period or a dimension of the data point.{several}",
        ),
        OpenApiParameter("start", str, description="First day that an estimate is for; else the reporting period."),
        OpenApiParameter("end", str, description="Last day that an estimate is for."),
        OpenApiParameter("as_of", str, description="Figures as they stood at the end of this day (YYYY-MM-DD)."),
    ]


class ComparabilityView(APIView):
    @extend_schema(operation_id="comparability", responses=ComparabilityShape, parameters=parameters())
    def get(self, request: Request) -> Response:
        """May these accepted figures be added, ranked or charted together? Yes, or no with reasons by observation; the
        largest part that may; the total, where there is one; an estimate where figures differ only by their days."""
        start, end = day(request, "start"), day(request, "end")
        if start and end and end < start:
            raise invalid("end", _("The last day lies before the first."))
        return Response(as_json(answer(asked(request), user_of(request)), start, end))


def asked(request: Request) -> Question:
    given = request.query_params
    return_id, addresses = given.get("return", ""), tuple(given.getlist("address"))
    if return_id not in catalogue().returns:
        raise not_found(_("There is no such return.")) if return_id else invalid("return", _("This field is required."))
    points = {code for definition in catalogue().versions(return_id) for code in definition.points}
    if not addresses:
        raise invalid("address", _("This field is required."))
    if unknown := [address for address in addresses if address.partition("[")[0] not in points]:
        raise not_found(_("There is no data point %(code)s.") % {"code": unknown[0]})
    purpose, axes = given.get("purpose", "add"), tuple(given.getlist("axis"))
    if purpose not in PURPOSES:
        raise invalid("purpose", _("One of: %(choices)s") % {"choices": ", ".join(PURPOSES)})
    if not {*axes} <= (known := known_axes(return_id, addresses)):
        raise invalid("axis", _("One of: %(choices)s") % {"choices": ", ".join(sorted(known))})
    periods, entities = given.getlist("period"), given.getlist("entity")
    for name, values in (("period", periods), ("entity", entities)):
        if any("\x00" in value for value in values):
            raise invalid(name, _("Null characters are not allowed."))
    as_of = day(request, "as_of")
    if as_of and as_of > timezone.localdate():
        raise invalid("as_of", _("The day may not lie in the future."))
    return Question(return_id, addresses, tuple(periods), tuple(entities), purpose, axes, as_of)


def day(request: Request, name: str) -> date | None:
    given = request.query_params.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as wrong:
        raise invalid(name, _("A day is written as YYYY-MM-DD.")) from wrong


def invalid(name: str, detail: str) -> Problem:
    return Problem("invalid", _("Some fields are wrong; see errors."), 400, [Fault("invalid", detail, f"/{name}")])


def as_json(found: Comparison, start: date | None, end: date | None) -> dict[str, Any]:
    chosen = found.lines.filter("subset")
    return {
        "purpose": found.purpose,
        "axes": list(found.axes),
        "comparable": found.comparable,
        "because": words.because(found),
        "marks": words.with_marks(found),
        "reasons": reasons(found),
        "total": total_json(found.total, found),
        "subset": {
            "members": sorted(chosen["member"].unique()),
            "counted": found.counted,
            "expected": found.expected,
            "unit": found.reference.unit if found.reference else "",
            "start": found.reference.start if found.reference else None,
            "end": found.reference.end if found.reference else None,
            "total": total_json(found.subset_total, found),
        },
        "estimate": estimate_json(found.estimate(start, end)),
        "filed_sum": {"value": found.filed_sum.value, "members": found.filed_sum.members} if found.filed_sum else None,
    }


def reasons(found: Comparison) -> list[dict[str, Any]]:
    where = found.lines.select("address", "entity", "period", "revision").rows(named=True)
    nowhere = dict.fromkeys(("address", "entity", "period", "revision"))
    return [
        {"code": code, "effect": effect, "member": member, "detail": detail or "",
         **(nowhere if row is None else where[row])}
        for row, member, code, effect, detail in found.reasons.select("row", "member", "code", "effect", "detail").iter_rows()
    ]  # fmt: skip


def total_json(total: Total | None, found: Comparison) -> dict[str, Any] | None:
    if total is None or found.reference is None:
        return None
    return {
        "value": total.value, "low": total.low, "high": total.high, "qualifier": total.qualifier,
        "status": total.status, "figures": total.figures, "unit": found.reference.unit,
    }  # fmt: skip


def estimate_json(estimate: Estimate | None) -> dict[str, Any] | None:
    if estimate is None:
        return None
    return {
        "status": estimate.status, "point": estimate.point, "low": estimate.low, "high": estimate.high,
        "start": estimate.start, "end": estimate.end, "members": estimate.members, "expected": estimate.expected,
        "complete": estimate.complete, "prorated": estimate.prorated, "assumptions": words.assumptions(estimate),
    }  # fmt: skip


def examples() -> dict[str, dict[str, Any]]:
    total = {
        "value": 9.0,
        "low": 9.0,
        "high": 9.0,
        "qualifier": "exact",
        "status": "A",
        "figures": 2,
        "unit": "children",
    }
    days = {"start": "2025-01-01", "end": "2025-12-31"}
    row = {"code": "definition", "effect": "bars", "member": "dk", "address": "children.total", "entity": "dk",
           "period": "2025", "revision": 46, "detail": "online_offline_not_separated"}  # fmt: skip
    subset = {"members": ["at", "be"], "counted": 2, "expected": 3, "unit": "children", **days, "total": total}
    return {"comparability": {"200": {
        "purpose": "add", "axes": ["entity"], "comparable": False,
        "because": ["1 figure differs in definition (Online and offline together)"], "marks": [], "reasons": [row],
        "total": None, "subset": subset, "estimate": None, "filed_sum": {"value": 21.0, "members": 3},
    }}}  # fmt: skip


more_examples.append(examples)
