"""Deciding: who may, when, with which words, and which figures count afterwards."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from rest_framework.test import APIClient

from submissions.models import Filing, Observation, Revision
from tests.conftest import read, run_jobs, submission

GOOGLE = ("provider_report", "google", "2025")
PATH = "/api/v1/revisions/"
ANSWERS = {"accept": "accepted", "accept_with_reservations": "accepted_with_reservations", "return": "returned"}


def lines() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read("provider_report/2025/google.csv").decode())))


def with_reports(number: int) -> list[dict[str, str]]:
    return [line | {"value": str(number)} if line["address"] == "cases.known.reports" else line for line in lines()]


def file(client: APIClient, observations: list[dict[str, str]], **head: Any) -> int:
    answer = client.post(PATH, submission(*GOOGLE, *observations, **head), format="json")
    assert answer.status_code == 201
    return answer.json()["id"]


def decide(client: APIClient, pk: int, decision: str, reason: str | None = None) -> Any:
    body = {"decision": decision} | ({} if reason is None else {"reason": reason})
    return client.post(f"{PATH}{pk}/decision/", body, format="json")


@pytest.fixture
def filer(api, person) -> APIClient:
    return api(person("google", "filer"))


@pytest.fixture
def reviewer(api, person) -> APIClient:
    return api(person("commission", "reviewer"))


@pytest.fixture
def checked(filer) -> int:
    """The real filing, checked, without errors."""
    pk = file(filer, lines())
    assert run_jobs() == 1
    return pk


@pytest.fixture
def with_errors(filer) -> int:
    pk = file(filer, with_reports(-1))
    assert run_jobs() == 1
    assert Revision.objects.get().errors == 1
    return pk


def undecided(pk: int) -> bool:
    revision = Revision.objects.get(pk=pk)
    unmarked = (revision.decided_by, revision.decided_at, revision.decision_reason) == (None, None, "")
    return unmarked and revision.is_waiting and Filing.objects.get().current is None


def current_reports() -> list[str]:
    return list(Observation.objects.current().filter(code="cases.known.reports").values_list("value", flat=True))


def test_an_accepted_revision_is_the_current_one(reviewer, checked) -> None:
    assert current_reports() == []

    answer = decide(reviewer, checked, "accept")

    assert answer.status_code == 200
    body = answer.json()
    assert (body["state"], body["decided_by"], body["decision_reason"]) == ("accepted", "reviewer commission", "")
    assert body["decided_at"]
    assert Filing.objects.get().current_id == checked
    assert current_reports() == ["380"]
    assert Observation.objects.current().count() == len(lines())


def test_a_filing_with_errors_cannot_simply_be_accepted(reviewer, with_errors) -> None:
    answer = decide(reviewer, with_errors, "accept", "It will do.")

    assert (answer.status_code, answer.json()["code"]) == (422, "errors_stand")
    assert undecided(with_errors)


@pytest.mark.parametrize("decision", ["accept_with_reservations", "return"])
@pytest.mark.parametrize("reason", [None, "", " \n "])
def test_reservations_and_returns_need_a_reason(reviewer, with_errors, decision, reason) -> None:
    answer = decide(reviewer, with_errors, decision, reason)

    assert (answer.status_code, answer.json()["code"]) == (422, "reason_missing")
    assert undecided(with_errors)


def test_a_filing_with_errors_can_be_accepted_with_reservations(reviewer, with_errors) -> None:
    answer = decide(reviewer, with_errors, "accept_with_reservations", " The other figures are usable. ")

    assert answer.status_code == 200
    assert answer.json()["state"] == "accepted_with_reservations"
    assert answer.json()["decision_reason"] == "The other figures are usable."
    assert Filing.objects.get().current_id == with_errors
    assert current_reports() == []  # the wrong figure is not usable
    assert Observation.objects.current().count() == len(lines()) - 1


def test_a_returned_filing_has_no_figures_that_count(reviewer, with_errors) -> None:
    answer = decide(reviewer, with_errors, "return", "Correct the number of reports.")

    assert (answer.status_code, answer.json()["state"]) == (200, "returned")
    assert Filing.objects.get().current is None
    assert not Observation.objects.current().exists()


@pytest.mark.parametrize(
    "body", [{}, {"decision": "maybe"}, {"decision": None}, [], {"decision": "return", "reason": "\0"}]
)
def test_a_decision_is_one_of_three(reviewer, checked, body) -> None:
    answer = reviewer.post(f"{PATH}{checked}/decision/", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert undecided(checked)


@pytest.mark.parametrize(
    ("entity", "role", "status", "code"),
    [
        ("google", "filer", 403, "not_a_reviewer"),
        ("google", "signatory", 403, "not_a_reviewer"),
        ("google", "reader", 403, "not_a_reviewer"),
        ("google", "reviewer", 403, "not_a_reviewer"),
        ("ie-dpc", "reader", 403, "not_a_reviewer"),
        ("ie-dpc", "reviewer", 403, "not_a_reviewer"),
        ("commission", "reader", 403, "not_a_reviewer"),
        ("commission", "administrator", 403, "not_a_reviewer"),
        ("meta", "filer", 404, "not_found"),
        ("dk", "reviewer", 404, "not_found"),
    ],
)
@pytest.mark.parametrize("decision", ANSWERS)
def test_only_reviewers_of_the_commission_decide(checked, api, person, entity, role, status, code, decision) -> None:
    answer = decide(api(person(entity, role)), checked, decision, "Because.")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert undecided(checked)


def test_nobody_decides_on_what_they_filed_themselves(api, person, reviewer) -> None:
    body = submission("reference_statistics", "ncmec", "2022", {"address": "remarks.general", "value": "None."})
    pk = reviewer.post(PATH, body, format="json").json()["id"]
    assert run_jobs() == 1

    answer = decide(reviewer, pk, "return", "Incomplete.")
    assert (answer.status_code, answer.json()["code"]) == (403, "own_submission")
    assert undecided(pk)

    colleague = api(person("commission", "reviewer", "colleague"))
    assert decide(colleague, pk, "return", "Incomplete.").status_code == 200


def test_nothing_is_decided_before_it_is_checked(filer, reviewer) -> None:
    pk = file(filer, lines())

    answer = decide(reviewer, pk, "accept")

    assert (answer.status_code, answer.json()["code"]) == (422, "not_checked")
    assert undecided(pk)


@pytest.mark.parametrize("first", ANSWERS)
@pytest.mark.parametrize("second", ANSWERS)
def test_a_decision_stands(reviewer, checked, api, person, first, second) -> None:
    decide(reviewer, checked, first, "First.")
    answer = decide(api(person("commission", "reviewer", "colleague")), checked, second, "Second.")

    assert (answer.status_code, answer.json()["code"]) == (409, "decided_already")
    revision = Revision.objects.get()
    assert (revision.state, revision.decision_reason) == (ANSWERS[first], "First.")
    assert str(revision.decided_by) == "reviewer commission"


def test_what_was_withdrawn_is_not_decided(filer, reviewer, checked) -> None:
    filer.post(f"{PATH}{checked}/withdrawal/", {"reason": "Too early."}, format="json")

    answer = decide(reviewer, checked, "accept")

    assert (answer.status_code, answer.json()["code"]) == (409, "decided_already")
    assert Revision.objects.get().state == "withdrawn"
    assert Filing.objects.get().current is None


def test_a_newer_revision_is_the_one_to_decide_on(filer, reviewer, checked) -> None:
    file(filer, with_reports(381), replaces=1, reason="One more.")

    answer = decide(reviewer, checked, "accept")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_the_latest")
    assert Filing.objects.get().current is None


@pytest.mark.parametrize(
    ("decision", "counts"), [("accept", "381"), ("accept_with_reservations", "381"), ("return", "380")]
)
def test_a_correction_leaves_the_old_figures_current_until_it_is_accepted(
    filer, reviewer, checked, decision, counts
) -> None:
    decide(reviewer, checked, "accept")
    newer = file(filer, with_reports(381), replaces=1, reason="One more.")
    assert current_reports() == ["380"]
    assert run_jobs() == 1
    assert current_reports() == ["380"]
    assert Filing.objects.get().latest_id == newer

    assert decide(reviewer, newer, decision, "Read.").status_code == 200

    assert current_reports() == [counts]
    assert Revision.objects.get(pk=checked).state == "accepted"


def test_a_withdrawn_correction_leaves_the_old_figures_current(filer, reviewer, checked) -> None:
    decide(reviewer, checked, "accept")
    newer = file(filer, with_reports(381), replaces=1, reason="One more.")
    run_jobs()

    assert filer.post(f"{PATH}{newer}/withdrawal/", {"reason": "Wrong."}, format="json").status_code == 200

    assert current_reports() == ["380"]
    assert Filing.objects.get().current_id == checked


def test_others_cannot_withdraw_a_revision(checked, api, person, reviewer) -> None:
    supervisor, stranger = api(person("ie-dpc", "reader")), api(person("meta", "filer"))

    answers = [
        client.post(f"{PATH}{checked}/withdrawal/", {"reason": "Mine."}, format="json")
        for client in (reviewer, supervisor, stranger)
    ]

    assert [a.json()["code"] for a in answers] == ["not_a_filer", "not_a_filer", "not_found"]
    assert undecided(checked)
