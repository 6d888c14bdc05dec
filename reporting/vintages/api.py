"""`/api/v1/vintages/`: what changed between the figures as they stood on two days, for programs of the Commission."""

from __future__ import annotations

from typing import Any

import polars as pl
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.reader import language
from reporting.cursors import link, page_size, place_of
from reporting.exports.api import FILTERS, misasked
from reporting.exports.asking import Misasked
from reporting.vintages.comparing import ANSWER, GONE, KINDS, as_table, vintages
from reporting.vintages.views import Question, require_commission
from submissions.api.schema import more_examples


class SideOfChangeShape(serializers.Serializer[Any]):
    value = serializers.CharField(allow_blank=True)
    number = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    obs_status = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    qualifier = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    flags = serializers.CharField(allow_blank=True)
    comment = serializers.CharField(allow_blank=True)


class ChangeShape(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KINDS)
    fields_changed = serializers.ListField(
        child=serializers.CharField(), help_text="What differs, of a changed figure."
    )
    version = serializers.CharField()
    period = serializers.CharField()
    entity = serializers.CharField()
    address = serializers.CharField()
    start = serializers.DateField()
    end = serializers.DateField()
    was = SideOfChangeShape(allow_null=True)
    now = SideOfChangeShape(allow_null=True)
    was_receipt = serializers.CharField(
        allow_null=True, help_text="null where nothing was accepted by the earlier day."
    )
    receipt = serializers.CharField()
    submitted_by = serializers.CharField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField()
    reason_of_correction = serializers.CharField(allow_blank=True)
    decision_reason = serializers.CharField(allow_blank=True)

    def get_fields(self) -> Any:  # `return` is a word of Python, `label` one of serializers
        return {"return": serializers.CharField(), **super().get_fields(), "label": serializers.CharField()}


class VintageCountsShape(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    gone = serializers.IntegerField()
    changed = serializers.IntegerField()


class VintagesShape(serializers.Serializer[Any]):
    to = serializers.DateField()
    filings = serializers.IntegerField(help_text="Filings whose figures are others than before.")
    counts = VintageCountsShape()
    next = serializers.URLField(allow_null=True)
    results = ChangeShape(many=True)

    def get_fields(self) -> Any:  # `from` is a word of Python
        return {"from": serializers.DateField(), **super().get_fields()}


DAYS = [
    OpenApiParameter("from", str, description="Figures as they stood at the end of this day. Default: 30 days before."),
    OpenApiParameter("to", str, description="And at the end of this one. Default: today."),
    OpenApiParameter("kind", str, enum=KINDS),
    OpenApiParameter("cursor", str),
    OpenApiParameter("page_size", int),
]


class VintagesView(APIView):
    @extend_schema(
        operation_id="vintages",
        responses=VintagesShape,
        parameters=[*DAYS, *(one for one in FILTERS if one.name != "as_of")],
    )
    def get(self, request: Request) -> Response:
        """What changed between the figures as they stood on two days: added, gone or changed, by whom, when and why
        (Commission). The changed ones first."""
        user = require_commission(request)
        try:
            question = Question.of(request._request)
        except Misasked as wrong:
            raise misasked(wrong) from wrong
        found = vintages(user, question.since, question.until, question.asked)
        table = as_table(found, language())
        chosen = table.filter(pl.col("kind") == question.kind) if question.kind else table
        begin, size = max(0, place_of(request, int) or 0), page_size(request)
        rows = chosen[begin : begin + size]
        return Response(
            {
                "from": question.since,
                "to": question.until,
                "filings": len(found.moved),
                "counts": {kind: found.count(kind) for kind in KINDS},
                "next": link(request, begin + size if begin + size < chosen.height else None),
                "results": [as_json(row) for row in rows.iter_rows(named=True)],
            }
        )


SIDES = (*ANSWER, "number")


def as_json(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `as_table`."""
    sides = {*SIDES, *(f"was_{name}" for name in SIDES), "fields", "was_receipt"}
    return {name: value for name, value in row.items() if name not in sides} | {
        "fields_changed": [name for name in row["fields"].split(";") if name],
        "was": {name: row[f"was_{name}"] for name in SIDES} if row["was_obs_status"] is not None else None,
        "now": {name: row[name] for name in SIDES} if row["kind"] != GONE else None,
        "was_receipt": row["was_receipt"] or None,
    }


def examples() -> dict[str, Any]:
    was = {"value": "78", "number": 78.0, "low": None, "high": None, "obs_status": "P", "unit": "reports",
           "qualifier": "exact", "reason": "", "flags": "", "comment": ""}  # fmt: skip
    change = {
        "kind": "changed", "fields_changed": ["value", "obs_status"], "return": "member_state_statistics", "version": "1",
        "period": "2025", "entity": "dk", "country": "DK", "address": "reports.total", "code": "reports.total",
        "label": "Reports received", "start": "2025-01-01", "end": "2025-12-31", "was": was,
        "now": was | {"value": "81", "number": 81.0, "obs_status": "A"}, "was_receipt": "MS-2025-dk-1",
        "receipt": "MS-2025-dk-2", "submitted_by": "Filer of Denmark", "decided_by": "Reviewer",
        "decided_at": "2027-01-31T10:30:00Z", "reason_of_correction": "Late reports were counted.", "decision_reason": "",
    }  # fmt: skip
    return {"vintages": {"200": {
        "from": "2027-01-01", "to": "2027-02-01", "filings": 1, "counts": {"added": 0, "gone": 0, "changed": 1},
        "next": None, "results": [change],
    }}}  # fmt: skip


more_examples.append(examples)
