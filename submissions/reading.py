"""One reader for every kind of file: text formats here, workbooks in a process of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.conf import settings

from submissions.canonical import Head
from submissions.definition import Definition
from submissions.sources import ODS, XLSX, read_source
from submissions.workbook.reading import check_about, read_workbook


@dataclass
class Read:
    frame: pl.DataFrame
    """Raw lines."""
    layout: list[dict[str, Any]] = field(default_factory=list)
    """Of a workbook: its data sheets, each with the column of each field."""

    def taken(self) -> pl.DataFrame:
        """The raw lines, given away: a million of them are not kept beside the canonical ones."""
        frame, self.frame = self.frame, self.frame.clear()
        return frame


def read_file(data: bytes, media_type: str, definition: Definition, head: Head) -> Read:
    """The raw lines of a file meant for this filing. Raises SourceError."""
    if media_type not in (XLSX, ODS):
        return Read(read_source(data, media_type))
    workbook = read_workbook(
        data, media_type, definition, memory_mb=settings.PARSE_MEMORY_MB, seconds=settings.PARSE_SECONDS
    )
    check_about(workbook.about, definition, head)
    return Read(workbook.frame, workbook.layout)
