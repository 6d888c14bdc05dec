"""Everything wrong is found in one pass: forty faults, forty findings, each with its place, in one answer."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework.test import APIClient

from submissions.canonical import FIELDS
from submissions.models import Draft, Filing, Finding, Job, Observation, Revision
from tests.conftest import read, submission

GOOGLE = ("provider_report", "google", "2025")
HEAD = dict(zip(("return", "entity", "period"), GOOGLE, strict=True))
STORED = (Filing, Revision, Draft, Observation, Finding, Job)


@dataclass(frozen=True)
class Fault:
    """One thing made wrong, and the finding that must name it."""

    rule: str
    address: str
    field: str
    made: Mapping[str, str] | None = None
    """Fields of the line that are changed; None: the line is left out."""
    added: bool = False
    """A line of its own after all others."""


FAULTS = [
    # Addresses
    Fault("P-FMT-001", "cases.known.memes", "address", {"value": "3"}, added=True),
    Fault("P-FMT-001", "data.services[technology=PDQ]", "address", {"value": "Gmail"}, added=True),
    Fault("P-FMT-001", "errors.known.reviewed[technology=NO_SUCH_TOOL]", "address", {"value": "3"}, added=True),
    Fault("P-FMT-001", "errors.new.flagged[tool=PDQ]", "address", {"value": "3"}, added=True),
    Fault("P-FMT-001", "errors.new.flagged[technology=PDQ", "address", {"value": "3"}, added=True),
    Fault("P-FMT-002", "safeguards.other", "address", {"obs_status": "M", "comment": "Filed twice."}, added=True),
    # Statuses
    Fault("P-FMT-003", "retention.other", "obs_status", {"obs_status": "X"}),
    Fault("P-FMT-003", "data.other_information", "obs_status", {"obs_status": ""}),
    Fault("P-FMT-003", "complaints.new.content.internal.average_time", "obs_status", {"obs_status": "E"}),
    Fault("P-FMT-006", "measures.new.error_rate_achieved", "value", {"value": "7"}),
    Fault("P-FMT-006", "cases.new.accounts_sending", "value", {"low": "1", "high": "2"}),
    # Values
    Fault("P-FMT-004", "complaints.known.accounts.judicial.lodged", "value", {"value": "about 60"}),
    Fault("P-FMT-004", "data.images.non_eu", "value", {"value": "1 511"}),
    Fault("P-FMT-004", "data.text_bytes.eu", "value", {"obs_status": "A"}),
    Fault("P-FMT-004", "measures.known.error_rate_achieved", "value", {"value": "2,5", "obs_status": "A"}),
    Fault("P-FMT-004", "retention.content_items", "value", {"value": "one year"}),
    Fault("P-FMT-005", "data.videos.non_eu", "value", {"value": "0.5"}),
    Fault("P-FMT-007", "measures.known.human_review.sample", "value", {"value": "yes"}),
    Fault("P-RNG-001", "complaints.known.content.judicial.lodged", "value", {"value": "-1"}),
    Fault("P-RNG-002", "errors.known.false_positive_ratio", "value", {"value": "100.1"}),
    # Units, codes, periods, qualifiers, reasons, fields
    Fault("P-FMT-008", "data.files.non_eu", "unit", {"unit": "videos"}),
    Fault("P-FMT-008", "retention.complaints", "unit", {"unit": "fortnights"}),
    Fault("P-FMT-009", "legal.processing.ground", "value", {"value": "GDPR_6_1_D;GDPR_6_1_X", "comment": ""}),
    Fault("P-FMT-010", "safeguards.incident_response", "period", {"period": "2025-13-01/2025-12-31"}),
    Fault("P-FMT-010", "safeguards.governance", "period", {"period": "2025-12-31/2025-01-01"}),
    Fault("P-FMT-010", "safeguards.data_access", "period", {"period": "2025-01-01/.."}),
    Fault("P-FMT-011", "data.files.eu", "qualifier", {"value": "", "qualifier": "range", "low": "9", "high": "4"}),
    Fault("P-FMT-011", "data.videos.eu", "qualifier", {"qualifier": "roughly"}),
    Fault("P-FMT-011", "complaints.known.accounts.judicial.restored", "qualifier", {"low": "0", "high": "3"}),
    Fault("P-FMT-012", "cases.known.accounts_receiving", "reason", {"reason": "too_busy"}),
    Fault("P-FMT-013", "safeguards.security_other", "address", {"remark": "Nobody reads this."}),
    # Answers that are owed
    Fault("P-CMP-001", "safeguards.governance_review", "obs_status"),
    Fault("P-CMP-001", "safeguards.encryption_in_transit", "obs_status"),
    Fault("P-CMP-002", "measures.new.human_review.training", "obs_status", {"obs_status": "O"}),
    Fault("P-CMP-003", "measures.new.human_review.quality_control", "comment", {"comment": ""}),
    Fault("P-CMP-004", "safeguards.redress", "value", {"comment": ""}),
    # Sums, parts and ratios
    Fault("P-CPL-001", "complaints.known.content.internal.restored", "value", {"value": "484"}),
    Fault("P-ERR-001", "errors.known.false_positives[technology=SAFER]", "value", {"value": "11"}, added=True),
    Fault("P-ERR-005", "errors.known.false_positive_ratio[technology=SAFER]", "value", {"value": "90"}, added=True),
    Fault("P-ERR-002", "errors.known.reviewed[technology=SAFER]", "value", {"value": "11"}, added=True),
]
SOUND = [{"address": "errors.known.flagged[technology=SAFER]", "value": "10"}]
"""What the parts and the ratio are compared with."""


def published_lines() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read("provider_report/2025/google.csv").decode())))


def faulty_lines() -> list[dict[str, str]]:
    made = {fault.address: fault.made for fault in FAULTS if not fault.added}
    kept = [
        line | dict(made.get(line["address"]) or {})
        for line in published_lines()
        if made.get(line["address"], {}) is not None
    ]
    added = [{"address": fault.address, **(fault.made or {})} for fault in FAULTS if fault.added]
    return [*kept, *SOUND, *added]


def number_of(lines: list[dict[str, str]], address: str) -> int | None:
    """Index of the last line of an address: of two lines the second one is the repetition."""
    return max((index for index, line in enumerate(lines) if line["address"] == address), default=None)


def as_csv(lines: list[dict[str, str]]) -> tuple[str, list[int]]:
    """The file, and for each observation the line of the file it begins on."""
    out, begins = io.StringIO(), []
    writer = csv.DictWriter(out, [*FIELDS, "remark"], lineterminator="\n")
    writer.writeheader()
    for line in lines:
        begins.append(out.getvalue().count("\n") + 1)
        writer.writerow(line)
    return out.getvalue(), begins


def evaluated(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [finding for finding in answer["findings"] if finding["blocked_by"] is None]


def known_warnings(client: APIClient) -> set[tuple[str, str]]:
    """What the rules say of the filing as Google published it."""
    answer = client.post("/api/v1/check/", submission(*GOOGLE, *published_lines()), format="json").json()
    assert answer["counts"]["error"] == 0
    return {(finding["rule"], finding["address"]) for finding in evaluated(answer)}


def test_there_are_forty_different_faults() -> None:
    assert len(FAULTS) == 40
    assert len({(fault.rule, fault.address) for fault in FAULTS}) == 40


def test_forty_faults_in_one_filing_are_forty_findings_with_their_json_pointers(api, person) -> None:
    client = api(person("google", "filer"))
    before = known_warnings(client)
    lines = faulty_lines()

    answer = client.post("/api/v1/check/", submission(*GOOGLE, *lines), format="json")

    assert answer.status_code == 200
    found = [f for f in evaluated(answer.json()) if (f["rule"], f["address"]) not in before]
    wanted = {
        (f.rule, f.address, "" if (n := number_of(lines, f.address)) is None else f"/observations/{n}/{f.field}")
        for f in FAULTS
    }
    assert {(f["rule"], f["address"], f["pointer"]) for f in found} == wanted
    assert len(found) == 40
    assert {f["place"] for f in found} == {None}
    assert all(f["message"] and f["mend"] and f["label"] for f in found)


def test_the_same_faults_in_a_csv_file_are_found_by_line_and_column(api, person) -> None:
    client = api(person("google", "filer"))
    before = known_warnings(client)
    lines = faulty_lines()
    lines[0]["comment"] = "Gmail;\nGoogle Chat\n(consumer versions)."  # later lines of the file shift by two
    text, begins = as_csv(lines)

    answer = client.generic("POST", "/api/v1/check/", text.encode(), "text/csv", QUERY_STRING=query(HEAD))

    assert answer.status_code == 200
    found = [f for f in evaluated(answer.json()) if (f["rule"], f["address"]) not in before]
    wanted = {
        (f.rule, f.address, *(("", "") if (n := number_of(lines, f.address)) is None else (begins[n], f.field)))
        for f in FAULTS
    }
    places = {
        (f["rule"], f["address"], *((f["place"]["line"], f["place"]["column"]) if f["place"] else ("", "")))
        for f in found
    }
    assert places == wanted
    assert len(found) == 40
    assert {f["pointer"] for f in found} == {""}


def query(head: Mapping[str, str]) -> str:
    return "&".join(f"{key}={value}" for key, value in head.items())


def test_an_unknown_flag_is_pointed_at_in_the_field_that_holds_it(api, person) -> None:
    lines = [line | {"flags": "rounded;guessed"} if line["address"] == "cases.new.reports" else line
             for line in published_lines()]  # fmt: skip

    answer = api(person("google", "filer")).post("/api/v1/check/", submission(*GOOGLE, *lines), format="json").json()

    found = [(f["address"], f["pointer"]) for f in answer["findings"] if f["rule"] == "P-FMT-012"]
    assert found == [("cases.new.reports", f"/observations/{number_of(lines, 'cases.new.reports')}/flags")]


def test_rules_that_a_fault_keeps_from_being_evaluated_say_which_one(api, person) -> None:
    answer = api(person("google", "filer")).post(
        "/api/v1/check/", submission(*GOOGLE, *faulty_lines()), format="json"
    ).json()  # fmt: skip

    blocked = [f for f in answer["findings"] if f["blocked_by"] is not None]
    named = {f"{f['rule']} {f['address']}" for f in evaluated(answer) if f["severity"] == "error"}
    assert blocked
    assert {f["blocked_by"] for f in blocked} <= named
    assert {f["severity"] for f in blocked} == {"info"}
    assert answer["counts"]["not_evaluated"] == len(blocked)


def test_checking_stores_nothing(api, person, no_broker) -> None:
    client = api(person("google", "filer"))

    answer = client.post("/api/v1/check/", submission(*GOOGLE, *faulty_lines()), format="json")

    assert answer.status_code == 200
    assert {model.__name__: model.objects.count() for model in STORED} == {model.__name__: 0 for model in STORED}
    assert no_broker == []
