"""What pages of reporting share."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from reporting.charts import NARROW, WIDE
from submissions.workbook.safe import safe_text


def csv_response(name: str, rows: Iterable[Iterable[Any]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(response).writerows([safe_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return response


def width(request: HttpRequest) -> int:
    """Width of a chart that is asked for: for a desk, or with `size=narrow` for a phone."""
    return NARROW if request.GET.get("size") == "narrow" else WIDE
