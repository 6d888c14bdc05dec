"""The page of an organisation: clients and keys, webhooks and their log, for its administrators alone."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from portal.models import ApiClient, ClientKey
from submissions import publications
from submissions.hooks import sending
from submissions.models import Delivery, Webhook
from tests.api.machines import ask_token
from tests.pages.world import member, signed_in, text

pytestmark = pytest.mark.django_db
PAGE = "/entity/google/"
FORM = {"name": "Reports", "scopes": ["file:provider_report@google"], "sandbox": "on"}


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch) -> Client:
    publications.load_entities()
    monkeypatch.setattr(sending, "dispatch", lambda delivery_id: None)
    return signed_in(member("google", "administrator"))


def shown(answer: object, word: str) -> str:
    found = re.search(rf"{word}:? (\S+)", text(answer))
    assert found
    return found[1]


def test_an_administrator_finds_the_page_and_sees_who_acts_for_the_organisation(admin) -> None:
    member("google", "filer")

    answer = admin.get("/entity/", follow=True)

    assert answer.redirect_chain == [(PAGE, 302)]
    assert "filer of google (filer@google.test): Filer" in text(answer)
    assert "No program files for you yet" in text(answer)
    assert "Nobody is told yet" in text(answer)
    assert b'href="/entity/"' in admin.get("/account/").content
    assert b'href="/entity/"' not in signed_in(member("google", "filer")).get("/account/").content


def test_a_client_is_made_and_its_key_shown_once(admin) -> None:
    answer = admin.post(f"{PAGE}clients/", FORM)

    made = ApiClient.objects.get()
    key = shown(answer, "Key")
    assert (made.name, made.sandbox, made.scopes) == ("Reports", True, ["file:provider_report@google"])
    assert ask_token(made.client_id, key).status_code == 200
    again = text(admin.get(PAGE))
    assert key not in again
    assert made.client_id in again
    assert "Reports" not in again.partition("Programs")[0]  # a client is not among the people


@pytest.mark.parametrize(
    "form",
    [FORM | {"name": ""}, FORM | {"scopes": []}, FORM | {"scopes": ["file:provider_report@meta"]},
     FORM | {"scopes": ["file:member_state_statistics@google"]}, FORM | {"scopes": ["sign:provider_report@google"]}],
)  # fmt: skip
def test_a_client_gets_no_scopes_but_of_what_its_own_organisation_owes(admin, form) -> None:
    answer = admin.post(f"{PAGE}clients/", form)

    assert answer.status_code == 422
    assert not ApiClient.objects.exists()


def test_a_key_is_changed_and_revoked_on_the_page(admin) -> None:
    old = shown(admin.post(f"{PAGE}clients/", FORM), "Key")
    made = ApiClient.objects.get()

    new = shown(admin.post(f"{PAGE}clients/{made.pk}/key/", {"overlap": 1}), "Key")
    assert [ask_token(made.client_id, key).status_code for key in (old, new)] == [200, 200]
    assert admin.post(f"{PAGE}clients/{made.pk}/key/", {"overlap": 999}).status_code == 404

    first = ClientKey.objects.earliest("pk")
    answer = admin.post(f"{PAGE}keys/{first.pk}/revoke/", follow=True)
    assert "revoked on" in text(answer)
    assert [ask_token(made.client_id, key).status_code for key in (old, new)] == [401, 200]

    admin.post(f"{PAGE}clients/{made.pk}/revoke/")
    assert ask_token(made.client_id, new).status_code == 401
    assert made.client_id not in text(admin.get(PAGE))


def test_a_webhook_is_added_its_log_read_and_a_message_sent_again(admin) -> None:
    url = "https://reports.example/hook"
    secret = shown(admin.post(f"{PAGE}webhooks/", {"url": url, "events": ["revision.checked"]}), "Secret")
    hook = Webhook.objects.get()
    assert (hook.secret, hook.events, hook.sandbox) == (secret, ["revision.checked"], False)
    assert secret not in text(admin.get(PAGE))
    log = f"{PAGE}webhooks/{hook.pk}/"
    assert "Nothing was sent yet" in text(admin.get(log))
    sent = hook.deliveries.create(message="msg_1", event="revision.checked", body="{}", state="failed", attempts=8,
                                  response_status=503, error="<b>busy</b>", finished_at=timezone.now())  # fmt: skip
    assert "Given up 8 503 <b>busy</b>" in text(admin.get(log))

    admin.post(f"{PAGE}deliveries/{sent.pk}/again/")

    assert (Delivery.objects.get().state, Delivery.objects.get().attempts) == ("waiting", 0)
    assert shown(admin.post(f"{log}secret/"), "Secret") != secret
    admin.post(f"{log}remove/")
    assert url not in text(admin.get(PAGE))
    assert admin.get(log).status_code == 404


def test_an_address_inside_is_refused_on_the_page_with_the_reason(admin) -> None:
    answer = admin.post(f"{PAGE}webhooks/", {"url": "https://10.0.0.1/"})

    assert answer.status_code == 422
    assert "The address is not on the public internet." in text(answer)
    assert not Webhook.objects.exists()
