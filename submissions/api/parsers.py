"""Request bodies. A submission is kept as it was sent, so its parser hands over the bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser, MultiPartParser

from submissions.sources import CSV, JSON, NDJSON, ODS, XLSX, load_json


@dataclass(frozen=True)
class Body:
    data: bytes
    media_type: str


def read_all(stream: IO[Any]) -> bytes:
    """The body, up to the limit on uploads; Django's own limit does not see what a parser reads."""
    data: bytes = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    if len(data) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise TooLarge(_("The body is larger than %(size)s MB.") % {"size": settings.MAX_UPLOAD_MB})
    return data


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"


class ExactJSONParser(BaseParser):
    """JSON with numbers as written (no float rounding), NaN and Infinity refused."""

    media_type = JSON

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        data = read_all(stream)
        return load_json(data) if data else {}


class SubmissionJSONParser(BaseParser):
    media_type = JSON

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Bytes and media type as `Body`."""
        return Body(read_all(stream), self.media_type)


class SubmissionCSVParser(SubmissionJSONParser):
    media_type = CSV


class SubmissionNDJSONParser(SubmissionJSONParser):
    media_type = NDJSON


class XLSXParser(SubmissionJSONParser):
    media_type = XLSX


class ODSParser(SubmissionJSONParser):
    media_type = ODS


class FileParser(MultiPartParser):
    """A form with a file. What is announced as too large is not read at all."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        if int(stream.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE + ROOM_FOR_FIELDS:
            raise TooLarge(_("The body is larger than %(size)s MB.") % {"size": settings.MAX_UPLOAD_MB})
        return super().parse(stream, media_type, parser_context)


ROOM_FOR_FIELDS = 64 * 1024
SUBMISSION_PARSERS = [SubmissionJSONParser, SubmissionCSVParser, SubmissionNDJSONParser]
UPLOAD_PARSERS = [FileParser, SubmissionCSVParser, SubmissionNDJSONParser, XLSXParser, ODSParser]
