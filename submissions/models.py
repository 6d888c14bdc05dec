"""What is owed, filed, checked and decided. Rows only; every write goes through `actions.py`."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.access import EntityKind
from portal.models import ReportingEntity, User
from submissions.canonical import Head
from submissions.catalogue import catalogue
from submissions.definition import Definition


class Severity(models.TextChoices):
    ERROR = "error", _("Error")
    WARNING = "warning", _("Warning")
    INFO = "info", _("Information")


class RevisionState(models.TextChoices):
    RECEIVED = "received", _("Received, being checked")
    CHECKED = "checked", _("Checked, waits for a decision")
    ACCEPTED = "accepted", _("Accepted")
    ACCEPTED_WITH_RESERVATIONS = "accepted_with_reservations", _("Accepted with reservations")
    RETURNED = "returned", _("Returned for correction")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ACCEPTED = (RevisionState.ACCEPTED, RevisionState.ACCEPTED_WITH_RESERVATIONS)
UNDECIDED = (RevisionState.RECEIVED, RevisionState.CHECKED)


class Door(models.TextChoices):
    FORM = "form", _("Form")
    UPLOAD = "upload", _("Uploaded file")
    API = "api", _("API")
    IMPORT = "import", _("Transcribed from a published report")


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Failed")


class Stage(models.TextChoices):
    WAITING = "waiting", _("Waiting for a worker")
    READING = "reading", _("Reading what was filed")
    CHECKING = "checking", _("Checking every rule")
    STORING = "storing", _("Storing figures and findings")
    DONE = "done", _("Done")


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


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, user: User) -> Self:
        access = user.access
        if access.commission:
            return self
        return self.filter(Q(entity__in=access.reads) | Q(entity__supervised_by__in=access.supervises_as))


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


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, user: User) -> Self:
        """Own filings; for the Commission and the supervisory authority, those that were filed at least once."""
        access = user.access
        filed = Q(latest__isnull=False)
        if access.commission:
            # Staff with the reviewer role also prepare filings for reference sources.
            return self.filter(filed | Q(obligation__entity__kind=EntityKind.REFERENCE_SOURCE))
        own = Q(obligation__entity__in=access.reads)
        return self.filter(own | (filed & Q(obligation__entity__supervised_by__in=access.supervises_as)))

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
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["obligation", "period"], name="one_filing_an_obligation_and_period")
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
        return entity.pk in user.access.files_for or reference

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
    "draft": _("Draft"),
    "with_errors": _("Checked, with errors"),
    "late": _("Late"),
    **dict(RevisionState.choices),
}


class Draft(models.Model):
    """What is being prepared: at most one a filing. `edition` grows with every save and is the ETag."""

    filing = models.OneToOneField(Filing, on_delete=models.CASCADE, related_name="draft")
    observations = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    edition = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.filing} draft {self.edition}"

    @property
    def etag(self) -> str:
        return f'"{self.pk}-{self.edition}"'


class RevisionQuerySet(models.QuerySet["Revision"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(filing__in=Filing.objects.visible_to(user))

    def with_names(self) -> Self:
        return self.select_related("filing__obligation__entity", "filing__period", "submitted_by", "decided_by", "job")

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
    idempotency_key = models.CharField(max_length=200, null=True)
    lines = models.PositiveIntegerField(_("lines filed"), default=0)
    errors = models.PositiveIntegerField(_("errors"), default=0)
    warnings = models.PositiveIntegerField(_("warnings"), default=0)
    infos = models.PositiveIntegerField(_("remarks of the checks"), default=0)
    not_evaluated = models.PositiveIntegerField(_("rules not evaluated"), default=0)
    checked_at = models.DateTimeField(_("checked"), null=True)
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
    """The bytes as sent, kept for ever, deflated."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="source", primary_key=True)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    deflated = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.revision} {self.media_type}"


class ObservationQuerySet(models.QuerySet["Observation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(revision__filing__in=Filing.objects.visible_to(user))

    def current(self) -> Self:
        """Figures that count: those of the accepted revision of each filing."""
        return self.filter(revision__filing__current=F("revision"))


class Observation(models.Model):
    """One value, or one stated absence, at one address. Written in bulk by `check_revision`, never changed."""

    # The unique constraint below begins with the revision and serves as its index.
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="observations", db_index=False)
    line = models.PositiveIntegerField()
    address = models.TextField()
    code = models.CharField(max_length=120)
    value = models.TextField()
    number = models.FloatField(null=True)
    obs_status = models.CharField(max_length=1)
    start = models.DateField()
    end = models.DateField()
    own_period = models.PositiveSmallIntegerField()
    """How many own days were given (0, 1, 2); without them start and end are those of the reporting period."""
    unit = models.TextField()
    qualifier = models.TextField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    reason = models.TextField()
    flags = models.TextField()
    comment = models.TextField()

    objects = ObservationQuerySet.as_manager()

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "address", "start", "end"], name="one_observation_an_address"),
            models.CheckConstraint(
                condition=~Q(value="")
                | Q(obs_status__in=["K", "L", "M", "O", "Q"])
                | Q(low__isnull=False, high__isnull=False)
                | Q(unit__in=["account_lifetime", "indefinite"]),
                name="a_value_or_a_missing_status",
            ),
            models.CheckConstraint(
                condition=Q(low=None, high=None) | Q(low__isnull=False, high__isnull=False, low__lte=F("high")),
                name="low_and_high_together",
            ),
            models.CheckConstraint(condition=Q(start__lte=F("end")), name="observation_period_in_order"),
        ]
        indexes = [models.Index(fields=["code", "revision"], name="observation_by_code")]

    def __str__(self) -> str:
        return f"{self.address} = {self.value or self.obs_status}"


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(revision__filing__in=Filing.objects.visible_to(user))


class Finding(models.Model):
    """What a rule says about a revision , as `validation.Finding` found it."""

    # The unique constraint below begins with the revision and serves as its index.
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="findings", db_index=False)
    position = models.PositiveIntegerField()
    rule = models.CharField(max_length=30)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    address = models.TextField()
    field = models.CharField(max_length=20)
    line = models.PositiveIntegerField(null=True)
    value = models.TextField()
    related = models.JSONField(default=list)
    params = models.JSONField(default=dict)
    blocked_by = models.TextField()

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["revision", "position"], name="one_finding_a_position")]

    def __str__(self) -> str:
        return f"{self.rule} {self.address}"


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(revision__filing__in=Filing.objects.visible_to(user))


class Job(models.Model):
    """One piece of work on one revision. This row is the truth; the broker only carries a hint to look at it."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="job")
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.WAITING)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    """Counts the claims; also the fence: only the holder of the latest attempt may finish the job."""
    heartbeat_at = models.DateTimeField(auto_now_add=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    seconds = models.JSONField(default=dict)
    """Seconds spent a stage, for operators."""

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["heartbeat_at"],
                condition=Q(state__in=["queued", "running"]),
                name="job_unfinished_by_heartbeat",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["succeeded", "failed"], finished_at__isnull=False)
                | Q(state__in=["queued", "running"], finished_at=None),
                name="finished_jobs_have_an_end",
            )
        ]

    def __str__(self) -> str:
        return f"{self.revision} {self.state}"
