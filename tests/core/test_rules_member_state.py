"""Every rule of the Member State statistics: where it fires, and what is just not enough."""

from __future__ import annotations

import pytest

from tests.core.builders import CATALOGUE, UNCOUNTED, Case, changed, judge, where
from tests.core.clean import clean_member_state

RETURN = ("member_state_statistics", "1")
DEFINITION = CATALOGUE.get(*RETURN)

COUNTS = dict.fromkeys(
    line["address"] for line in clean_member_state()
    if DEFINITION.points[line["address"].partition("[")[0]].value_type == "count"
)  # fmt: skip
SOURCES = dict.fromkeys(code for code in DEFINITION.points if code.startswith("reports.source."))
SENDER = "reports.by_organisation[organisation=NCMEC]"
HEADLINES = ("reports.total", "children.total", "convictions.persons")
UNEXPLAINED = {"value": "", "obs_status": "O", "reason": ""}
NIL = COUNTS | {"frame.nil_filing": 1}
SAID = {"comment": "Taken from a live system."}
MIXED = {"flags": "online_offline_not_separated", "obs_status": "D"}
ALL_SOURCES = {"flags": "source_of_report_not_separated", "obs_status": "D"}


def own(start: str, end: str, **fields: object) -> dict[str, object]:
    return {"period": f"{start}/{end}", **fields}


def gap(reason: str) -> dict[str, str]:
    return UNCOUNTED | {"reason": reason}


