"""Workbooks for machines: a blank one, and what was filed with its findings in the cells."""

from __future__ import annotations

import io
import zlib

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from portal.reader import language
from submissions import actions
from submissions.answers import answers_by_address
from submissions.api.definitions import PublicView, get_definition
from submissions.api.problems import not_found
from submissions.api.revisions import OfRevision
from submissions.canonical import Head
from submissions.definition import Definition
from submissions.models import ReportingPeriod
from submissions.presentation import remarks
from submissions.sources import XLSX
from submissions.workbook.annotating import annotate
from submissions.workbook.writing import write_workbook

LANG = OpenApiParameter("lang", str, enum=["en", "da", "nl"], description="Left out: that of Accept-Language.")
WORKBOOK = {(200, XLSX): OpenApiTypes.BINARY}


class BlankWorkbook(PublicView):
    @extend_schema(operation_id="definitions_workbook", parameters=[LANG], responses=WORKBOOK)
    def get(self, request: Request, return_id: str, version: str) -> HttpResponse:
        """A workbook with every data point, to be filled in and sent to `/uploads/`."""
        definition = get_definition(return_id, version)
        period = ReportingPeriod.objects.filter(return_id=return_id, version=version).first()
        if period is None:
            raise Http404
        asked, out = asked_language(request, definition), io.BytesIO()
        head = Head(return_id, version, "", "", period.start, period.end)
        write_workbook(out, definition, head, entity_name="", language=asked)
        return attached(out.getvalue(), f"{return_id}-{version}-{asked}.xlsx")


class AnnotatedWorkbook(OfRevision):
    @extend_schema(operation_id="revisions_annotated", parameters=[LANG], responses=WORKBOOK)
    def get(self, request: Request, pk: int) -> HttpResponse:
        """What was filed, with its findings in the cells, ready to be corrected and sent to `/uploads/`."""
        revision = self.revision(request, pk)
        filing, source, definition = revision.filing, revision.source, revision.definition
        if revision.checked_at is None:
            raise not_found(_("The checks are still running."))
        asked = asked_language(request, definition)
        before = actions.previous_lines(filing, revision.version)
        marked = annotate(
            zlib.decompress(source.deflated), source.media_type, source.layout,
            remarks(definition, revision.findings.all(), asked), definition, filing.head, entity_name=filing.entity.name,
            language=asked, last_year={} if before is None else answers_by_address(definition, before, asked),
        )  # fmt: skip
        return attached(marked, f"{revision.receipt}.xlsx")


def asked_language(request: Request, definition: Definition) -> str:
    asked = request.query_params.get("lang", language())
    if asked not in definition.title:
        raise not_found(_("There is no such language here."))
    return asked


def attached(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name.replace("_", "-")}"'
    return response
