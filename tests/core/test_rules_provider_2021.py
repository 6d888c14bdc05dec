"""Every rule of the provider report before the standard form: where it fires, and what is just not enough."""

from __future__ import annotations

import pytest

from tests.core.builders import ABSENT, CATALOGUE, NA, UNCOUNTED, Case, changed, judge, where
from tests.core.clean import ACCOUNTS, WHERE, clean_provider_2021

RETURN = ("provider_report", "2021")
YEAR = ("2022-01-01", "2022-12-31")
RULES = CATALOGUE.get(*RETURN).rules

ALL, KNOWN, NEW = (f"cases.identified[{WHERE},match={match}]" for match in ("all", "known", "new"))
SOLICITATION = f"cases.solicitation[{ACCOUNTS}]"
VOLUME = f"data.volume.content[{WHERE}]"
JUDICIAL, COMBINED = (f"complaints.lodged[{WHERE},channel={channel}]" for channel in ("judicial", "combined"))
REVERSALS, BASE = f"errors.reversals[{WHERE}]", f"errors.reversal_base[denominator=appeals,{WHERE}]"
RATE = f"errors.reversal_rate[denominator=appeals,{WHERE}]"
SUSPENDED = f"errors.reversal_base[denominator=suspended,{ACCOUNTS}]"
RETENTION = "retention.period[data_category=CONFIRMED_CSAM_MEDIA]"
WORLD = "cases.solicitation[item_kind=accounts,geo=GLOBAL]"
IN_2022 = {"period": "2022-01-01/2022-12-31"}
IN_2021 = {line["address"]: {"period": "2021-08-02/2021-12-31"} for line in clean_provider_2021() if line.get("period")}
NO_ITEMS = dict.fromkeys((ALL, KNOWN, NEW))
AS_ACCOUNTS = f"cases.identified[{ACCOUNTS}]"
REVIEWED, CONFIRMED = (f"errors.{row}[{WHERE},match=all]" for row in ("reviewed", "confirmed"))
RESTORED = f"complaints.restored[{WHERE},channel=combined]"

