"""Shapes of what is made elsewhere: problems (`problems.py`) and receipts (`receipts/manifest.py`)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ProblemErrorShape(serializers.Serializer[Any]):
    pointer = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemShape(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="Stable.")
    errors = ProblemErrorShape(many=True)  # type: ignore[assignment]  # the field hides an attribute of the base class that shapes never use


class ManifestSourceShape(serializers.Serializer[Any]):
    media_type = serializers.CharField()
    name = serializers.CharField(allow_blank=True)


class ManifestDefinitionShape(serializers.Serializer[Any]):
    title = serializers.CharField()
    legal_ref = serializers.CharField()


class ManifestFindingsShape(serializers.Serializer[Any]):
    checked = serializers.DateTimeField(allow_null=True)
    errors = serializers.IntegerField()  # type: ignore[assignment]  # the field hides an attribute of the base class that shapes never use
    warnings = serializers.IntegerField()
    infos = serializers.IntegerField()
    not_evaluated = serializers.IntegerField()


class ManifestShape(serializers.Serializer[Any]):
    """Documents what `receipts.manifest` gives."""

    number = serializers.CharField()
    received = serializers.DateTimeField()
    version = serializers.CharField()
    entity = serializers.CharField()
    period = serializers.CharField()
    revision = serializers.IntegerField(help_text="Counted from 1.")
    correction = serializers.CharField(allow_blank=True, help_text="Why it replaces an earlier one.")
    door = serializers.CharField()
    sandbox = serializers.BooleanField()
    submitted_by = serializers.CharField()
    signatory = serializers.CharField(allow_blank=True, help_text="Who certified; empty where a machine filed.")
    statement = serializers.CharField(allow_blank=True)
    sha256 = serializers.CharField(help_text="Of the canonical content.")
    lines = serializers.IntegerField()
    recompute = serializers.CharField(help_text="A command that gives `sha256` again.")
    source_sha256 = serializers.CharField(help_text="Of the bytes as sent.")
    source = ManifestSourceShape()  # type: ignore[assignment]  # the field hides an attribute of the base class that shapes never use
    fingerprint = serializers.CharField(help_text="Of the definition version it was filed under.")
    definition = ManifestDefinitionShape()
    state = serializers.CharField()
    findings = ManifestFindingsShape()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"return": serializers.CharField(), **super().get_fields()}
