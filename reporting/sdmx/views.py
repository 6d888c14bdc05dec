"""`/sdmx/`: thin. Structures are the same for everybody; data are what the reader may see, or what is public."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from pysdmx.io.format import Format
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.reader import user_of
from reporting.published.serving import LICENCE_URL, SECONDS
from reporting.sdmx import formats, messages
from reporting.sdmx.data import data_query
from reporting.sdmx.faults import Fault, fault
from reporting.sdmx.figures import Reader
from reporting.sdmx.finding import structure_query
from reporting.sdmx.names import Standard
from submissions.api.problems import as_problem

SCHEMAS = {Standard.V21: "v2_1", Standard.V30: "v3_0"}


class Ours(BaseContentNegotiation):
    """SDMX media types are chosen in `formats`."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return JSONRenderer(), "application/json"


class SdmxView(APIView):
    content_negotiation_class = Ours
    permission_classes = [AllowAny]
    schema = None
    http_method_names = ["get", "head"]
    standard = Standard.V30

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        self.standard = Standard(kwargs["standard"])
        return super().initialize_request(request, *args, **kwargs)

    def get_exception_handler(self) -> Any:
        return told

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        # DRF renders what views give it; ours is bytes already.
        return response

    def chosen(self, request: Request, offered: dict[Standard, list[Format]]) -> Format:
        asked = request.query_params.get("format")
        return formats.chosen(offered[self.standard], asked, request.headers.get("Accept", ""))


def told(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Every known error as an SDMX message, in the family of formats that was asked for."""
    passed: dict[str, str] = {}
    if not isinstance(error, Fault):
        problem = as_problem(error, context)
        if problem is None:
            return None
        passed = {name: problem[name] for name in ("WWW-Authenticate", "Retry-After") if name in problem}
        error = fault(problem.status_code, problem.data["detail"])
    request, view = context["request"], context["view"]
    if "json" in (request.query_params.get("format") or request.headers.get("Accept", "")):
        response = HttpResponse(messages.error_json(error.code, error.text), content_type="application/json")
    else:
        body = messages.error_xml(error.code, error.text, SCHEMAS[view.standard])
        response = HttpResponse(body, content_type="application/xml")
    response.status_code = error.status
    for name, value in passed.items():
        response[name] = value
    patch_vary_headers(response, ["Accept"])
    response["Cache-Control"] = "no-store"
    return response


class StructureView(SdmxView):
    authentication_classes = []

    def get(self, request: Request, standard: str, path: str) -> HttpResponseBase:
        query = structure_query(self.standard, path, request.META["QUERY_STRING"])
        form = self.chosen(request, formats.STRUCTURE)
        response = HttpResponse(query.message(form), content_type=form.value)
        return shared(request, response)


class SchemaView(StructureView):
    """A schema is its dataflow with everything that this refers to."""

    def get(self, request: Request, standard: str, path: str) -> HttpResponseBase:
        query = structure_query(self.standard, path, "references=descendants")
        form = self.chosen(request, formats.STRUCTURE)
        return shared(request, HttpResponse(query.message(form), content_type=form.value))


class DataView(SdmxView):
    def get(self, request: Request, standard: str, path: str) -> HttpResponseBase:
        user = user_of(request) if request.user.is_authenticated else None
        query = data_query(self.standard, path, request.META["QUERY_STRING"], Reader(user))
        form = self.chosen(request, formats.DATA)
        response = StreamingHttpResponse(query.message(form), content_type=form.value)
        patch_vary_headers(response, ["Accept", "Authorization", "Cookie"])
        if user is None:
            response["Cache-Control"] = f"public, max-age={SECONDS}"
            response["Link"] = f'<{LICENCE_URL}>; rel="license"'
        else:
            response["Cache-Control"] = "private, no-cache"
        return response


def shared(request: Request, response: HttpResponse) -> HttpResponse:
    """Nothing in it depends on who asks, or in which language."""
    request._request.session.accessed = False
    patch_vary_headers(response, ["Accept"])
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    return response
