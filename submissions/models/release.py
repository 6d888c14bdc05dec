"""What was published as statistics, and when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import User
from submissions.models.owed import ReportingPeriod
from submissions.models.revision import Revision


class Release(models.Model):
    """The accepted revisions of one period as the Commission published them at one time. Open to everybody, never changed
    or deleted: disclosure control must know everything that was ever public."""

    period = models.ForeignKey(
        ReportingPeriod, verbose_name=_("reporting period"), on_delete=models.PROTECT, related_name="releases"
    )
    revisions = models.ManyToManyField(Revision, verbose_name=_("revisions"), related_name="releases")
    released_at = models.DateTimeField(_("published"), auto_now_add=True)
    released_by = models.ForeignKey(User, verbose_name=_("published by"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["released_at", "pk"]

    def __str__(self) -> str:
        return f"{self.period}, {self.released_at:%Y-%m-%d}"
