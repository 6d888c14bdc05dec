"""What frames every page: navigation by role, demo banner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    url: str
    label: str | Promise
    active: bool


def entries(request: HttpRequest) -> list[tuple[str, str | Promise]]:
    """(URL name, label) of the pages this user works with."""
    public: list[tuple[str, str | Promise]] = [("definitions", _("Definitions"))]
    if not request.user.is_authenticated:
        return public
    access = request.user.access
    own: list[tuple[str, str | Promise]] = [("home", _("My filings"))] if access.reads else []
    if access.commission:
        own += [("review", _("Review")), ("completeness", _("Completeness")), ("dashboard", _("Dashboards"))]
    elif access.supervises_as:
        own += [("review", _("Reports addressed to us"))]
    if access.administers:
        own += [("entities", _("Organisation"))]
    return [*own, *public, ("account", _("Account"))]


def page_frame(request: HttpRequest) -> dict[str, Any]:
    items = [(reverse(name), label) for name, label in entries(request)]
    return {
        "navigation": [Item(url, label, request.path.startswith(url)) for url, label in items],
        "demo": settings.DEMO,
    }
