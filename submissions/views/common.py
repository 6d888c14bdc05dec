"""What every page of filing and review begins with: what this user may see, and the way back."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from portal.reader import user_of
from submissions.models import Filing, Revision

FINDINGS_SHOWN = 300


def visible_filing(request: HttpRequest, pk: int) -> Filing:
    return get_object_or_404(Filing.objects.visible_to(user_of(request)).with_names(), pk=pk)


def visible_revision(request: HttpRequest, pk: int) -> Revision:
    queryset = Revision.objects.visible_to(user_of(request)).with_names().select_related("source")
    return get_object_or_404(queryset.select_related("filing__latest"), pk=pk)


def trail(request: HttpRequest, last: str) -> list[dict[str, str]]:
    access = user_of(request).access
    start = ("/home/", _("My filings")) if access.reads else ("/review/", _("Review"))
    return [{"url": start[0], "label": start[1]}, {"url": "", "label": last}]
