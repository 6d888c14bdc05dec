"""The browser of the page tests: who signs in, what is watched, how a keyboard alone gets about."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page

from portal.clients import make_client, renew_key
from portal.models import User
from reporting.exports.actions import ask_export
from reporting.exports.asking import Asked
from reporting.kept.actions import keep_view, subscribe_view
from submissions import actions, publications
from submissions.models import Filing
from submissions.sources import CSV
from tests.conftest import run_jobs
from tests.pages.world import file_csv, member, start

CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip
PASSWORD = "correct horse battery staple"
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
"""Only violations are told in full: everything that is right would take as long again to tell."""
PEOPLE = [("google", "filer"), ("google", "administrator"), ("dk", "filer"), ("dk", "signatory"),
          ("nl", "filer"), ("nl", "signatory"), ("se", "filer"), ("mt", "filer"), ("mt", "signatory"), ("ie", "signatory"),
          ("ie-dpc", "reader"), ("commission", "reviewer")]  # fmt: skip
FAULTY = b"address,value,obs_status\nreports.total,ten,A\nchildren.total,-1,A\n"


@dataclass(frozen=True)
class Site:
    url: str
    people: dict[str, Any]


def prepare_site() -> dict[str, Any]:
    """Committed, so that the threads of the server see it."""
    publications.load_entities()
    list(publications.load_filings())
    publications.release_loaded()
    people = {}
    for entity, role in PEOPLE:
        user = member(entity, role)
        user.set_password(PASSWORD)
        user.save()
        people[user.email] = user
    filer = people["filer@se.test"]
    file_csv(start("member_state_statistics", "se", "2025", filer), FAULTY, filer)
    prepare(start("member_state_statistics", "nl", "2026", people["filer@nl.test"]), people["filer@nl.test"])
    prepare_machines(people["administrator@google.test"])
    prepare_readers(people["reviewer@commission.test"], people["filer@dk.test"])
    return people


def prepare_machines(admin: User) -> None:
    """A client with two keys, and a webhook with a message that did not arrive."""
    entity = admin.memberships.get().entity
    client, _secret = make_client(
        entity=entity, name="Reports", scopes=["file:provider_report@google"], sandbox=True, by=admin
    )
    renew_key(client=client, overlap_days=7, by=admin)
    hook = actions.subscribe(entity=entity, url="https://reports.example/hooks/portal", events=[], by=admin)
    hook.deliveries.create(
        message="msg_1", event="revision.checked", body="{}", state="failed", attempts=8, response_status=503,
        error="busy", finished_at=timezone.now(),
    )  # fmt: skip


def prepare(filing: Filing, by: Any) -> None:
    """A draft with a fault and a warning, and beside it a file that was read."""
    lines = [{"address": "reports.total", "value": "10", "period": "2026-01-01/2026-03-31"}]
    actions.save_draft(filing=filing, observations=lines, edition=None, by=by)
    actions.receive_upload(filing=filing, data=FAULTY, media_type=CSV, purpose="prepare", name="nl.csv", by=by)
    run_jobs()


def prepare_readers(reviewer: User, filer: User) -> None:
    """A view that is kept, with its mails, and a file that waits for a worker."""
    view = keep_view(name="Statistics", address="/vintages/?return=member_state_statistics", language="en", by=reviewer)
    subscribe_view(view=view, rhythm="weekly", language="en", by=reviewer)
    ask_export(asked=Asked(entities=("dk",)), kind="xlsx", language="en", by=filer)


def in_a_thread(work: Callable[[], Any]) -> Any:
    """Do it on a connection of its own, committed, while the test's own transaction stays open."""

    def task() -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(task).result()


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in/")
    page.fill("input[name=username]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


@dataclass
class Watched:
    """What a page did that it should not have done."""

    faults: list[str] = field(default_factory=list)


def watch(page: Page, origin: str) -> Watched:
    """Notes console errors (violations of the Content-Security-Policy are among them), crashes, and foreign requests."""
    seen = Watched()
    page.on("console", lambda m: seen.faults.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.faults.append(f"error: {error}"))

    def requested(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != origin:
            seen.faults.append(f"request: {request.url}")

    page.on("request", requested)
    return seen


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def axe_violations(page: Page) -> list[str]:
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{v['id']}: {n['html'][:120]} | {n['failureSummary'][:200]}" for v in found for n in v["nodes"]]


FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
  return {name: e.tagName, seen: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && b.width > 0
          && b.bottom > 0 && b.top < innerHeight};
}"""


def tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Press Tab until the element has the focus; on the way every stop must show that it has it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["name"] != "BODY":
            assert focus["seen"], page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")
