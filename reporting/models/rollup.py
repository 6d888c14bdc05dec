"""Sums of long filings: derived, rebuildable, never the truth. A revision never changes, so its sums never go stale."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import User
from submissions.models import Filing, Revision


class SummedRevisionQuerySet(models.QuerySet["SummedRevision"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(revision__filing__in=Filing.objects.visible_to(user))


class SummedRevision(models.Model):
    """An accepted revision whose sums are there, all of them."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="summed", primary_key=True)
    asked = models.CharField(max_length=64)
    """sha256 of what the definition asked to be summed; where it asks for something else now, sums are made again."""
    summed_at = models.DateTimeField(auto_now_add=True)

    objects = SummedRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("summed revision")

    def __str__(self) -> str:
        return f"sums of {self.revision_id}"


class RollupQuerySet(models.QuerySet["Rollup"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(summed__revision__filing__in=Filing.objects.visible_to(user))


class Rollup(models.Model):
    """Lines of one data point added up in one revision: those of the same members, unit and status."""

    # The unique constraint below begins with the revision and serves as its index.
    summed = models.ForeignKey(SummedRevision, on_delete=models.CASCADE, related_name="rollups", db_index=False)
    code = models.CharField(max_length=120)
    over = models.CharField(max_length=120)
    """Dimensions that are told apart, `hosting_country,moved_to`; the others are added up."""
    members = models.CharField(max_length=200)
    """Of these dimensions, `NL,US`."""
    unit = models.CharField(max_length=40)
    obs_status = models.CharField(max_length=1)
    lines = models.PositiveIntegerField()
    """How many were filed."""
    added = models.PositiveIntegerField()
    """How many are in the sum: those that may be added, by `reporting.comparability`."""
    hedged = models.PositiveIntegerField()
    """How many of these are no exact figures."""
    total = models.FloatField(null=True)
    """Null where no line is in the sum."""

    objects = RollupQuerySet.as_manager()

    class Meta:
        verbose_name = _("sum of a filing")
        constraints = [
            models.UniqueConstraint(
                fields=["summed", "over", "code", "members", "unit", "obs_status"], name="one_sum_a_status"
            ),
            models.CheckConstraint(
                condition=models.Q(added=0, total=None) | models.Q(added__gt=0, total__isnull=False),
                name="a_sum_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}[{self.members}] {self.total}"
