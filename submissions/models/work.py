"""Uploads, and jobs: pieces of work that a worker does."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from portal.models import User
from submissions.models.filing import Filing
from submissions.models.revision import Revision
from submissions.models.states import JobState, Purpose, Stage


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User) -> Self:
        """Files on their way belong to those who file, whoever may read what becomes of them."""
        return self.filter(filing__in=Filing.objects.prepared_by(user))

    def with_names(self) -> Self:
        return self.select_related("filing__obligation__entity", "filing__period", "filing__latest", "job", "sent_by")


class Upload(models.Model):
    """A file on its way: received, read and checked by a job. One to be prepared waits for a signature; one to be
    filed becomes a revision in the same transaction that stores its verdict."""

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="uploads")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    """The bytes as sent, deflated; empty once they were refused, or are kept with a revision."""
    replaces = models.PositiveIntegerField(null=True)
    reason = models.TextField(blank=True)
    idempotency_key = models.CharField(max_length=200, null=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)
    faults = models.JSONField(default=list)
    """Why it was not taken: code, sentence, pointer, values of each fault."""
    layout = models.JSONField(default=list)
    canonical = models.BinaryField(default=bytes)
    content_hash = models.CharField(max_length=64, blank=True)
    verdict = models.BinaryField(default=bytes)
    """Findings, as deflated JSON."""
    lines = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    infos = models.PositiveIntegerField(default=0)
    not_evaluated = models.PositiveIntegerField(default=0)
    revision = models.ForeignKey(Revision, null=True, on_delete=models.PROTECT, related_name="uploads")
    """What it was filed as."""

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sent_by", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="one_upload_an_idempotency_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing} {self.name}"

    @property
    def is_read(self) -> bool:
        """The job is done, and the file could be read."""
        return bool(self.content_hash)


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(
            Q(revision__filing__in=Filing.objects.visible_to(user))
            | Q(upload__filing__in=Filing.objects.prepared_by(user))
        )


class Work(models.Model):
    """A piece of work that a worker does, as `jobs` claims and keeps it. Its row is the truth; the broker only carries a
    hint to look at it."""

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
    """Seconds spent a stage, for operators. Small checks that are done together all bear those of the whole."""

    class Meta:
        abstract = True


FINISHED_HAVE_AN_END = Q(state__in=["succeeded", "failed"], finished_at__isnull=False) | Q(
    state__in=["queued", "running"], finished_at=None
)


class Job(Work):
    """The check of a revision, or the reading of an upload."""

    revision = models.OneToOneField(Revision, null=True, on_delete=models.PROTECT, related_name="job")
    upload = models.OneToOneField(Upload, null=True, on_delete=models.CASCADE, related_name="job")

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["heartbeat_at"],
                condition=Q(finished_at=None),
                name="job_unfinished_by_heartbeat",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=FINISHED_HAVE_AN_END, name="finished_jobs_have_an_end"),
            models.CheckConstraint(
                condition=Q(revision=None, upload__isnull=False) | Q(revision__isnull=False, upload=None),
                name="a_job_is_for_a_revision_or_an_upload",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision or self.upload} {self.state}"
