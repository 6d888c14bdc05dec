"""The filer's workbook back, with what was found in it: to be mended and uploaded again as it is."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from submissions.canonical import Head
from submissions.definition import Definition
from submissions.sources import ODS, XLSX, SourceError, place, read_source
from submissions.workbook import sandbox
from submissions.workbook.front import FINDING_COLUMNS, counted
from submissions.workbook.reading import read_workbook
from submissions.workbook.remarks import LONGEST_NOTE, MOST_NOTES, Remark, listed_remarks, one_note
from submissions.workbook.styles import SEVERITY_FILLS, SEVERITY_INKS, height
from submissions.workbook.texts import Words
from submissions.workbook.writing import write_workbook

SMALL_ENOUGH = 3 * 1024 * 1024
"""Up to so many bytes the own file is marked; above, and for other formats, the content goes into a workbook of ours."""
MARKING_MEMORY_MB = 800


def annotate(
    data: bytes,
    media_type: str,
    layout: Sequence[Mapping[str, Any]],
    remarks: Sequence[Remark],
    definition: Definition,
    head: Head,
    *,
    entity_name: str,
    language: str,
    last_year: Mapping[str, str] | None = None,
) -> bytes:
    """An .xlsx. `layout` is that of the reading which gave the lines of `remarks`. A workbook that cannot be marked
    without loss is written anew from its content. Raises SourceError as reading and writing do."""
    if media_type == XLSX and len(data) <= SMALL_ENOUGH:
        try:
            return sandbox.run("marking", options_for(remarks, layout, language), data, memory_mb=MARKING_MEMORY_MB)[1]
        except SourceError:
            pass
    out = io.BytesIO()
    write_workbook(
        out, definition, head, entity_name=entity_name, language=language, last_year=last_year, remarks=remarks,
        observations=raw_lines(data, media_type, definition),
    )  # fmt: skip
    return out.getvalue()


def raw_lines(data: bytes, media_type: str, definition: Definition) -> pl.DataFrame:
    if media_type in (XLSX, ODS):
        return read_workbook(data, media_type, definition).frame
    return read_source(data, media_type)


def options_for(remarks: Sequence[Remark], layout: Sequence[Mapping[str, Any]], language: str) -> dict[str, Any]:
    """What the child needs: each remark with its place and every word that will stand in the workbook."""
    words = Words(language)
    return {
        "remarks": [as_told(remark, layout, words) for remark in listed_remarks(remarks)[:MOST_NOTES]],
        "fills": SEVERITY_FILLS,
        "inks": SEVERITY_INKS,
        "words": {
            "overview": words("sheets", "findings"),
            "title": words("findings", "title"),
            "counted": counted(remarks, words),
            "intro": words("findings", "intro"),
            "beside": words("columns", "findings"),
            "headings": [[words("findings", name), width] for name, width in FINDING_COLUMNS.items()],
            "longest_note": LONGEST_NOTE,
        },
    }


def as_told(remark: Remark, layout: Sequence[Mapping[str, Any]], words: Words) -> dict[str, Any]:
    at = place(XLSX, remark.line, remark.field, layout)["place"] or {"sheet": "", "cell": ""}
    texts = (remark.label, remark.message, remark.mend, remark.rule)
    return {
        **at,
        "rule": remark.rule,
        "severity": remark.severity,
        "severity_word": words("severities", remark.severity),
        "address": remark.address,
        "label": remark.label,
        "message": remark.message,
        "mend": remark.mend,
        "note": one_note(remark, words),
        "height": height(zip(texts, list(FINDING_COLUMNS.values())[2:], strict=True)),
    }
