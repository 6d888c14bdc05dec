"""The Commission's implementation reports: what each is made of, and what people wrote into it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import User
from submissions.models import ReportingPeriod


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> Self:
        """Reports are written at the Commission, and nobody else sees them before they are adopted."""
        return self if user.access.commission else self.none()


class Report(models.Model):
    """Everything that a report is generated from again: periods, day, language, title."""

    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    as_of = models.DateField(_("figures as at the end of"))
    periods = models.ManyToManyField(ReportingPeriod, verbose_name=_("periods"), related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    def current_texts(self) -> dict[str, SectionText]:
        """The last text of each section that has one."""
        return {text.section: text for text in self.texts.select_related("written_by").order_by("number")}


class SectionText(models.Model):
    """What a person wrote into a section, one row a version. Never changed: an older one that is restored becomes the
    next version."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="texts")
    section = models.CharField(_("section"), max_length=40)
    number = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("text"), blank=True)
    restored_from = models.PositiveIntegerField(null=True)
    """The number of the version that this one brought back."""
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["section", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "section", "number"], name="one_text_a_section_and_version"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="texts_are_numbered_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.section} {self.number}"
