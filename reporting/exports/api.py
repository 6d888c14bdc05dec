"""`/api/v1/exports/`: accepted figures as files, sent at once or written by a worker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.reader import language, user_of
from reporting.exports import actions
from reporting.exports.asking import Asked, Misasked
from reporting.exports.contents import Contents
from reporting.exports.sending import sent, sent_file
from reporting.exports.writing import FORMATS
from reporting.models import Export
from submissions.api.pagination import ByLatest
from submissions.api.problems import Problem
from submissions.api.schema import more_examples
from submissions.sources import Fault

SEVERAL = " Repeat the parameter for several."
FILTERS = [
    OpenApiParameter("return", str),
    OpenApiParameter("version", str),
    OpenApiParameter("entity", str, description=f"Code.{SEVERAL}"),
    OpenApiParameter("period", str, description=f"Label.{SEVERAL}"),
    OpenApiParameter("address", str, description="How the address or the code of the data point begins."),
    OpenApiParameter("status", str, description=f"obs_status.{SEVERAL}"),
    OpenApiParameter("as_of", str, description="Figures as they stood at the end of this day (YYYY-MM-DD)."),
]


def asked_of(given: QueryDict) -> Asked:
    """Raises Problem."""
    try:
        return Asked.of(given)
    except Misasked as wrong:
        raise misasked(wrong) from wrong


def misasked(wrong: Misasked) -> Problem:
    faults = [Fault("invalid", wrong.message, f"/{wrong.name}")]
    return Problem("invalid", _("Some fields are wrong; see errors."), 400, faults)


class AnyType(DefaultContentNegotiation):
    """The address says what is sent: `Accept` may name it, or anything else."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class ExportView(APIView):
    """One format; those below differ in nothing else."""

    kind: ClassVar[str]
    content_negotiation_class = AnyType

    def get(self, request: Request) -> HttpResponseBase:
        """Accepted figures that you may see, with every attribute, as one file. Text formats begin at once and have no
        limit; a workbook or a Parquet file with very many lines is refused: let a worker write it."""
        asked = asked_of(request.query_params)
        contents = Contents.of(asked, user_of(request), language())
        if FORMATS[self.kind].stream is None and contents.most > settings.EXPORT_AT_ONCE:
            raise Problem(
                "export_too_large", _("There are too many lines to send such a file at once. Send POST /exports/."), 422
            )
        return sent(contents, self.kind, asked)


OBJECTS = {"type": "array", "items": {"type": "object", "additionalProperties": {}}}
"""An object a line, with the columns of the other formats."""


def view_of(kind: str) -> type[ExportView]:
    """Each format has an operation of its own, so that each answer has one media type."""
    media_type = FORMATS[kind].media_type
    made = type(f"Export{kind.title()}", (ExportView,), {"kind": kind})
    body: Any = OBJECTS if kind == "json" else OpenApiTypes.BINARY
    responses = {(200, media_type): body}
    told = extend_schema_view(
        get=extend_schema(operation_id=f"exports_{kind}", parameters=FILTERS, responses=responses)
    )
    return told(made)


class ExportIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=list(FORMATS))
    version = serializers.CharField(required=False)
    entity = serializers.ListField(child=serializers.CharField(), required=False)
    period = serializers.ListField(child=serializers.CharField(), required=False)
    address = serializers.CharField(required=False)
    status = serializers.ListField(child=serializers.CharField(), required=False)
    as_of = serializers.CharField(required=False, help_text="YYYY-MM-DD")

    def get_fields(self) -> Any:  # `return` is a word of Python
        return {"return": serializers.CharField(required=False), **super().get_fields()}


class ExportShape(serializers.ModelSerializer[Export]):
    state = serializers.CharField(help_text="queued, running, succeeded or failed, as of any job.")
    stage = serializers.CharField(help_text="waiting, reading, storing or done.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the file is deleted.")
    link = serializers.SerializerMethodField(help_text="Where the file is; null until it is written.")

    class Meta:
        model = Export
        fields = ["id", "kind", "query", "state", "stage", "rows_done", "rows_total", "created_at", "finished_at",
                  "expires_at", "size", "link"]  # fmt: skip
        read_only_fields = fields

    def get_link(self, export: Export) -> str | None:
        return f"/api/v1/exports/{export.pk}/file/?signature={actions.signed(export)}" if export.is_ready else None


