"""Sending again is harmless, correcting is deliberate: one content, one revision, one receipt."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from submissions.models import Draft, Filing, Job, Revision
from tests.conftest import read, run_jobs, submission

DK = ("member_state_statistics", "dk", "2022")
HEAD = "return=member_state_statistics&entity=dk&period=2022"
PATH = "/api/v1/revisions/"


@pytest.fixture
def filer(api, person) -> APIClient:
    return api(person("dk", "filer"))


def lines() -> list[dict[str, str]]:
    """What Denmark filed, as JSON observations."""
    rows = csv.DictReader(io.StringIO(read("member_state_statistics/2022/dk.csv").decode()))
    return [{name: text for name, text in row.items() if text} for row in rows]


def file(client: APIClient, *observations: dict[str, str], key: str | None = None, **head: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(PATH, submission(*DK, *(observations or lines()), **head), format="json", headers=headers)


def file_csv(client: APIClient, data: bytes, query: str = HEAD) -> Any:
    return client.generic("POST", PATH, data, "text/csv", QUERY_STRING=query)


def corrected() -> list[dict[str, str]]:
    first, *rest = lines()
    return [first | {"comment": "Counted again."}, *rest]


def receipts() -> list[str]:
    return list(Revision.objects.order_by("number").values_list("receipt", flat=True))


def test_the_same_content_twice_is_one_revision_with_one_receipt(filer) -> None:
    first, again = file(filer), file(filer)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert receipts() == ["MS-2022-dk-1"]
    assert Job.objects.count() == 1


def test_the_same_content_in_another_order_is_the_same_content(filer) -> None:
    first, again = file(filer), file(filer, *reversed(lines()))

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["receipt"] == first.json()["receipt"]
    assert receipts() == ["MS-2022-dk-1"]


def test_the_same_content_as_a_csv_file_is_the_same_content(filer) -> None:
    published = read("member_state_statistics/2022/dk.csv")
    first, again = file(filer), file_csv(filer, published)
    windows = file_csv(filer, b"\xef\xbb\xbf" + published.replace(b"\n", b"\r\n"))

    assert [first.status_code, again.status_code, windows.status_code] == [201, 200, 200]
    assert again.json()["receipt"]["sha256"] == first.json()["receipt"]["sha256"] == windows.json()["receipt"]["sha256"]
    assert receipts() == ["MS-2022-dk-1"]


def test_numbers_written_otherwise_are_the_same_content(filer) -> None:
    first = file(filer, {"address": "reports.total", "value": "10744"})
    again = file(filer, {"address": " reports.total", "value": "010744.00", "obs_status": "A", "unit": "reports"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert receipts() == ["MS-2022-dk-1"]


def test_the_same_key_with_the_same_content_gives_the_first_receipt(filer) -> None:
    first, again = file(filer, key="k1"), file(filer, key="k1")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]


def test_the_same_key_with_other_content_is_a_conflict(filer) -> None:
    file(filer, key="k1")
    answer = file(filer, *corrected(), key="k1", replaces=1, reason="Counted again.")

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert receipts() == ["MS-2022-dk-1"]


def test_the_same_key_for_another_filing_is_a_conflict(filer) -> None:
    file(filer, key="k1")
    other = submission("member_state_statistics", "dk", "2025", *lines())
    answer = filer.post(PATH, other, format="json", headers={"Idempotency-Key": "k1"})

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert receipts() == ["MS-2022-dk-1"]
    assert Filing.objects.count() == 1


def test_keys_of_different_people_do_not_meet(filer, api, person) -> None:
    file(filer, key="k1")
    other = api(person("nl", "filer"))
    body = submission("member_state_statistics", "nl", "2022", *lines())

    assert other.post(PATH, body, format="json", headers={"Idempotency-Key": "k1"}).status_code == 201


def test_a_late_repetition_of_the_first_request_does_not_undo_the_correction(filer) -> None:
    first = file(filer, key="k1")
    file(filer, *corrected(), key="k2", replaces=1, reason="Counted again.")

    again = file(filer, key="k1")

    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert Filing.objects.get().latest.receipt == "MS-2022-dk-2"
    assert receipts() == ["MS-2022-dk-1", "MS-2022-dk-2"]


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        ({}, 409, "revision_exists"),
        ({"reason": "Counted again."}, 409, "revision_exists"),
        ({"replaces": 2, "reason": "Counted again."}, 409, "revision_exists"),
        ({"replaces": 0, "reason": "Counted again."}, 409, "revision_exists"),
        ({"replaces": 1}, 422, "reason_missing"),
        ({"replaces": 1, "reason": " \n"}, 422, "reason_missing"),
    ],
)
def test_a_correction_names_what_it_replaces_and_says_why(filer, head, status, code) -> None:
    file(filer)

    answer = file(filer, *corrected(), **head)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert receipts() == ["MS-2022-dk-1"]
    assert Job.objects.count() == 1


def test_a_correction_gets_the_next_number_and_its_own_receipt(filer) -> None:
    first = file(filer).json()
    answer = file(filer, *corrected(), replaces=1, reason="Counted again.")

    assert answer.status_code == 201
    body = answer.json()
    assert (body["number"], body["reason"], body["receipt"]["number"]) == (2, "Counted again.", "MS-2022-dk-2")
    assert body["receipt"]["sha256"] != first["receipt"]["sha256"]
    assert filer.get(f"{PATH}{first['id']}/").json()["receipt"] == first["receipt"]


def test_a_csv_correction_says_so_in_its_query(filer) -> None:
    file(filer)
    data = read("member_state_statistics/2022/dk.csv").replace(b",A,", b",P,", 1)

    refused = file_csv(filer, data)
    answer = file_csv(filer, data, HEAD + "&replaces=1&reason=Now+provisional.")

    assert (refused.status_code, refused.json()["code"]) == (409, "revision_exists")
    assert (answer.status_code, answer.json()["reason"]) == (201, "Now provisional.")


def test_there_is_nothing_to_replace_before_the_first_revision(filer) -> None:
    answer = file(filer, replaces=1, reason="Counted again.")

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_replace")
    assert not Filing.objects.exists()
    assert not Revision.objects.exists()


def test_what_was_withdrawn_can_be_filed_again_with_the_same_content(filer) -> None:
    first = file(filer).json()
    assert filer.post(f"{PATH}{first['id']}/withdrawal/", {"reason": "Too early."}, format="json").status_code == 200

    blind = file(filer)
    answer = file(filer, replaces=1, reason="Filed again.")

    assert (blind.status_code, blind.json()["code"]) == (409, "revision_exists")
    assert (answer.status_code, answer.json()["number"]) == (201, 2)
    assert answer.json()["receipt"]["sha256"] == first["receipt"]["sha256"]
    assert filer.get(f"{PATH}{first['id']}/").json()["state"] == "withdrawn"


def test_a_revision_is_withdrawn_once_and_with_a_reason(filer) -> None:
    path = f"{PATH}{file(filer).json()['id']}/withdrawal/"

    answers = [filer.post(path, {"reason": text}, format="json") for text in (" ", "Too early.", "Again.")]

    assert [a.status_code for a in answers] == [422, 200, 409]
    assert [a.json().get("code") for a in answers] == ["reason_missing", None, "decided_already"]
    assert Revision.objects.get().decision_reason == "Too early."


def test_the_content_to_download_has_the_sha256_of_the_receipt(filer) -> None:
    body = file(filer).json()

    answer = filer.get(f"{PATH}{body['id']}/content.txt")

    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="MS-2022-dk-1.txt"'
    assert hashlib.sha256(answer.content).hexdigest() == body["receipt"]["sha256"]
    assert answer.content.startswith(b"member_state_statistics,1,dk,2022\naddress,value,obs_status,")


def test_the_receipt_names_the_bytes_as_sent_and_the_definition(filer) -> None:
    data = read("member_state_statistics/2022/dk.csv")
    body = file_csv(filer, data).json()

    receipt = filer.get(f"{PATH}{body['id']}/receipt/").json()

    assert {name: receipt[name] for name in body["receipt"] if name != "received"} == {
        name: value for name, value in body["receipt"].items() if name != "received"
    }
    assert datetime.fromisoformat(receipt["received"]) == datetime.fromisoformat(body["receipt"]["received"])
    assert (receipt["return"], receipt["entity"], receipt["period"], receipt["sandbox"]) == (*DK, False)
    assert receipt["recompute"].endswith(f"{PATH}{body['id']}/content.txt | sha256sum")
    assert receipt["source_sha256"] == hashlib.sha256(data).hexdigest()
    definition = filer.get("/api/v1/definitions/member_state_statistics/1/").json()
    assert (receipt["version"], receipt["fingerprint"]) == ("1", definition["fingerprint"])


def test_filing_and_checking_again_leaves_the_verdict_alone(filer) -> None:
    body = file(filer).json()
    assert run_jobs() == 1
    checked = filer.get(f"{PATH}{body['id']}/").json()

    assert file(filer).json() == checked
    assert run_jobs() == 0
    assert not Draft.objects.exists()
