"""Filing through the API: the receipt comes at once, the verdict when a worker has looked."""

from __future__ import annotations

from submissions.models import Filing
from tests.conftest import last_revision, run_jobs, submission

DK = ("member_state_statistics", "dk", "2025")
TOTAL = {
    "address": "reports.total",
    "value": 10744,
    "obs_status": "P",
    "flags": ["dynamic_database"],
    "comment": "Drawn on 20 January.",
}


def test_a_submission_gets_a_receipt_and_a_job_at_once(api, person) -> None:
    answer = api(person("dk", "filer")).post("/api/v1/revisions/", submission(*DK, TOTAL), format="json")

    assert answer.status_code == 201
    body = answer.json()
    assert (body["return"], body["entity"], body["period"], body["number"]) == (*DK, 1)
    assert body["state"] == "received"
    assert body["receipt"]["number"] == "MS-2025-dk-1"
    assert len(body["receipt"]["sha256"]) == 64
    assert body["job"]["state"] == "queued"
    assert answer["Location"] == f"/api/v1/revisions/{body['id']}/"


def test_a_submission_takes_the_same_queries_whether_somebody_started_the_filing_or_not(
    api, person, django_assert_num_queries
) -> None:
    client = api(person("dk", "filer"))
    first, correction = submission(*DK, TOTAL), submission(*DK, TOTAL | {"value": 1}, replaces=1, reason="Recounted.")

    for body in (first, correction):
        with django_assert_num_queries(15):
            assert client.post("/api/v1/revisions/", body, format="json").status_code == 201


def test_the_verdict_names_every_finding_with_its_place_and_how_to_mend_it(api, person) -> None:
    client = api(person("dk", "filer"))
    pk = client.post("/api/v1/revisions/", submission(*DK, TOTAL | {"value": "ten"}), format="json").json()["id"]
    assert run_jobs() == 1

    revision = client.get(f"/api/v1/revisions/{pk}/").json()
    assert revision["state"] == "checked"
    findings = client.get(f"/api/v1/revisions/{pk}/findings/").json()["results"]
    unreadable = [f for f in findings if f["rule"] == "M-FMT-004"]
    assert [(f["address"], f["pointer"], f["severity"], f["value"]) for f in unreadable] == [
        ("reports.total", "/observations/0/value", "error", "ten")
    ]
    assert unreadable[0]["mend"].startswith("Give a whole number")
    assert revision["findings"]["errors"] == sum(f["severity"] == "error" for f in findings)
    assert last_revision().observations.count() == 0


def test_a_body_over_the_limit_is_refused_and_nothing_is_stored(api, person, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = api(person("dk", "filer")).post(
        "/api/v1/revisions/", submission(*DK, TOTAL | {"comment": "x" * 1000}), format="json"
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer["Content-Type"] == "application/problem+json"
    assert Filing.objects.count() == 0
