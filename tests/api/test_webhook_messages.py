"""Messages to webhooks: signed, sent after the change, tried again, and never sent into our own network."""

from __future__ import annotations

import socket
import threading
import time
from datetime import timedelta

import httpcore
import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from submissions import actions, hooks
from submissions.hooks import addresses, sending
from submissions.models import Delivery, Webhook
from tests.api.machines import client, file, subscribe, with_token

HOOKS = "/api/v1/webhooks/"
pytestmark = pytest.mark.usefixtures("entities", "handed_over")


# Sending --------------------------------------------------------------------------------------------------


def test_a_message_arrives_signed_and_others_than_the_receiver_cannot_sign_it(receiver) -> None:
    hook = subscribe(receiver.url)
    file()
    delivery = Delivery.objects.get()

    assert hooks.send(delivery.pk)

    ((headers, body),) = receiver.got
    assert Verifier(hook.secret).verify(body, headers)["type"] == "revision.received"
    assert headers["webhook-id"] == delivery.message
    with pytest.raises(WebhookVerificationError):
        Verifier(hook.secret).verify(body.replace(b"MS-2025", b"MS-2026"), headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(subscribe(receiver.url).secret).verify(body, headers)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.response_status, delivery.error) == ("delivered", 1, 204, "")


def test_what_was_delivered_is_not_sent_twice(receiver) -> None:
    subscribe(receiver.url)
    file()
    pk = Delivery.objects.get().pk

    assert [hooks.send(pk), hooks.send(pk)] == [True, False]
    assert len(receiver.got) == 1


def test_a_message_that_does_not_arrive_is_tried_eight_times_over_a_day_and_then_given_up(receiver) -> None:
    subscribe(receiver.url)
    file()
    receiver.statuses = [503]
    pk, waits = Delivery.objects.get().pk, []
    for _try in range(8):
        began = timezone.now()
        assert hooks.send(pk)
        delivery = Delivery.objects.get()
        waits.append(round((delivery.next_at - began).total_seconds()))
        assert (delivery.response_status, delivery.error) == (503, "busy  today")
        assert not hooks.send(pk)  # not due yet
        Delivery.objects.filter(state="waiting").update(next_at=timezone.now())

    assert waits[:7] == [10, 60, 300, 1800, 7200, 21600, 54000]
    assert (delivery.state, delivery.attempts) == ("failed", 8)
    assert len(receiver.got) == 8
    assert {headers["webhook-id"] for headers, _body in receiver.got} == {delivery.message}


def test_a_message_that_arrives_at_the_third_try_is_delivered(receiver) -> None:
    subscribe(receiver.url)
    file()
    receiver.statuses = [500, 429, 200]
    for _try in range(3):
        Delivery.objects.update(next_at=timezone.now())
        hooks.send(Delivery.objects.get().pk)

    assert (Delivery.objects.get().state, Delivery.objects.get().attempts) == ("delivered", 3)


def test_a_worker_that_dies_while_it_sends_leaves_a_message_that_is_due_again(receiver, monkeypatch) -> None:
    subscribe(receiver.url)
    file()
    pk = Delivery.objects.get().pk
    monkeypatch.setattr(sending, "post", lambda delivery: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        hooks.send(pk)
    monkeypatch.undo()

    handed: list[int] = []
    assert hooks.send_due(handed.append) == 0  # it may still be at work
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=30))
    assert hooks.send_due(handed.append) == 1
    assert handed == [pk]


def test_a_receiver_that_says_it_is_gone_is_told_no_more(receiver) -> None:
    subscribe(receiver.url)
    file()
    receiver.statuses = [410]
    hooks.send(Delivery.objects.get().pk)
    file(6, replaces=1, reason="More.")

    assert (Delivery.objects.get().state, Webhook.objects.get().active) == ("failed", False)


def test_a_redirect_is_not_followed(receiver) -> None:
    subscribe(receiver.url)
    file()
    receiver.statuses, receiver.location = [302], receiver.url
    hooks.send(Delivery.objects.get().pk)

    assert len(receiver.got) == 1
    assert Delivery.objects.get().response_status == 302
    assert Delivery.objects.get().state == "waiting"


def test_after_a_new_secret_both_verify_for_a_day(receiver) -> None:
    hook = subscribe(receiver.url)
    old = hook.secret
    new = actions.renew_secret(webhook=hook, by=hook.created_by).secret
    file()
    hooks.send(Delivery.objects.get().pk)
    headers, body = receiver.got[0]
    assert old != new
    for secret in (old, new):
        Verifier(secret).verify(body, headers)

    Webhook.objects.update(old_secret_until=timezone.now())
    actions.send_again(delivery=Delivery.objects.get(), by=hook.created_by)
    hooks.send(Delivery.objects.get().pk)
    headers, body = receiver.got[1]
    Verifier(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(old).verify(body, headers)


# Where it may lead ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "https://127.0.0.1/", "https://10.0.0.7/", "https://[::1]/", "https://169.254.169.254/latest",
     "https://[::ffff:127.0.0.1]/", "https://[::ffff:a00:7]/", "https://[fe80::1]/", "https://224.0.0.1/", "https://0.0.0.0/",
     "https://100.64.0.1/", "ftp://example.com/", "file:///etc/passwd", "https://", "https://user:word@example.com/",
     "example.com", "https://exa mple.com/", "https://example.com:99999/", "http://localhost/",
     "https://[2002:7f00:1::]/", "https://[64:ff9b::7f00:1]/"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(url) -> None:
    answer = with_token(client("dk")).post(HOOKS, {"url": url}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (422, "forbidden_address")
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fd00::1"])
def test_a_name_that_leads_inside_is_not_connected_to_however_it_resolved_before(address, monkeypatch) -> None:
    subscribe("https://example.com/hook")
    file()
    for found in ([address], ["93.184.216.34", address]):
        monkeypatch.setattr(
            addresses.socket, "getaddrinfo", lambda *a, found=found, **k: [(0, 0, 0, "", (one, 443)) for one in found]
        )
        monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", lambda *a, **k: pytest.fail("connected"))
        Delivery.objects.update(next_at=timezone.now())
        hooks.send(Delivery.objects.get().pk)

        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.error) == ("waiting", "The address is not on the public internet.")


def test_a_receiver_that_answers_a_letter_at_a_time_holds_no_worker(settings, monkeypatch) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = True
    monkeypatch.setattr(sending, "SECONDS", 0.6)
    slow = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _address = slow.accept()
        with connection:
            for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 100:
                try:
                    connection.send(bytes([letter]))
                except OSError:
                    return
                time.sleep(0.05)

    threading.Thread(target=drip, daemon=True).start()
    subscribe(f"http://127.0.0.1:{slow.getsockname()[1]}/")
    file()
    began = time.monotonic()
    hooks.send(Delivery.objects.get().pk)
    slow.close()

    assert time.monotonic() - began < 2
    assert Delivery.objects.get().error.startswith("ReadTimeout")
