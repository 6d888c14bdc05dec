"""Webhooks are made, changed and ended by administrators of an entity, and by its clients for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import ReportingEntity, User
from submissions.actions.refusals import Refused
from submissions.hooks.addresses import Forbidden, require_allowed
from submissions.hooks.outbox import EVENTS, hand_over
from submissions.hooks.signing import new_secret
from submissions.models import Delivery, DeliveryState, Webhook

OLD_SECRET_LIVES = timedelta(days=1)
MOST_WEBHOOKS = 20


@transaction.atomic
def subscribe(
    *, entity: ReportingEntity, url: str, events: Sequence[str], by: User, sandbox: bool = False
) -> Webhook:  # fmt: skip
    """A webhook with a new secret. A client's hears of what its token may read, in the client's own world. Raises
    Refused."""
    access = by.access
    narrowed = access.reads_returns is not None
    if entity.pk not in (access.reads if narrowed else access.administers):
        raise PermissionDenied
    ReportingEntity.objects.select_for_update().get(pk=entity.pk)
    if Webhook.objects.filter(entity=entity, deleted_at=None).count() >= MOST_WEBHOOKS:
        raise Refused(
            "too_many_webhooks", _("There are %(most)s webhooks already; remove one.") % {"most": MOST_WEBHOOKS}
        )
    if unknown := sorted(set(events) - set(EVENTS)):
        raise Refused("unknown_event", _("There is no event %(event)s.") % {"event": unknown[0]})
    try:
        require_allowed(url)
    except Forbidden as refusal:
        raise Refused("forbidden_address", str(refusal)) from refusal
    return Webhook.objects.create(
        entity=entity, url=url, events=sorted(set(events)), returns=sorted(access.reads_returns or ()), created_by=by,
        secret=new_secret(), sandbox=access.sandbox if narrowed else sandbox,
    )  # fmt: skip


@transaction.atomic
def renew_secret(*, webhook: Webhook, by: User) -> Webhook:
    """A new secret; for a day messages carry the signature of the old one too."""
    webhook = locked(webhook, by)
    webhook.old_secret, webhook.old_secret_until = webhook.secret, timezone.now() + OLD_SECRET_LIVES
    webhook.secret, webhook.active = new_secret(), True
    webhook.save(update_fields=["secret", "old_secret", "old_secret_until", "active"])
    return webhook


@transaction.atomic
def unsubscribe(*, webhook: Webhook, by: User) -> None:
    """Nothing more is sent; the log stays."""
    webhook, now = locked(webhook, by), timezone.now()
    Webhook.objects.filter(pk=webhook.pk).update(deleted_at=now, active=False)
    waiting = Delivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.FAILED, finished_at=now, error="The webhook was removed.")


@transaction.atomic
def send_again(*, delivery: Delivery, by: User) -> Delivery:
    """The same message once more, with all its tries."""
    webhook = locked(delivery.webhook, by)
    Webhook.objects.filter(pk=webhook.pk).update(active=True)
    delivery.state, delivery.attempts, delivery.next_at, delivery.finished_at = (
        DeliveryState.WAITING, 0, timezone.now(), None,
    )  # fmt: skip
    delivery.save(update_fields=["state", "attempts", "next_at", "finished_at"])
    hand_over(delivery.pk)
    return delivery


def locked(webhook: Webhook, by: User) -> Webhook:
    found = Webhook.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=webhook.pk).first()
    if found is None:
        raise PermissionDenied
    return found