class ExportList(generics.ListAPIView[Export]):
    """Your files, the newest first; each is deleted some hours after it was written."""

    queryset = Export.objects.none()
    serializer_class = ExportShape
    pagination_class = ByLatest

    def get_queryset(self) -> Any:
        return Export.objects.visible_to(user_of(self.request))

    @extend_schema(operation_id="exports_ask", request=ExportIn, responses={202: ExportShape})
    def post(self, request: Request) -> Response:
        """Let a worker write a file of any size: follow it until it has a link."""
        shape = ExportIn(data=request.data)
        shape.is_valid(raise_exception=True)
        given = dict(shape.validated_data)
        kind = given.pop("kind")
        export = actions.ask_export(
            asked=asked_of(as_query(given)), kind=kind, language=language(), by=user_of(request)
        )
        headers = {"Location": f"/api/v1/exports/{export.pk}/", "Retry-After": "1"}
        return Response(ExportShape(export).data, status=202, headers=headers)


def as_query(given: dict[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in given.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


class ExportDetail(generics.RetrieveAPIView[Export]):
    """How far a file is, and when it is written its link."""

    queryset = Export.objects.none()
    serializer_class = ExportShape

    def get_queryset(self) -> Any:
        return Export.objects.visible_to(user_of(self.request))


class ExportFile(APIView):
    content_negotiation_class = AnyType

    @extend_schema(
        operation_id="exports_file",
        parameters=[OpenApiParameter("signature", str, required=True)],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """The file of a link: for who asked for it, as long as it is kept."""
        return the_file(request, pk)


def the_file(request: Request | Any, pk: int) -> HttpResponseBase:
    """404 for everybody else, for a link that is over, and for who may no longer read all of it."""
    user = user_of(request)
    export = get_object_or_404(Export.objects.visible_to(user), pk=pk)
    signature = request.GET.get("signature", "")
    if not (export.is_ready and actions.is_signed(export, signature) and export.readable_by(user)):
        raise Http404
    return sent_file(export)


# Examples -------------------------------------------------------------------------------------------------


def examples() -> dict[str, Any]:
    asked = {"kind": "csv", "return": "member_state_statistics", "period": ["2025"]}
    waiting = {
        "id": 3, "kind": "csv", "query": "return=member_state_statistics&period=2025", "state": "queued",
        "stage": "waiting", "rows_done": 0, "rows_total": 1043, "created_at": "2027-01-31T10:30:00+01:00",
        "finished_at": None, "expires_at": None, "size": 0, "link": None,
    }  # fmt: skip
    ready = waiting | {
        "state": "succeeded", "stage": "done", "rows_done": 1043, "finished_at": "2027-01-31T10:30:02+01:00",
        "expires_at": "2027-02-01T10:30:02+01:00", "size": 412345,
        "link": "/api/v1/exports/3/file/?signature=1tXkYo:6h…",
    }  # fmt: skip
    bodies: Iterable[tuple[str, Any]] = (
        ("csv", "return,version,period\nmember_state_statistics,1,2025\n"),
        ("json", [{"return": "member_state_statistics", "version": "1"}]),
        ("ndjson", '{"return":"member_state_statistics","version":"1"}\n'),
        ("parquet", "PAR1…"),
    )
    return {
        **{f"exports_{kind}": {"200": body} for kind, body in bodies},
        "exports_list": {"200": {"next": None, "previous": None, "results": [ready]}},
        "exports_ask": {"request": {"application/json": asked}, "202": waiting},
        "exports_retrieve": {"200": ready},
        "exports_file": {"200": "return,version,period\nmember_state_statistics,1,2025\n"},
    }


more_examples.append(examples)
