"""What happened, written beside the change: both are committed, or neither is."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from submissions.hooks import sending
from submissions.models import Delivery, Filing, Revision, Upload, Webhook

EVENTS = (
    "revision.received", "revision.checked", "revision.accepted", "revision.accepted_with_reservations",
    "revision.returned", "revision.withdrawn", "upload.finished",
)  # fmt: skip


def emit(event: str, revision: Revision) -> None:
    """Tell of a revision. Inside the transaction of the change."""
    announce(event, revision.filing, lambda: told_of(Revision.objects.get(pk=revision.pk)))


def emit_each(event: str, revisions: Sequence[Revision]) -> None:
    """Tell of several revisions. Most have nobody who listens, which one look tells."""
    entities = {revision.filing.obligation.entity_id for revision in revisions}
    heard = set(Webhook.objects.filter(entity__in=entities, active=True).values_list("entity", flat=True))
    for revision in revisions:
        if revision.filing.obligation.entity_id in heard:
            emit(event, revision)


def emit_upload(upload: Upload) -> None:
    """Tell that a file was read: filed as a revision, or refused."""
    announce("upload.finished", upload.filing, lambda: told_of_upload(Upload.objects.get(pk=upload.pk)))


def told_of(revision: Revision) -> dict[str, Any]:
    return {
        "id": revision.pk,
        "url": f"/api/v1/revisions/{revision.pk}/",
        "receipt": revision.receipt,
        "number": revision.number,
        "state": revision.state,
        "sha256": revision.content_hash,
        "findings": {
            "errors": revision.errors,
            "warnings": revision.warnings,
            "infos": revision.infos,
            "not_evaluated": revision.not_evaluated,
        },
    }


def told_of_upload(upload: Upload) -> dict[str, Any]:
    revision = upload.revision_id
    return {
        "id": upload.pk,
        "url": f"/api/v1/uploads/{upload.pk}/",
        "refused": bool(upload.faults),
        "revision": f"/api/v1/revisions/{revision}/" if revision else None,
    }


def announce(event: str, filing: Filing, data: Callable[[], dict[str, Any]]) -> None:
    """One message to each webhook that asked for it, handed to the workers after the commit."""
    obligation = filing.obligation
    listening = Webhook.objects.listening(entity=obligation.entity_id, sandbox=filing.sandbox)
    wanted = [
        hook
        for hook in listening.only("events", "returns")
        if (not hook.events or event in hook.events) and (not hook.returns or obligation.return_id in hook.returns)
    ]
    if not wanted:
        return
    text = message(event, filing, data(), timezone.now())
    for hook in wanted:
        delivery = Delivery.objects.create(webhook=hook, message=f"msg_{uuid.uuid4().hex}", event=event, body=text)
        hand_over(delivery.pk)


def message(event: str, filing: Filing, data: dict[str, Any], now: datetime) -> str:
    """The body of a message."""
    head = {
        "return": filing.obligation.return_id,
        "entity": filing.entity.code,
        "period": filing.period.label,
        "sandbox": filing.sandbox,
    }
    return json.dumps({"type": event, "timestamp": now.isoformat(), "data": head | data}, ensure_ascii=False)


def hand_over(delivery_id: int) -> None:
    transaction.on_commit(lambda: sending.dispatch(delivery_id))
