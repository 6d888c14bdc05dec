"""Workbooks to take away: of a filing, blank, and one's own file with the findings in it."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable
from typing import Any

import polars as pl
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.reader import language
from submissions import actions
from submissions.answers import answers_by_address
from submissions.canonical import Head
from submissions.definition import Definition
from submissions.models import Draft, Filing, ReportingPeriod
from submissions.presentation import Placed, remarks
from submissions.sources import XLSX, from_observations
from submissions.views.common import attached, visible_revision
from submissions.views.definitions import known_definition
from submissions.views.uploads import prepared_filing, visible_upload
from submissions.workbook.annotating import annotate
from submissions.workbook.writing import write_workbook


@require_safe
def of_filing(request: HttpRequest, pk: int) -> HttpResponse:
    """Filled with the draft, else with what was filed last; last year's answers stand beside."""
    found = prepared_filing(request, pk)
    asked = asked_language(request, found.definition)
    data = written(
        found.definition, found.head, entity_name=found.entity.name, language=asked, observations=prepared_lines(found),
        last_year=last_year(found, asked),
    )  # fmt: skip
    return attached(data, XLSX, name_of(found))


def prepared_lines(found: Filing) -> pl.DataFrame | None:
    if draft := Draft.objects.filter(filing=found).first():
        return from_observations(draft.observations)
    return actions.canonical_lines(found.latest) if found.latest else None


@require_safe
@login_not_required
def blank(request: HttpRequest, return_id: str, version: str) -> HttpResponse:
    """The workbook of a return, for nobody in particular: to see what is asked."""
    found = known_definition(return_id, version)
    asked = asked_language(request, found)
    period = ReportingPeriod.objects.filter(return_id=return_id, version=version).first()
    if period is None:
        raise Http404
    head = Head(return_id, version, "", "", period.start, period.end)
    data = written(found, head, entity_name="", language=asked)
    return attached(data, XLSX, f"{return_id}-{version}-{asked}.xlsx".replace("_", "-"))


@require_safe
def of_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """The file with its findings in it, ready to be corrected and uploaded again."""
    found = visible_upload(request, pk)
    if not found.is_read or found.revision_id:
        raise Http404
    data = zlib.decompress(found.content)
    return annotated(data, found, found.filing, found.filing.definition, actions.findings_of(found))


@require_safe
def of_revision(request: HttpRequest, pk: int) -> HttpResponse:
    """What was filed, through whichever door, with its findings in it."""
    found = visible_revision(request, pk)
    if found.checked_at is None:
        raise Http404
    data = zlib.decompress(found.source.deflated)
    return annotated(data, found.source, found.filing, found.definition, found.findings.all())


def asked_language(request: HttpRequest, definition: Definition) -> str:
    asked = request.GET.get("lang", language())
    if asked not in definition.title:
        raise Http404
    return asked


def written(definition: Definition, head: Head, **options: Any) -> bytes:
    out = io.BytesIO()
    write_workbook(out, definition, head, **options)
    return out.getvalue()


def annotated(
    data: bytes, source: Placed, filing: Filing, definition: Definition, findings: Iterable[Any]
) -> HttpResponse:
    """`data` is what was sent; `findings` are those of its lines."""
    asked = language()
    marked = annotate(
        data, source.media_type, source.layout, remarks(definition, findings, asked), definition, filing.head,
        entity_name=filing.entity.name, language=asked, last_year=last_year(filing, asked),
    )  # fmt: skip
    return attached(marked, XLSX, name_of(filing, "findings"))


def last_year(filing: Filing, language: str) -> dict[str, str]:
    before = actions.previous_lines(filing, filing.period.version)
    return {} if before is None else answers_by_address(filing.definition, before, language)


def name_of(filing: Filing, *more: str) -> str:
    """Of a file to take away: member-state-statistics-2025-dk.xlsx."""
    period = filing.period
    return "-".join([period.return_id.replace("_", "-"), period.label, filing.entity.code, *more]) + ".xlsx"
