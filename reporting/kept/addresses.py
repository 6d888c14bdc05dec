"""Which pages can be kept, and which figures each of them shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve

from reporting.exports.asking import Asked, definitions

PAGES = {
    "dashboard-named",
    "overview",
    "quality",
    "completeness",
    "completeness-period",
    "completeness-duty",
    "vintages",
}
"""Names of addresses that can be kept."""
PASSING = ("from", "to", "on", "as_of", "page", "cursor")
"""Parameters that choose days or pages, not figures."""


@dataclass(frozen=True)
class Scope:
    """The figures of a page. Empty: all."""

    returns: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()

    def asked(self) -> Iterable[Asked]:
        """One for each return."""
        return [Asked(one, periods=self.periods, entities=self.entities) for one in self.returns or ("",)]

    def holds(self, return_id: str, period: str, entity: str) -> bool:
        told = zip((self.returns, self.periods, self.entities), (return_id, period, entity), strict=True)
        return all(not some or one in some for some, one in told)


def page_of(address: str) -> Any:
    """The match of an address that can be kept; None for every other."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not address.startswith("/") or address.startswith("//"):
        return None
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    return match if match.url_name in PAGES else None


def scope_of(address: str) -> Scope:
    """What the path and the query of a page choose."""
    match, given = page_of(address), QueryDict(urlsplit(address).query)
    places = match.kwargs if match else {}
    returns = chosen(given, "return") or some(places.get("return_id"))
    return Scope(
        returns or on_dashboard(str(places.get("name", ""))),
        chosen(given, "period") or some(places.get("label")),
        tuple(one.lower() for one in chosen(given, "entity")) or some(places.get("entity")),
    )


def chosen(given: QueryDict, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, given.getlist(name))))


def some(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def on_dashboard(name: str) -> tuple[str, ...]:
    """Returns with a panel on a dashboard."""
    found = (one.return_id for one in definitions("") if any(panel.dashboard == name for panel in one.panels.values()))
    return tuple(dict.fromkeys(found))
