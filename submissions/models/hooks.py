"""Webhooks: who wants to hear of changes, and what was sent to them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import ReportingEntity, User


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waits to be sent")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: User) -> Self:
        """Administrators of an entity see all of its webhooks, a client its own."""
        own = Q(created_by=user, created_by__client__isnull=False)
        return self.filter(own | Q(entity__in=user.access.administers)).filter(deleted_at=None)

    def listening(self, *, entity: int, sandbox: bool) -> Self:
        """Those that hear of this entity now. A revoked client is an inactive user and hears no more."""
        return self.filter(
            entity=entity, sandbox=sandbox, active=True, deleted_at=None, created_by__is_active=True
        )  # fmt: skip


class Webhook(models.Model):
    """An address that is told of changes of an entity's filings, signed with a secret."""

    entity = models.ForeignKey(ReportingEntity, on_delete=models.PROTECT, related_name="webhooks")
    url = models.URLField(max_length=500)
    events = models.JSONField(default=list)
    """Names of `hooks.EVENTS`; empty: all."""
    returns = models.JSONField(default=list)
    """Only filings of these returns; empty: all. A client hears of what its token could read."""
    sandbox = models.BooleanField(default=False)
    """Hears of what sandbox clients file, and of nothing else."""
    active = models.BooleanField(default=True)
    secret = models.CharField(max_length=60)
    """As the receiver has it: `whsec_` and base64. It must be readable here, because it signs."""
    old_secret = models.CharField(max_length=60, blank=True)
    old_secret_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)
    """The log of what was sent outlives the webhook."""

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.url

    @property
    def secrets(self) -> list[str]:
        """The one in use, and the one before it for as long as receivers may still hold it."""
        still = self.old_secret and self.old_secret_until and self.old_secret_until > timezone.now()
        return [self.secret, self.old_secret] if still else [self.secret]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(webhook__in=Webhook.objects.visible_to(user))

    def due(self) -> Self:
        return self.filter(state=DeliveryState.WAITING, next_at__lte=timezone.now())


class Delivery(models.Model):
    """One message to one webhook. Written in the transaction of the change it tells of, sent after it."""

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    message = models.CharField(max_length=40, unique=True)
    """The webhook-id: the same at every try, so that a receiver takes a message once."""
    event = models.CharField(max_length=60)
    body = models.TextField()
    """Exactly the bytes that are signed and sent."""
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    """When it is tried next; while a worker sends it, when that worker counts as lost."""
    response_status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", finished_at=None) | (~Q(state="waiting") & Q(finished_at__isnull=False)),
                name="finished_deliveries_have_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.message}"
