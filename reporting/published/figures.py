"""Released statistics as records: CSV and JSON, the same in the address of a release and in the dump."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from reporting.disclosure import SMALL
from reporting.places import place_code
from reporting.published.serving import csv_bytes, json_bytes, licence, plain
from reporting.statistics import Statistics

CONFIDENTIAL, FREE = "C", "F"
"""SDMX CL_CONF_STATUS."""
HEAD = (
    "return", "version", "period", "entity", "country", "address", "value", "unit", "obs_status", "conf_status", "withheld",
    "qualifier", "low", "high", "start", "end", "reason", "flags", "comment", "sum_of",
)  # fmt: skip
UNION_CODE = "EU"


def why(withheld: str, threshold: int) -> str:
    """What is withheld, in words."""
    if withheld == SMALL:
        return _("withheld: fewer than %(n)s") % {"n": threshold}
    return _("withheld to protect another figure") if withheld else ""


def records(one: Statistics) -> list[dict[str, Any]]:
    """Figures of the Member States, then sums over them, which name what they are sums of."""
    head = {"return": one.definition.return_id, "version": one.definition.version, "period": one.label}
    figures = [
        {
            **head, "entity": line.entity, "country": place_code(line.country), "address": line.address,
            "value": plain(line.number), "unit": line.unit, "obs_status": line.obs_status,
            **confidentiality(line.withheld), "qualifier": line.qualifier, "low": plain(line.low), "high": plain(line.high),
            "start": line.start.isoformat(), "end": line.end.isoformat(), "reason": line.reason, "flags": line.flags,
            "comment": line.comment, "sum_of": "",
        }
        for line in one.lines
    ]  # fmt: skip
    sums = [
        {
            **head, "entity": UNION_CODE, "country": UNION_CODE, "address": total.address, "value": plain(total.number),
            "unit": total.unit, "obs_status": total.obs_status, **confidentiality(total.withheld), "qualifier": "",
            "low": None, "high": None, "start": total.start.isoformat(), "end": total.end.isoformat(), "reason": "",
            "flags": "", "comment": "", "sum_of": ";".join(total.entities),
        }
        for total in one.totals
    ]  # fmt: skip
    return [*figures, *sums]


def confidentiality(withheld: str) -> dict[str, str]:
    return {"conf_status": CONFIDENTIAL if withheld else FREE, "withheld": withheld}


def as_csv(one: Statistics) -> bytes:
    return csv_bytes(HEAD, records(one))


def as_json(one: Statistics) -> bytes:
    figures = records(one)
    return json_bytes(
        {
            "return": one.definition.return_id,
            "version": one.definition.version,
            "period": one.label,
            "title": dict(one.definition.title),
            "released_at": one.released_at.isoformat(),
            "licence": licence(),
            "withheld": {code: why(code, one.threshold) for code in sorted({r["withheld"] for r in figures} - {""})},
            "figures": [
                {name: value for name, value in row.items() if name not in ("return", "version", "period")}
                for row in figures
            ],
        }
    )
