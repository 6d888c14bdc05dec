"""What the figures that somebody may see hang on, as a short text: the key of everything that is kept for a while."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max

from portal.models import User
from submissions.models import Revision

SOURCES = ("portal", "submissions", "reporting", "templates", "locale")


def data_version(user: User, as_of: date | None = None) -> str:
    """Another text as soon as anything that this user may see is accepted, or the portal itself changes. Acceptance is
    never taken back, so the number of accepted revisions and the last of them tell. Users who see the same share it.
    One query."""
    counted = Revision.objects.visible_to(user).counting(as_of).aggregate(number=Count("pk"), last=Max("decided_at"))
    parts = (scope(user), as_of, counted["number"], counted["last"], portal_version())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def scope(user: User) -> str:
    """Whose figures these are: the same for everybody at the Commission."""
    return "commission" if user.access.commission else repr(user.access)


@lru_cache(maxsize=1)
def portal_version() -> str:
    """Of code, templates, translations and definitions, once a process: what an older portal kept is not shown."""
    digest = hashlib.sha256()
    folders = [Path(settings.BASE_DIR) / name for name in SOURCES] + [Path(settings.DEFINITIONS_DIR)]
    for file in sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in SUFFIXES):
        digest.update(file.read_bytes())
    return digest.hexdigest()


SUFFIXES = {".py", ".html", ".csv", ".toml", ".mo", ".typ"}
