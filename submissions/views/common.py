"""What every page of filing and review begins with: what this user may see, and the way back."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from portal.reader import language, user_of
from submissions import actions
from submissions.answers import changes
from submissions.definition import Definition
from submissions.difference import difference
from submissions.models import Filing, Revision

FINDINGS_SHOWN = 300
CHANGES_SHOWN = 200


def visible_filing(request: HttpRequest, pk: int) -> Filing:
    return get_object_or_404(Filing.objects.visible_to(user_of(request)).with_names(), pk=pk)


def visible_revision(request: HttpRequest, pk: int) -> Revision:
    queryset = with_source(Revision.objects.visible_to(user_of(request)).with_names())
    return get_object_or_404(queryset.select_related("filing__latest"), pk=pk)


def with_source(revisions: QuerySet[Revision]) -> QuerySet[Revision]:
    """With what is known of their sources, but for the bytes: a page that needs these fetches them."""
    return revisions.select_related("source").defer("source__deflated", "source__canonical")


def trail(request: HttpRequest, last: str, filing: Filing | None = None) -> list[dict[str, str]]:
    """The way back: the reader's start, the filing if the page belongs to one, this page."""
    access = user_of(request).access
    start = ("/home/", _("My filings")) if access.reads else ("/review/", _("Review"))
    between = [{"url": f"/filings/{filing.pk}/", "label": str(filing.period.label)}] if filing else []
    return [{"url": start[0], "label": start[1]}, *between, {"url": "", "label": last}]


def attached(data: bytes, media_type: str, name: str) -> HttpResponse:
    """A file to keep, not to show."""
    return HttpResponse(
        data, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def news(definition: Definition, before: Revision, after: pl.DataFrame) -> dict[str, Any]:
    """What canonical lines say otherwise than an earlier revision: counts, and the first of them in words."""
    new = difference(actions.canonical_lines(before), after)
    return {
        "before": before,
        "counts": {kind: new.count(kind) for kind in ("added", "changed", "removed")},
        "changes": changes(definition, new, language(), CHANGES_SHOWN),
        "more_changes": max(0, new.rows.height - CHANGES_SHOWN),
    }
