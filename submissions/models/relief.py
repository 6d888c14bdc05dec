"""What the Commission granted of a duty: that it need not be met, or that it may be met later."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import User
from submissions.models.owed import Obligation, ReportingPeriod


class ReliefKind(models.TextChoices):
    EXEMPTED = "exempted", _("Exempted")
    EXTENDED = "extended", _("Extended")


class ReliefQuerySet(models.QuerySet["Relief"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(obligation__in=Obligation.objects.visible_to(user))

    def standing(self) -> Self:
        return self.filter(taken_back_at=None)


class Relief(models.Model):
    """An exemption from one obligation in one period, or a later day for it. Never changed, only taken back."""

    obligation = models.ForeignKey(
        Obligation, verbose_name=_("obligation"), on_delete=models.PROTECT, related_name="reliefs"
    )
    period = models.ForeignKey(
        ReportingPeriod, verbose_name=_("reporting period"), on_delete=models.PROTECT, related_name="reliefs"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ReliefKind.choices)
    due_on = models.DateField(_("new due day"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(User, verbose_name=_("granted by"), on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(_("granted"))
    taken_back_by = models.ForeignKey(
        User, verbose_name=_("taken back by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_at = models.DateTimeField(_("taken back"), null=True)
    taken_back_reason = models.TextField(_("reason for taking back"), blank=True)

    objects = ReliefQuerySet.as_manager()

    class Meta:
        verbose_name = _("exemption or extension")
        verbose_name_plural = _("exemptions and extensions")
        ordering = ["-granted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "period"], condition=Q(taken_back_at=None), name="one_standing_relief_a_duty"
            ),
            models.CheckConstraint(
                condition=Q(kind="exempted", due_on=None) | Q(kind="extended", due_on__isnull=False),
                name="an_extension_has_a_day",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_relief_has_a_reason"),
            models.CheckConstraint(
                condition=Q(taken_back_by=None, taken_back_at=None, taken_back_reason="")
                | (Q(taken_back_by__isnull=False, taken_back_at__isnull=False) & ~Q(taken_back_reason="")),
                name="taken_back_by_at_and_why_together",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None) | Q(taken_back_at__gte=models.F("granted_at")),
                name="granted_before_taken_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation.entity} – {self.period}: {self.get_kind_display()}"

    def stood_on(self, day: date) -> bool:
        """At the end of that day."""
        taken_back = self.taken_back_at and timezone.localdate(self.taken_back_at)
        return timezone.localdate(self.granted_at) <= day and (taken_back is None or day < taken_back)
