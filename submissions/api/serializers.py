"""Shapes of what the API answers; what it takes is in `inputs.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from submissions.api.inputs import ObservationIn
from submissions.api.problems import of_upload
from submissions.api.proof import ProblemShape
from submissions.definition import Definition
from submissions.messages import Found, in_words
from submissions.models import Explanation, Filing, Job, Observation, ReliefKind, Revision, subject
from submissions.sources import place
from submissions.validation import Verdict


class JobShape(serializers.ModelSerializer[Job]):
    started = serializers.DateTimeField(source="started_at", allow_null=True)
    heartbeat = serializers.DateTimeField(source="heartbeat_at")
    finished = serializers.DateTimeField(source="finished_at", allow_null=True)
    seconds = serializers.DictField(child=serializers.FloatField(), help_text="Spent at each stage.")
    result = serializers.SerializerMethodField(help_text="Address of the checked revision, once there is one.")
    problem = serializers.SerializerMethodField(help_text="Why an uploaded file was not filed.")

    class Meta:
        model = Job
        fields = ["id", "state", "stage", "rows_done", "rows_total", "attempt", "started", "heartbeat", "finished",
                  "seconds", "result", "problem"]  # fmt: skip
        read_only_fields = fields

    def get_result(self, job: Job) -> str | None:
        revision = job.revision_id or (job.upload.revision_id if job.upload else None)
        return f"/api/v1/revisions/{revision}/" if revision and job.state == "succeeded" else None

    @extend_schema_field(ProblemShape(allow_null=True))
    def get_problem(self, job: Job) -> dict[str, Any] | None:
        return of_upload(job.upload) if job.upload else None


class ReceiptShape(serializers.Serializer[Revision]):
    number = serializers.CharField(source="receipt")
    received = serializers.DateTimeField(source="submitted_at")
    sha256 = serializers.CharField(source="content_hash", help_text="Of the canonical content, see /content.txt.")
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
    job = JobShape(allow_null=True, help_text="That checks it; null for what came as an uploaded file.")

    class Meta:
        model = Revision
        fields = ["id", "filing", "number", "entity", "period", "version", "state", "door", "lines", "reason", "note",
                  "filed_on", "submitted_at", "submitted_by", "checked_at", "decided_at", "decided_by",
                  "decision_reason", "findings", "receipt", "job"]  # fmt: skip
        read_only_fields = fields

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
        read_only_fields = fields

    def get_period(self, observation: Observation) -> str:
        return f"{observation.start}/{observation.end}"

    def get_own_period(self, observation: Observation) -> bool:
        return observation.own_period > 0

    def get_flags(self, observation: Observation) -> list[str]:
        return observation.flags.split(";") if observation.flags else []


class PlaceShape(serializers.Serializer[Any]):
    """Line and column of a text file, or sheet and cell of a workbook."""

    line = serializers.IntegerField(required=False)
    column = serializers.CharField(required=False)
    sheet = serializers.CharField(required=False)
    cell = serializers.CharField(required=False)


class FindingShape(serializers.Serializer[Any]):
    """Documents what `finding_json` gives."""

    id = serializers.IntegerField(allow_null=True, help_text="Null where nothing was stored.")
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
        "id": getattr(finding, "pk", None),
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


class FindingPage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = FindingShape(many=True)


class VerdictCountsShape(serializers.Serializer[Any]):
    error = serializers.IntegerField()
    warning = serializers.IntegerField()
    info = serializers.IntegerField()
    not_evaluated = serializers.IntegerField()


class ComputedShape(serializers.Serializer[Any]):
    address = serializers.CharField()
    value = serializers.FloatField(help_text="Worked out from its parts.")
    filed = serializers.FloatField(allow_null=True, help_text="What was filed there.")


class VerdictShape(serializers.Serializer[Any]):
    """Documents what `verdict_json` gives."""

    counts = VerdictCountsShape()
    findings = FindingShape(many=True)
    computed = ComputedShape(many=True)


def verdict_json(definition: Definition, verdict: Verdict, media_type: str, language: str) -> dict[str, Any]:
    return {
        "counts": {severity: verdict.count(severity) for severity in ("error", "warning", "info")}
        | {"not_evaluated": sum(bool(f.blocked_by) for f in verdict.findings)},
        "findings": [finding_json(definition, f, media_type, language) for f in verdict.findings],
        "computed": [{"address": c.address, "value": c.value, "filed": c.filed} for c in verdict.computed],
    }


class ExplanationShape(serializers.ModelSerializer[Explanation]):
    written_by = serializers.CharField()

    class Meta:
        model = Explanation
        fields = ["rule", "address", "text", "publish", "written_by", "written_at"]
        read_only_fields = fields


class FilingShape(serializers.ModelSerializer[Filing]):
    entity = serializers.CharField(source="entity.code")
    period = serializers.CharField(source="period.label")
    version = serializers.CharField(source="period.version")
    due_on = serializers.DateField(source="period.due_on", allow_null=True)
    state = serializers.CharField()

    class Meta:
        model = Filing
        fields = ["id", "entity", "period", "version", "due_on", "state", "latest", "current"]
        read_only_fields = fields

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"return": serializers.CharField(source="period.return_id"), **super().get_fields()}


class ReliefShape(serializers.Serializer[Any]):
    """An exemption from a duty, or a later day for it, as the Commission granted it."""

    kind = serializers.ChoiceField(choices=ReliefKind.choices)
    due_on = serializers.DateField(allow_null=True, help_text="New due day of an extension.")
    reason = serializers.CharField()
    granted_at = serializers.DateTimeField()


class ObligationShape(serializers.Serializer[Any]):
    """What is owed for one period, and how it stands."""

    entity = serializers.CharField(source="obligation.entity.code")
    period = serializers.CharField(source="period.label")
    version = serializers.CharField(source="period.version")
    due_on = serializers.DateField(allow_null=True, help_text="With an extension its day, else that of the period.")
    state = serializers.CharField()
    late = serializers.BooleanField()
    relief = ReliefShape(allow_null=True)
    filing = serializers.IntegerField(source="filing.pk", allow_null=True, default=None)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"return": serializers.CharField(source="period.return_id"), **super().get_fields()}


class ObligationPage(serializers.Serializer[Any]):
    """All obligations at once: there is no next page."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ObligationShape(many=True)


class DraftShape(serializers.Serializer[Any]):
    edition = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    saved_by = serializers.CharField()
    observations = ObservationIn(many=True)
