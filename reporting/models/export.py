"""Files of figures that a worker writes for somebody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.models import User
from submissions.models import FINISHED_HAVE_AN_END, JobState, Revision, Stage, Work


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """Only who asked for a file has it."""
        return self.filter(made_by=user)

    def expired(self, now: datetime) -> Self:
        return self.filter(finished_at__lt=now - timedelta(hours=settings.EXPORT_HOURS))


class Export(Work):
    """A file of figures, asked for by somebody, written by a worker, kept for some hours."""

    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    query = models.TextField(blank=True)
    """What was asked for, as the query string that asks for it again."""
    filters = models.JSONField(default=dict)
    """Which lines of these revisions, as `exports.asking.Asked` holds it."""
    revisions = models.JSONField(default=list)
    """Primary keys of the revisions whose figures stood when it was asked for: a second try writes the same file."""
    kind = models.CharField(max_length=10)
    """A key of `exports.writing.FORMATS`."""
    language = models.CharField(max_length=10)
    file = models.CharField(max_length=100, blank=True)
    """Its name in the storage `exports`; empty until it is written."""
    size = models.PositiveBigIntegerField(default=0)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["heartbeat_at"], condition=Q(finished_at=None), name="export_unfinished_by_heartbeat")
        ]
        constraints = [models.CheckConstraint(condition=FINISHED_HAVE_AN_END, name="finished_exports_have_an_end")]

    def __str__(self) -> str:
        return f"observations.{self.kind} {self.query}".strip()

    @property
    def is_ready(self) -> bool:
        return self.state == JobState.SUCCEEDED and bool(self.file)

    @property
    def expires_at(self) -> datetime | None:
        return self.finished_at and self.finished_at + timedelta(hours=settings.EXPORT_HOURS)

    @property
    def stage_label(self) -> str:
        return str(STAGES.get(Stage(self.stage), self.get_stage_display()))

    def readable_by(self, user: User) -> bool:
        """Everything in it may be read by this user still: roles end, and clients come with narrower tokens."""
        return set(self.revisions) <= set(Revision.objects.visible_to(user).values_list("pk", flat=True))


STAGES = {Stage.READING: _("Writing the figures"), Stage.STORING: _("Storing the file")}


def stored() -> Storage:
    """Where the files lie."""
    return storages["exports"]
