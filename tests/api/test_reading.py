"""Reading what is owed, filed and found: filters, pages, languages, and a fixed number of queries."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from submissions import publications
from submissions.loading import read_rows
from submissions.models import Revision
from tests.conftest import read, run_jobs, submission

PATH = "/api/v1/revisions/"
LISTS = 3
"""Token, user of the token, memberships, rows."""


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    day = date(2026, 11, 20)
    monkeypatch.setattr("submissions.duties.timezone.localdate", lambda: day)
    return day


@pytest.fixture
def only_google(entities) -> None:
    """Its report for 2025, filed, checked and decided."""
    rows = read_rows(publications.FOLDER / "filings.csv")
    (row,) = (row for row in rows if (row["entity"], row["period"]) == ("google", "2025"))
    publications.load_filing(row, publications.transcriber(), publications.decider())


def walk(client: APIClient, path: str) -> list[list[dict[str, Any]]]:
    """Every page of a list, by its `next`."""
    pages = []
    while path:
        body = client.get(path).json()
        pages.append(body["results"])
        path = body["next"]
    return pages


def google() -> Revision:
    return Revision.objects.get(receipt="PR-2025-google-1")


# Obligations ----------------------------------------------------------------------------------------------


def test_a_filer_sees_what_is_owed_and_how_it_stands(api, person, today) -> None:
    client = api(person("dk", "filer"))
    client.post(
        "/api/v1/filings/", {"return": "member_state_statistics", "entity": "dk", "period": "2025"}, format="json"
    )

    owed = client.get("/api/v1/obligations/").json()["results"]

    assert [(o["entity"], o["return"], o["period"], o["due_on"], o["state"], o["late"]) for o in owed] == [
        ("dk", "member_state_statistics", "2022", "2023-08-03", "missing", True),
        ("dk", "member_state_statistics", "2025", "2026-08-03", "draft", True),
        ("dk", "member_state_statistics", "2026", "2027-08-03", "expected", False),
    ]
    assert [o["filing"] is None for o in owed] == [True, False, True]


def test_the_state_of_an_obligation_follows_its_filing(api, person, today) -> None:
    filer, reviewer = api(person("dk", "filer")), api(person("commission", "reviewer"))
    body = submission("member_state_statistics", "dk", "2025", {"address": "reports.total", "value": 5})

    def state() -> str:
        return filer.get("/api/v1/obligations/?period=2025").json()["results"][0]["state"]

    states = [state()]
    pk = filer.post(PATH, body, format="json").json()["id"]
    states.append(state())
    run_jobs()
    states.append(state())
    reviewer.post(f"{PATH}{pk}/decision/", {"decision": "return", "reason": "Incomplete."}, format="json")
    states.append(state())

    assert states == ["missing", "received", "with_errors", "returned"]


def test_obligations_and_revisions_are_filtered(api, person, published, today) -> None:
    client = api(person("commission", "reader"))
    counts = {
        "obligations/": 112, "obligations/?entity=dk": 3, "obligations/?return=provider_report": 20,
        "obligations/?return=provider_report&period=2025": 5, "obligations/?state=returned": 3,
        "obligations/?state=accepted_with_reservations": 2, "obligations/?entity=google&state=accepted": 3,
        "obligations/?entity=atlantis": 0, "obligations/?state=lost": 0,
        "revisions/?page_size=500": 45, "revisions/?entity=google": 3, "revisions/?return=member_state_statistics": 27,
        "revisions/?period=2025": 1, "revisions/?state=returned": 3, "revisions/?entity=x": 2,
        "revisions/?entity=google&period=2021&return=provider_report&state=accepted": 1,
    }  # fmt: skip

    assert {query: len(client.get(f"/api/v1/{query}").json()["results"]) for query in counts} == counts


def test_obligations_of_others_are_not_shown(api, person) -> None:
    seen = {
        ("dk", "reader"): {"dk"}, ("ie-dpc", "reader"): {"google", "linkedin", "meta", "microsoft", "x"},
        ("ncmec", "filer"): {"ncmec"},
    }  # fmt: skip

    for who, entities in seen.items():
        owed = api(person(*who)).get("/api/v1/obligations/").json()["results"]
        assert {o["entity"] for o in owed} == entities


# Revisions ------------------------------------------------------------------------------------------------


def test_more_than_a_page_of_revisions_is_walked_without_gap_or_repetition(api, person, entities) -> None:
    client = api(person("dk", "filer"))

    def file(number: int) -> int:
        body = submission("member_state_statistics", "dk", "2025", {"address": "reports.total", "value": number})
        correction = {"replaces": number - 1, "reason": "Counted again."} if number > 1 else {}
        return client.post(PATH, body | correction, format="json").json()["id"]

    filed = [file(number) for number in range(1, 61)]
    first = client.get(PATH).json()
    file(61)  # between two pages
    second = client.get(first["next"]).json()

    assert [r["id"] for r in first["results"] + second["results"]] == filed[::-1]
    assert (len(first["results"]), len(second["results"])) == (50, 10)
    assert (first["previous"], second["next"]) == (None, None)
    assert [r["id"] for r in client.get(second["previous"]).json()["results"]] == filed[:9:-1]


def test_the_client_chooses_the_size_of_a_page(api, person, published) -> None:
    client = api(person("commission", "reader"))

    for size, pages in {10: [10, 10, 10, 10, 5], 45: [45], 1000: [45], 0: [45]}.items():
        found = walk(client, f"{PATH}?page_size={size}")
        assert [len(page) for page in found] == pages
        assert len({r["id"] for page in found for r in page}) == 45


# One revision ---------------------------------------------------------------------------------------------


def test_observations_are_given_line_by_line_as_they_were_filed(api, person, only_google) -> None:
    pages = walk(api(person("google", "reader")), f"{PATH}{google().pk}/observations/?page_size=50")

    assert [len(page) for page in pages] == [50, 50, 50, 5]
    filed = list(csv.DictReader(io.StringIO(read("provider_report/2025/google.csv").decode())))
    given = [line for page in pages for line in page]
    assert [line["address"] for line in given] == [line["address"] for line in filed]
    assert given[20] == {
        "line": 22, "address": "cases.known.reports", "value": "380", "obs_status": "A",
        "period": "2025-01-01/2025-12-31", "own_period": False, "unit": "reports", "qualifier": "exact",
        "low": None, "high": None, "reason": "", "flags": [], "comment": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "label", "mend"),
    [
        ("en", "Reports received", "Give a whole number"),
        ("da", "Modtagne indberetninger", "Angiv"),
        ("nl", "Ontvangen meldingen", "Vul een geheel getal"),
        ("nl-BE, en;q=0.5", "Ontvangen meldingen", "Vul een geheel getal"),
        ("fr", "Reports received", "Give a whole number"),
    ],
)
def test_findings_speak_the_language_of_the_reader(api, person, language, label, mend) -> None:
    client = api(person("dk", "filer"))
    body = submission("member_state_statistics", "dk", "2025", {"address": "reports.total", "value": "ten"})
    pk = client.post(PATH, body, format="json").json()["id"]
    run_jobs()

    kept = client.get(f"{PATH}{pk}/findings/", headers={"Accept-Language": language}).json()["results"]
    fresh = client.post("/api/v1/check/", body, format="json", headers={"Accept-Language": language}).json()["findings"]

    assert [found | {"id": None} for found in kept] == fresh
    (found,) = [f for f in kept if f["rule"] == "M-FMT-004"]
    assert found["label"] == label
    assert label in found["message"]
    assert found["mend"].startswith(mend)


def test_a_job_tells_its_state_its_progress_and_where_the_result_is(api, person, entities) -> None:
    client = api(person("dk", "filer"))
    body = submission("member_state_statistics", "dk", "2025", {"address": "reports.total", "value": 5})
    filed = client.post(PATH, body, format="json").json()
    path = f"/api/v1/jobs/{filed['job']['id']}/"

    waiting = client.get(path).json()
    run_jobs()
    done = client.get(path).json()

    assert waiting == filed["job"]
    assert (waiting["state"], waiting["stage"], waiting["rows_done"], waiting["rows_total"]) == (
        "queued",
        "waiting",
        0,
        1,
    )
    assert (waiting["attempt"], waiting["started"], waiting["result"]) == (0, None, None)
    assert (done["state"], done["stage"], done["rows_done"], done["rows_total"]) == ("succeeded", "done", 1, 1)
    assert (done["attempt"], done["result"]) == (1, f"{PATH}{filed['id']}/")
    assert set(done["seconds"]) == {"reading", "checking", "storing"}
    assert api(person("nl", "filer")).get(path).status_code == 404


@pytest.mark.parametrize(
    ("entity", "role", "status"),
    [("google", "reader", 200), ("ie-dpc", "reader", 200), ("commission", "administrator", 200),
     ("meta", "filer", 404), ("dk", "filer", 404), ("ncmec", "filer", 404)],
)  # fmt: skip
def test_a_revision_exists_only_for_those_who_may_read_it(api, person, only_google, entity, role, status) -> None:
    client, parts = api(person(entity, role)), ("", "receipt/", "observations/", "findings/", "content.txt")

    assert [client.get(f"{PATH}{google().pk}/{what}").status_code for what in parts] == [status] * len(parts)


@pytest.mark.parametrize("what", ["", "receipt/", "findings/"])
def test_what_did_not_change_is_not_sent_again(api, person, only_google, what) -> None:
    client, path = api(person("google", "reader")), f"{PATH}{google().pk}/{what}"

    answer = client.get(path, headers={"If-None-Match": client.get(path)["ETag"]})

    assert (answer.status_code, answer.content) == (304, b"")


# Queries --------------------------------------------------------------------------------------------------


def test_reading_takes_the_same_number_of_queries_whatever_the_size(
    api, person, published, django_assert_num_queries
) -> None:
    queries = {
        PATH: LISTS, f"{PATH}?page_size=5": LISTS, "/api/v1/filings/": LISTS, "/api/v1/obligations/": LISTS + 3,
        f"{PATH}{google().pk}/": LISTS, f"{PATH}{google().pk}/observations/": LISTS + 1,
        f"{PATH}{google().pk}/findings/": LISTS + 2,
    }  # fmt: skip

    for who in (("commission", "reviewer"), ("google", "filer"), ("ie-dpc", "reader")):
        client = api(person(*who))
        for path, number in queries.items():
            with django_assert_num_queries(number):
                assert client.get(path).status_code == 200