CASES = [
    Case("P21-FMT-001", {ALL: [{"address": f"cases.identified[{WHERE},match=some]"}]}, f"cases.identified[{WHERE},match=some]",
         {ALL: [{"address": "cases.identified[match=all,geo=EU,item_kind=content_items]"}]}),
    Case("P21-FMT-002", {ALL: [{}, {}]}, ALL, {ALL: [{}, {"period": "2022-01-01/2022-06-30"}]}),
    Case("P21-FMT-003", {ALL: "about 400"}, ALL, {RETENTION: {"value": "", "obs_status": "A", "unit": "indefinite"}}),
    Case("P21-FMT-003", {"data.detection.new": "yes"}, "data.detection.new", {"data.detection.new": "false"}),
    Case("P21-FMT-004", {ALL: {"obs_status": "O"}}, ALL, {ALL: ABSENT}),
    Case("P21-FMT-005", {ALL: {"obs_status": "P"}}, ALL, {ALL: {"obs_status": "A"}}),
    Case("P21-FMT-006", {ALL: "400.5"}, ALL, {ALL: "401.0"}),
    Case("P21-FMT-007", {ALL: {"unit": "things"}}, ALL, {ALL: {"unit": "files"}}),
    Case("P21-FMT-007", {RETENTION: {"unit": "weeks"}}, RETENTION, {RETENTION: {"unit": "years", "value": "1"}}),
    Case("P21-FMT-008", {"measures.applied[measure=EM01]": "EM99"}, "measures.applied[measure=EM01]",
         {"measures.applied[measure=EM01]": {"value": "", "obs_status": "A", "comment": "EM01: reviewed twice"}}),
    Case("P21-FMT-009", {ALL: {"period": "2022-12-31/2022-01-01"}}, ALL, {ALL: {"period": "../2022-12-31"}}),
    Case("P21-FMT-010", {ALL: {"qualifier": "about"}}, ALL, {ALL: {"qualifier": "approximate"}}),
    Case("P21-FMT-010", {ALL: {"low": "300"}}, ALL, {ALL: {"qualifier": "lower_bound", "low": "401"}}),
    Case("P21-FMT-011", {ALL: UNCOUNTED | {"reason": "because"}}, ALL,
         {ALL: UNCOUNTED | {"reason": "not_public, not_collected"}}),
    Case("P21-FMT-012", {ALL: {"note": "page 3"}}, ALL, {ALL: {"comment": "page 3"}}),
    Case("P21-RNG-001", {RETENTION: -1}, RETENTION, {RETENTION: 0}),
    Case("P21-RNG-002", {"measures.error_rate_achieved": "100.5"}, "measures.error_rate_achieved",
         {"measures.error_rate_achieved": 100}),
    Case("P21-CMP-001", {VOLUME: None}, "data.volume.content", {VOLUME: [UNCOUNTED | {"address": "data.volume.content"}]}),
    Case("P21-CMP-002", {VOLUME: ABSENT}, VOLUME, {VOLUME: UNCOUNTED, "data.detection.new": ABSENT}),
    Case("P21-GEO-001", {SOLICITATION: [{"address": "cases.solicitation[item_kind=accounts]"}]},
         "cases.solicitation[item_kind=accounts]",
         {SOLICITATION: [UNCOUNTED | {"address": "cases.solicitation[item_kind=accounts]"}]}),
    Case("P21-GEO-001", {SOLICITATION: [{"address": "cases.solicitation[item_kind=accounts,geo=UNCLEAR]"}]},
         "cases.solicitation[item_kind=accounts,geo=UNCLEAR]", {SOLICITATION: [{"address": WORLD}]}),
    Case("P21-GEO-002", {SOLICITATION: [{"address": WORLD}]}, WORLD, {SOLICITATION: [{}, {"address": WORLD}]}),
    Case("P21-SVC-001", {SOLICITATION: [{"address": f"cases.solicitation[service=MAY_INCLUDE_OTHER,{ACCOUNTS}]"}]},
         f"cases.solicitation[service=MAY_INCLUDE_OTHER,{ACCOUNTS}]",
         {SOLICITATION: [{"address": f"cases.solicitation[service=GOOGLE_CHAT,{ACCOUNTS}]"}]}),
    Case("P21-PER-001", {ALL: {"period": "2021-08-01/2022-12-31"}}, ALL, {ALL: {"period": "2021-08-02/2022-12-31"}}),
    Case("P21-PER-002", {ALL: {"period": "2022-01-02/2022-12-31"}}, ALL, {ALL: {"period": "2022-01-01/2022-12-30"}}),
    Case("P21-PER-003", {ALL: {"period": ""}}, ALL, {ALL: UNCOUNTED | {"period": ""}}),
    Case("P21-PER-003", {ALL: {"period": "2022-01-01/.."}}, ALL, {RETENTION: {"period": "2022-01-01/.."}}),
    Case("P21-PER-004", {ALL: {"period": "2022-01-01/2022-12-30"}}, "", {ALL: UNCOUNTED | {"period": "2022-01-01/2022-12-30"}}),
    Case("P21-RAT-001", {BASE: 41, RATE: "24.5"}, RATE, {BASE: 41, RATE: "24.4"}),
    Case("P21-RAT-001", {BASE: 41, RATE: "23"}, RATE, {BASE: UNCOUNTED, RATE: "23"}),
    Case("P21-RAT-002", {BASE: 0, RATE: 0}, RATE, {BASE: 1, RATE: 0}),
    Case("P21-RAT-003", {BASE: None}, REVERSALS,
         {BASE: [{"address": "errors.reversal_base[denominator=suspended,item_kind=content_items,geo=GLOBAL]"}]}),
    Case("P21-RAT-004", {AS_ACCOUNTS: IN_2022 | {"value": 501}}, SUSPENDED, {AS_ACCOUNTS: IN_2022 | {"value": 502}, ALL: 501}),
    Case("P21-CPL-001", {BASE: {"value": 45, "qualifier": "approximate"}}, BASE,
         {BASE: {"value": 44, "qualifier": "approximate"}}),
    Case("P21-CPL-001", {BASE: 41}, BASE, {BASE: 41, COMBINED: None}),
    Case("P21-CPL-002", {REVERSALS: 9}, REVERSALS, {REVERSALS: {"value": 15, "qualifier": "upper_bound"}}),
    Case("P21-CPL-003", {JUDICIAL: UNCOUNTED}, "complaints.lodged", {JUDICIAL: 0}),
    Case("P21-PRT-001", {KNOWN: 301}, ALL, {KNOWN: 301, NEW: 100}),
    Case("P21-PRT-001", {KNOWN: 299}, ALL, {KNOWN: 299, NEW: UNCOUNTED}),
    Case("P21-PRT-001", {JUDICIAL: 11}, COMBINED, {JUDICIAL: 11, COMBINED: {"qualifier": "lower_bound"}}),
    Case("P21-PRT-001",
         {f"data.volume.content[item_kind={kind},geo=EU]": IN_2022 | {"value": 2501} for kind in ("images", "videos")},
         VOLUME, {"data.volume.content[item_kind=images,geo=EU]": IN_2022 | {"value": 2501}}),
    Case("P21-PRT-002", {WORLD: IN_2022 | {"value": 30}}, WORLD.replace("GLOBAL", "EU"), {WORLD: IN_2022 | {"value": 31}}),
    Case("P21-CAS-001", {}, "cases.identified", NO_ITEMS | {AS_ACCOUNTS: IN_2022 | {"value": 33}},
         NO_ITEMS | {AS_ACCOUNTS: IN_2022 | {"value": 33}}),
    Case("P21-CAS-001", NO_ITEMS | {AS_ACCOUNTS: IN_2022 | {"value": 33}}, "cases.identified",
         {"cases.identified[item_kind=images,geo=EU]": IN_2022 | {"value": 33}}, {}),
    Case("P21-CAS-002", {SOLICITATION: 37}, SOLICITATION, {SOLICITATION: 38},
         {SOLICITATION: {"value": 31, "period": "2021-08-02/2021-12-31"}}),
    Case("P21-CAS-002", {SOLICITATION: 63}, SOLICITATION, {SOLICITATION: 62}, {}),
    Case("P21-CAS-001", NO_ITEMS | {AS_ACCOUNTS: IN_2022 | {"value": 33}}, "cases.identified",
         {AS_ACCOUNTS: IN_2022 | {"value": 33}}, {}),
    Case("P21-PRT-003", {REVIEWED: IN_2022 | {"value": 40}, CONFIRMED: IN_2022 | {"value": 41}}, CONFIRMED,
         {REVIEWED: IN_2022 | {"value": 40, "qualifier": "lower_bound"}, CONFIRMED: IN_2022 | {"value": 41}}),
    Case("P21-PRT-003", {RESTORED: 41}, RESTORED, {RESTORED: 40}),
    Case("P21-PRV-001", {SOLICITATION: 0}, SOLICITATION, {SOLICITATION: 1}, {}),
    Case("P21-PRV-002", {}, "data.technology[technology=MD5]", {"data.technology[technology=MD5]": NA},
         {"data.technology[technology=MD5]": {"value": "MD5"}}),
    Case("P21-PRV-003", {ALL: {"period": "2021-12-31/2022-12-31"}}, ALL, {ALL: {"period": "2022-01-01/2022-06-30"}}, IN_2021),
    Case("P21-PRV-003", {ALL: {"period": "2022-01-02/2022-12-31"}}, ALL, {ALL: {"period": ""}}, IN_2021),
    Case("P21-PRV-004", {RATE: 24}, RATE, {RATE: "25.0"}, accepted={}),
    Case("P21-LEG-001", {"legal.processing.article_named[ground=GDPR_6_1_F]": 0},
         "legal.processing.article_named[ground=GDPR_6_1_F]",
         {"legal.processing.article_named[ground=GDPR_6_1_F]": NA}),
    Case("P21-RET-001", {RETENTION: "12.1"}, RETENTION, {RETENTION: {"value": 366, "unit": "days"}}),
    Case("P21-RET-001", {RETENTION: {"value": "", "obs_status": "A", "unit": "account_lifetime"}}, RETENTION,
         {RETENTION: UNCOUNTED | {"unit": "account_lifetime"}}),
]  # fmt: skip


def judged(case: Case, change: dict[str, object]) -> set[str]:
    before, accepted = (
        None if other is None else changed(clean_provider_2021(), other) for other in (case.before, case.accepted)
    )
    lines = changed(clean_provider_2021(), change)
    return where(case.rule, judge(*RETURN, lines, YEAR, before, ("2021-08-02", "2021-12-31"), accepted))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_fires_at_the_figure_that_breaks_it(case: Case) -> None:
    assert judged(case, case.breaks) == case.addresses


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_is_silent_just_inside_its_bounds(case: Case) -> None:
    assert judged(case, case.holds) == set()


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(RULES)
