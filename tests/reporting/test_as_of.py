"""Figures as they stood at the end of a day, and the key under which what hangs on them is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from rest_framework.test import APIClient

from portal.models import ReportingEntity, User
from reporting.data_version import data_version
from reporting.observed import observed
from submissions import actions
from submissions.models import Revision
from tests.pages.world import file_csv, signed_in, start, text

pytestmark = pytest.mark.django_db
MS = "member_state_statistics"
TOTAL = "address,value\nreports.total,{}\n"
BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.fixture
def filer(person: Callable[..., User]) -> User:
    return person("dk", "filer")


@pytest.fixture
def reviewer(person: Callable[..., User]) -> User:
    return person("commission", "reviewer")


def file(value: int, filer: User, **correction: object) -> Revision:
    return file_csv(start(MS, "dk", "2025", filer), TOTAL.format(value).encode(), filer, **correction)


def accepted(revision: Revision, reviewer: User, at: datetime) -> Revision:
    done = actions.decide_revision(
        revision=revision, decision="accept_with_reservations", reason="For the test.", by=reviewer
    )
    Revision.objects.filter(pk=done.pk).update(decided_at=at, submitted_at=at, filed_on=at.date())
    return done


@pytest.fixture
def corrected(entities: dict[str, ReportingEntity], filer: User, reviewer: User) -> None:
    """100 reports, accepted a minute before the midnight that ends 3 September; then 90, accepted on the 20th."""
    accepted(file(100, filer), reviewer, datetime(2026, 9, 3, 23, 59, tzinfo=BRUSSELS))
    accepted(file(90, filer, replaces=1, reason="Counted twice."), reviewer, datetime(2026, 9, 20, 9, tzinfo=BRUSSELS))


def totals(user: User, as_of: date | None = None) -> list[float | None]:
    return observed(user, as_of, code="reports.total")["number"].to_list()


def test_a_figure_stands_from_the_day_it_was_accepted_until_its_correction_was(corrected: None, reviewer: User) -> None:
    assert totals(reviewer, date(2026, 9, 2)) == []
    assert totals(reviewer, date(2026, 9, 3)) == [100]
    assert totals(reviewer, date(2026, 9, 19)) == [100]
    assert totals(reviewer, date(2026, 9, 20)) == [90]
    assert totals(reviewer) == [90]


def test_a_correction_that_was_returned_leaves_the_figures_as_they_were(
    corrected: None, filer: User, reviewer: User
) -> None:
    wrong = file(1, filer, replaces=2, reason="A slip.")
    actions.decide_revision(revision=wrong, decision="return", reason="One report only?", by=reviewer)
    assert totals(reviewer) == [90]
    assert totals(reviewer, date(2999, 1, 1)) == [90]


def test_the_data_quality_report_is_that_of_the_day(
    corrected: None, reviewer: User, api: Callable[..., APIClient]
) -> None:
    def filed(day: str) -> tuple[int, bool]:
        answer = api(reviewer).get(f"/api/v1/quality/?return={MS}&period=2025&as_of={day}").json()
        (row,) = [one for one in answer["missing"] if one["address"] == "reports.total"]
        return row["by_value"], "dk" in row["not_filed"]

    assert filed("2026-09-02") == (0, True)
    assert filed("2026-09-03") == (1, False)
    assert api(reviewer).get("/api/v1/quality/?as_of=yesterday").status_code == 400


def test_figures_are_compared_as_they_stood_on_the_day(
    corrected: None, reviewer: User, api: Callable[..., APIClient]
) -> None:
    address = f"/api/v1/comparability/?return={MS}&period=2025&address=reports.total&entity=dk"

    def total(day: str) -> float:
        return float(api(reviewer).get(f"{address}&as_of={day}").json()["total"]["value"])

    assert (total("2026-09-03"), total("2026-09-20")) == (100, 90)
    wrong = api(reviewer).get(f"{address}&as_of=2999-01-01")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/as_of")


def test_the_overview_tells_what_came_in_until_the_day(corrected: None, reviewer: User) -> None:
    page = signed_in(reviewer)
    assert page.get("/dashboards/overview/?as_of=2999-01-01").status_code == 404
    early, late = (text(page.get(f"/dashboards/overview/?as_of={day}")) for day in ("2026-09-03", "2026-09-20"))
    assert "The 7 days until 3 September 2026 1 Filed 0 Corrected" in early
    assert "The 7 days until 20 September 2026 0 Filed 1 Corrected" in late


def test_others_see_no_figure_of_any_day(corrected: None, person: Callable[..., User]) -> None:
    assert totals(person("nl", "filer"), date(2026, 9, 20)) == []


def test_the_key_changes_with_what_is_accepted_and_with_nothing_else(
    entities: dict[str, ReportingEntity], filer: User, reviewer: User, person: Callable[..., User]
) -> None:
    before, foreign = data_version(reviewer), data_version(person("nl", "filer"))
    revision = file(100, filer)
    assert data_version(reviewer) == before
    accepted(revision, reviewer, datetime(2026, 9, 3, 12, tzinfo=BRUSSELS))
    after = data_version(reviewer)
    assert after != before
    assert data_version(person("commission", "reviewer", "second")) == after
    assert data_version(reviewer, date(2026, 9, 2)) == data_version(reviewer, date(2026, 9, 2))
    assert data_version(reviewer, date(2026, 9, 2)) != data_version(reviewer, date(2026, 9, 3))
    assert data_version(person("nl", "filer")) == foreign
