"""`/api/v1/quality/`: the data-quality report for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.reader import user_of
from reporting.quality.report import Scope, quality
from reporting.quality.told import as_json
from submissions.api.schema import more_examples


class ScopeShape(serializers.Serializer[Any]):
    period = serializers.CharField(allow_null=True)
    entity = serializers.CharField(allow_null=True)

    def get_fields(self) -> Any:  # `return` is a word of Python
        return {"return": serializers.CharField(allow_null=True), **super().get_fields()}


class LackingFigureShape(serializers.Serializer[Any]):
    version = serializers.CharField()
    period = serializers.CharField()
    address = serializers.CharField()

    def get_fields(self) -> Any:  # `label` is a word of serializers, `return` one of Python
        return {"return": serializers.CharField(), **super().get_fields(), "label": serializers.CharField()}


class WhyShape(serializers.Serializer[Any]):
    reason = serializers.CharField(allow_null=True)
    entities = serializers.ListField(child=serializers.CharField())

    def get_fields(self) -> Any:  # `label` is a word of serializers
        return {**super().get_fields(), "label": serializers.CharField()}


class MissingShape(LackingFigureShape):
    expected = serializers.IntegerField(help_text="Filings that owe it.")
    by_value = serializers.IntegerField()
    by_reason = WhyShape(many=True)
    without_reason = serializers.ListField(child=serializers.CharField())
    unusable = serializers.ListField(child=serializers.CharField())
    not_filed = serializers.ListField(child=serializers.CharField())


class SumEstimateShape(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    obs_status = serializers.CharField(help_text="E: nobody filed it.")


class ReportedSumShape(LackingFigureShape):
    comparable = serializers.BooleanField()
    because = serializers.ListField(child=serializers.CharField(), help_text="Why not, in words.")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why not, as codes.")
    expected = serializers.IntegerField()
    counted = serializers.IntegerField(help_text="Members of the largest part that can be added.")
    sum = serializers.FloatField(allow_null=True, help_text="Of that part.")
    unit = serializers.CharField(allow_null=True)
    estimate = SumEstimateShape(allow_null=True)


class OccurrenceShape(serializers.Serializer[Any]):
    entity = serializers.CharField(allow_null=True)
    period = serializers.CharField()
    revision = serializers.IntegerField(allow_null=True)
    address = serializers.CharField()
    message = serializers.CharField()
    explanation = serializers.CharField(allow_null=True)

    def get_fields(self) -> Any:  # `return` is a word of Python
        return {"return": serializers.CharField(), **super().get_fields()}


class FindingClassShape(serializers.Serializer[Any]):
    rule = serializers.CharField()
    version = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning", "info"])
    topic = serializers.CharField()
    count = serializers.IntegerField()
    filings = serializers.IntegerField()
    explained = serializers.IntegerField()
    occurrences = OccurrenceShape(many=True)

    def get_fields(self) -> Any:  # `return` is a word of Python
        return {"return": serializers.CharField(help_text="`across` for rules across filings."), **super().get_fields()}


class AskedDay(serializers.Serializer[Any]):
    as_of = serializers.DateField(required=False)


class QualityShape(serializers.Serializer[Any]):
    scope = ScopeShape()
    missing = MissingShape(many=True)
    refused = ReportedSumShape(many=True)
    added = ReportedSumShape(many=True)
    findings = FindingClassShape(many=True)


def examples() -> dict[str, Any]:
    figure = {"return": "member_state_statistics", "version": "1", "period": "2025"}
    reports = figure | {"address": "reports.total", "label": "Reports received"}
    return {
        "quality": {
            "200": {
                "scope": {"return": "member_state_statistics", "period": "2025", "entity": None},
                "missing": [
                    reports
                    | {
                        "expected": 27, "by_value": 25,
                        "by_reason": [{"reason": "not_public", "label": "Not public", "entities": ["ee"]}],
                        "without_reason": ["mt"], "unusable": [], "not_filed": [],
                    }
                ],
                "refused": [
                    reports
                    | {
                        "comparable": False, "because": ["2 figures are missing"], "reasons": ["missing"], "expected": 27,
                        "counted": 25, "sum": 43419.0, "unit": "reports", "estimate": None,
                    }
                ],
                "added": [],
                "findings": [
                    {
                        "rule": "M-CHD-002", "return": "member_state_statistics", "version": "1", "severity": "warning",
                        "topic": "consistency", "count": 1, "filings": 1, "explained": 0,
                        "occurrences": [
                            {
                                "entity": "lv", "return": "member_state_statistics", "period": "2025", "revision": 7,
                                "address": "children.total", "message": "The parts do not add up.", "explanation": None,
                            }
                        ],
                    }
                ],
            }
        }
    }  # fmt: skip


more_examples.append(examples)


class QualityView(APIView):
    @extend_schema(
        operation_id="quality",
        responses=QualityShape,
        parameters=[OpenApiParameter(name, str) for name in ("return", "period", "entity")]
        + [OpenApiParameter("as_of", date, description="As it stood at the end of this day of the past.")],
    )
    def get(self, request: Request) -> Response:
        """Which figures are missing, which cannot be added, which contradict each other, and why; in the language asked
        for. Accepted filings that you may see."""
        asked = Scope(*(request.query_params.get(name, "") for name in ("return", "period", "entity")))
        day = AskedDay(data=request.query_params)
        day.is_valid(raise_exception=True)
        return Response(as_json(quality(user_of(request), asked, day.validated_data.get("as_of"))))
