"""What somebody asks of a dashboard, and the observations that answer it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

import polars as pl
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.models import User
from reporting.observed import observed
from submissions.models import Obligation, ReportingPeriod

T = TypeVar("T")


class Need(NamedTuple):
    """Observations that a chart reads. No codes: all of the return; no periods: all."""

    return_id: str
    codes: frozenset[str] = frozenset()
    periods: frozenset[str] = frozenset()

    def covers(self, other: Need) -> bool:
        return (
            self.return_id == other.return_id
            and (not self.codes or (bool(other.codes) and self.codes >= other.codes))
            and (not self.periods or (bool(other.periods) and self.periods >= other.periods))
        )


@dataclass(frozen=True)
class Asking:
    """One view of a dashboard. `period` is a label, empty where the dashboard has no figures at all; `entities` empty:
    everybody; `since` and `until`: first and last period of charts over years; `choices`: what this dashboard alone
    lets choose."""

    user: User
    language: str
    periods: tuple[ReportingPeriod, ...] = ()
    """Of this dashboard, with figures that this user may see, newest first."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Entities with such figures, by code, in the order of their names."""
    period: str = ""
    as_of: date | None = None
    entities: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    """`<chart>.<number of the column>`"""
    order: str = ""
    drawing: bool = False
    """Only a drawing is wanted, not what is said beneath it."""
    frames: dict[Need, pl.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, name: str, read: Callable[[Asking], T]) -> T:
        """What several charts of this view share, read by the first of them."""
        if name not in self.kept:
            self.kept[name] = read(self)
        found: T = self.kept[name]
        return found

    def frame(self, return_id: str, *, codes: Iterable[str] = (), periods: Iterable[str] = ()) -> pl.DataFrame:
        """Columns FILED and ASKED of `reporting.observed`. Two queries, or none where `read` has them already."""
        need = Need(return_id, frozenset(codes), frozenset(periods))
        known = next((one for one in self.frames if one.covers(need)), None)
        if known is None:
            self.frames[need] = self.queried(need)
            return self.frames[need]
        wanted = [
            pl.col(column).is_in(list(some))
            for column, some in (("code", need.codes), ("period", need.periods))
            if some
        ]
        return self.frames[known].filter(*wanted)

    def has(self, return_id: str, codes: Iterable[str], periods: Iterable[str]) -> bool:
        """Whether `frame` has them without a query."""
        need = Need(return_id, frozenset(codes), frozenset(periods))
        return any(one.covers(need) for one in self.frames)

    def queried(self, need: Need) -> pl.DataFrame:
        only: dict[str, Any] = {"revision__filing__period__return_id": need.return_id}
        if need.codes:
            only["code__in"] = need.codes
        if need.periods:
            only["revision__filing__period__label__in"] = need.periods
        if self.entities:
            only["revision__filing__obligation__entity__code__in"] = self.entities
        return observed(self.user, self.as_of, **only)

    def read(self, needs: Iterable[Need]) -> None:
        """Observations for many charts: two queries a return and choice of periods."""
        together: dict[tuple[str, frozenset[str]], frozenset[str] | None] = {}
        for return_id, codes, periods in needs:
            before = together.get((return_id, periods), frozenset())
            together[return_id, periods] = before | codes if codes and before is not None else None
        for (return_id, periods), some in together.items():
            self.frame(return_id, codes=some or (), periods=periods)

    def at(self, label: str = "") -> ReportingPeriod | None:
        """The period with this label, or the one asked for."""
        return next((one for one in self.periods if one.label == (label or self.period)), None)

    @cached_property
    def years(self) -> list[ReportingPeriod]:
        """The periods of charts over years, oldest first."""
        first, last = self.at(self.since) if self.since else None, self.at(self.until) if self.until else None
        return [
            one
            for one in reversed(self.periods)
            if (first is None or one.start >= first.start) and (last is None or one.start <= last.start)
        ]

    @cached_property
    def owing(self) -> Mapping[str, list[Obligation]]:
        """Return -> obligations of those asked for, as far as this user may see them. One query."""
        owed = Obligation.objects.visible_to(self.user).select_related("entity")
        found: dict[str, list[Obligation]] = {}
        for one in owed.filter(entity__code__in=self.entities) if self.entities else owed:
            found.setdefault(one.return_id, []).append(one)
        return found

    def owed(self, period: ReportingPeriod) -> dict[str, str]:
        """Code and name of everybody who owes the return for a period."""
        return {one.entity.code: one.entity.name for one in self.owing.get(period.return_id, ()) if one.covers(period)}

    def source(self, title: str, label: str = "") -> str:
        """Where figures come from, and on which day they stood so."""
        day = date_format(self.as_of or timezone.localdate(), "DATE_FORMAT")
        if not label:
            return _("filings of %(return)s accepted by %(day)s.") % {"return": title, "day": day}
        return _("filings of %(return)s, %(period)s, accepted by %(day)s.") % {
            "return": title, "period": label, "day": day,
        }  # fmt: skip

    def asked(self, **others: object) -> str:
        """The query string of this view, with `others` instead of what it holds; empty values are left out."""
        held: dict[str, object] = {
            "period": self.period, "as_of": self.as_of, "entity": self.entities, "since": self.since,
            "until": self.until, "unit": self.unit, **self.choices, "sort": self.sort, "order": self.order,
        }  # fmt: skip
        return urlencode({name: value for name, value in (held | others).items() if value}, doseq=True)

    @property
    def query(self) -> str:
        """The query string that gives this very view back."""
        return self.asked()
