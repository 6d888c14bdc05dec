"""Shapes of the API. Reads only; writes are read by `envelope.py` and done by actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rest_framework import serializers

from submissions.definition import Definition
from submissions.messages import Found, in_words
from submissions.models import Explanation, Filing, Job, Observation, Revision, subject
from submissions.sources import place


class JobShape(serializers.ModelSerializer[Job]):
    started = serializers.DateTimeField(source="started_at")
    heartbeat = serializers.DateTimeField(source="heartbeat_at")
    finished = serializers.DateTimeField(source="finished_at")
    result = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = ["id", "state", "stage", "rows_done", "rows_total", "attempt", "started", "heartbeat", "finished",
                  "seconds", "result"]  # fmt: skip

    def get_result(self, job: Job) -> str | None:
        """Address of the checked revision, once there is one."""
        revision = job.revision_id or (job.upload.revision_id if job.upload else None)
        return f"/api/v1/revisions/{revision}/" if revision and job.state == "succeeded" else None


class ReceiptShape(serializers.Serializer[Revision]):
    number = serializers.CharField(source="receipt")
    received = serializers.DateTimeField(source="submitted_at")
    sha256 = serializers.CharField(source="content_hash", help_text="Of the canonical content, see /content.csv.")
    version = serializers.CharField()
    fingerprint = serializers.CharField(help_text="Of the definition version it was filed under.")
    source_sha256 = serializers.CharField(source="source.sha256", help_text="Of the bytes as sent.")


class CountsShape(serializers.Serializer[Revision]):
    errors = serializers.IntegerField()  # type: ignore[assignment]  # the field hides an attribute of the base class that shapes never use
    warnings = serializers.IntegerField()
    infos = serializers.IntegerField()
    not_evaluated = serializers.IntegerField()


class RevisionShape(serializers.ModelSerializer[Revision]):
    entity = serializers.CharField(source="filing.entity.code")
    period = serializers.CharField(source="filing.period.label")
    submitted_by = serializers.CharField()
    decided_by = serializers.CharField(allow_null=True)
    findings = CountsShape(source="*")
    receipt = ReceiptShape(source="*")
    job = JobShape()

    class Meta:
        model = Revision
        fields = ["id", "filing", "number", "entity", "period", "version", "state", "door", "lines", "reason", "note",
                  "filed_on", "submitted_at", "submitted_by", "checked_at", "decided_at", "decided_by",
                  "decision_reason", "findings", "receipt", "job"]  # fmt: skip

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `return` is a word of Python and cannot be declared.
        return {"return": serializers.CharField(source="filing.period.return_id"), **super().get_fields()}


class ObservationShape(serializers.ModelSerializer[Observation]):
    period = serializers.SerializerMethodField()
    own_period = serializers.SerializerMethodField()
    flags = serializers.SerializerMethodField()

    class Meta:
        model = Observation
        fields = ["line", "address", "value", "obs_status", "period", "own_period", "unit", "qualifier", "low", "high",
                  "reason", "flags", "comment"]  # fmt: skip

    def get_period(self, observation: Observation) -> str:
        return f"{observation.start}/{observation.end}"

    def get_own_period(self, observation: Observation) -> bool:
        return observation.own_period > 0

    def get_flags(self, observation: Observation) -> list[str]:
        return observation.flags.split(";") if observation.flags else []


class PlaceShape(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    column = serializers.CharField()


class FindingShape(serializers.Serializer[Any]):
    """Documents what `finding_json` gives."""

    rule = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning", "info"])
    address = serializers.CharField()
    related = serializers.ListField(child=serializers.CharField())
    pointer = serializers.CharField(allow_blank=True)
    place = PlaceShape(allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment]  # the field hides an attribute of the base class that shapes never use
    message = serializers.CharField()
    mend = serializers.CharField()
    legal_ref = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True)
    numbers = serializers.DictField(child=serializers.FloatField())
    blocked_by = serializers.CharField(allow_null=True)
    explanation = serializers.CharField(allow_null=True)


def finding_json(
    definition: Definition,
    finding: Found,
    media_type: str,
    language: str,
    layout: Sequence[Mapping[str, Any]] = (),
    explained: Mapping[tuple[str, str, str], Explanation] = MappingProxyType({}),
) -> dict[str, Any]:
    """A finding, fresh or kept, in the shape of the interface."""
    words = in_words(definition, finding, language)
    found: Any = finding
    explanation = explained.get((found.rule, found.address, subject(found)))
    return {
        "rule": found.rule,
        "severity": found.severity,
        "address": found.address,
        "related": list(found.related),
        **place(media_type, found.line, found.field, layout),
        "label": words.label,
        "message": words.message,
        "mend": words.mend,
        "legal_ref": words.legal_ref,
        "value": found.value,
        "numbers": found.params.get("numbers", {}),
        "blocked_by": found.blocked_by or None,
        "explanation": explanation.text if explanation else None,
    }


class FilingShape(serializers.ModelSerializer[Filing]):
    entity = serializers.CharField(source="entity.code")
    period = serializers.CharField(source="period.label")
    version = serializers.CharField(source="period.version")
    due_on = serializers.DateField(source="period.due_on")
    state = serializers.CharField()

    class Meta:
        model = Filing
        fields = ["id", "entity", "period", "version", "due_on", "state", "latest", "current"]

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"return": serializers.CharField(source="period.return_id"), **super().get_fields()}


class ObligationShape(serializers.Serializer[Any]):
    """What is owed for one period, and how it stands."""

    entity = serializers.CharField(source="obligation.entity.code")
    period = serializers.CharField(source="period.label")
    version = serializers.CharField(source="period.version")
    due_on = serializers.DateField(source="period.due_on")
    state = serializers.CharField()
    late = serializers.BooleanField()
    filing = serializers.IntegerField(source="filing.pk", allow_null=True, default=None)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"return": serializers.CharField(source="period.return_id"), **super().get_fields()}


class ProblemShape(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]  # the field hides an attribute of the base class that shapes never use


class ObservationIn(serializers.Serializer[Any]):
    """An observation as sent; documented here, read by `sources.py`."""

    address = serializers.CharField()
    value = serializers.JSONField(required=False, allow_null=True)
    obs_status = serializers.CharField(required=False)
    period = serializers.CharField(required=False, help_text="2025-01-01/2025-12-31, where it differs.")
    unit = serializers.CharField(required=False)
    qualifier = serializers.CharField(required=False)
    low = serializers.CharField(required=False)
    high = serializers.CharField(required=False)
    reason = serializers.CharField(required=False)
    flags = serializers.ListField(child=serializers.CharField(), required=False)
    comment = serializers.CharField(required=False)


class SubmissionIn(serializers.Serializer[Any]):
    version = serializers.CharField(required=False)
    entity = serializers.CharField()
    period = serializers.CharField()
    replaces = serializers.IntegerField(required=False, help_text="Number of the revision this one corrects.")
    reason = serializers.CharField(required=False, help_text="Why it is corrected.")
    observations = ObservationIn(many=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"return": serializers.CharField(), **super().get_fields()}


class DraftShape(serializers.Serializer[Any]):
    edition = serializers.IntegerField(read_only=True)
    saved_at = serializers.DateTimeField(read_only=True)
    saved_by = serializers.CharField(read_only=True)
    observations = ObservationIn(many=True)


class DecisionIn(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=["accept", "accept_with_reservations", "return"])
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class SubmitDraftIn(ReasonIn):
    replaces = serializers.IntegerField(required=False, allow_null=True, default=None)


class FilingIn(serializers.Serializer[Any]):
    entity = serializers.CharField()
    period = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"return": serializers.CharField(), **super().get_fields()}
