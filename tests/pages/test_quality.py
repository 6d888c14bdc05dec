"""The data-quality report on the published filings: what it finds, what it refuses to add, and who reads it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from reporting.quality import Scope, quality
from reporting.quality.report import Quality
from submissions.publications import Loaded
from tests.pages.world import member, signed_in, start, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_portal")]

CLASSES = {
    "unit changes": {"P21-CAS-001": 5},
    "diverging periods": {"M-PER-010": 15, "P21-PER-004": 2},
    "missing genders": {"M-CHD-003": 8, "M-CHD-002": 1},
    "sums that do not close": {"X-SUM-002": 1},
    "convictions that are not persons": {"M-CNV-001": 18},
    "online and offline mixed": {"M-FLG-005": 8},
    "contradictory complaint figures of one provider in one year": {"P21-CPL-001": 2, "P21-CPL-002": 2},
    "ratios that do not follow from their parts": {"P21-RAT-003": 1, "P21-RAT-004": 3},
    "zero ratios with nothing behind them": {"P21-RAT-002": 6},
    "Member State figures far from the reference after prorating": {"X-REF-001": 11, "X-REF-002": 2, "X-REF-005": 1},
    "a national period that overlaps itself": {"M-PER-008": 1},
}
KEPT_PAGE = 12
"""Queries of the page when it is kept: who reads, what may be chosen, and how things stand."""


@pytest.fixture(scope="module")
def report(published_portal: list[Loaded]) -> Quality:
    return quality(member("commission", "reviewer"))


@pytest.mark.parametrize("what", CLASSES)
def test_the_report_finds_on_its_own_what_the_commission_found_by_hand(what, report) -> None:
    found = {one.rule.code: len(one.occurrences) for one in report.classes}
    assert {rule: found.get(rule, 0) for rule in CLASSES[what]} == CLASSES[what]


def test_errors_are_contradictions_of_a_filing_with_itself(report) -> None:
    """Croatia and Latvia left statutory figures without a value and without a reason."""
    errors = {
        (one.rule.code, o.entity) for one in report.classes if one.rule.severity == "error" for o in one.occurrences
    }
    assert errors == {("M-CMP-003", "hr"), ("M-CMP-003", "lv")}


def test_a_sum_that_does_not_close_says_by_how_much(report) -> None:
    (found,) = [one for one in report.classes if one.rule.code == "X-SUM-002"]
    assert {name: found.occurrences[0].finding.numbers[name] for name in ("whole", "parts", "rest")} == {
        "whole": 4922, "parts": 4015, "rest": 907,
    }  # fmt: skip


def test_what_is_missing_is_told_with_the_reason_or_that_there_is_none(report) -> None:
    (reports,) = [one for one in report.missing if (one.code, one.period) == ("reports.total", "2022")]
    assert (reports.expected, reports.by_value, reports.not_filed) == (27, 20, [])
    assert reports.reasons == {
        "no_legal_basis": ["de"], "not_public": ["ee"], "other_unit_only": ["lv", "si"],
    }  # fmt: skip
    assert reports.no_reason == ["mt", "pt", "ro"]


def test_counts_that_cannot_be_added_are_refused_and_those_that_can_are_added(report) -> None:
    refused = {(one.return_id, one.period, one.code): one.comparison for one in report.refused}
    reports = refused["member_state_statistics", "2022", "reports.total"]
    assert set(reports.reasons.filter(reports.reasons["effect"] == "bars")["code"]) >= {"period", "missing"}
    added = {(one.period, one.code): one.comparison.total for one in report.added}
    assert {key: total.value for key, total in added.items() if key[1] == "reference.reports"} == {
        ("2021", "reference.reports"): 555834, ("2022", "reference.reports"): 1503431,
    }  # fmt: skip


def test_a_scope_narrows_every_chapter(report) -> None:
    denmark = quality(member("commission", "reviewer"), Scope(entity="dk"))

    assert {o.entity for one in denmark.classes for o in one.occurrences} == {"dk"}
    whole = sum(o.entity == "dk" for one in report.classes for o in one.occurrences)
    assert sum(len(one.occurrences) for one in denmark.classes) == whole > 0
    assert {one.expected for one in denmark.missing} == {1}
    assert denmark.together == []


def test_a_member_state_reads_about_itself_alone() -> None:
    user = member("dk", "filer")

    own = quality(user)

    assert {o.entity for one in own.classes for o in one.occurrences} == {"dk"}
    assert "X-SUM-001" not in {one.rule.code for one in own.classes}
    page = signed_in(user).get("/dashboards/quality/")
    assert page.status_code == 200
    assert "Sweden" not in text(page)
    assert signed_in(user).get("/dashboards/quality/?entity=se").status_code == 404


def test_the_api_gives_the_report_in_the_language_asked_for() -> None:
    client = APIClient()
    client.force_authenticate(member("commission", "reviewer"))

    answer: dict[str, Any] = client.get("/api/v1/quality/?entity=lv", headers={"Accept-Language": "da"}).json()

    assert answer["scope"] == {"return": None, "period": None, "entity": "lv"}
    found = {one["rule"]: one for one in answer["findings"]}
    (place,) = found["M-CHD-002"]["occurrences"]
    assert (place["entity"], place["period"], place["address"]) == ("lv", "2022", "children.male")
    assert place["message"].startswith("Drenge")
    assert found["M-CMP-003"]["severity"] == "error"


def test_the_number_of_queries_does_not_grow_with_the_report(django_assert_num_queries) -> None:
    user = member("commission", "reviewer")
    assert user.access.commission
    with django_assert_num_queries(22):
        quality(user)
    with django_assert_num_queries(17):
        quality(user, Scope(entity="dk"))


def test_much_is_cut_to_the_first_rows_and_places_with_a_link_to_the_rest(report) -> None:
    client = signed_in(member("commission", "reviewer"))
    page, findings = (
        client.get("/dashboards/quality/" + chapter).content.decode() for chapter in ("", "?chapter=findings")
    )

    reports = [one for one in report.missing if (one.return_id, one.period) == ("member_state_statistics", "2022")]
    link = "?return=member_state_statistics&amp;period=2022"
    assert f'<a href="{link}">Member State statistics, 2022: all {len(reports)} figures</a>' in page
    rule = "?rule=member_state_statistics/1/M-CNV-001&amp;chapter=findings"
    assert f'<a href="{rule}">M-CNV-001: all 18 places</a>' in findings


@pytest.mark.parametrize(
    ("chapter", "heading", "sentence"),
    [
        ("missing", "Which figures are missing, and why", "answers that the law names are missing"),
        ("sums", "Which figures cannot be added, and why", "counts cannot be added over all who owe them"),
        ("findings", "Which figures contradict each other, last year or the reference", "rules found something in"),
    ],
)
def test_each_chapter_has_its_page_and_keeps_the_choices(chapter, heading, sentence) -> None:
    client = signed_in(member("commission", "reviewer"))

    page = client.get("/dashboards/quality/", {"chapter": chapter, "return": "member_state_statistics"})

    assert f'<h2 id="chapter">{heading}</h2>' in page.content.decode()
    assert sentence in text(page)
    others = {"missing": "", "sums": "&amp;chapter=sums", "findings": "&amp;chapter=findings"}
    for other, asked in others.items():
        current = ' aria-current="page"' if other == chapter else ""
        assert f'<li><a href="?return=member_state_statistics{asked}"{current}>' in page.content.decode()


def test_a_sum_is_not_asked_of_one_entity_and_unknown_chapters_are_not_there() -> None:
    client = signed_in(member("commission", "reviewer"))

    assert "choose all entities to see it" in text(client.get("/dashboards/quality/?chapter=sums&entity=dk"))
    assert client.get("/dashboards/quality/?chapter=everything").status_code == 404
    assert client.get("/dashboards/quality/?chapter=sums&rule=member_state_statistics/1/M-CNV-001").status_code == 404


def test_one_period_and_one_rule_are_shown_in_full() -> None:
    client = signed_in(member("commission", "reviewer"))

    period = client.get("/dashboards/quality/?return=member_state_statistics&period=2022")
    rule = client.get("/dashboards/quality/?rule=member_state_statistics/1/M-CNV-001")

    assert " figures</a>" not in period.content.decode()
    assert "Show the 18 places" in text(rule)
    assert rule.content.decode().count('<li><a href="/revisions/') == 18
    assert client.get("/dashboards/quality/?rule=member_state_statistics/1/M-XXX-001").status_code == 404
    assert client.get("/dashboards/quality/?rule=M-CNV-001").status_code == 404


def test_a_page_is_kept_until_something_is_filed_or_started() -> None:
    reviewer, filer = member("commission", "reviewer"), member("dk", "filer")
    client = signed_in(reviewer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/dashboards/quality/")
        return len(captured)

    first = queries()
    assert queries() == KEPT_PAGE < first
    start("member_state_statistics", "dk", "2025", filer)
    assert (queries(), queries()) == (first, KEPT_PAGE)
