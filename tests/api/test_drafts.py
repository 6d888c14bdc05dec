"""Drafts: nobody's work is lost, whoever saves first."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from submissions.models import Draft, Filing, Revision
from tests.conftest import last_revision

HEAD = {"return": "member_state_statistics", "entity": "dk", "period": "2025"}
ONE = {"address": "reports.total", "value": "10744"}
TWO = {"address": "reports.total", "value": "10745"}


@pytest.fixture
def filer(api, person) -> APIClient:
    return api(person("dk", "filer"))


@pytest.fixture
def path(filer) -> str:
    return f"/api/v1/filings/{filer.post('/api/v1/filings/', HEAD, format='json').json()['id']}/"


def save(client: APIClient, path: str, *observations: dict[str, str], etag: str | None = None) -> Any:
    headers = {"If-Match": etag} if etag else {}
    return client.put(path + "draft/", {"observations": observations}, format="json", headers=headers)


def kept() -> list[dict[str, str]]:
    return Draft.objects.get().observations


def test_starting_a_filing_twice_is_one_filing(filer, path) -> None:
    again = filer.post("/api/v1/filings/", HEAD, format="json")

    assert (again.status_code, again.json()["state"]) == (200, "draft")
    assert f"/api/v1/filings/{again.json()['id']}/" == path
    assert Filing.objects.count() == 1


def test_before_the_first_save_there_is_no_draft(filer, path) -> None:
    assert filer.get(path + "draft/").status_code == 404


def test_a_draft_is_given_back_as_it_was_saved(filer, path) -> None:
    saved = save(filer, path, ONE)
    read = filer.get(path + "draft/")

    assert (saved.status_code, read.status_code) == (200, 200)
    assert read.json() == saved.json()
    assert (read.json()["observations"], read.json()["edition"]) == ([ONE], 1)
    assert read["ETag"] == saved["ETag"]


def test_the_etag_of_a_draft_lets_its_holder_save_again(filer, path) -> None:
    first = save(filer, path, ONE)
    second = save(filer, path, TWO, etag=first["ETag"])

    assert (second.status_code, second.json()["edition"]) == (200, 2)
    assert second["ETag"] != first["ETag"]
    assert kept() == [TWO]


def test_saving_over_a_draft_without_its_etag_is_refused(filer, path) -> None:
    save(filer, path, ONE)
    answer = save(filer, path, TWO)

    assert (answer.status_code, answer.json()["code"]) == (428, "if_match_needed")
    assert kept() == [ONE]


@pytest.mark.parametrize("etag", ["first", '"0-0"', "*"])
def test_a_stale_edit_is_refused_and_nothing_is_lost(filer, path, etag) -> None:
    first = save(filer, path, ONE)["ETag"]
    save(filer, path, TWO, etag=first)

    answer = save(filer, path, {"address": "reports.total", "value": "1"}, etag=first if etag == "first" else etag)

    assert (answer.status_code, answer.json()["code"]) == (412, "stale_edit")
    assert kept() == [TWO]
    assert Draft.objects.get().edition == 2


def test_an_etag_without_a_draft_cannot_match(filer, path) -> None:
    answer = save(filer, path, ONE, etag='"1-1"')

    assert (answer.status_code, answer.json()["code"]) == (412, "stale_edit")
    assert not Draft.objects.exists()


def test_the_etag_of_a_draft_that_was_filed_does_not_open_the_next_one(filer, path) -> None:
    old = save(filer, path, ONE)["ETag"]
    filer.post(path + "submit/", {}, format="json")
    new = save(filer, path, TWO)["ETag"]

    answer = save(filer, path, ONE, etag=old)

    assert new != old
    assert (answer.status_code, answer.json()["code"]) == (412, "stale_edit")
    assert kept() == [TWO]
    assert filer.get(path + "draft/", headers={"If-None-Match": old}).status_code == 200


def test_a_draft_that_did_not_change_is_not_sent_again(filer, path) -> None:
    etag = save(filer, path, ONE)["ETag"]

    answer = filer.get(path + "draft/", headers={"If-None-Match": etag})

    assert (answer.status_code, answer.content) == (304, b"")
    save(filer, path, TWO, etag=etag)
    assert filer.get(path + "draft/", headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("body", [{}, [], {"observations": None}, {"observations": {}}, {"observations": [5]}])
def test_a_draft_is_a_list_of_observations(filer, path, body) -> None:
    answer = filer.put(path + "draft/", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")
    assert not Draft.objects.exists()


def test_filing_a_draft_gives_a_revision_and_removes_the_draft(filer, path) -> None:
    save(filer, path, ONE)

    answer = filer.post(path + "submit/", {}, format="json")

    assert answer.status_code == 201
    assert answer.json()["receipt"]["number"] == "MS-2025-dk-1"
    assert answer["Location"] == f"/api/v1/revisions/{last_revision().pk}/"
    assert not Draft.objects.exists()
    assert filer.get(path + "draft/").status_code == 404
    assert filer.get(path).json()["state"] == "received"


def test_a_filed_draft_has_the_receipt_of_the_same_content_sent_at_once(filer, path) -> None:
    save(filer, path, ONE)
    drafted = filer.post(path + "submit/", {}, format="json").json()

    sent = filer.post("/api/v1/revisions/", HEAD | {"observations": [ONE]}, format="json")

    assert (sent.status_code, sent.json()["id"]) == (200, drafted["id"])


def test_without_a_draft_there_is_nothing_to_file(filer, path) -> None:
    assert filer.post(path + "submit/", {}, format="json").status_code == 404
    assert not Revision.objects.exists()


def test_a_refused_correction_leaves_the_draft_in_place(filer, path) -> None:
    save(filer, path, ONE)
    filer.post(path + "submit/", {}, format="json")
    save(filer, path, TWO)

    blind = filer.post(path + "submit/", {}, format="json")
    unexplained = filer.post(path + "submit/", {"replaces": 1}, format="json")
    assert (blind.status_code, blind.json()["code"]) == (409, "revision_exists")
    assert (unexplained.status_code, unexplained.json()["code"]) == (422, "reason_missing")
    assert kept() == [TWO]
    assert Revision.objects.count() == 1

    done = filer.post(path + "submit/", {"replaces": 1, "reason": "One more."}, format="json")
    assert (done.status_code, done.json()["number"]) == (201, 2)
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("entity", "role"),
    [("nl", "filer"), ("dk", "reader"), ("dk", "administrator"), ("commission", "reviewer"), ("ie-dpc", "reader")],
)
def test_drafts_exist_only_for_those_who_file(filer, path, api, person, entity, role) -> None:
    etag = save(filer, path, ONE)["ETag"]
    other = api(person(entity, role))

    answers = [
        other.get(path + "draft/"),
        save(other, path, TWO, etag=etag),
        other.post(path + "submit/", {}, format="json"),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "not_found")] * 3
    assert kept() == [ONE]
    assert not Revision.objects.exists()
