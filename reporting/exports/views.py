"""`/exports/`: which figures may I take away, and in which format?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.models import User
from portal.reader import language, user_of
from reporting.exports import actions
from reporting.exports.asking import Asked, Misasked
from reporting.exports.columns import heads
from reporting.exports.contents import Contents
from reporting.exports.writing import FORMATS
from reporting.models import Export
from submissions.actions.refusals import Refused
from submissions.catalogue import catalogue
from submissions.models import JobState
from submissions.presentation import in_language

UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


@require_http_methods(["GET", "HEAD", "POST"])
def exports_page(request: HttpRequest) -> HttpResponse:
    """Choose figures, take them at once, or let a worker write a file."""
    user, fault, asked = user_of(request), "", Asked()
    try:
        asked = Asked.of(request.GET)
        if request.method == "POST":
            return ask(request, asked)
    except Misasked as wrong:
        fault = wrong.message
    except Refused as refusal:
        fault = refusal.message
    contents = Contents.of(asked, user, language())
    context = {
        "heading": _("Exports"),
        "question": _("Which accepted figures do I take away, and in which format?"),
        "asked": asked,
        "fault": fault,
        "given": request.GET,
        "filters": filters(asked, user),
        "statuses": statuses(asked),
        "today": timezone.localdate(),
        "most": contents.most,
        "filings": contents.head.height,
        "narrowed": bool(asked.address or asked.statuses),
        "formats": [(kind, LABELS[kind], at_once(kind, contents)) for kind in FORMATS],
        "limit": settings.EXPORT_AT_ONCE,
        "hours": settings.EXPORT_HOURS,
        "files": [told(export) for export in Export.objects.visible_to(user)],
    }
    return render(request, "reporting/exports.html", context, status=400 if fault else 200)


LABELS = {
    "csv": "CSV",
    "json": "JSON",
    "ndjson": "NDJSON",
    "xlsx": "Excel (.xlsx)",
    "parquet": "Parquet",
}


def at_once(kind: str, contents: Contents) -> bool:
    return FORMATS[kind].stream is not None or contents.most <= settings.EXPORT_AT_ONCE


def ask(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Raises Refused."""
    kind = request.POST.get("kind", "")
    if kind not in FORMATS:
        raise Http404
    actions.ask_export(asked=asked, kind=kind, language=language(), by=user_of(request))
    messages.success(request, _("The file is being written. It appears below when it is ready."))
    return redirect(f"{reverse('exports')}?{asked.query}" if asked.query else reverse("exports"))


Choice = tuple[str, str, bool]
"""Value, label, chosen."""


def filters(asked: Asked, user: User) -> list[tuple[str, str, list[Choice]]]:
    """Of each list of choices its parameter, its label, and what this user has figures of. One query."""
    found = heads(replace(Asked(), as_of=asked.as_of).revisions(user), language())
    names = dict(found.select("entity", "entity_name").unique().sort("entity_name").iter_rows())
    chosen = (asked.return_id, asked.version, *(one[0] if one else "" for one in (asked.entities, asked.periods)))
    several = (
        ("return", _("Return"), {one: title(one) for one in values(found, "return_id")}),
        ("version", _("Version"), {one: one for one in values(found, "version")}),
        ("entity", _("Entity"), names),
        ("period", _("Period"), {one: one for one in reversed(values(found, "period"))}),
    )
    return [
        (name, label, [(value, shown, value == now) for value, shown in options.items()])
        for (name, label, options), now in zip(several, chosen, strict=True)
    ]


def values(found: pl.DataFrame, column: str) -> list[str]:
    return sorted(found[column].unique())


def title(return_id: str) -> str:
    return in_language(catalogue().versions(return_id)[-1].title)


def statuses(asked: Asked) -> list[Choice]:
    codes = catalogue().code_lists["obs_status"].codes.values()
    return [(code.id, f"{code.id} – {in_language(code.label)}", code.id in asked.statuses) for code in codes]


def told(export: Export) -> dict[str, Any]:
    """A file as the page shows it."""
    return {
        "export": export,
        "running": export.state in UNFINISHED,
        "link": f"/api/v1/exports/{export.pk}/file/?signature={actions.signed(export)}" if export.is_ready else "",
    }


@require_safe
def export_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress of a file, asked for again and again by its page."""
    export = get_object_or_404(Export.objects.visible_to(user_of(request)), pk=pk)
    return render(request, "reporting/_export.html", {"file": told(export)})


@require_POST
def discard_export(request: HttpRequest, pk: int) -> HttpResponse:
    export = get_object_or_404(Export.objects.visible_to(user_of(request)), pk=pk)
    actions.discard_export(export=export, by=user_of(request))
    messages.success(request, _("The file is thrown away."))
    return redirect("exports")
