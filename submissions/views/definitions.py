"""What is asked and what is checked, for everyone."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.reader import language
from submissions.canonical import FIELDS
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.presentation import grouped_points, in_language


@require_safe
@login_not_required
def definitions(request: HttpRequest) -> HttpResponse:
    """What is asked?"""
    return render(
        request,
        "submissions/definitions.html",
        {
            "heading": _("Definitions"),
            "question": _("What is asked, what is checked, and why?"),
            "definitions": list(catalogue().definitions.values()),
        },
    )


@require_safe
@login_not_required
def blank_csv(request: HttpRequest, return_id: str, version: str) -> HttpResponse:
    """A file to fill in: one line a data point, with its unit."""
    found = known_definition(return_id, version)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{return_id}-{version}.csv"'
    lines = csv.DictWriter(response, FIELDS)
    lines.writeheader()
    lines.writerows({"address": p.code, "unit": "" if p.unit == "open" else p.unit} for p in found.points.values())
    return response


def known_definition(return_id: str, version: str) -> Definition:
    try:
        return catalogue().get(return_id, version)
    except KeyError as missing:
        raise Http404 from missing


@require_safe
@login_not_required
def definition(request: HttpRequest, return_id: str, version: str) -> HttpResponse:
    found = known_definition(return_id, version)
    context: dict[str, Any] = {
        "heading": in_language(found.title),
        "question": _("What is asked, what is checked, and why?"),
        "breadcrumb": [{"url": "/definitions/", "label": _("Definitions")}, {"url": "", "label": found.version}],
        "definition": found,
        "facts": [
            (_("Return"), found.return_id),
            (_("Version"), found.version),
            (_("Legal ground"), found.legal_ref),
            (_("Fingerprint"), found.fingerprint[:16]),
        ],
        "categories": grouped_points(found, language()),
        "rules": [
            (rule, in_language(rule.message), in_language(rule.mend), in_language(rule.why))
            for rule in found.rules.values()
        ],
    }
    return render(request, "submissions/definition.html", context)
