"""Request bodies. A submission is kept as it was sent, so its parser hands over the bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from rest_framework.parsers import BaseParser

from submissions.sources import CSV, JSON, load_json


@dataclass(frozen=True)
class Body:
    data: bytes
    media_type: str


class ExactJSONParser(BaseParser):
    """JSON with numbers as written (no float rounding), NaN and Infinity refused."""

    media_type = JSON

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        data = stream.read()
        return load_json(data) if data else {}


class SubmissionJSONParser(BaseParser):
    media_type = JSON

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Bytes and media type as `Body`."""
        return Body(stream.read(), self.media_type)


class SubmissionCSVParser(SubmissionJSONParser):
    media_type = CSV
