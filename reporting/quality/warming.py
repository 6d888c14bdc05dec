"""The report on everything takes longest of all pages, so a worker makes it for the Commission before a reader asks."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from portal.access import EntityKind
from portal.models import User
from reporting.fragments import begun, filed, kept
from reporting.quality.page import Asked, choices_for, content_of, found
from reporting.quality.report import CHAPTERS, Quality


def warm() -> int:
    """Makes every chapter in every language in which it is not kept as things stand now; how many of them."""
    reader = User.objects.filter(is_active=True, memberships__entity__kind=EntityKind.COMMISSION).first()
    return sum(warmed(reader, Asked(chapter=chapter)) for chapter in CHAPTERS) if reader else 0


def warmed(reader: User, asked: Asked) -> int:
    state, made = (*filed(), begun()), []

    @lru_cache(maxsize=1)
    def report() -> Quality:
        """Read once for all languages, and not at all where every page is there."""
        return found(reader, asked)

    def content() -> str:
        made.append(translation.get_language())
        return content_of(asked, choices_for(reader), report())

    address = reverse("quality") + (f"?{asked.without()}" if asked.held else "")
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            kept(address, reader, state, content)
    return len(made)
