"""Every page in Chromium, at a desk's and a phone's width."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import get_resolver, resolve
from django.utils import timezone

from portal.models import User
from reporting.kept.actions import key_of
from reporting.models import KeptView, Report
from reporting.report.actions import begin_report
from submissions.models import Filing, ReportingPeriod, Revision, Upload, Webhook
from tests.pages.chromium import axe_violations, in_a_thread, scrolls_sideways, watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
ADMIN = "administrator@google.test"
ANYBODY, GOOGLE, DK, NL, MT = "", "filer@google.test", "filer@dk.test", "filer@nl.test", "filer@mt.test"
SIGNS = "signatory@nl.test"
DPC, REVIEWER = "reader@ie-dpc.test", "reviewer@commission.test"
PAGES = [
    (ANYBODY, "/"), (ANYBODY, "/about/"), (ANYBODY, "/sign-in/"), (ANYBODY, "/sign-in/?next=/home/"), (ANYBODY, "/definitions/"),
    (ANYBODY, "/definitions/member_state_statistics/1/"), (ANYBODY, "/definitions/provider_report/2021/"),
    (ANYBODY, "/definitions/provider_report/2024/"), (ANYBODY, "/definitions/reference_statistics/1/"),
    (ANYBODY, "/definitions/measurement_series/1/"), (ANYBODY, "/api/v1/docs/"), (ANYBODY, "/nowhere/"),
    (ANYBODY, "/published/"), (ANYBODY, "/published/?q=NCMEC"), (ANYBODY, "/published/provider_report/google/2025/"),
    (ANYBODY, "/published/provider_report/x/2022/1/"), (ANYBODY, "/published/organisations/"), (ANYBODY, "/published/dumps/"),
    (ANYBODY, "/published/statistics/"), (ANYBODY, "/published/statistics/member_state_statistics/2022/"), (REVIEWER, "/releases/"),
    (REVIEWER, "/report/"), (REVIEWER, "/report/{report}/"), (REVIEWER, "/report/{report}/preview/"),
    (REVIEWER, "/report/{report}/sections/cases/"),
    (ANYBODY, "/rules/"), (ANYBODY, "/rules/provider_report/2024/P-CPL-001/"), (REVIEWER, "/rules/?return=across"),
    (GOOGLE, "/"), (GOOGLE, "/home/"), (GOOGLE, "/filings/{PR-2025-google-1}/"), (GOOGLE, "/filings/{PR-2025-google-1}/upload/"),
    (GOOGLE, "/revisions/{PR-2025-google-1}/"), (GOOGLE, "/revisions/{PR-2022-google-1}/"), (GOOGLE, "/account/"),
    (GOOGLE, "/revisions/{PR-2025-google-1}/receipt/"), (NL, "/uploads/{prepared}/"), (NL, "/filings/{started}/sign/"),
    (SIGNS, "/filings/{started}/sign/"), (ADMIN, "/entity/google/"),
    (ADMIN, "/entity/google/webhooks/{webhook}/"),
    (MT, "/home/"), (MT, "/revisions/{MS-2022-mt-1}/"), (NL, "/filings/{started}/"), (NL, "/filings/{started}/upload/"),
    (GOOGLE, "/filings/{PR-2025-google-1}/edit/"), (GOOGLE, "/filings/{PR-2025-google-1}/edit/9/"),
    (NL, "/filings/{started}/edit/1/"), (NL, "/filings/{started}/edit/5/"), (NL, "/filings/{started}/check/"),
    (DPC, "/review/"), (DPC, "/account/"),
    (REVIEWER, "/review/"), (REVIEWER, "/review/?state=withdrawn"), (REVIEWER, "/revisions/{MS-2025-se-1}/"),
    (REVIEWER, "/filings/{MS-2025-se-1}/"), (REVIEWER, "/completeness/"),
    (REVIEWER, "/completeness/?return=provider_report"), (REVIEWER, "/completeness/?return=reference_statistics"),
    (REVIEWER, "/completeness/?on=2026-01-01"), (REVIEWER, "/completeness/member_state_statistics/2022/"),
    (REVIEWER, "/completeness/provider_report/2025/"), (REVIEWER, "/completeness/member_state_statistics/2025/dk/"),
    (REVIEWER, "/completeness/provider_report/2025/google/"),
    (REVIEWER, "/exports/"), (DK, "/exports/?entity=dk"), (REVIEWER, "/vintages/"), (REVIEWER, "/views/"),
    (ANYBODY, "/views/stop/{stop}/"),
    (REVIEWER, "/dashboards/quality/?return=member_state_statistics&period=2022"),
    (REVIEWER, "/dashboards/quality/?rule=member_state_statistics/1/M-CNV-001"),
    (REVIEWER, "/dashboards/quality/"), (REVIEWER, "/dashboards/quality/?chapter=sums"),
    (REVIEWER, "/dashboards/overview/"), (REVIEWER, "/dashboards/providers/?period=2021"),
    (REVIEWER, "/dashboards/providers/?period=2025"),
    (REVIEWER, "/dashboards/member-states/"), (REVIEWER, "/dashboards/member-states/?entity=dk&entity=pl&sort=gaps.1&order=asc"),
    (REVIEWER, "/dashboards/reference/?period=2019"),
    (REVIEWER, "/dashboards/reference/?period=2022"), (REVIEWER, "/dashboards/measurements/"), (DK, "/dashboards/member-states/"),
]  # fmt: skip
NO_PAGES = {"export-progress", "discard-export", "api-export-file", "vintages-csv", "keep-view", "rename-view", "delete-view",
            "subscribe-view", "report-chart", "report-download", "overview-rates",
            "sdmx-data", "sdmx-schema", "sdmx-structure", "sdmx-data-21", "sdmx-schema-21", "sdmx-structure-21",
            "health", "statistics-csv", "statistics-json", "statistics-svg", "organisations-csv", "organisations-json", "release",
            "catalogue-ttl", "catalogue-rdf", "catalogue-jsonld", "dump", "dump-checksum", "published-csv", "published-json",
            "published-content",
            "revision-job", "account_logout", "set_language", "api-schema", "revision-content", "start-filing",
            "decide", "withdraw", "blank-csv", "completeness-csv", "completeness-sections-csv",
            "completeness-points-csv", "grant-relief", "take-back-relief", "dashboard", "chart-file",
            "workbook", "blank-workbook", "upload-job", "upload-annotated", "upload-to-draft", "upload-discard",
            "revision-changes", "explain", "receipt-pdf", "manifest", "content", "revision-annotated", "start-from-last-year",
            "start-from-revision",
            "entities", "make-client", "renew-key", "revoke-key", "revoke-client", "subscribe", "unsubscribe",
            "webhook-secret", "send-again", "api-workbook", "api-annotated"}  # fmt: skip


def place(path: str) -> str:
    """`{receipt}` and `{started}` by the key they have this time."""
    if "{" not in path:
        return path
    start, _, rest = path.partition("{")
    name, _, end = rest.partition("}")
    if name == "prepared":
        return f"{start}{Upload.objects.get().pk}{end}"
    if name == "report":
        return f"{start}{in_a_thread(a_report)}{end}"
    if name == "stop":
        return f"{start}{key_of(KeptView.objects.get())}{end}"
    if name == "webhook":
        return f"{start}{Webhook.objects.get().pk}{end}"
    if name == "started":
        return f"{start}{Filing.objects.get(latest=None).pk}{end}"
    found = Revision.objects.get(receipt=name)
    return f"{start}{found.filing_id if 'filings' in start else found.pk}{end}"


def a_report() -> int:
    """The key of a report on the periods of COM(2023) 797; the first that asks for it begins it."""
    found = Report.objects.first() or begin_report(
        title="Report", language="en", as_of=timezone.localdate(), by=User.objects.get(email=REVIEWER),
        periods=ReportingPeriod.objects.filter(return_id__in=["provider_report", "member_state_statistics"],
                                               label__in=["2021", "2022"]),
    )  # fmt: skip
    return found.pk


def test_the_walk_goes_to_every_page(site: Any) -> None:
    visited = {resolve(place(path).partition("?")[0]).url_name for _who, path in PAGES if path != "/nowhere/"}

    def names(resolver: Any) -> set[str]:
        found: set[str] = set()
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                found |= names(pattern) if not str(pattern.pattern).startswith("admin") else set()
            elif pattern.name:
                found.add(pattern.name)
        return found

    assert visited | NO_PAGES == names(get_resolver())


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_a_page_keeps_to_its_origin_and_width_and_has_no_fault_of_accessibility(
    who, path, site, sessions, chromium
) -> None:
    context = chromium.new_context(
        base_url=site.url,
        viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",
        storage_state=sessions.get(who),
    )
    page = context.new_page()
    seen = watch(page, site.url)

    answer = page.goto(place(path), wait_until="load")

    assert answer is not None
    assert answer.status == (404 if path == "/nowhere/" else 200)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = false; })")
        assert not scrolls_sideways(page)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert not scrolls_sideways(page)
        assert axe_violations(page) == []
    expected = ["console: Failed to load resource: the server responded with a status of 404 (Not Found)"]
    assert seen.faults == (expected if path == "/nowhere/" else [])
    context.close()


@pytest.mark.parametrize("language", ["da", "nl"])
def test_the_longer_words_of_other_languages_fit_a_phone_too(language, site, sessions, chromium) -> None:
    wide = []
    for who in dict.fromkeys(who for who, _path in PAGES):
        context = chromium.new_context(
            base_url=site.url, viewport={"width": 390, "height": 900}, storage_state=sessions.get(who), locale=language
        )
        page = context.new_page()
        page.route("**/dashboards/**/*.svg*", lambda route: route.abort())  # the words are looked at, not the drawings
        for path in (path for one, path in PAGES if one == who):
            mark = "&" if "?" in path else "?"
            told = f"{mark}language={language}" if path.startswith("/published/") else ""  # read without a session
            page.goto(place(path) + told, wait_until="domcontentloaded")
            assert page.get_attribute("html", "lang") == language
            wide += [path] if scrolls_sideways(page) else []
        context.close()
    assert wide == []
