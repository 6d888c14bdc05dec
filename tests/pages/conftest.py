"""Page tests share one loaded portal a module; each test rolls back what it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.utils import timezone, translation
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from submissions.actions import dispatching
from tests.pages.chromium import CHROMIUM, Site, prepare_site, sign_in

PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(scope="package", autouse=True)
def uncollected_static_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Pages take their files from where they lie: no test depends on an old `collectstatic`, no client reads it all."""
    with override_settings(STORAGES=settings.STORAGES | PLAIN, STATIC_ROOT=tmp_path_factory.mktemp("collected")):
        yield


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


# Chromium ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """A portal that answers on a port, with every published filing and a user in each role; emptied afterwards."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatching, "dispatch", lambda job_id: None)
        people = prepare_site()
        server = LiveServer("127.0.0.1")
        yield Site(server.url, people)
        server.stop()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()
        # Inside Playwright's event loop Django has connections of its own, which nobody else closes.
        connections.close_all()


@pytest.fixture(scope="module")
def sessions(site: Site, chromium: Browser) -> dict[str, Any]:
    """Cookies of everybody, each from one real sign-in."""
    found = {}
    for email in site.people:
        context = chromium.new_context(base_url=site.url)
        page = context.new_page()
        sign_in(page, email)
        found[email] = context.storage_state()
        context.close()
    return found
