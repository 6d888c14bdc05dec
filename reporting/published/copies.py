"""A version of a report for machines: the same bytes at its address and in the dump."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from portal.reader import language
from reporting.places import place_code
from reporting.published.reports import Report, explanations
from reporting.published.serving import csv_bytes, json_bytes, licence, plain
from submissions import actions
from submissions.canonical import content
from submissions.models import Observation, Revision

HEAD = (
    "return", "version", "entity", "period", "number", "address", "label", "value", "unit", "obs_status", "qualifier",
    "low", "high", "start", "end", "reason", "flags", "comment",
)  # fmt: skip
OF_THE_REPORT = HEAD[:5]
VERSIONS_HEAD = ("return", "version", "entity", "name", "country", "period", "number", "receipt", "state", "filed_on",
                 "accepted_on", "transcribed", "lines", "sha256", "fingerprint")  # fmt: skip


def accepted_on(version: Revision) -> date | None:
    return timezone.localdate(version.decided_at) if version.decided_at else None


def version_record(version: Revision) -> dict[str, Any]:
    """What a version is. Nobody who signed, filed or decided is named, and no reason for a decision is told."""
    filing, accepted = version.filing, accepted_on(version)
    return {
        "return": filing.period.return_id,
        "version": version.version,
        "entity": filing.entity.code,
        "name": filing.entity.name,
        "country": place_code(filing.entity.country),
        "period": filing.period.label,
        "number": version.number,
        "receipt": version.receipt,
        "state": version.state,
        "filed_on": version.filed_on.isoformat() if version.filed_on else None,
        "accepted_on": accepted.isoformat() if accepted else None,
        "transcribed": version.door == "import",
        "lines": version.lines,
        "sha256": version.content_hash,
        "fingerprint": version.fingerprint,
    }


def records(version: Revision) -> list[dict[str, Any]]:
    """Every line of a version."""
    filing, definition = version.filing, version.definition
    head = {
        "return": filing.period.return_id, "version": version.version, "entity": filing.entity.code,
        "period": filing.period.label, "number": version.number,
    }  # fmt: skip
    return [{**head, **line_record(one, definition.label_of(one.address, language()))} for one in lines(version)]


def lines(version: Revision) -> Iterable[Observation]:
    return version.observations.all()


def line_record(line: Observation, label: str) -> dict[str, Any]:
    return {
        "address": line.address, "label": label,
        "value": line.value if line.number is None else plain(line.number),
        "unit": line.unit, "obs_status": line.obs_status, "qualifier": line.qualifier,
        "low": plain(line.low), "high": plain(line.high), "start": line.start.isoformat(), "end": line.end.isoformat(),
        "reason": line.reason, "flags": line.flags, "comment": line.comment,
    }  # fmt: skip


def as_csv(version: Revision) -> bytes:
    return csv_bytes(HEAD, records(version))


def as_json(report: Report, version: Revision) -> bytes:
    observations = [
        {name: value for name, value in row.items() if name not in OF_THE_REPORT} for row in records(version)
    ]
    said = [
        {"rule": one.rule, "address": one.address, "text": one.text, "written_on": one.written_at.date().isoformat()}
        for one in explanations(version)
    ]
    start, end = report.period.start.isoformat(), report.period.end.isoformat()
    return json_bytes(
        {
            **version_record(version),
            "start": start,
            "end": end,
            "newest": report.newest.number,
            "licence": licence(),
            "observations": observations,
            "explanations": said,
        }
    )


def canonical(version: Revision) -> bytes:
    """The canonical content, whose sha256 is that of the version."""
    return content(actions.canonical_lines(version), version.filing.head)


def name(version: Revision, ending: str) -> str:
    return f"{version.receipt}.{ending}"
