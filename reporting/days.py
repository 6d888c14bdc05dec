"""The day as of which figures are asked for."""

from __future__ import annotations

from datetime import date

from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_date


def past_day(given: str) -> date | None:
    """None where nothing is given; 404 where it is no day of the past."""
    if not given:
        return None
    try:
        day = parse_date(given)
    except ValueError:
        day = None
    if day is None or day > timezone.localdate():
        raise Http404
    return day
