"""Dashboards of measurements and reference, and the overview: what they show, and what they do not add."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.access import EntityKind
from portal.models import ReportingEntity, User
from reporting.rollups import tasks
from submissions import actions, publications
from submissions.models import Obligation
from tests.conftest import read
from tests.pages.world import file_csv, member, signed_in, start, tables, text
from tests.reporting.measured import SERIES, accepted

pytestmark = pytest.mark.django_db
PAGE = "/dashboards/measurements/?period=2025"


@pytest.fixture
def reviewer(entities: dict[str, ReportingEntity]) -> User:
    return member("commission", "reviewer")


@pytest.fixture
def reader(reviewer: User) -> Client:
    return signed_in(reviewer)


def other_source() -> None:
    entity = ReportingEntity.objects.create(
        code="other", kind=EntityKind.MEASUREMENT_SOURCE, name_en="Other", name_da="Other", name_nl="Other"
    )
    Obligation.objects.create(entity=entity, return_id="measurement_series", since=date(2025, 1, 1))


def download(client: Client, chart: str, query: str = "period=2025") -> list[dict[str, str]]:
    answer = client.get(f"/dashboards/measurements/{chart}.csv?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def table(page: Any, *head: str) -> dict[str, list[str]]:
    """The table whose head begins with these words, by the first cell of its rows."""
    [found] = [some for some in tables(page) if some and tuple(some[0][: len(head)]) == head]
    return {row[0]: row[1:] for row in found[1:]}


# Measurements ---------------------------------------------------------------------------------------------


def test_counts_are_shown_by_country_month_and_pair_as_one_source_filed_them(reader, reviewer) -> None:
    accepted("libra", member("libra", "filer"), reviewer)
    tasks.sweep()

    page = reader.get(PAGE)

    spots = table(page, "Hosting country", "Locations observed (locations)", "Monthly figures added")
    assert spots == {"Netherlands NL": ["150", "2"], "Greece EL": ["≈ 30", "1"]}
    months = table(page, "Hosting country", "2025-01 (locations)")
    assert months == {
        "Netherlands NL": ["100", "50", "nothing filed"],
        "Greece EL": ["≈ 30", "7", "no figure (L)"],
    }
    pairs = {tuple(row[:2]): row[2] for row in next(t for t in tables(page) if t[0][1:2] == ["Moved to"])[1:]}
    assert pairs == {("Netherlands NL", "Greece EL"): "20", ("Netherlands NL", "Germany DE"): "4"}
    of_union = [some for some in tables(page) if len(some[0]) == 2 and some[0][0] == "Hosting country"]
    assert of_union[0][1:] == [["Netherlands NL", "150"], ["Greece EL", "≈ 30"]]
    assert "2 lines are not in the sums" in text(page)
    assert "1 of 1 filings are added up." in text(page)


def test_a_median_is_shown_as_filed_and_never_averaged(reader, reviewer) -> None:
    accepted("libra", member("libra", "filer"), reviewer)
    tasks.sweep()

    page = reader.get(PAGE)

    assert table(page, "Hosting country", "2025-01 (days)") == {"Netherlands NL": ["2.5", "40"]}
    assert "Medians of months or countries are never averaged" in text(page)
    assert "21.25" not in page.content.decode()


def test_the_share_that_moved_is_told_only_where_both_counts_are_whole(reader, reviewer) -> None:
    accepted("libra", member("libra", "filer"), reviewer)
    tasks.sweep()

    shares = table(
        reader.get(PAGE),
        "Hosting country",
        "Locations removed (locations)",
        "Locations moved to another country (locations)",
    )

    assert shares == {"Netherlands NL": ["80", "24", "30"], "Greece EL": ["10", "nothing filed", "not comparable"]}


def test_two_sources_are_never_added_the_larger_is_shown_and_the_other_is_a_choice(reader, reviewer) -> None:
    other_source()
    accepted("libra", member("libra", "filer"), reviewer)
    shorter = "\n".join(SERIES.replace(",100,", ",999,").splitlines()[:3]) + "\n"
    accepted("other", member("other", "filer"), reviewer, shorter)
    tasks.sweep()

    def observed(query: str) -> dict[str, list[str]]:
        return table(
            reader.get(PAGE + query), "Hosting country", "Locations observed (locations)", "Monthly figures added"
        )

    assert observed("")["Netherlands NL"] == ["150", "2"]
    assert observed("&source=libra") == observed("")
    assert observed("&source=other") == {"Netherlands NL": ["999", "1"]}
    assert reader.get(PAGE + "&source=google").status_code == 404


def test_a_filing_that_is_not_summed_yet_is_said_to_be_and_shown_once_it_is(reader, reviewer) -> None:
    accepted("libra", member("libra", "filer"), reviewer)

    assert "0 of 1 filings are added up." in text(reader.get(PAGE))
    assert reader.get("/dashboards/measurements/hot_spots.svg?period=2025").status_code == 404
    tasks.sweep()
    assert "1 of 1 filings are added up." in text(reader.get(PAGE))
    assert reader.get("/dashboards/measurements/hot_spots.svg?period=2025").status_code == 200


def test_words_without_counts_are_shown_as_words_with_the_reason_why_nothing_is_drawn(reader) -> None:
    publications.load_filing(
        next(r for r in publications.read_rows(publications.FOLDER / "filings.csv") if r["entity"] == "libra"),
        publications.transcriber(), publications.decider(),
    )  # fmt: skip
    tasks.sweep()

    page = reader.get("/dashboards/measurements/")

    assert "filed words and no counts, so there is nothing to draw or to add" in text(page)
    assert "Automated visits to the open internet" in text(page)
    assert "<img" not in page.content.decode()


@pytest.mark.parametrize(
    "chart", ["hot_spots", "displacement", "removal", "hot_spots_months", "displacement_pairs", "moved_share"]
)
def test_every_chart_is_drawn_and_its_download_holds_the_table(reader, reviewer, chart) -> None:
    accepted("libra", member("libra", "filer"), reviewer)
    tasks.sweep()

    drawn = reader.get(f"/dashboards/measurements/{chart}.svg?period=2025")

    assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/svg+xml")
    assert len(download(reader, chart)) > 0
    assert signed_in(member("google", "filer")).get(f"/dashboards/measurements/{chart}.svg").status_code == 404


def test_the_queries_of_the_page_do_not_grow_with_sources_and_lines(reader, reviewer) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(PAGE).status_code == 200
        return len(captured)

    accepted("libra", member("libra", "filer"), reviewer)
    tasks.sweep()
    reader.get(PAGE)
    first = queries()
    other_source()
    accepted("other", member("other", "filer"), reviewer)
    tasks.sweep()
    fresh = queries()

    assert (first, fresh, queries()) == (5, 14, 5)


# Reference ------------------------------------------------------------------------------------------------


@pytest.fixture
def reference(entities: dict[str, ReportingEntity]) -> None:
    wanted = {("dk", "2022"), ("gr", "2022"), ("ncmec", "2021"), ("ncmec", "2022"), ("population", "2022")}
    for row in publications.read_rows(publications.FOLDER / "filings.csv"):
        if (row["entity"], row["period"]) in wanted:
            publications.load_filing(row, publications.transcriber(), publications.decider())


def counted(name: str, address: str) -> int:
    return next(int(r["value"]) for r in csv.DictReader(read(name).decode().splitlines()) if r["address"] == address)


def test_what_was_sent_is_prorated_to_the_days_that_were_filed_and_marked_as_an_estimate(reader, reference) -> None:
    page = reader.get("/dashboards/reference/?period=2022")

    row = table(page, "Member State", "Filed by the Member State (reports)")["Denmark DK"]
    before, after = (
        counted(f"reference_statistics/{year}/ncmec.csv", "reference.reports[country=DK]") for year in (2021, 2022)
    )
    days = (date(2022, 1, 1) - date(2021, 8, 2)).days
    sent = round(before * days / 365 + after + after * 20 / 365)
    spaced = [f"{number:,}".replace(",", " ") for number in (10_744, sent, sent - 10_744)]
    assert [row[0], row[2], row[3]] == spaced
    assert "E, an estimate" in text(page)


def test_greece_bears_the_code_of_the_union(reader, reference) -> None:
    page = reader.get("/dashboards/reference/?period=2022")

    shares = table(page, "Member State", "Share of the population (percent)")
    assert "Greece EL" in shares
    assert not any(name.endswith(" GR") for name in shares)
    svg = reader.get("/dashboards/reference/shares.svg?period=2022").content.decode()
    assert (">EL<" in svg, ">GR<" in svg) == (True, False)


# Overview -------------------------------------------------------------------------------------------------


def test_the_overview_tells_what_changed_this_week_and_links_to_it(reader, reviewer) -> None:
    filer = member("libra", "filer")
    first = accepted("libra", filer, reviewer)
    later = file_csv(first.filing, SERIES.replace(",100,", ",90,").encode(), filer, replaces=1, reason="Counted again.")

    page = reader.get("/dashboards/overview/")

    assert "1 Filed" in text(page)
    assert "1 Corrected" in text(page)
    assert "1 Accepted" in text(page)
    assert "0 Returned for correction" in text(page)
    for one in (first, later):
        assert f'<a href="/revisions/{one.pk}/">{one.receipt}</a>' in page.content.decode()


def test_what_happened_more_than_a_week_ago_has_not_changed_this_week(reader, reviewer) -> None:
    revision = accepted("libra", member("libra", "filer"), reviewer)
    ago = timezone.now() - timedelta(days=8)
    type(revision).objects.update(submitted_at=ago, decided_at=ago)

    page = reader.get("/dashboards/overview/")

    assert ("0 Filed" in text(page), "0 Accepted" in text(page)) == (True, True)


def test_deadlines_ahead_stand_in_their_order_with_who_has_filed(reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_args: date(2026, 1, 15))

    ahead = table(reader.get("/dashboards/overview/"), "Due on", "Return", "Filed", "Expected")

    assert next(iter(ahead)) == "31 January 2026"
    assert ahead["31 January 2026"] == ["Provider report (standard form), 2025", "0", "5"]


def test_others_see_of_the_overview_their_own_duties_without_links_to_completeness(reviewer) -> None:
    accepted("libra", member("libra", "filer"), reviewer)

    page = signed_in(member("google", "filer")).get("/dashboards/overview/")

    assert "1 Filed" not in text(page)
    assert "/completeness/" not in page.content.decode()


# Pages that are kept --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/completeness/?return=member_state_statistics", "/dashboards/quality/"])
def test_a_page_is_kept_until_something_is_filed_and_accepted(reader, reviewer, page) -> None:
    filer = member("dk", "filer")

    def read_again() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as captured:
            shown = text(reader.get(page))
        return len(captured), shown

    filing = start("member_state_statistics", "dk", "2025", filer)
    fresh, before = read_again()
    kept, same = read_again()
    assert (kept < fresh, same) == (True, before)

    revision = file_csv(filing, read("member_state_statistics/2022/dk.csv"), filer)
    actions.decide_revision(revision=revision, decision="accept", reason="", by=reviewer)
    assert read_again()[1] != before
