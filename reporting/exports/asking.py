"""What is asked for: which figures, as they stand or stood on which day. Read from the address of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import User
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.models import Observation, Revision
from submissions.models.revision import RevisionQuerySet
from submissions.models.verdict import ObservationQuerySet

SEVERAL = ("entity", "period", "status")


class Misasked(Exception):
    """A field that cannot be read; `name` is that of the parameter, the message a sentence."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name, self.message = name, message


@dataclass(frozen=True)
class Asked:
    """An empty field leaves everything in."""

    return_id: str = ""
    version: str = ""
    entities: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    address: str = ""
    """How address or code begin."""
    statuses: tuple[str, ...] = ()
    as_of: date | None = None
    """The end of this day; None: now."""

    @classmethod
    def of(cls, given: QueryDict) -> Self:
        """From the parameters of a request. Raises Misasked."""
        if name := next((name for name, values in given.lists() if any("\x00" in value for value in values)), ""):
            raise Misasked(name, _("Null characters are not allowed."))
        return_id, version = given.get("return", ""), given.get("version", "")
        if return_id and return_id not in catalogue().returns:
            raise Misasked("return", _("There is no such return."))
        if version and not any(one.version == version for one in definitions(return_id)):
            raise Misasked("version", _("There is no such version."))
        entities, periods, statuses = (tuple(filter(None, given.getlist(name))) for name in SEVERAL)
        if unknown := set(statuses) - set(catalogue().code_lists["obs_status"].codes):
            raise Misasked("status", _("There is no status %(code)s.") % {"code": min(unknown)})
        if not codes_of(address := given.get("address", "")):
            raise Misasked("address", _("There is no data point %(code)s.") % {"code": address})
        return cls(
            return_id, version, tuple(code.lower() for code in entities), periods, address, statuses,
            past_day(given, "as_of"),
        )  # fmt: skip

    @property
    def query(self) -> str:
        """The query string that asks for the same."""
        told = [("return", self.return_id), ("version", self.version), ("address", self.address)]
        told += [("as_of", str(self.as_of or ""))]
        several = zip(SEVERAL, (self.entities, self.periods, self.statuses), strict=True)
        return urlencode([*((n, v) for n, v in told if v), *((n, v) for n, values in several for v in values)])

    @property
    def definition(self) -> Definition | None:
        """The one that all these figures were filed under, where return and version are chosen."""
        found = [one for one in definitions(self.return_id) if self.version in ("", one.version)]
        return found[0] if self.return_id and len(found) == 1 else None

    @property
    def lines(self) -> dict[str, Any]:
        """Which lines of a revision, as it is kept with a job; see `lines_among`."""
        return {"address": self.address, "statuses": list(self.statuses)}

    def revisions(self, user: User) -> RevisionQuerySet:
        """Those that stand, of what this user may see."""
        seen: RevisionQuerySet = Revision.objects.visible_to(user).counting(self.as_of)
        chosen = {
            "filing__period__return_id": self.return_id,
            "version": self.version,
            "filing__obligation__entity__code__in": self.entities,
            "filing__period__label__in": self.periods,
        }
        return seen.filter(**{name: value for name, value in chosen.items() if value})


def definitions(return_id: str) -> Sequence[Definition]:
    return [one for one in catalogue().definitions.values() if return_id in ("", one.return_id)]


def past_day(given: Mapping[str, str], name: str) -> date | None:
    """A day of the past or today; None where it is left out. Raises Misasked."""
    if not (text := given.get(name, "")):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise Misasked(name, _("A day is written as YYYY-MM-DD.")) from wrong
    if not date(2000, 1, 1) <= day <= timezone.localdate():
        raise Misasked(name, _("The day lies in the future, or too far back."))
    return day


def lines_among(*, address: str = "", statuses: Sequence[str] = ()) -> ObservationQuerySet:
    """All lines whose address begins so, and with one of these statuses."""
    wanted: ObservationQuerySet = Observation.objects.all()
    if statuses:
        wanted = wanted.filter(obs_status__in=statuses)
    if address:
        wanted = wanted.filter(code__in=codes_of(address))  # which has an index
    return wanted.filter(address__startswith=address) if "[" in address else wanted


def codes_of(address: str) -> list[str]:
    """Data points whose code begins as an address does; of one with members, its own."""
    code, members, _rest = address.partition("[")
    known = {code for one in catalogue().definitions.values() for code in one.points}
    return sorted(one for one in known if (one == code if members else one.startswith(code)))
