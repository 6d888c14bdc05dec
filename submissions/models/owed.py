"""What is owed, and for when."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.models import ReportingEntity, User
from submissions.catalogue import catalogue
from submissions.definition import Definition


class ReportingPeriod(models.Model):
    """For when a return is due, and in which version of its definition."""

    return_id = models.CharField(_("return"), max_length=60)
    version = models.CharField(_("version"), max_length=20)
    label = models.CharField(_("period"), max_length=20)
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    due_on = models.DateField(_("due on"), null=True, blank=True)

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ["return_id", "-start"]
        constraints = [
            models.UniqueConstraint(fields=["return_id", "label"], name="one_period_a_label"),
            models.CheckConstraint(condition=Q(start__lte=F("end")), name="period_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.return_id} {self.label}"

    @property
    def definition(self) -> Definition:
        return catalogue().get(self.return_id, self.version)

    def is_overdue(self, today: date) -> bool:
        return self.due_on is not None and self.due_on < today


def of_returns(returns: frozenset[str] | None, path: str = "") -> Q:
    """Rows of these returns; of every return where nothing is narrowed. `path` leads to the obligation."""
    return Q() if returns is None else Q(**{f"{path}return_id__in": returns})


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, user: User) -> Self:
        access = user.access
        if access.commission:
            return self
        own = Q(entity__in=access.reads) & of_returns(access.reads_returns)
        supervised = Q(entity__supervised_by__in=access.supervises_as)
        return self.filter(own | supervised if access.supervises_as else own)


class Obligation(models.Model):
    """What an entity owes: one return, every period that begins between two days."""

    entity = models.ForeignKey(
        ReportingEntity, verbose_name=_("entity"), on_delete=models.PROTECT, related_name="obligations"
    )
    return_id = models.CharField(_("return"), max_length=60)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ["return_id", "entity__code"]
        constraints = [
            models.UniqueConstraint(fields=["entity", "return_id"], name="one_obligation_a_return"),
            models.CheckConstraint(condition=Q(until=None) | Q(since__lte=F("until")), name="obligation_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} – {self.return_id}"

    def covers(self, period: ReportingPeriod) -> bool:
        return (
            period.return_id == self.return_id
            and period.end >= self.since
            and (self.until is None or period.start <= self.until)
        )
