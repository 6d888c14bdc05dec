"""`/api/v1/series/`: the figures of one data point over the periods."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.reader import language, user_of
from reporting.cursors import link, page_size, place_of
from reporting.exports.api import FILTERS, asked_of, misasked
from reporting.exports.asking import Asked, Misasked
from reporting.series.figures import page
from submissions.api.schema import more_examples
from submissions.catalogue import catalogue

KEPT = (
    "return", "version", "period", "entity", "country", "address", "code", "label", "relation", "breaks", "value", "number",
    "low", "high", "obs_status", "start", "end", "unit", "qualifier", "reason", "flags", "comment", "revision", "line",
    "receipt", "decided_at",
)  # fmt: skip


class FigureOfSeriesShape(serializers.Serializer[Any]):
    version = serializers.CharField()
    period = serializers.CharField()
    entity = serializers.CharField()
    country = serializers.CharField(allow_blank=True, help_text="EL for Greece.")
    address = serializers.CharField()
    code = serializers.CharField()
    relation = serializers.CharField(
        help_text="To the data point of the newest version that has it: same, or what the bridge says: equal, part_of, "
        "sum_of, not_comparable; unlinked where it says nothing."
    )
    breaks = serializers.BooleanField(help_text="Not of the same thing: the series breaks here.")
    value = serializers.CharField(allow_blank=True, help_text="As filed.")
    number = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    obs_status = serializers.CharField()
    start = serializers.DateField()
    end = serializers.DateField()
    unit = serializers.CharField(allow_blank=True)
    qualifier = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    flags = serializers.CharField(allow_blank=True)
    comment = serializers.CharField(allow_blank=True)
    revision = serializers.IntegerField()
    line = serializers.IntegerField()
    receipt = serializers.CharField()
    decided_at = serializers.DateTimeField()

    def get_fields(self) -> Any:  # `return` is a word of Python, `label` one of serializers
        return {"return": serializers.CharField(), **super().get_fields(), "label": serializers.CharField()}


class SeriesShape(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = FigureOfSeriesShape(many=True)


PARAMETERS = [
    OpenApiParameter("return", str, required=True),
    OpenApiParameter("address", str, required=True, description="A data point, with all its members; or an address."),
    OpenApiParameter("bridge", bool, description="Also figures of older versions that the bridge leads to it."),
    OpenApiParameter("cursor", str),
    OpenApiParameter("page_size", int),
    *(one for one in FILTERS if one.name not in ("return", "address")),
]


class SeriesView(APIView):
    @extend_schema(operation_id="series", responses=SeriesShape, parameters=PARAMETERS)
    def get(self, request: Request) -> Response:
        """Accepted figures of one data point over the periods, with every attribute, by entity and period; those of an
        older version of the return as far as a bridge sets them beside it. It adds nothing up."""
        asked = asked_for(request)
        found = page(
            asked, user_of(request), bridge=request.query_params.get("bridge", "").lower() in ("true", "1"),
            after=after(request), size=page_size(request), language=language(),
        )  # fmt: skip
        return Response(
            {"next": link(request, found.last), "results": found.figures.select(KEPT).to_dicts()},
        )


def asked_for(request: Request) -> Asked:
    """Raises Problem."""
    for name in ("return", "address"):
        if not request.query_params.get(name):
            raise misasked(Misasked(name, _("This field is required.")))
    asked = asked_of(request.query_params)
    code = asked.address.partition("[")[0]
    if not any(code in one.points for one in catalogue().versions(asked.return_id)):
        raise misasked(Misasked("address", _("There is no data point %(code)s.") % {"code": code}))
    return asked


def after(request: Request) -> list[Any] | None:
    """Raises NotFound."""
    place: list[Any] | None = place_of(request, list)
    if place is not None and [type(one) for one in place] != [str, str, int, int]:
        raise NotFound(_("There is no such page."))
    return place


def examples() -> dict[str, Any]:
    figure = {
        "return": "member_state_statistics", "version": "1", "period": "2025", "entity": "dk", "country": "DK",
        "address": "reports.total", "code": "reports.total", "label": "Reports received", "relation": "same",
        "breaks": False, "value": "10744", "number": 10744.0, "low": None, "high": None, "obs_status": "P",
        "start": "2025-01-01", "end": "2025-12-31", "unit": "reports", "qualifier": "exact", "reason": "", "flags": "",
        "comment": "Drawn on 20 January.", "revision": 7, "line": 12, "receipt": "MS-2025-dk-1",
        "decided_at": "2027-01-31T10:30:00Z",
    }  # fmt: skip
    return {"series": {"200": {"next": None, "results": [figure]}}}


more_examples.append(examples)
