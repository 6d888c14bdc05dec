"""The report on everything takes most of a second, so a worker makes its page for the Commission before a reader asks."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from portal.access import EntityKind
from portal.models import User
from reporting.fragments import begun, filed, kept
from reporting.quality.page import Asked, choices_for, content_of, found
from reporting.quality.report import Quality


def warm() -> int:
    """Makes the page in every language in which it is not kept as things stand now; in how many."""
    reader = User.objects.filter(is_active=True, memberships__entity__kind=EntityKind.COMMISSION).first()
    return warmed_for(reader) if reader else 0


def warmed_for(reader: User) -> int:
    asked, state, made = Asked(), (*filed(), begun()), []

    @lru_cache(maxsize=1)
    def report() -> Quality:
        """Read once for all languages, and not at all where every page is there."""
        return found(reader, asked)

    def content() -> str:
        made.append(translation.get_language())
        return content_of(asked, choices_for(reader), report())

    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            kept(reverse("quality"), reader, state, content)
    return len(made)
