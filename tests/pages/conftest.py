"""Page tests share one loaded portal a module; each test rolls back what it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.utils import timezone, translation

PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(scope="package", autouse=True)
def uncollected_static_files() -> Iterator[None]:
    """Pages take their files from where they lie, so that no test depends on an old `collectstatic`."""
    with override_settings(STORAGES=settings.STORAGES | PLAIN):
        yield


@pytest.fixture(scope="module")
def shared_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What a fixture of the same scope writes lasts for the module; tests roll back what they write (`django_db`)."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """The day on which duties are looked at: the Member State statistics for 2025 are overdue, those for 2026 not."""
    day = date(2026, 9, 1)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: day)
    return day
