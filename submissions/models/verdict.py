"""What the judge said of a revision: usable observations, findings; and what filers answer to findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

from django.db import models
from django.db.models import F, Q

from portal.models import User
from submissions.models.filing import Filing
from submissions.models.revision import Revision
from submissions.models.states import Severity


class Explainable(Protocol):
    """A finding, fresh from the judge or kept in the database."""

    @property
    def value(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


def subject(finding: Explainable) -> str:
    """The value a finding is about and every figure its rule compared it with; an explanation holds while they stay."""
    numbers = finding.params.get("numbers") or {}
    beside = [f"{address}={numbers[address]:.15g}" for address in sorted(numbers)]
    return "; ".join([finding.value, *beside])


class ObservationQuerySet(models.QuerySet["Observation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(revision__filing__in=Filing.objects.visible_to(user))

    def current(self) -> Self:
        """Figures that count: those of the accepted revision of each filing."""
        return self.filter(revision__filing__current=F("revision"))


class Observation(models.Model):
    """One value, or one stated absence, at one address. Written in bulk by `check_revision`, never changed."""

    pk = models.CompositePrimaryKey("revision_id", "line")
    # The key begins with the revision and serves as its index. The database checks foreign keys row by row, which costs
    # more than storing the rows; they come in one transaction with their revision, and none is deleted.
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="observations", db_index=False, db_constraint=False
    )
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
        indexes = [models.Index(fields=["revision", "code"], name="observation_by_code")]

    def __str__(self) -> str:
        return f"{self.address} = {self.value or self.obs_status}"


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(revision__filing__in=Filing.objects.visible_to(user))


class Finding(models.Model):
    """What a rule says about a revision, as `validation.Finding` found it."""

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

    @property
    def subject(self) -> str:
        return subject(self)


class ExplanationQuerySet(models.QuerySet["Explanation"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(filing__in=Filing.objects.visible_to(user))

    def by_finding(self) -> dict[tuple[str, str, str], Explanation]:
        return {(e.rule, e.address, e.subject): e for e in self.select_related("written_by")}


class Explanation(models.Model):
    """The filer's answer to a finding. Bound to rule, address and what the rule looked at, so it lives on from revision
    to revision until a figure changes."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="explanations")
    rule = models.CharField(max_length=30)
    address = models.TextField()
    subject = models.TextField(blank=True)
    """See `subject()`."""
    text = models.TextField()
    publish = models.BooleanField(default=False)
    """The filer agrees that it is published beside the figure."""
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now=True)

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        ordering = ["rule", "address"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "rule", "address", "subject"], name="one_explanation_a_finding"),
            models.CheckConstraint(condition=~Q(text=""), name="an_explanation_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.address}: {self.text}"