CASES = [
    Case("M-FMT-001", {"reports.by_month[month=2025-13]": 5}, "reports.by_month[month=2025-13]",
         {"reports.by_month[month=2025-12]": 5}),
    Case("M-FMT-001", {"reports.total": [{"address": "reports.total[month=2025-01]"}]}, "reports.total[month=2025-01]",
         {"reports.by_organisation[organisation=A & B = C]": 5}),
    Case("M-FMT-002", {"reports.total": [{}, {}]}, "reports.total", {"reports.total": [{}, own("2025-01-01", "2025-06-30")]}),
    Case("M-FMT-003", {"reports.total": {"value": "", "obs_status": ""}}, "reports.total",
         {"reports.total": {"obs_status": "P"}}),
    Case("M-FMT-004", {"frame.extraction_date": "2025-02-29"}, "frame.extraction_date", {"frame.extraction_date": "2024-02-29"}),
    Case("M-FMT-004", {"frame.dynamic": "2"}, "frame.dynamic", {"frame.dynamic": "false"}),
    Case("M-FMT-005", {"reports.total": {"obs_status": "Q", "reason": "not_public"}}, "reports.total",
         {"reports.total": {"obs_status": "Q", "reason": "not_public", "value": ""}}),
    Case("M-FMT-006", {"reports.total": {"unit": "cases"}}, "reports.total", {"reports.total": {"unit": "reports"}}),
    Case("M-FMT-007", {"frame.registers": "police_register;shoebox", "children.total": {"flags": "wrong"},
                       "reports.total": {"reason": "because"}}, ("frame.registers", "children.total", "reports.total"),
         {"frame.registers": "police_register;court_register", "children.total": {"flags": "rounded"},
          "reports.total": {"reason": "closed_earlier"}}),
    Case("M-FMT-008", {"reports.by_month": 5}, "reports.by_month", {"reports.by_month[month=2025-02]": 5}),
    Case("M-FMT-008", {"reports.by_organisation[organisation=_U]": 5}, "reports.by_organisation",
         {"reports.by_organisation[organisation=Hotline]": 5}),
    Case("M-FMT-009", {"handling.arrests": "99.5"}, "handling.arrests", {"handling.arrests": "99.0"}),
    Case("M-FMT-010", {"handling.arrests": -1}, "handling.arrests", {"handling.arrests": 0}),
    Case("M-FMT-011", {"frame.authority": {"value": "", "obs_status": "A"}}, "frame.authority",
         {"frame.authority": {"value": "", "obs_status": "A", "comment": "National police"}}),
    Case("M-FMT-012", {"handling.arrests": {"low": 90, "high": 100}}, "handling.arrests",
         {"handling.arrests": {"low": 90, "high": 100, "qualifier": "range", "value": "", "obs_status": "A"}}),
    Case("M-FMT-012", {"handling.arrests": {"qualifier": "lower_bound", "low": 98}}, "handling.arrests",
         {"handling.arrests": {"qualifier": "lower_bound", "low": 99}}),
    Case("M-FMT-013", {"handling.arrests": {"remarks": "x"}}, "handling.arrests", {"handling.arrests": {"comment": "x"}}),
    Case("M-CMP-001", {"reports.total": None}, "reports.total", {"reports.total": None, "frame.nil_filing": 1}),
    Case("M-CMP-002", {"reports.cases": None, "reports.cases_repeated": None}, "reports.cases",
         {"reports.cases": UNCOUNTED, "reports.cases_repeated": UNCOUNTED}),
    Case("M-CMP-003", {"reports.total": UNEXPLAINED}, "reports.total", {"handling.arrests": UNEXPLAINED}),
    Case("M-CMP-003", {"reports.total": UNEXPLAINED | {"obs_status": "L"} | SAID}, "reports.total",
         {"reports.total": UNEXPLAINED | {"obs_status": "K"} | SAID}),
    Case("M-CMP-004", {"reports.total": gap("other_reason") | {"comment": ""}}, "reports.total",
         {"reports.total": gap("not_public") | {"comment": ""}, "children.total": gap("other_reason")}),
    Case("M-CMP-004", {"reports.total": gap("question_not_asked")}, "reports.total", {"reports.total": gap("not_collected")}),
    Case("M-CMP-005", {"handling.arrests": gap("system_change_pending"), "frame.changes": None}, "frame.changes",
         {"handling.arrests": gap("system_change_pending")}),
    Case("M-NIL-001", {"frame.nil_filing": 1}, "frame.nil_filing", NIL),
    Case("M-NIL-001", COUNTS, "frame.nil_filing", {"frame.nil_filing": 0}),
    Case("M-NIL-002", NIL, "frame.nil_reason", NIL | {"frame.nil_reason": "not_public"}),
    Case("M-NIL-003", NIL | {"frame.nil_reason": "not_public"} | dict.fromkeys(HEADLINES, gap("not_collected")), HEADLINES,
         NIL | {"frame.nil_reason": "not_public"} | dict.fromkeys(HEADLINES, gap("not_public"))),
    Case("M-PER-001", {"frame.period_end": "2025-12-30"}, "frame.period_start",
         {"frame.period_end": "2026-04-03", "frame.period_start": "2021-08-02"}),
    Case("M-PER-001", {"frame.period_end": "2024-12-31"}, "frame.period_start", {"frame.period_end": UNCOUNTED}),
    Case("M-PER-001", {"frame.period_start": "2024-01-01"}, "frame.period_start", {"frame.period_start": "2021-08-02"}),
    Case("M-PER-002", {"reports.total": own("2025-06-30", "2025-06-29")}, "reports.total",
         {"reports.total": own("2025-06-30", "2025-06-30")}),
    Case("M-PER-002", {"reports.total": own("..", "2025-06-29")}, "reports.total", {"reports.total": own("..", "..")}),
    Case("M-PER-003", {"children.total": own("2021-08-01", "2025-12-31")}, "children.total",
         {"children.total": own("2021-08-02", "2025-12-31")}),
    Case("M-PER-004", {"children.total": own("2025-01-02", "2025-12-31")}, "children.total",
         {"children.total": own("2025-01-02", "2025-12-31", reason="collection_started_later")}),
    Case("M-PER-004", {"children.total": [own("2025-01-01", "2025-06-30"), own("2025-07-02", "2025-12-31")]},
         ("children.total",), {"children.total": [own("2025-01-01", "2025-06-30"), own("2025-07-01", "2025-12-31")]}),
    Case("M-PER-005", {"children.total": own("2025-01-01", "2026-01-01")}, "children.total",
         {"children.total": own("2025-01-01", "2025-12-31")}),
    Case("M-PER-006", {"children.total": own("2025-01-01", "2025-07-01")}, "children.total",
         {"children.total": own("2025-01-01", "2025-07-02")}),
    Case("M-PER-007", {"children.total": own("2025-01-01", "2026-01-01")}, "children.total",
         {"children.total": own("2025-01-01", "2025-12-31")}),
    Case("M-PER-008", {"children.total": [own("2025-01-01", "2025-07-31"), own("2025-07-31", "2025-12-31")]}, "children.total",
         {"children.total": [own("2025-01-01", "2025-07-30"), own("2025-07-31", "2025-12-31")]}),
    Case("M-PER-008",
         {"children.total": [{}, own("2025-01-01", "2025-06-30", value=100), own("2025-07-01", "2025-12-31", value=111)]},
         "children.total",
         {"children.total": [{}, own("2025-01-01", "2025-06-30", value=100), own("2025-07-01", "2025-12-31", value=110)]}),
    Case("M-PER-009", {"reports.kind.known": own("2025-01-01", "2025-11-30")}, "reports.kind.known",
         {"reports.kind.known": own("2025-01-01", "2025-12-31")}),
    Case("M-PER-010", {"children.total": own("2025-01-01", "2025-11-30")}, "reports.total",
         {"children.total": UNCOUNTED | own("2025-01-01", "2025-11-30")}),
    Case("M-PER-011", {"frame.dynamic": 1, "frame.extraction_date": UNCOUNTED}, "frame.extraction_date",
         {"frame.extraction_date": UNCOUNTED}),
    Case("M-RPT-001", {"reports.cases": 1099}, "reports.total", {"reports.cases": 1099, "reports.duplicates": UNCOUNTED}),
    Case("M-RPT-002", {"reports.cases_repeated": 135}, "reports.cases_repeated", {"reports.cases_repeated": 134}),
    Case("M-RPT-003", SOURCES | {SENDER: None}, "reports.by_organisation",
         SOURCES | {SENDER: None, "reports.source.unknown": UNCOUNTED}),
    Case("M-RPT-003", SOURCES | {SENDER: None}, "reports.by_organisation", SOURCES),
    Case("M-RPT-004", {"reports.source.hotline": 59}, "reports.total",
         {"reports.source.hotline": 59, "reports.source.organisation_other": UNCOUNTED}),
    Case("M-RPT-005", {"reports.provider_type.unknown": 3}, "reports.total", {"reports.provider_type.unknown": UNCOUNTED}),
    Case("M-RPT-006", {"reports.kind.solicitation": 234}, "reports.kind.csam", {"reports.kind.solicitation": 233}),
    Case("M-RPT-007", {"reports.hosted_pages": 618}, "reports.hosted_pages", {"reports.hosted_pages": 617}),
    Case("M-RPT-008", {"reports.total": UNCOUNTED}, "reports.total",
         {"reports.total": UNCOUNTED, "reports.month_lowest": UNCOUNTED, "reports.month_highest": UNCOUNTED}),
    Case("M-RPT-009", {"reports.by_month[month=2025-02]": 1136}, "reports.by_month", {"reports.by_month[month=2025-02]": 1135}),
    Case("M-HND-001", {"handling.pending": 135}, "reports.total", {"handling.pending": 133, "handling.merged": UNCOUNTED}),
    Case("M-HND-002", {"reports.total": UNEXPLAINED}, "reports.total", {"reports.total": UNCOUNTED}),
    Case("M-HND-002", {"reports.total": None}, "reports.total", {"reports.total": None, "handling.offences": UNCOUNTED}),
    Case("M-CHD-001", {"children.female": 129}, "children.female", {"children.female": 129, "children.male": UNCOUNTED}),
    Case("M-CHD-001", {"children.female": 131}, "children.female",
         {"children.female": own("2025-02-01", "2025-12-31", value=131)}),
    Case("M-CHD-002", {"children.female": 206, "children.male": UNCOUNTED}, "children.male",
         {"children.female": 205, "children.male": UNCOUNTED}),
    Case("M-CHD-003", {"children.female": UNCOUNTED, "children.unstated": UNCOUNTED}, "children.female",
         {"children.female": UNCOUNTED, "children.unstated": UNCOUNTED, "children.total": 0}),
    Case("M-CHD-003", {"children.male": UNCOUNTED, "children.unstated": UNCOUNTED}, "children.female",
         {"children.male": UNCOUNTED, "children.unstated": 76}),
    Case("M-CHD-004", {"children.female": gap("not_disaggregated_by_gender"), "children.total": UNCOUNTED}, "children.total",
         {"children.female": gap("not_disaggregated_by_gender")}),
    Case("M-CHD-005", {"children.age.unknown": 9}, "children.total", {"children.age.unknown": UNCOUNTED}),
    Case("M-CHD-005", {"children.all_sources": 209}, "children.total", {"children.all_sources": 210}),
    Case("M-CNV-001", {"convictions.persons": UNCOUNTED}, "convictions.persons",
         {"convictions.persons": UNCOUNTED, "convictions.count": 0}),
    Case("M-CNV-002", {"convictions.persons_final": 111}, "convictions.count", {"convictions.persons_final": 110}),
    Case("M-SCP-001",
         {"reports.regulation_only": UNCOUNTED, "children.age_limit": UNCOUNTED, "convictions.online_only": UNCOUNTED},
         ("reports.regulation_only", "children.age_limit", "convictions.online_only"),
         {"reports.regulation_only": UNCOUNTED, "reports.total": UNCOUNTED}),
    Case("M-SCP-002", {"frame.dynamic": 1}, "frame.dynamic", {"frame.dynamic": 1}
         | {row: {"flags": "dynamic_database"} for row in (*HEADLINES, "convictions.count")}),
    Case("M-SCP-002", {"children.age_limit": 17}, "children.age_limit", {"children.age_limit": 17, "children.total": UNCOUNTED}),
    Case("M-FLG-001", {"reports.total": {"flags": "counts_webpages"}}, "reports.total",
         {"reports.total": {"flags": "counts_webpages", "obs_status": "D"}}),
    Case("M-FLG-002", {"reports.total": {"flags": "rounded"}}, "reports.total",
         {"reports.total": {"flags": "rounded", "obs_status": "D"}}),
    Case("M-FLG-003", {"reports.total": {"obs_status": "P"}}, "reports.total", {"reports.total": SAID | {"obs_status": "P"}}),
    Case("M-FLG-003", {"reports.total": {"flags": "partial_breakdown"}}, "reports.total",
         {"reports.total": {"flags": "rounded"}}),
    Case("M-FLG-004", {"reports.total": {"obs_status": "D"}}, "reports.total", {"reports.total": {"obs_status": "B"}}),
    Case("M-PLA-001", {"handling.arrests": 2000}, "handling.arrests", {"handling.arrests": {"value": 2000, "obs_status": "E"}}),
    Case("M-PLA-001", {"handling.arrests": 1000}, "handling.arrests", {"handling.arrests": 999, "handling.offences": 1001}),
    Case("M-XBL-001", {"convictions.persons": 309}, "convictions.persons", {"convictions.persons": 308}),
    Case("M-XBL-002", {"children.total": 1235}, "children.total", {"children.total": 1234}),
    Case("M-XBL-003", {"convictions.persons": 20}, "convictions.persons", {"convictions.persons": 21}),
    Case("M-XBL-003", {"children.total": 0, "convictions.count": 11}, ("convictions.persons", "convictions.count"),
         {"children.total": 0, "convictions.count": 10, "convictions.persons": 10}),
    Case("M-XBL-004", {"children.total": UNCOUNTED}, "children.total", {"convictions.persons": UNCOUNTED}),
    Case("M-SCP-003", {"children.total": MIXED}, "children.total", {"children.total": MIXED, "children.online_only": 0}),
    Case("M-FLG-005", {"children.total": MIXED}, "children.total", {"children.total": ALL_SOURCES}),
    Case("M-FLG-006", {"children.total": ALL_SOURCES}, "children.total", {"children.total": MIXED}),
    Case("M-PRV-001", {"reports.total": own("2024-12-31", "2025-12-31"), "reports.cases": own("2024-12-31", "2025-12-31")},
         "reports.total", {"reports.total": own("2025-01-01", "2025-06-30")}, {}),
    Case("M-PRV-001", {"reports.total": own("2025-01-02", "2025-12-31")}, "reports.total",
         {"reports.total": [own("2025-01-01", "2025-12-31"), own("2025-07-01", "2025-12-31", value=600)]}, {}),
    Case("M-PRV-001", {"reports.total": own("2024-07-01", "2025-06-30")}, "reports.total",
         {"handling.arrests": own("2024-07-01", "2025-06-30")},
         {"handling.arrests": UNCOUNTED}),
    Case("M-PRV-001", {}, "handling.arrests", {"handling.arrests": own("2024-12-01", "2025-12-31")},
         {"handling.arrests": own("2024-01-01", "2024-11-30")}),
    Case("M-PRV-002", {"handling.arrests": 198}, "handling.arrests", {"handling.arrests": 197}, {}),
    Case("M-PRV-002", {"handling.arrests": own("2025-01-01", "2025-06-30", value=98)}, "handling.arrests",
         {"handling.arrests": own("2025-01-01", "2025-06-30", value=97), "children.age_limit": 60}, {}),
    Case("M-PRV-003", {"reports.total": UNCOUNTED}, "reports.total", {"handling.arrests": UNCOUNTED}, {}),
    Case("M-PRV-003", {"reports.cases": None}, "reports.cases", {"reports.cases": None, "frame.nil_filing": 1}, {}),
    Case("M-PRV-003", {"frame.dynamic": UNCOUNTED}, "frame.dynamic", {}, {"frame.nil_reason": "not_public"}),
    Case("M-PRV-004", {"reports.total": {"flags": "counts_webpages"}}, "reports.total",
         {"reports.total": {"flags": "counts_webpages", "obs_status": "D"}}, {}),
    Case("M-PRV-004", {}, "reports.total", {"reports.total": {"obs_status": "B"}}, {"reports.total": {"flags": "counts_webpages"}}),
    Case("M-PRV-004", {"reports.total": {"flags": "method_changed"}}, "reports.total", {"reports.total": {"flags": "rounded"}}, {}),
    Case("M-PRV-005", {}, "", {"handling.arrests": 98}, {}),
    Case("M-PRV-006", {"children.other": 0}, "children.other", {"children.other": 1}, {"children.other": 5}),
    Case("M-PRV-006", {"handling.arrests": 0}, "handling.arrests", {"children.other": 0}, {}),
    Case("M-PRV-007", {"reports.total": 1235}, "reports.total", {"reports.total": SAID}, accepted={}),
    Case("M-PRV-007", {"reports.total": UNCOUNTED, "reports.cases": None}, ("reports.total", "reports.cases"),
         {"handling.arrests": 99}, accepted={"handling.arrests": UNCOUNTED}),
    Case("M-PRV-007", {"reports.total": own("2025-01-01", "2025-06-30")}, "reports.total",
         {"reports.total": [{}, own("2025-01-01", "2025-06-30", value=600)]}, accepted={}),
]  # fmt: skip


def judged(case: Case, change: dict[str, object]) -> set[str]:
    before, accepted = (
        None if other is None else changed(clean_member_state(), other) for other in (case.before, case.accepted)
    )
    return where(case.rule, judge(*RETURN, changed(clean_member_state(), change), previous=before, accepted=accepted))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_fires_at_the_figure_that_breaks_it(case: Case) -> None:
    assert judged(case, case.breaks) == case.addresses


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_is_silent_just_inside_its_bounds(case: Case) -> None:
    assert judged(case, case.holds) == set()


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(DEFINITION.rules)
