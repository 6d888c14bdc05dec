"""How many queries a page takes, and that it takes no more when twice as much was filed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from submissions import publications
from submissions.actions import canonical_lines, save_draft
from submissions.canonical import FIELDS
from submissions.loading import read_rows
from submissions.models import Revision
from tests.conftest import read
from tests.pages.world import file_csv, member, receipt, signed_in, start

pytestmark = pytest.mark.django_db
ROWS = sorted(
    read_rows(publications.FOLDER / "filings.csv"), key=lambda row: (row["return_id"], row["period"], row["entity"])
)


def load(rows: list[dict[str, str]]) -> None:
    for row in rows:
        publications.load_filing(row, publications.transcriber(), publications.decider())


@pytest.fixture(scope="module")
def half(shared_db: None) -> None:
    publications.load_entities()
    load(ROWS[::2])


@pytest.fixture(scope="module")
def double(half: None) -> None:
    """The other half; a module fixture, so that tests with `half` alone must come first."""
    load(ROWS[1::2])


def commission() -> Client:
    return signed_in(member("commission", "reviewer"))


def filer() -> Client:
    return signed_in(member("google", "filer"))


PAGES: dict[str, tuple[Callable[[], Client], int]] = {
    "/home/": (filer, 9),
    "/review/": (commission, 6),
    "/published/": (Client, 1),
    "/published/?q=NCMEC": (Client, 2),
    "/completeness/": (commission, 16),
    "/completeness.csv": (commission, 10),
    "/completeness/member_state_statistics/2022/": (commission, 9),
    "/completeness/member_state_statistics/2022/it/": (commission, 10),
    "/completeness/?on=2026-11-01": (commission, 17),
    "/api/v1/completeness/": (commission, 10),
    "/dashboards/overview/": (commission, 20),
    "/dashboards/providers/?period=2022": (commission, 11),
    "/dashboards/member-states/": (commission, 9),
    "/dashboards/reference/?period=2019": (commission, 13),
    "/report/": (commission, 7),
    "/dashboards/measurements/": (commission, 12),
    "/dashboards/quality/": (commission, 24),
    "/dashboards/quality/?chapter=sums": (commission, 20),
    "/dashboards/quality/?chapter=findings": (commission, 21),
    "/dashboards/quality/?rule=member_state_statistics/1/M-CNV-001": (commission, 15),
    "/dashboards/member-states/reports.csv?period=2022": (commission, 9),
    "/exports/": (commission, 6),
    "/vintages/?from=2020-01-01&to=2020-12-31": (commission, 5),
    "/views/": (commission, 4),
    "/rules/?return=member_state_statistics": (commission, 5),
    "/rules/member_state_statistics/1/M-CNV-001/": (commission, 5),
    "/api/v1/revisions/?limit=200": (commission, 4),
    "/api/v1/obligations/": (commission, 7),
    "/api/v1/comparability/?return=provider_report&address=cases.identified": (commission, 7),
}


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_takes_this_many_queries_for_half_of_the_filings(half, address) -> None:
    client, most = PAGES[address]

    assert queries(client(), address) == most


def test_a_waiting_queue_takes_no_query_a_row(half) -> None:
    client, counted = commission(), []
    for entity in ("at", "dk", "nl", "se"):
        user = member(entity, "filer")
        file_csv(
            start("member_state_statistics", entity, "2025", user), read("member_state_statistics/2022/it.csv"), user
        )
        counted.append(queries(client, "/review/"))

    assert len(set(counted)) == 1


@pytest.mark.parametrize("address", PAGES)
def test_a_page_takes_no_more_queries_when_twice_as_much_was_filed(double, address) -> None:
    client, most = PAGES[address]

    assert queries(client(), address) == most


def test_a_revision_takes_the_same_queries_however_many_lines_and_findings_it_has(double) -> None:
    short, long = receipt("RS-2022-population-1"), receipt("PR-2025-google-1")
    assert (short.lines, long.lines, short.warnings, long.warnings) == (29, 155, 0, 9)

    assert {queries(commission(), f"/revisions/{one.pk}/") for one in (short, long)} == {11}
    assert queries(filer(), f"/filings/{long.filing_id}/") == 12


def test_a_section_of_the_form_takes_the_same_queries_however_much_was_filed_and_answered(double) -> None:
    filed, user = receipt("PR-2025-google-1").filing, member("google", "filer")
    filing, client = start("provider_report", "google", "2026", user), filer()
    assert queries(client, f"/filings/{filing.pk}/edit/5/") == 8

    lines = canonical_lines(Revision.objects.get(filing=filed)).select(FIELDS).to_dicts()
    save_draft(filing=filing, observations=lines, edition=None, by=user)
    judged = [queries(client, f"/filings/{filing.pk}/edit/{category}/") for category in (5, 5, 7, 6)]
    assert judged == [12, 10, 10, 10]  # the verdict is kept for the next page
    assert queries(client, f"/filings/{filing.pk}/check/") == 10
