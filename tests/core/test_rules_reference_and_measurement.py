"""Every rule of the measurement series and the reference statistics."""

from __future__ import annotations

import pytest

from tests.core.builders import CATALOGUE, NA, UNCOUNTED, Case, changed, judge, where
from tests.core.clean import AT, CLEAN

MEASUREMENT, REFERENCE = ("measurement_series", "1"), ("reference_statistics", "1")

SEEN, REMOVED, MEDIAN = f"observed.locations[{AT}]", f"removed.locations[{AT}]", f"removed.median_time[{AT}]"
MOVED = f"displaced.locations[{AT},moved_to=US]"
NO_PLACE = "observed.items[month=2025-04]"
REPORTS, SHARE = "reference.reports[country=NL]", "reference.report_share[country=NL]"
CONTEXT = "context.reports[area=EU,breakdown=total]"
UNION = "reference.reports[country=EU]"
STATES = [code for code in CATALOGUE.code_lists["reference_area"].codes if len(code) == 2 and code not in ("EU", "NL")]
EVERY_STATE = {f"reference.reports[country={code}]": 1 for code in STATES}
BARE = {"value": "", "obs_status": "L", "reason": "", "comment": "Not counted."}
SPAN = {"value": "", "obs_status": "E", "qualifier": "range"}

