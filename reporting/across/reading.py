"""From the database: what rules across filings look at, and short filings for all who compare them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence, Set
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Q

from portal.models import User
from reporting.across.catalogue import rules
from reporting.across.world import OWED, READ, World
from reporting.observed import LINES, observed
from reporting.rollups.summing import long_returns
from submissions.catalogue import catalogue
from submissions.definition import expand
from submissions.models import Obligation, ReportingPeriod


def world_of(user: User, as_of: date | None = None) -> World:
    """What this user may see; with `as_of` as it stood at the end of that day. Four queries, and two for each return of
    long filings."""
    looked_at = Q(number__isnull=False) | Q(code__in=operands())
    return World(short(user, as_of, columns=READ, where=looked_at), owed(user), whole=user.access.commission)


def operands() -> set[str]:
    """Data points that rules name. Of all others they look at numbers alone."""
    named = {value for rule in rules().values() for check in expand(rule) for value in texts(check.params)}
    return named & {code for one in catalogue().definitions.values() for code in one.points}


def texts(value: Any) -> Iterator[str]:
    """Every text in the operands of a rule."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from texts(list(value.values()))
    elif isinstance(value, Sequence):
        for one in value:
            yield from texts(one)


def short(
    user: User, as_of: date | None, codes: Set[str] = frozenset(), columns: Container[str] = LINES, **only: Any
) -> pl.DataFrame:
    """As `observed`, of these data points or of all; of returns whose filings are so long that panels sum them up, only what
    has no dimensions: a million lines belong into no page, and no rule across filings reads them."""
    long = long_returns()
    brief: dict[str, Any] = {"revision__filing__period__return_id__in": set(catalogue().returns) - long}
    if codes:
        brief["code__in"] = codes
    frames = [observed(user, as_of, columns=columns, **brief, **only)]
    for return_id in long:
        points = [point for one in catalogue().versions(return_id) for point in one.points.values()]
        plain = {point.code for point in points if not point.dimensions}
        lengthy: dict[str, Any] = {
            "revision__filing__period__return_id__in": [return_id], "code__in": plain & codes if codes else plain,
        }  # fmt: skip
        frames.append(observed(user, as_of, columns=columns, **lengthy, **only))
    return pl.concat(frames)


def owed(user: User) -> pl.DataFrame:
    """Who owes which filing, as far as this user may know."""
    obligations = Obligation.objects.visible_to(user).select_related("entity")
    periods = list(ReportingPeriod.objects.all())
    rows = [(p.return_id, p.label, o.entity.code) for o in obligations for p in periods if o.covers(p)]
    return pl.DataFrame(rows, schema=OWED, orient="row")
