"""Sending what lies in the outbox. A row is claimed by an UPDATE that moves its next try into the future, so a worker
that dies while it sends loses nothing: the message is due again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

import httpcore
from django.db.models import F
from django.utils import timezone

from portal.celery import app
from submissions.hooks.addresses import Forbidden, PublicOnly, require_allowed
from submissions.hooks.signing import headers
from submissions.models import Delivery, DeliveryState, Webhook

log = logging.getLogger(__name__)
WAITS = [timedelta(**wait) for wait in (
    {"seconds": 10}, {"minutes": 1}, {"minutes": 5}, {"minutes": 30}, {"hours": 2}, {"hours": 6}, {"hours": 15},
)]  # fmt: skip
"""Between eight tries, over about a day."""
LEASE = timedelta(minutes=2)
"""Longer than any try takes."""
SECONDS, MOST_BYTES = 15, 64 * 1024
"""All that one try may take, and that is read of its answer."""
GONE = 410


def dispatch(delivery_id: int) -> None:
    """Tell the workers. A broker that is away costs time: what is due is sent by `send_due`."""
    try:
        app.send_task("submissions.tasks.send_delivery", args=[delivery_id])
    except Exception:
        log.warning("the broker did not take delivery %s; it will be sent when it is due", delivery_id, exc_info=True)


def send_due(hand_out: Callable[[int], None] = dispatch) -> int:
    """Hand out what is due; returns how many. What was handed out a moment ago is left to its worker."""
    quiet = timezone.now() - timedelta(seconds=20)
    due = list(Delivery.objects.due().filter(next_at__lte=quiet).order_by("next_at").values_list("pk", flat=True)[:500])
    for delivery_id in due:
        hand_out(delivery_id)
    return len(due)


def send(delivery_id: int) -> bool:
    """Try to send a message that is due. False if it is not, or somebody else sends it."""
    mine = Delivery.objects.due().filter(pk=delivery_id)
    if not mine.update(attempts=F("attempts") + 1, next_at=timezone.now() + LEASE):
        return False
    delivery = Delivery.objects.select_related("webhook").get(pk=delivery_id)
    try:
        status, error = post(delivery)
    except Forbidden as refusal:
        status, error = None, str(refusal)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, TimeoutError, OSError) as problem:
        status, error = None, f"{type(problem).__name__}: {problem}"
    note(delivery, status, error)
    return True


def post(delivery: Delivery) -> tuple[int, str]:
    """Status and the begin of the answer. Redirects are not followed: they would lead past the look at the address."""
    hook = delivery.webhook
    require_allowed(hook.url)
    signed = headers(hook.secrets, delivery.message, int(time.time()), delivery.body)
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS / 2)
    with (
        httpcore.ConnectionPool(network_backend=PublicOnly(SECONDS)) as pool,
        pool.stream("POST", hook.url, headers=list(signed.items()), content=delivery.body.encode(), extensions={"timeout": timeout})
        as response,
    ):  # fmt: skip
        answer = b""
        for chunk in response.iter_stream():
            answer += chunk
            if len(answer) > MOST_BYTES:
                break
        return response.status, answer[:200].decode("utf-8", "replace").replace("\0", "")


def note(delivery: Delivery, status: int | None, answer: str) -> None:
    """Keep how the try ended: delivered, tried again later, or given up."""
    now = timezone.now()
    held = Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts, state=DeliveryState.WAITING)
    if status is not None and 200 <= status < 300:
        held.update(state=DeliveryState.DELIVERED, response_status=status, error="", finished_at=now)
        return
    tried = delivery.attempts - 1
    if status == GONE or tried >= len(WAITS):
        held.update(state=DeliveryState.FAILED, response_status=status, error=answer[:300], finished_at=now)
    else:
        held.update(next_at=now + WAITS[tried], response_status=status, error=answer[:300])
    if status == GONE:  # the receiver says that it is there no more
        Webhook.objects.filter(pk=delivery.webhook_id).update(active=False)