CASES = [
    Case("S-FMT-001", {"observed.items[month=2025-04,hosting_country=QQ]": 5}, "observed.items[month=2025-04,hosting_country=QQ]",
         {"observed.items[month=2025-04,hosting_country=SJ]": 5}),
    Case("S-FMT-001", {"observed.items[month=2025-4,hosting_country=NL]": 5}, "observed.items[month=2025-4,hosting_country=NL]",
         {"observed.items[hosting_country=NL,month=2025-04]": 5}),
    Case("S-FMT-002", {SEEN: [{}, {}]}, SEEN, {"observed.locations[month=2025-04,hosting_country=NL]": 50}),
    Case("S-FMT-003", {SEEN: {"obs_status": "K"}}, SEEN, {SEEN: {"obs_status": "P"}}),
    Case("S-FMT-004", {SEEN: "50 sites"}, SEEN, {SEEN: SPAN | {"low": 40, "high": 60}}),
    Case("S-FMT-004", {"method.description": {"value": "", "obs_status": "A"}}, "method.description",
         {"method.description": {"value": "", "obs_status": "A", "comment": "By hand."}}),
    Case("S-FMT-005", {SEEN: "50.5"}, SEEN, {MEDIAN: "50.5"}),
    Case("S-FMT-006", {SEEN: {"obs_status": "M"}}, SEEN, {SEEN: NA}),
    Case("S-FMT-007", {SEEN: {"unit": "files"}}, SEEN, {MEDIAN: {"unit": "months"}}),
    Case("S-FMT-008", {SEEN: SPAN | {"low": 40}}, SEEN, {SEEN: SPAN | {"low": 40, "high": 40}}),
    Case("S-FMT-009", {SEEN: {"period": "2025-03-01"}}, SEEN, {SEEN: {"period": "2025-03-01/2025-03-31"}}),
    Case("S-FMT-010", {NO_PLACE: 5}, NO_PLACE, {"observed.items[month=2025-04,hosting_country=BE]": 5}),
    Case("S-FMT-010", {f"displaced.locations[{AT}]": 5}, f"displaced.locations[{AT}]",
         {f"displaced.locations[{AT},moved_to=NL]": 5}),
    Case("S-FMT-011", {SEEN: {"flags": "wrong"}}, SEEN, {SEEN: {"flags": "method_changed"}}),
    Case("S-FMT-012", {SEEN: {"note": "x"}}, SEEN, {SEEN: {"comment": "x"}}),
    Case("S-RNG-001", {MEDIAN: "-0.1"}, MEDIAN, {MEDIAN: "0.0"}),
    Case("S-RNG-001", {SEEN: SPAN | {"low": -1, "high": 5}}, SEEN, {SEEN: SPAN | {"low": 0, "high": 5}}),
    Case("S-CMP-001", {"method.description": None}, "method.description",
         {"method.description": UNCOUNTED, "method.changes": None}),
    Case("S-CMP-002", {SEEN: BARE}, SEEN, {SEEN: BARE | {"reason": "not_collected"}}),
    Case("S-PRT-001", {REMOVED: 51}, REMOVED, {REMOVED: 50, "removed.locations[month=2025-04,hosting_country=NL]": 51}),
    Case("S-PRT-002", {f"displaced.locations[{AT},moved_to=CA]": 24}, f"displaced.locations[{AT}]",
         {f"displaced.locations[{AT},moved_to=CA]": 23}),
    Case("S-PER-001", {"observed.items[month=2026-01,hosting_country=NL]": 5}, "observed.items[month=2026-01,hosting_country=NL]",
         {"observed.items[month=2025-12,hosting_country=NL]": 5, "observed.items[month=2025-01,hosting_country=NL]": 5}),
    Case("S-PER-002", {SEEN: 51}, SEEN, {SEEN: 50}, accepted={}),
    Case("R-FMT-001", {"reference.reports[country=US]": 5}, "reference.reports[country=US]",
         {"reference.reports[country=GLOBAL]": 5}),
    Case("R-FMT-002", {REPORTS: [{}, {}]}, REPORTS, {"reference.reports[country=BE]": 5001}),
    Case("R-FMT-003", {REPORTS: {"obs_status": "X"}}, REPORTS, {REPORTS: {"obs_status": "D"}}),
    Case("R-FMT-004", {REPORTS: "5,001"}, REPORTS, {REPORTS: "05001"}),
    Case("R-FMT-005", {REPORTS: "5001.5"}, REPORTS, {SHARE: "50.5"}),
    Case("R-FMT-006", {REPORTS: {"obs_status": "O"}}, REPORTS, {REPORTS: UNCOUNTED}),
    Case("R-FMT-007", {SHARE: {"unit": "reports"}}, SHARE, {SHARE: {"unit": "percent"}}),
    Case("R-FMT-008", {REPORTS: {"high": 6000}}, REPORTS, {REPORTS: {"high": 5001, "qualifier": "upper_bound"}}),
    Case("R-FMT-009", {REPORTS: {"period": "2025-01-01/2025-02-30"}}, REPORTS, {REPORTS: {"period": "2024-02-29/2025-02-28"}}),
    Case("R-FMT-010", {"reference.reports[country=_U]": 5}, "reference.reports", {"reference.reports[country=UNCLEAR]": 5}),
    Case("R-FMT-010", {"context.items[area=EU]": 5}, "context.items[area=EU]", {"context.items[breakdown=total,area=EU]": 5}),
    Case("R-FMT-011", {REPORTS: {"reason": "who knows"}}, REPORTS, {REPORTS: UNCOUNTED | {"reason": "not_public"}}),
    Case("R-FMT-012", {REPORTS: {"source": "x"}}, REPORTS, {REPORTS: {"comment": "x"}}),
    Case("R-RNG-001", {REPORTS: -1}, REPORTS, {REPORTS: 0}),
    Case("R-RNG-002", {SHARE: "100.01"}, SHARE, {SHARE: 100}),
    Case("R-RNG-002", {SHARE: "-0.01"}, SHARE, {SHARE: 0}),
    Case("R-CMP-001", {"source.description": None}, "source.description",
         {"source.description": UNCOUNTED, "remarks.general": None}),
    Case("R-CMP-002", {REPORTS: BARE}, REPORTS, {REPORTS: UNCOUNTED}),
    Case("R-PER-001", {}, "", {CONTEXT: 99002}, {}),
    Case("R-PER-002", {REPORTS: 10003}, REPORTS, {REPORTS: 10002}, {}),
    Case("R-PER-002", {REPORTS: 999, CONTEXT: 99}, (REPORTS, CONTEXT), {REPORTS: 0, "reference.reports[country=BE]": 5},
         {"reference.reports[country=BE]": 999}),
    Case("R-PER-003", {REPORTS: 0}, REPORTS, {REPORTS: 1}, {}),
    Case("R-PER-004", {REPORTS: {"flags": "multiple_counting"}}, REPORTS,
         {REPORTS: {"flags": "multiple_counting", "obs_status": "B"}}, {}),
    Case("R-PER-005", {REPORTS: {"period": "2024-07-01/2025-06-30"}}, REPORTS, {REPORTS: {"period": "2025-01-01/2025-06-30"}}, {}),
    Case("R-PER-006", {REPORTS: 5002}, REPORTS, {CONTEXT: 99002}, accepted={CONTEXT: UNCOUNTED}),
    Case("R-PRT-001", {UNION: 5000}, UNION, {UNION: 5002}),
    Case("R-PRT-001", EVERY_STATE | {UNION: 5028}, UNION, EVERY_STATE | {UNION: 5027}),
    Case("R-PRT-001", {"context.reports[area=GLOBAL,breakdown=total]": 99000}, "context.reports[area=GLOBAL,breakdown=total]",
         {"context.report_share[area=GLOBAL,breakdown=grooming]": 3}),
    Case("R-RAT-001", {UNION: 140000}, SHARE, {UNION: 142900}),
    Case("R-RAT-001", {UNION: 10002, SHARE: 49}, SHARE, {UNION: {"value": 10002, "qualifier": "lower_bound"}, SHARE: 49}),
]  # fmt: skip


def judged(case: Case, change: dict[str, object]) -> set[str]:
    which = MEASUREMENT if case.rule.startswith("S-") else REFERENCE
    before, accepted = (
        None if other is None else changed(CLEAN[which](), other) for other in (case.before, case.accepted)
    )
    return where(case.rule, judge(*which, changed(CLEAN[which](), change), previous=before, accepted=accepted))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_fires_at_the_figure_that_breaks_it(case: Case) -> None:
    assert judged(case, case.breaks) == case.addresses


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_is_silent_just_inside_its_bounds(case: Case) -> None:
    assert judged(case, case.holds) == set()


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == {*CATALOGUE.get(*MEASUREMENT).rules, *CATALOGUE.get(*REFERENCE).rules}
