"""Many filings in one request: each answered for itself, or all or none."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from submissions.models import Filing, Job, Obligation, ReportingPeriod, Revision
from tests.conftest import submission
from tests.pages.world import member

PATH = "/api/v1/revisions/bulk/"
RETURN = "member_state_statistics"


@pytest.fixture
def filer(api, person, entities) -> APIClient:
    return api(person("dk", "filer"))


def of(period: str, value: Any = 5, **more: Any) -> dict[str, Any]:
    return submission(RETURN, "dk", period, {"address": "reports.total", "value": value}, **more)


def send(client: APIClient, *filings: Any, **more: Any) -> Any:
    return client.post(PATH, {"filings": list(filings), **more}, format="json")


def outcome(answer: Any) -> list[tuple[int, str]]:
    return [
        (one["status"], one["problem"]["code"] if one["problem"] else one["revision"]["receipt"]["number"])
        for one in answer.json()["results"]
    ]


def test_each_filing_is_answered_for_itself_in_the_order_sent(filer) -> None:
    answer = send(filer, of("2025"), of("1999"), {"return": RETURN}, of("2022"), of("2025"), of("2025", 6), 7,
                  of("2026") | {"observations": 5}, of("2026") | {"entity": "nl"})  # fmt: skip

    assert answer.status_code == 200
    assert outcome(answer) == [
        (201, "MS-2025-dk-1"), (404, "not_found"), (400, "invalid"), (201, "MS-2022-dk-1"), (200, "MS-2025-dk-1"),
        (409, "revision_exists"), (400, "unreadable"), (400, "unreadable"), (404, "not_found"),
    ]  # fmt: skip
    body = answer.json()
    assert (body["filed"], body["replayed"], body["refused"]) == (2, 1, 6)
    assert body["results"][2]["problem"]["errors"][0]["pointer"] == "/entity"
    assert Revision.objects.count() == Job.objects.count() == Filing.objects.count() == 2


def test_a_filing_and_its_correction_may_come_together(filer) -> None:
    answer = send(filer, of("2025"), of("2025", 6, replaces=1, reason="One more."))

    assert outcome(answer) == [(201, "MS-2025-dk-1"), (201, "MS-2025-dk-2")]


def test_each_filing_is_what_it_would_be_alone(filer, api, person) -> None:
    bulk = send(filer, of("2025")).json()["results"][0]["revision"]["receipt"]

    alone = filer.post("/api/v1/revisions/", of("2025"), format="json")

    assert (alone.status_code, alone.json()["receipt"]) == (200, bulk)


def test_all_or_nothing_leaves_everything_out_where_one_is_refused(filer) -> None:
    send(filer, of("2022"))

    answer = send(filer, of("2025"), of("2022", 6), of("2026"), atomic=True)

    assert answer.status_code == 422
    assert outcome(answer) == [(424, "not_filed"), (409, "revision_exists"), (424, "not_filed")]
    assert (answer.json()["filed"], answer.json()["refused"]) == (0, 3)
    assert Revision.objects.count() == Job.objects.count() == Filing.objects.count() == 1


def test_all_or_nothing_does_not_begin_where_one_cannot_be_read(filer) -> None:
    answer = send(filer, of("2025"), {"return": RETURN}, atomic=True)

    assert (answer.status_code, outcome(answer)) == (422, [(424, "not_filed"), (400, "invalid")])
    assert not Filing.objects.exists()


def test_all_or_nothing_files_everything_that_is_sound(filer) -> None:
    answer = send(filer, of("2026"), of("2022"), of("2025"), atomic=True)

    assert answer.status_code == 200
    assert outcome(answer) == [(201, f"MS-{year}-dk-1") for year in (2026, 2022, 2025)]


def test_a_key_of_one_filing_guards_it_alone(filer) -> None:
    first = send(filer, of("2025", idempotency_key="k1"), of("2022", idempotency_key="k2"))
    again = send(filer, of("2025", idempotency_key="k1"), of("2022", 6, idempotency_key="k2"),
                 of("2026", idempotency_key=""))  # fmt: skip

    assert [status for status, _ in outcome(first)] == [201, 201]
    assert outcome(again) == [
        (200, "MS-2025-dk-1"), (409, "idempotency_key_reused"), (400, "bad_idempotency_key"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/filings"), ({"filings": []}, "/filings"), ({"filings": {}}, "/filings"),
        ({"filings": [{}] * 501}, "/filings"), ({"filings": [{}], "atomic": "yes"}, "/atomic"),
    ],
)  # fmt: skip
def test_a_request_that_is_no_list_of_filings_is_refused(filer, body, pointer) -> None:
    answer = filer.post(PATH, body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_request_over_the_limit_is_refused(filer, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 500

    answer = send(filer, of("2025"), of("2026"), of("2022", comment="x" * 500))

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not Filing.objects.exists()


def test_the_number_of_queries_grows_by_what_filing_itself_takes(filer, django_assert_max_num_queries) -> None:
    many = monthly(40)
    with django_assert_max_num_queries(12 + 11 * 40):
        answer = filer_of("libra").post(PATH, {"filings": many}, format="json")
    assert answer.json()["filed"] == 40


def filer_of(entity: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(member(entity, "filer"))
    return client


def monthly(number: int) -> list[dict[str, Any]]:
    """Filings of a monthly return, with periods for them."""
    owed = Obligation.objects.get(entity__code="libra")
    ReportingPeriod.objects.bulk_create(
        ReportingPeriod(return_id=owed.return_id, version="1", label=f"P{n}", start="2026-01-01", end="2026-12-31")
        for n in range(number)
    )
    line = {
        "address": next(iter(ReportingPeriod.objects.filter(return_id=owed.return_id)[0].definition.points)),
        "value": 1,
    }
    return [submission(owed.return_id, "libra", f"P{n}", line) for n in range(number)]
