"""Two at the same moment: one wins, the other is told, nothing is doubled or lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from submissions.models import Draft, Filing, Job, Revision
from tests.conftest import run_jobs, submission

pytestmark = [pytest.mark.served, pytest.mark.django_db(transaction=True)]
PATH = "/api/v1/revisions/"
DK = ("member_state_statistics", "dk", "2025")
ROUNDS = range(5)


def content(value: int) -> dict[str, Any]:
    return submission(*DK, {"address": "reports.total", "value": value})


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gives, all begun at the same moment, each on a connection of its own."""
    barrier = threading.Barrier(len(calls), timeout=30)

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, call) for call in calls]]


@pytest.mark.parametrize("round_", ROUNDS)
def test_two_different_contents_at_the_same_moment_give_one_receipt_and_one_conflict(api, person, round_) -> None:
    clients = [api(person("dk", "filer", name)) for name in ("anna", "bo")]

    answers = at_once(
        *(lambda c=c, n=n: c.post(PATH, content(n), format="json") for n, c in enumerate(clients, start=1))
    )

    assert sorted(a.status_code for a in answers) == [201, 409]
    winner, loser = sorted(answers, key=lambda a: a.status_code)
    assert loser.json()["code"] == "revision_exists"
    revision = Revision.objects.get()
    assert (revision.pk, revision.number, revision.receipt) == (winner.json()["id"], 1, "MS-2025-dk-1")
    assert Filing.objects.get().latest == revision
    assert Job.objects.count() == 1


@pytest.mark.parametrize("round_", ROUNDS)
@pytest.mark.parametrize("key", [None, "same"])
def test_the_same_content_eight_times_at_once_is_one_revision_with_one_receipt(api, person, round_, key) -> None:
    clients = [api(person("dk", "filer")) for _ in range(8)]
    headers = {"Idempotency-Key": key} if key else {}

    answers = at_once(*(lambda c=c: c.post(PATH, content(1), format="json", headers=headers) for c in clients))

    assert sorted(a.status_code for a in answers) == [200] * 7 + [201]
    assert {a.json()["receipt"]["number"] for a in answers} == {"MS-2025-dk-1"}
    assert Revision.objects.count() == 1
    assert Job.objects.count() == 1


@pytest.mark.parametrize("round_", ROUNDS)
def test_one_key_for_two_filings_at_the_same_moment_serves_one(api, person, round_) -> None:
    clients = [api(person("dk", "filer")) for _ in range(2)]
    bodies = [content(1), content(1) | {"period": "2022"}]

    answers = at_once(
        *(lambda c=c, b=b: c.post(PATH, b, format="json", headers={"Idempotency-Key": "same"})
          for c, b in zip(clients, bodies, strict=True))
    )  # fmt: skip

    assert sorted(a.status_code for a in answers) == [201, 409]
    assert max(answers, key=lambda a: a.status_code).json()["code"] == "idempotency_key_reused"
    assert Revision.objects.count() == 1
    assert Filing.objects.count() == 1


@pytest.mark.parametrize("round_", ROUNDS)
def test_two_decisions_at_the_same_moment_have_one_winner(api, person, round_) -> None:
    pk = api(person("dk", "filer")).post(PATH, content(1), format="json").json()["id"]
    assert run_jobs() == 1
    first, second = (api(person("commission", "reviewer", name)) for name in ("carl", "dora"))
    path = f"{PATH}{pk}/decision/"

    answers = at_once(
        lambda: first.post(path, {"decision": "return", "reason": "Incomplete."}, format="json"),
        lambda: second.post(path, {"decision": "accept_with_reservations", "reason": "Usable."}, format="json"),
    )

    assert sorted(a.status_code for a in answers) == [200, 409]
    winner, loser = sorted(answers, key=lambda a: a.status_code)
    assert loser.json()["code"] == "decided_already"
    revision = Revision.objects.get()
    assert (revision.state, revision.decision_reason) == (winner.json()["state"], winner.json()["decision_reason"])
    assert (Filing.objects.get().current == revision) is (revision.state == "accepted_with_reservations")


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_decision_and_a_correction_at_the_same_moment_keep_the_order(api, person, round_) -> None:
    filer, reviewer = api(person("dk", "filer")), api(person("commission", "reviewer"))
    pk = filer.post(PATH, content(1), format="json").json()["id"]
    assert run_jobs() == 1

    decided, filed = at_once(
        lambda: reviewer.post(f"{PATH}{pk}/decision/", {"decision": "return", "reason": "No."}, format="json"),
        lambda: filer.post(PATH, content(2) | {"replaces": 1, "reason": "More."}, format="json"),
    )

    assert filed.status_code == 201
    assert (decided.status_code, decided.json().get("code")) in [(200, None), (409, "not_the_latest")]
    assert Revision.objects.get(number=1).state == ("returned" if decided.status_code == 200 else "checked")


@pytest.mark.parametrize("round_", ROUNDS)
def test_two_saves_of_a_draft_with_the_same_etag_have_one_winner(api, person, round_) -> None:
    clients = [api(person("dk", "filer", name)) for name in ("anna", "bo")]
    head = dict(zip(("return", "entity", "period"), DK, strict=True))
    path = f"/api/v1/filings/{clients[0].post('/api/v1/filings/', head, format='json').json()['id']}/draft/"

    def save(client: Any, value: str, **headers: str) -> Any:
        observations = [{"address": "reports.total", "value": value}]
        return client.put(path, {"observations": observations}, format="json", headers=headers)

    for edition in (1, 2):  # the first save of all, and one over an earlier draft
        headers = {"If-Match": Draft.objects.get().etag} if edition == 2 else {}
        answers = at_once(*(lambda c=c, v=v, h=headers: save(c, v, **h) for c, v in zip(clients, "12", strict=True)))

        assert sorted(a.status_code for a in answers) in ([200, 412], [200, 428])
        winner = min(answers, key=lambda a: a.status_code)
        assert winner.json()["edition"] == edition
        assert Draft.objects.get().observations == winner.json()["observations"]
        if edition == 2:
            assert max(a.status_code for a in answers) == 412


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_draft_saved_while_it_is_filed_is_filed_or_refused_never_lost(api, person, round_) -> None:
    filer, other = api(person("dk", "filer")), api(person("dk", "filer", "bo"))
    head = dict(zip(("return", "entity", "period"), DK, strict=True))
    path = f"/api/v1/filings/{filer.post('/api/v1/filings/', head, format='json').json()['id']}/"
    one, two = ([{"address": "reports.total", "value": value}] for value in "12")
    etag = filer.put(path + "draft/", {"observations": one}, format="json")["ETag"]

    filed, saved = at_once(
        lambda: filer.post(path + "submit/", {}, format="json"),
        lambda: other.put(path + "draft/", {"observations": two}, format="json", headers={"If-Match": etag}),
    )

    assert filed.status_code == 201
    assert saved.status_code in (200, 412)
    run_jobs()
    filed_value = Revision.objects.get().observations.get().value
    assert filed_value == ("2" if saved.status_code == 200 else "1")
    assert not Draft.objects.exists()
