"""A question to the engine about filed observations that a user may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Q

from portal.models import User
from reporting.comparability.comparison import Comparison
from reporting.comparability.engine import compare
from reporting.observed import observed
from submissions.catalogue import catalogue
from submissions.definition import split_address
from submissions.models import Obligation, ReportingPeriod


@dataclass(frozen=True)
class Question:
    """`addresses`: data points, with or without members. Nothing in `periods` or `entities`: all."""

    return_id: str
    addresses: tuple[str, ...]
    periods: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    purpose: str = "add"
    axes: tuple[str, ...] = ()
    as_of: date | None = None
    """The figures that counted at the end of this day; None: now."""


def answer(question: Question, user: User) -> Comparison:
    """The comparison of what this user may see. Four queries."""
    periods = list(periods_of(question))
    only: dict[str, Any] = {
        "revision__filing__period__in": periods, "code__in": {split_address(a)[0] for a in question.addresses},
    }  # fmt: skip
    if question.entities:
        only["revision__filing__obligation__entity__code__in"] = question.entities
    frame = observed(user, question.as_of, **only)
    whole = [address for address in question.addresses if "[" not in address]
    frame = frame.filter(pl.col("address").is_in(question.addresses) | pl.col("code").is_in(whole))
    axes = question.axes or usual_axes(question, periods)
    return compare(frame, question.purpose, axes=axes, expected=expected(question, periods, axes, user))


def periods_of(question: Question) -> list[ReportingPeriod]:
    labels = Q(label__in=question.periods) if question.periods else Q()
    return list(ReportingPeriod.objects.filter(labels, return_id=question.return_id).order_by("start"))


def usual_axes(question: Question, periods: Sequence[ReportingPeriod]) -> tuple[str, ...]:
    """Entities side by side, where their panel does not set members side by side; with several periods, those too."""
    [code, *_more] = [split_address(address)[0] for address in question.addresses]
    for definition in {period.version: period.definition for period in periods}.values():
        point = definition.points.get(code)
        panel = definition.panels.get(point.panel) if point else None
        if point and panel and not panel.entity_axis and point.dimensions and question.addresses == (code,):
            return (point.dimensions[0],)
    return ("entity", "period") if len(periods) > 1 else ("entity",)


def expected(
    question: Question, periods: Sequence[ReportingPeriod], axes: tuple[str, ...], user: User
) -> list[str] | None:
    """Members that owe a figure, as far as the user may see their duties; None where duties say nothing about them."""
    if not {*axes} <= {"entity", "period"}:
        return None
    owed = Obligation.objects.visible_to(user).filter(return_id=question.return_id).select_related("entity")
    named = [one for one in owed if not question.entities or one.entity.code in question.entities]
    parts = {"entity": lambda one, period: one.entity.code, "period": lambda one, period: period.label}
    found = {
        "/".join(parts[axis](one, period) for axis in axes): None
        for period in periods
        for one in named
        if one.covers(period)
    }
    return list(found)


def known_axes(return_id: str, addresses: Sequence[str]) -> set[str]:
    """What observations at these addresses may be set side by side by."""
    codes = {split_address(address)[0] for address in addresses}
    points = [p for d in catalogue().versions(return_id) for p in d.points.values() if p.code in codes]
    return {"entity", "period"}.union(*(point.dimensions for point in points))
