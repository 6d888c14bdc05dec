"""Pages that people keep under a name, and how often they are told what changed there."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import User


class Rhythm(models.TextChoices):
    NEVER = "", _("No mail")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")


class KeptViewQuerySet(models.QuerySet["KeptView"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and only while one acts for the Commission."""
        return self.filter(owner=user) if user.access.commission else self.none()

    def due(self) -> Self:
        return self.filter(next_at__lte=timezone.now(), owner__is_active=True)


class KeptView(models.Model):
    """A page with its choices, under a name of its owner's."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="kept_views")
    name = models.CharField(_("name"), max_length=100)
    address = models.CharField(_("address"), max_length=2000)
    """Path and query of the page, within this portal."""
    language = models.CharField(max_length=10)
    """In which its owner reads, for the mails."""
    rhythm = models.CharField(_("mail"), max_length=10, choices=Rhythm.choices, blank=True, default=Rhythm.NEVER)
    told_until = models.DateField(null=True)
    """Changes up to the end of this day were told, or need not be."""
    next_at = models.DateTimeField(null=True)
    """When it is looked at next; while a worker writes its mail, when that worker counts as lost."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = KeptViewQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="kept_view_due")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_kept_view_a_name"),
            models.CheckConstraint(
                condition=Q(rhythm="", told_until=None, next_at=None)
                | (~Q(rhythm="") & Q(told_until__isnull=False, next_at__isnull=False)),
                name="who_wants_mail_has_a_next_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name
