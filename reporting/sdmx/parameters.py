"""The query string of a request."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import parse_qsl

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from reporting.sdmx.faults import fault

EVERYWHERE = {"format"}
COMPONENT = re.compile(r"c\[(\w+)\]")


def parameters(query_string: str, known: Iterable[str]) -> dict[str, str]:
    """By name. `c[DIM]` may stand among `known` as `c`. A plus sign is one: SDMX joins with it. Raises Fault 400 for names
    nobody reads, because a misspelt filter would give more than was asked for."""
    pairs = parse_qsl(query_string.replace("+", "%2B"), keep_blank_values=True)
    allowed = {*known, *EVERYWHERE}
    for name, _value in pairs:
        if (COMPONENT.sub("c", name)) not in allowed:
            raise fault(400, _("There is no parameter '%(name)s' here.") % {"name": name})
    return dict(pairs)


def number(text: str | None, name: str) -> int | None:
    if text is None:
        return None
    if re.fullmatch("[1-9][0-9]{0,8}", text) is None:
        raise fault(400, _("%(name)s is a whole number above 0.") % {"name": name})
    return int(text)


def moment(text: str | None, name: str) -> datetime | None:
    """A day, or a day and a time; without a zone, in that of the portal."""
    if text is None:
        return None
    try:
        found = parse_datetime(text) or datetime.fromisoformat(text)
    except ValueError:
        raise fault(400, _("%(name)s is a day such as 2026-01-31.") % {"name": name}) from None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def day(text: str | None, name: str) -> date | None:
    found = moment(text, name)
    return timezone.localdate(found) if found else None


PERIOD = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|([AQST])(\d)))?")
MONTHS = {"A": 12, "S": 6, "T": 4, "Q": 3}


def days(text: str) -> tuple[date, date]:
    """First and last day of a period: 2022, 2022-03, 2022-03-31, 2022-Q1, 2022-S2, or a day and a number of days as in
    TIME_PERIOD. Raises Fault 400."""
    match = PERIOD.fullmatch(text.partition("/")[0].partition("T")[0])
    try:
        if match is None:
            raise ValueError
        year, month, of_month, part, count = match.groups()
        if part:
            last = int(count) * MONTHS[part]
            return date(int(year), last - MONTHS[part] + 1, 1), end_of(int(year), last)
        if of_month:
            only = date(int(year), int(month), int(of_month))
            return only, only
        return date(int(year), int(month or 1), 1), end_of(int(year), int(month or 12))
    except ValueError:
        raise fault(400, _("'%(text)s' is no period such as 2022, 2022-03, 2022-Q1.") % {"text": text}) from None


def end_of(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError
    return date(year, month, monthrange(year, month)[1])
