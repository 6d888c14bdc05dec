"""Every rule of the provider report in its standard form: where it fires, and what is just not enough."""

from __future__ import annotations

import pytest

from tests.core.builders import ABSENT, CATALOGUE, NA, UNCOUNTED, Case, changed, judge, where
from tests.core.clean import TECHNOLOGY, clean_provider_2024

RETURN = ("provider_report", "2024")
RULES = CATALOGUE.get(*RETURN).rules


def err(row: str) -> str:
    """`known.flagged` -> the address of that error figure for the one technology of the clean filing."""
    return f"errors.{row}[technology={TECHNOLOGY[row.split('.')[0]]}]"


LODGED = [line["address"] for line in clean_provider_2024() if line["address"].endswith(".lodged")]
VOLUMES = [f"data.{kind}.{geo}" for kind in ("images", "videos", "files", "text_bytes") for geo in ("eu", "non_eu")]
FLAGGED, FALSE, RATIO, REVIEWED = (
    err(f"known.{row}") for row in ("flagged", "false_positives", "false_positive_ratio", "reviewed")
)
CONTENT, ACCOUNTS = "complaints.known.content", "complaints.known.accounts"
BARE = {"comment": "", "reason": ""}

CASES = [
    Case("P-FMT-001", {"cases.known.memes": 3}, "cases.known.memes",
         {"cases.known.images": [{"address": " cases.known.images "}]}),
    Case("P-FMT-001", {"data.services": [{"address": "data.services[technology=PDQ]"}]}, "data.services[technology=PDQ]",
         {FLAGGED: [{"address": "errors.known.flagged [ technology = PHOTODNA ]"}]}),
    Case("P-FMT-002", {"cases.known.images": [{}, {}]}, "cases.known.images",
         {FLAGGED.replace("PHOTODNA", "MD5"): 5}),
    Case("P-FMT-003", {"cases.known.images": {"value": "", "obs_status": ""}}, "cases.known.images",
         {"cases.known.images": {"value": "60", "obs_status": ""}}),
    Case("P-FMT-003", {"cases.known.images": {"obs_status": "E"}}, "cases.known.images", {"cases.known.images": UNCOUNTED}),
    Case("P-FMT-004", {"cases.known.images": "about 60"}, "cases.known.images", {"cases.known.images": "060.0"}),
    Case("P-FMT-004", {"cases.known.images": {"value": "", "obs_status": "A"}}, "cases.known.images",
         {"cases.known.images": {"value": "", "obs_status": "A", "qualifier": "range", "low": "1", "high": "9"}}),
    Case("P-FMT-005", {"cases.known.images": "60.5"}, "cases.known.images", {"cases.known.images": "60.00"}),
    Case("P-FMT-006", {"cases.known.images": {"obs_status": "M"}}, "cases.known.images", {"cases.known.images": NA}),
    Case("P-FMT-007", {"data.metadata.processed": "yes"}, "data.metadata.processed", {"data.metadata.processed": "true"}),
    Case("P-FMT-008", {"cases.known.images": {"unit": "videos"}}, "cases.known.images",
         {f"{CONTENT}.internal.average_time": {"value": "0.5", "unit": "months"}}),
    Case("P-FMT-009", {"legal.processing.ground": "GDPR_6_1_F;GDPR_6_1_X"}, "legal.processing.ground",
         {"legal.processing.ground": "GDPR_6_1_F, GDPR_6_1_A"}),
    Case("P-FMT-010", {"cases.known.images": {"period": "2025-01-01/.."}}, "cases.known.images",
         {"cases.known.images": {"period": "2025-01-01/2025-01-01"}}),
    Case("P-FMT-010", {"cases.known.images": {"period": "2025-02-01/2025-01-31"}}, "cases.known.images",
         {"cases.known.images": {"period": "2025-01-31/2025-02-01"}}),
    Case("P-FMT-011", {"cases.known.images": {"value": "", "obs_status": "A", "qualifier": "range", "low": 10, "high": 9}},
         "cases.known.images",
         {"cases.known.images": {"value": "", "obs_status": "A", "qualifier": "range", "low": 9, "high": 9}}),
    Case("P-FMT-012", {"cases.known.images": {"flags": "rounded;guessed"}}, "cases.known.images",
         {"cases.known.images": {"flags": "rounded; method_changed"}}),
    Case("P-FMT-013", {"cases.known.images": {"remark": "counted twice"}}, "cases.known.images",
         {"cases.known.images": {"comment": "counted twice"}}),
    Case("P-RNG-001", {"cases.known.images": -1}, "cases.known.images", {"cases.known.images": "-0"}),
    Case("P-RNG-002", {RATIO: "100.1"}, RATIO, {RATIO: "100.0"}),
    Case("P-CMP-001", {"cases.known.images": None}, "cases.known.images",
         {"cases.known.images": UNCOUNTED, "data.images.eu": None}),
    Case("P-CMP-002", {"cases.known.images": ABSENT}, "cases.known.images",
         {"cases.known.images": NA, f"{CONTENT}.internal.average_time": ABSENT}),
    Case("P-CMP-003", {"cases.known.images": UNCOUNTED | BARE}, "cases.known.images",
         {"cases.known.images": UNCOUNTED | {"comment": ""}, f"{CONTENT}.internal.average_time": NA | BARE}),
    Case("P-CMP-004", {"safeguards.governance": {"value": "", "obs_status": "A"}}, "safeguards.governance",
         {"safeguards.governance": {"value": "", "obs_status": "A", "comment": "A board meets."}}),
    Case("P-CMP-005", {"data.services": NA}, "data.services",
         {"data.services": {"value": "", "obs_status": "A", "comment": "Example Mail"}}),
    Case("P-CMP-006", {"data.metadata.types": None, "data.metadata.volume": None}, "data.metadata.types",
         {"data.metadata.types": None, "data.metadata.volume": None, "data.metadata.processed": 0}),
    Case("P-CMP-007", dict.fromkeys(VOLUMES[::2]), "data.images.eu", dict.fromkeys(VOLUMES[:6:2])),
    Case("P-CMP-008", {"data.file_types.eu": None}, "data.file_types.eu", {"data.file_types.eu": None, "data.files.eu": 0}),
    Case("P-CMP-009", {"cases.new.file_types": None}, "cases.new.file_types",
         {"cases.new.file_types": None, "cases.new.files": UNCOUNTED}),
    Case("P-CMP-010", {"legal.processing.ground": "GDPR_6_1_A;GDPR_6_1_E", "legal.processing.law": None},
         "legal.processing.law", {"legal.processing.ground": "GDPR_6_1_A;GDPR_6_1_D", "legal.processing.law": None}),
    Case("P-CMP-011", {"legal.transfers.cases": None}, "legal.transfers.ground",
         {"legal.transfers.cases": None, "legal.transfers.ground": NA}),
    Case("P-CMP-012", {FALSE: UNCOUNTED}, FALSE, {FALSE: UNCOUNTED, REVIEWED: UNCOUNTED, FLAGGED: 0}),
    Case("P-CMP-013", {FLAGGED: [{"address": "errors.known.flagged"}]}, "errors.known.flagged",
         {FLAGGED: [UNCOUNTED | {"address": "errors.known.flagged"}]}),
    Case("P-VOL-001", {"data.content.processed": 0} | dict.fromkeys(VOLUMES[:7], 0), "data.images.eu",
         {"data.content.processed": 0} | dict.fromkeys(VOLUMES, 0)),
    Case("P-VOL-002", {"data.images.eu": 67}, "data.images.eu", {"data.images.eu": 68}),
    Case("P-VOL-003", {FLAGGED: 1871}, "errors.known.flagged", {FLAGGED: 1870}),
    Case("P-VOL-004", {err("solicitation.flagged"): UNCOUNTED}, "errors.solicitation.flagged",
         {err("solicitation.flagged"): UNCOUNTED, "data.text_bytes.eu": 0}),
    Case("P-VOL-005", {"data.images.eu": {"comment": ""}}, "data.images.eu", {"data.images.eu": UNCOUNTED | {"comment": ""}}),
    Case("P-CAS-001", {"cases.known.reports": 0}, "cases.known.reports", {"cases.known.reports": UNCOUNTED}),
    Case("P-CAS-002", {f"cases.known.{t}": 0 for t in ("images", "videos", "files")}, "cases.known.images",
         {"cases.known.images": 0, "cases.known.videos": 0, "cases.known.files": 1}),
    Case("P-CAS-003", {"cases.known.accounts_sending": NA}, "cases.known.accounts_sending",
         {"cases.known.accounts_sending": UNCOUNTED}),
    Case("P-CAS-004", {FLAGGED: 84}, "cases.known.images", {FLAGGED: 85}),
    Case("P-CAS-005", {err("new.reviewed"): 11}, "cases.new.images", {err("new.reviewed"): 12}),
    Case("P-CAS-006", {"cases.known.reports": UNCOUNTED}, "errors.known.flagged",
         {"cases.known.reports": UNCOUNTED, FLAGGED: UNCOUNTED}),
    Case("P-CPL-001", {f"{CONTENT}.internal.restored": 90, f"{CONTENT}.judicial.restored": 1},
         f"{CONTENT}.internal.restored", {f"{CONTENT}.internal.restored": 90}),
    Case("P-CPL-002", {f"{CONTENT}.internal.restored": 5}, f"{CONTENT}.internal.restored", {f"{CONTENT}.internal.restored": 4}),
    Case("P-CPL-003", {f"{ACCOUNTS}.internal.restored": 30, f"{ACCOUNTS}.judicial.restored": 1},
         f"{ACCOUNTS}.internal.restored", {f"{ACCOUNTS}.internal.restored": 29, f"{ACCOUNTS}.judicial.restored": 1}),
    Case("P-CPL-004", {f"{ACCOUNTS}.judicial.restored": 3}, f"{ACCOUNTS}.judicial.restored",
         {f"{ACCOUNTS}.judicial.restored": 2}),
    Case("P-CPL-005", {f"{ACCOUNTS}.internal.lodged": 31}, f"{ACCOUNTS}.internal.lodged", {f"{ACCOUNTS}.internal.lodged": 30}),
    Case("P-CPL-006", {f"{CONTENT}.internal.average_time": "366.1"}, f"{CONTENT}.internal.average_time",
         {f"{CONTENT}.internal.average_time": 366}),
    Case("P-CPL-007", {f"{CONTENT}.removed": 101}, f"{CONTENT}.removed", {f"{CONTENT}.removed": 100}),
    Case("P-CPL-008", {f"{CONTENT}.removed": 84}, f"{CONTENT}.removed", {f"{CONTENT}.removed": 85}),
    Case("P-ERR-001", {FALSE: 101}, FALSE, {FALSE: 100}),
    Case("P-ERR-002", {REVIEWED: 101}, REVIEWED, {REVIEWED: 100}),
    Case("P-ERR-003", {FALSE: 3, REVIEWED: 2}, FALSE, {FALSE: 3, REVIEWED: 3}),
    Case("P-ERR-004", {FALSE: 3, REVIEWED: 2}, FALSE, {FALSE: 3, REVIEWED: 2, "measures.known.human_review.systematic": 0}),
    Case("P-ERR-005", {RATIO: "2.51"}, RATIO, {RATIO: "2.5"}),
    Case("P-ERR-006", {RATIO: "0.0202"}, RATIO, {RATIO: "0.0203"}),
    Case("P-ERR-007", {FALSE: UNCOUNTED}, FALSE, {FALSE: UNCOUNTED, RATIO: UNCOUNTED}),
    Case("P-ERR-008", {FLAGGED: 0}, RATIO, {FLAGGED: 0, RATIO: NA}),
    Case("P-ERR-009", {REVIEWED: 99}, REVIEWED, {REVIEWED: 100}),
    Case("P-ERR-010", {RATIO: 0, REVIEWED: UNCOUNTED}, REVIEWED, {RATIO: 0, REVIEWED: 1}),
    Case("P-ERR-011", {RATIO: 0}, RATIO, {RATIO: 0, f"{CONTENT}.internal.restored": 0}),
    Case("P-ERR-012", {RATIO: 0}, RATIO, {RATIO: 0, f"{ACCOUNTS}.internal.restored": 0}),
    Case("P-ERR-013", {REVIEWED: 99}, REVIEWED, {REVIEWED: 99, "measures.known.human_review.systematic": 0}),
    Case("P-ERR-014", {"measures.new.human_review.systematic": 0}, "measures.new.human_review.systematic",
         {"measures.new.human_review.systematic": NA, "measures.known.human_review.systematic": 0}),
    Case("P-ERR-015", {"measures.known.error_rate_achieved": "2.1"}, "measures.known.error_rate_achieved",
         {"measures.known.error_rate_achieved": "2.0"}),
    Case("P-MEA-001", {"measures.known.indicators.quality_check": NA}, "measures.known.indicators.quality_check",
         {"measures.known.indicators.quality_check": NA, FLAGGED: 0}),
    Case("P-MEA-002", {"measures.known.human_review.training": NA}, "measures.known.human_review.training",
         {"measures.known.human_review.training": NA, REVIEWED: 0}),
    Case("P-MEA-003", {"measures.known.human_review.systematic": 0}, "measures.known.human_review.systematic",
         {"measures.known.human_review.systematic": 0, "measures.known.human_review.sample": 1}),
    Case("P-SAF-001", {"safeguards.redress": NA} | dict.fromkeys(LODGED[:-1], 0), "safeguards.redress",
         {"safeguards.redress": NA} | dict.fromkeys(LODGED, 0)),
    Case("P-RET-001", {"retention.content_items": "12.1"}, "retention.content_items",
         {"retention.content_items": {"value": "366", "unit": "days"}}),
    Case("P-RET-002", {"retention.non_content": {"value": "1.01", "unit": "years"}}, "retention.non_content",
         {"retention.non_content": {"value": "1", "unit": "years"}}),
    Case("P-SHR-001", {"sharing.ncmec": 0, "sharing.eu_centre": 0, "sharing.other": None}, "sharing.ncmec",
         {"sharing.ncmec": 0, "sharing.eu_centre": 0}),
    Case("P-SHR-002", {"legal.transfers.cases": NA}, "legal.transfers.cases", {"legal.transfers.cases": NA, "sharing.ncmec": 0}),
    Case("P-PER-001", {"cases.known.images": 61}, "cases.known.images", {"cases.known.images": 60}, {"cases.known.images": 30}),
    Case("P-PER-001", {"cases.known.files": 20}, "cases.known.files", {"cases.known.files": 19}, {"cases.known.files": 1}),
    Case("P-PER-002", {}, "errors.known.flagged", {FLAGGED: UNCOUNTED}, {FLAGGED: UNCOUNTED}),
    Case("P-PER-003", {"cases.known.images": UNCOUNTED}, "cases.known.images", {"data.images.eu": UNCOUNTED}, {}),
    Case("P-PER-004", {}, "", {"cases.known.images": 61}, {}),
    Case("P-PER-005", {"cases.known.files": 0}, "cases.known.files", {"cases.known.files": 1}, {}),
    Case("P-PER-005", {"cases.known.images": 0}, "cases.known.images", {"complaints.known.content.internal.lodged": 0}, {}),
    Case("P-PER-006", {}, "errors.known.flagged[technology=MD5]", {"errors.known.flagged[technology=MD5]": NA},
         {"errors.known.flagged[technology=MD5]": 3, "errors.known.reviewed[technology=MD5]": 3}),
    Case("P-PER-007", {"cases.known.images": {"period": "2024-12-31/2025-12-31"}}, "cases.known.images",
         {"cases.known.images": {"period": "2025-01-01/2025-11-30"}}, {}),
    Case("P-PER-008", {"cases.known.images": 61}, "cases.known.images", {"cases.known.images": "060"}, accepted={}),
]  # fmt: skip


def judged(case: Case, change: dict[str, object]) -> set[str]:
    before, accepted = (
        None if other is None else changed(clean_provider_2024(), other) for other in (case.before, case.accepted)
    )
    return where(case.rule, judge(*RETURN, changed(clean_provider_2024(), change), previous=before, accepted=accepted))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_fires_at_the_figure_that_breaks_it(case: Case) -> None:
    assert judged(case, case.breaks) == case.addresses


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_is_silent_just_inside_its_bounds(case: Case) -> None:
    assert judged(case, case.holds) == set()


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(RULES)
