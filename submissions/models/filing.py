"""The answer to one obligation in one period, and what is being prepared for it."""

from __future__ import annotations

from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.access import EntityKind
from portal.models import ReportingEntity, User
from submissions.canonical import Head
from submissions.definition import Definition
from submissions.models.owed import Obligation, ReportingPeriod, of_returns
from submissions.models.states import RevisionState


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, user: User) -> Self:
        """Own filings; for the Commission and the supervisory authority, those that were filed at least once. What
        clients file to try the portal out is seen by such clients alone."""
        access = user.access
        real = self.filter(sandbox=access.sandbox)
        filed = Q(latest__isnull=False)
        if access.commission:
            # Staff with the reviewer role also prepare filings for reference sources.
            return real.filter(filed | Q(obligation__entity__kind=EntityKind.REFERENCE_SOURCE))
        own = Q(obligation__entity__in=access.reads) & of_returns(access.reads_returns, "obligation__")
        return real.filter(own | (filed & Q(obligation__entity__supervised_by__in=access.supervises_as)))

    def prepared_by(self, user: User) -> Self:
        """Filings whose drafts and uploads this user may see and change; see `Filing.editable_by`."""
        access = user.access
        mine = Q(obligation__entity__in=access.files_for) & of_returns(access.files_returns, "obligation__")
        if access.reviews:
            mine |= Q(obligation__entity__kind=EntityKind.REFERENCE_SOURCE)
        return self.visible_to(user).filter(mine)

    def with_names(self) -> Self:
        return self.select_related("obligation__entity", "period", "latest", "current")


class Filing(models.Model):
    """The answer to one obligation in one period."""

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="filings")
    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="filings")
    latest = models.OneToOneField("Revision", null=True, on_delete=models.PROTECT, related_name="+")
    """The last revision filed."""
    current = models.OneToOneField("Revision", null=True, on_delete=models.PROTECT, related_name="+")
    """The revision whose figures count: the last one accepted."""
    sandbox = models.BooleanField(default=False)
    """Filed by a client that tries the portal out: checked and receipted, never counted."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "period", "sandbox"], name="one_filing_an_obligation_and_period"
            )
        ]
        indexes = [models.Index(fields=["period"], name="filing_by_period")]

    def __str__(self) -> str:
        return f"{self.obligation.entity.code} {self.period}"

    @property
    def entity(self) -> ReportingEntity:
        return self.obligation.entity

    @property
    def definition(self) -> Definition:
        return self.period.definition

    @property
    def head(self) -> Head:
        period = self.period
        return Head(period.return_id, period.version, self.entity.code, period.label, period.start, period.end)

    def editable_by(self, user: User) -> bool:
        """May draft and submit: filers and signatories of the entity, reviewers for reference sources."""
        entity = self.obligation.entity
        reference = entity.kind == EntityKind.REFERENCE_SOURCE and user.access.reviews
        return user.access.files(entity.pk, self.obligation.return_id) or reference

    @property
    def state(self) -> str:
        """Machine name of where the filing stands; words in `STATE_LABELS`."""
        if self.latest is None:
            return "draft"
        if self.latest.state == RevisionState.CHECKED and self.latest.errors:
            return "with_errors"
        return self.latest.state

    @property
    def state_label(self) -> str:
        return str(STATE_LABELS[self.state])


STATE_LABELS = {
    "expected": _("Expected"),
    "missing": _("Missing"),
    "exempted": _("Exempted"),
    "draft": _("Draft"),
    "with_errors": _("Checked, with errors"),
    "late": _("Late"),
    **dict(RevisionState.choices),
}


class Draft(models.Model):
    """What is being prepared: at most one a filing. `edition` grows with every save and is the ETag."""

    filing = models.OneToOneField(Filing, on_delete=models.CASCADE, related_name="draft")
    edition = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.filing} draft {self.edition}"

    @property
    def etag(self) -> str:
        return f'"{self.pk}-{self.edition}"'

    @property
    def observations(self) -> list[dict[str, Any]]:
        """Every line of the draft, section after section."""
        return [line for section in self.sections.filter(current=True) for line in section.observations]

    @property
    def authors(self) -> set[int]:
        """Primary keys of everybody who saved any of it."""
        return set(self.sections.values_list("saved_by", flat=True))


class DraftSection(models.Model):
    """One category of a draft as it was saved in one edition. Rows are only added: an older one is the base on which
    two people's changes are told apart."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="sections")
    category = models.PositiveSmallIntegerField()
    """Number of the category; 0 holds lines whose data point the definition does not know."""
    edition = models.PositiveIntegerField()
    """The edition of the draft that this save made."""
    current = models.BooleanField(default=True)
    observations = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["category", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "category", "edition"], name="one_save_an_edition"),
            models.UniqueConstraint(
                fields=["draft", "category"], condition=Q(current=True), name="one_current_save_a_section"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft} section {self.category}"
