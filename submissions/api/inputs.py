"""Shapes of what the API takes. Submissions are documented here and read by `envelope.py` and `sources.py`, which name
every fault at its place."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field({"type": ["string", "number", "boolean", "array", "null"]})
class AnyValue(serializers.JSONField):
    """A number, as a number or as text that is not rounded; codes; words."""


@extend_schema_field({"type": ["string", "number", "null"]})
class Figure(serializers.JSONField):
    """A number, or its digits as text."""


@extend_schema_field({"type": ["array", "string", "null"], "items": {"type": "string"}})
class Codes(serializers.JSONField):
    """A list of codes, or codes joined by `;`."""


@extend_schema_field(OpenApiTypes.BINARY)
class Bytes(serializers.FileField):
    """A file in a form."""


class ObservationIn(serializers.Serializer[Any]):
    """An observation as sent; documented here, read by `sources.py`."""

    address = serializers.CharField()
    value = AnyValue(required=False)
    obs_status = serializers.CharField(required=False, allow_null=True)
    period = serializers.CharField(
        required=False, allow_null=True, help_text="2025-01-01/2025-12-31, where it differs."
    )
    unit = serializers.CharField(required=False, allow_null=True)
    qualifier = serializers.CharField(required=False, allow_null=True)
    low = Figure(required=False)
    high = Figure(required=False)
    reason = Codes(required=False)
    flags = Codes(required=False)
    comment = serializers.CharField(required=False, allow_null=True)


class SubmissionIn(serializers.Serializer[Any]):
    version = serializers.CharField(required=False)
    entity = serializers.CharField()
    period = serializers.CharField()
    replaces = serializers.IntegerField(required=False, help_text="Number of the revision this one corrects.")
    reason = serializers.CharField(required=False, help_text="Why it is corrected.")
    observations = ObservationIn(many=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"return": serializers.CharField(), **super().get_fields()}


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


class ExplanationIn(serializers.Serializer[Any]):
    text = serializers.CharField(allow_blank=True)
    publish = serializers.BooleanField(required=False, default=False, help_text="May be published beside the figure.")


class BulkItemIn(SubmissionIn):
    idempotency_key = serializers.CharField(required=False, min_length=1, max_length=200)


class BulkIn(serializers.Serializer[Any]):
    atomic = serializers.BooleanField(required=False, default=False, help_text="All or nothing.")
    filings = serializers.ListField(child=BulkItemIn(), min_length=1, max_length=500)


class WebhookIn(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=500, help_text="https://…, on the public internet.")
    events = serializers.ListField(child=serializers.CharField(), required=False, default=list, help_text="Empty: all.")
    entity = serializers.CharField(required=False, default="", help_text="Code; needed by who acts for several.")


class UploadIn(serializers.Serializer[Any]):
    """A form with a file."""

    file = Bytes()
    entity = serializers.CharField()
    period = serializers.CharField()
    version = serializers.CharField(required=False)
    replaces = serializers.IntegerField(required=False)
    reason = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"return": serializers.CharField(), **super().get_fields()}


class TokenIn(serializers.Serializer[Any]):
    grant_type = serializers.ChoiceField(choices=["client_credentials"])
    scope = serializers.CharField(required=False, help_text="Separated by blanks; left out: all of the client's.")
    client_id = serializers.CharField(required=False, help_text="Where the Authorization header does not say it.")
    client_secret = serializers.CharField(required=False)


class DraftIn(serializers.Serializer[Any]):
    observations = ObservationIn(many=True)
