"""What frames every page: navigation by role, demo banner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.reader import language


@dataclass(frozen=True)
class Item:
    url: str
    label: str | Promise
    active: bool


PUBLIC: list[tuple[str, str | Promise]] = [
    ("published", _("Published")), ("definitions", _("Definitions")), ("rules", _("Rules")),
]  # fmt: skip


def entries(request: HttpRequest) -> list[tuple[str, str | Promise]]:
    """(URL name, label) of the pages this user works with."""
    if not request.user.is_authenticated:
        return PUBLIC
    access = request.user.access
    own: list[tuple[str, str | Promise]] = [("home", _("My filings"))] if access.reads else []
    if access.commission:
        own += [("review", _("Review")), ("completeness", _("Completeness")), ("dashboard", _("Dashboards"))]
        own += [("releases", _("Releases")), ("reports", _("Report"))]
        own += [("vintages", _("Vintages"))]
    elif access.supervises_as:
        own += [("review", _("Reports addressed to us"))]
    if access.commission or access.supervises_as or access.reads:
        own += [("exports", _("Exports"))]
    if access.administers:
        own += [("entities", _("Organisation"))]
    return [*own, *PUBLIC, ("account", _("Account"))]


def page_frame(request: HttpRequest) -> dict[str, Any]:
    return frame(entries(request), request.path)


def public_frame(path: str) -> dict[str, Any]:
    """The frame of a page that is the same for everybody."""
    return frame(PUBLIC, path)


def frame(found: list[tuple[str, str | Promise]], path: str) -> dict[str, Any]:
    # What is published is the same for everybody, so its language is in the address.
    asked = {"published": f"?language={language()}"}
    items = [(reverse(name), asked.get(name, ""), label) for name, label in found]
    return {
        "navigation": [Item(url + query, label, path.startswith(url)) for url, query, label in items],
        "demo": settings.DEMO,
    }
