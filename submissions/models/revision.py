"""Revisions: what was filed, as it was filed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.models import User
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.models.filing import Filing
from submissions.models.states import ACCEPTED, UNDECIDED, Door, RevisionState


def day_after(day: date) -> datetime:
    """Midnight after a day, on the portal's clock."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class RevisionQuerySet(models.QuerySet["Revision"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(filing__in=Filing.objects.visible_to(user))

    def with_names(self) -> Self:
        return self.select_related("filing__obligation__entity", "filing__period", "submitted_by", "decided_by", "job")

    def for_machines(self) -> Self:
        """With all that the API says of a revision, but for the source's bytes."""
        return self.with_names().select_related("source").defer("source__deflated", "source__canonical")

    def standing(self, day: date) -> Self:
        """Those whose figures counted at the end of a day: of each filing the last one accepted by then."""
        accepted = Q(state__in=ACCEPTED, decided_at__lt=day_after(day))
        later = Revision.objects.filter(accepted, filing=OuterRef("filing"), number__gt=OuterRef("number"))
        return self.filter(accepted & ~Exists(later))

    def counting(self, as_of: date | None = None) -> Self:
        """Those whose figures count, or counted at the end of a day; not those of clients that try the portal out."""
        real = self.filter(filing__sandbox=False)
        return real.filter(filing__current=F("pk")) if as_of is None else real.standing(as_of)

    def waiting(self) -> Self:
        """For a decision: the last revision of its filing, not decided yet."""
        return self.filter(state__in=UNDECIDED, filing__latest=F("pk"))


class Revision(models.Model):
    """One numbered, immutable state of a filing, and its receipt."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    state = models.CharField(_("state"), max_length=30, choices=RevisionState.choices, default=RevisionState.RECEIVED)
    door = models.CharField(_("received by"), max_length=20, choices=Door.choices)
    version = models.CharField(_("version of the definition"), max_length=20)
    fingerprint = models.CharField(_("fingerprint of the definition"), max_length=64)
    content_hash = models.CharField(_("sha256 of the canonical content"), max_length=64)
    receipt = models.CharField(_("receipt"), max_length=120, unique=True)
    reason = models.TextField(_("reason for the correction"), blank=True)
    note = models.TextField(_("remark on the source"), blank=True)
    filed_on = models.DateField(_("filed on"), null=True)
    """The day of filing; null where a transcribed report bears none."""
    submitted_at = models.DateTimeField(_("received"), auto_now_add=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signatory = models.CharField(_("signed by"), max_length=200, blank=True)
    """Name under the statement; empty where a machine filed."""
    statement = models.TextField(_("statement"), blank=True)
    """What was certified, word for word."""
    idempotency_key = models.CharField(max_length=200, null=True)
    lines = models.PositiveIntegerField(_("lines filed"), default=0)
    errors = models.PositiveIntegerField(_("errors"), default=0)
    warnings = models.PositiveIntegerField(_("warnings"), default=0)
    infos = models.PositiveIntegerField(_("remarks of the checks"), default=0)
    not_evaluated = models.PositiveIntegerField(_("rules not evaluated"), default=0)
    checked_at = models.DateTimeField(_("checked"), null=True)
    compared_with = models.ForeignKey(
        "self", verbose_name=_("compared with"), null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """The revision of an earlier period beside which this one was checked: the last one accepted then."""
    replaces_accepted = models.ForeignKey(
        "self", verbose_name=_("replaces"), null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    """The revision of the same filing that was accepted when this one was checked."""
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_reason = models.TextField(_("reason for the decision"), blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "number"], name="one_revision_a_number"),
            models.UniqueConstraint(
                fields=["submitted_by", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="one_revision_an_idempotency_key",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="revisions_count_from_one"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="a_correction_has_a_reason"),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decided_by_and_at_together",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*UNDECIDED], decided_at=None)
                | (~Q(state__in=[*UNDECIDED]) & Q(decided_at__isnull=False)),
                name="a_decided_state_was_decided",
            ),
            models.CheckConstraint(
                condition=Q(state="received") | Q(state="withdrawn") | Q(checked_at__isnull=False),
                name="checked_before_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted_with_reservations", "returned"]) | ~Q(decision_reason=""),
                name="reservations_and_returns_have_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(signatory="", statement="") | (~Q(signatory="") & ~Q(statement="")),
                name="signatory_and_statement_together",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-submitted_at"], name="revision_queue"),
            models.Index(fields=["-submitted_at", "-id"], name="revision_newest"),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def definition(self) -> Definition:
        """The definition this revision was filed under, for ever."""
        return catalogue().get(self.filing.period.return_id, self.version)

    @property
    def is_waiting(self) -> bool:
        return self.state in UNDECIDED


class Source(models.Model):
    """The bytes as sent, kept for ever, deflated; beside them the canonical lines that were read from them."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="source", primary_key=True)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    deflated = models.BinaryField()
    name = models.CharField(max_length=200, blank=True)
    """Name of the file, if it was one."""
    layout = models.JSONField(default=list)
    """Of a workbook: its data sheets, each with the column of each field."""
    canonical = models.BinaryField(default=bytes)
    """Canonical lines, packed (see `canonical.pack`); empty where they were filed before these were kept."""

    def __str__(self) -> str:
        return f"{self.revision} {self.media_type}"
