"""Webhooks: what is told to whom, and how they are kept."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from django.utils import timezone

from portal.clients import revoke_client
from submissions import actions
from submissions.models import Delivery, Revision, Webhook
from tests.api.machines import client, events, file, subscribe, with_token
from tests.conftest import run_jobs
from tests.pages.world import member, signed_in

HOOKS = "/api/v1/webhooks/"
pytestmark = pytest.mark.usefixtures("entities", "handed_over")


# What is told ---------------------------------------------------------------------------------------------


def test_every_change_of_a_filing_is_told_in_its_order(django_capture_on_commit_callbacks, handed_over) -> None:
    subscribe("https://example.com/hook")
    with django_capture_on_commit_callbacks(execute=True):
        first = file()
        run_jobs()
        reviewer = member("commission", "reviewer")
        actions.decide_revision(revision=first, decision="return", reason="Incomplete.", by=reviewer)
        second = file(6, replaces=1, reason="Complete.")
        actions.withdraw_revision(revision=second, reason="Too early.", by=member("dk", "filer"))

    assert events() == ["revision.received", "revision.checked", "revision.returned", "revision.received",
                        "revision.withdrawn"]  # fmt: skip
    assert handed_over == list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    told = json.loads(Delivery.objects.get(event="revision.checked").body)
    assert (told["type"], told["data"]["receipt"], told["data"]["state"]) == (
        "revision.checked", "MS-2025-dk-1", "checked",
    )  # fmt: skip
    assert told["data"]["findings"]["errors"] == Revision.objects.get(number=1).errors > 0


def test_a_change_that_is_rolled_back_is_not_told(handed_over) -> None:
    subscribe("https://example.com/hook")
    with transaction.atomic():
        file()
        transaction.set_rollback(True)

    assert (events(), handed_over) == ([], [])


def test_a_webhook_hears_of_the_events_it_asked_for() -> None:
    subscribe("https://example.com/hook", events=["revision.checked"])
    file()
    run_jobs()

    assert events() == ["revision.checked"]


def test_webhooks_of_others_and_of_the_sandbox_hear_nothing_of_it() -> None:
    subscribe("https://example.com/hook", "nl")
    subscribe("https://example.com/hook", sandbox=True)
    gone = subscribe("https://example.com/hook")
    actions.unsubscribe(webhook=gone, by=gone.created_by)
    file()

    assert events() == []


def test_a_client_hears_of_the_returns_and_the_world_of_its_token(entities) -> None:
    entities["dk"].obligations.create(return_id="reference_statistics", since="2019-01-01")
    for made in (client("dk", "read:reference_statistics"), client("dk", sandbox=True), client("dk")):
        answer = with_token(made).post(HOOKS, {"url": "https://example.com/hook"}, format="json")
        assert answer.status_code == 201
    hook = Webhook.objects.order_by("-pk")[0]

    file()

    assert [one.webhook for one in Delivery.objects.all()] == [hook]


def test_an_ended_client_hears_no_more() -> None:
    made = client("dk")
    with_token(made).post(HOOKS, {"url": "https://example.com/hook"}, format="json")
    revoke_client(client=made[0], by=member("dk", "administrator"))
    file()

    assert events() == []


# Doors ----------------------------------------------------------------------------------------------------


def test_a_client_subscribes_reads_its_log_and_sends_again() -> None:
    machine = with_token(client("dk"))
    made = machine.post(HOOKS, {"url": "https://example.com/h", "events": ["revision.received"]}, format="json").json()
    assert made["secret"].startswith("whsec_")
    assert (made["events"], made["returns"]) == (["revision.received"], ["member_state_statistics"])
    assert "secret" not in machine.get(f"{HOOKS}{made['id']}/").json()
    file()
    (sent,) = machine.get(f"{HOOKS}{made['id']}/deliveries/").json()["results"]
    assert (sent["state"], sent["attempts"], sent["body"]["type"]) == ("waiting", 0, "revision.received")
    Delivery.objects.update(state="failed", attempts=8, finished_at=timezone.now())

    again = machine.post(f"{HOOKS}{made['id']}/deliveries/{sent['id']}/again/")

    assert (again.status_code, again.json()["state"], again.json()["message"]) == (202, "waiting", sent["message"])
    assert machine.post(f"{HOOKS}{made['id']}/secret/").json()["secret"] != made["secret"]
    assert machine.delete(f"{HOOKS}{made['id']}/").status_code == 204
    assert machine.get(HOOKS).json()["results"] == []
    assert Delivery.objects.count() == 1


def test_an_unknown_event_and_too_many_webhooks_are_refused() -> None:
    machine = with_token(client("dk"))
    wrong = machine.post(HOOKS, {"url": "https://example.com/h", "events": ["revision.lost"]}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_event")
    for _number in range(20):
        assert machine.post(HOOKS, {"url": "https://example.com/h"}, format="json").status_code == 201

    answer = machine.post(HOOKS, {"url": "https://example.com/h"}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_webhooks")
    assert Webhook.objects.count() == 20


@pytest.mark.parametrize(("entity", "role"), [("dk", "filer"), ("nl", "administrator"), ("commission", "reviewer")])
def test_webhooks_of_an_entity_exist_for_its_administrators_alone(entity, role) -> None:
    hook = subscribe("https://example.com/hook")
    other = signed_in(member(entity, role))

    assert other.get(f"{HOOKS}{hook.pk}/").status_code == 404
    assert other.delete(f"{HOOKS}{hook.pk}/").status_code == 404
    assert other.post(f"{HOOKS}{hook.pk}/secret/").status_code == 404
    assert other.post(f"/entity/dk/webhooks/{hook.pk}/remove/").status_code == 404
    assert signed_in(member("dk", "administrator")).get(f"{HOOKS}{hook.pk}/").status_code == 200
    assert Webhook.objects.get().secret == hook.secret
