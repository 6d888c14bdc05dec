"""The judge as a whole: everything wrong in one pass, nothing hidden, nothing skipped in silence, never a crash."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from submissions.canonical import FIELDS
from submissions.definition import LANGUAGES
from submissions.messages import in_words
from submissions.rules import KINDS, Context
from submissions.validation import Computed, Verdict, validate
from tests.core.builders import ABSENT, CATALOGUE, UNCOUNTED, changed, found, head_of, judge, lines_of, unjudged, where
from tests.core.clean import AT, CLEAN, PERIOD, WHERE, clean_provider_2024

ALL_FIVE = sorted(CLEAN)
FORM, OLD, STATE = ("provider_report", "2024"), ("provider_report", "2021"), ("member_state_statistics", "1")
FLAGGED, FALSE, REVIEWED = (
    f"errors.known.{row}[technology=PHOTODNA]" for row in ("flagged", "false_positives", "reviewed")
)
IMAGES = "cases.known.images"


def judged(which: tuple[str, str], change: dict[str, Any], **more: Any) -> Verdict:
    return judge(*which, changed(CLEAN[which](), change), PERIOD.get(which, ("2025-01-01", "2025-12-31")), **more)


def blocked_by(verdict: Verdict, finding: str) -> set[str]:
    return {rule for rule, blocker in unjudged(verdict) if blocker == finding}


@pytest.mark.parametrize("which", ALL_FIVE, ids=str)
def test_a_complete_filing_has_no_findings(which: tuple[str, str]) -> None:
    assert judged(which, {}).findings == ()


@pytest.mark.parametrize("which", ALL_FIVE, ids=str)
def test_an_empty_filing_lacks_every_required_row_and_nothing_else_is_an_error(which: tuple[str, str]) -> None:
    verdict = judge(*which, [])
    required = {p.code for p in CATALOGUE.get(*which).points.values() if p.required == "required"}
    (row_answered,) = [r.code for r in CATALOGUE.get(*which).rules.values() if r.clauses[0].kind == "row_answered"]
    assert where(row_answered, verdict) == required
    assert {f.rule for f in verdict.findings if f.severity == "error"} <= {row_answered, "P-CMP-005", "M-NIL-001"}


# One bad cell ---------------------------------------------------------------------------------------------


def test_every_bad_cell_of_a_filing_is_found_in_one_pass() -> None:
    bad = {IMAGES: "many", "cases.known.videos": {"unit": "images"}, "data.services": None, "cases.new.videos": "2.5",
           FALSE: 101, "cases.nothing": 5, "sharing.ncmec": "maybe", "cases.new.reports": {"obs_status": "Z"}}  # fmt: skip
    assert found(judged(FORM, bad)) >= {
        ("P-FMT-004", IMAGES), ("P-FMT-008", "cases.known.videos"), ("P-CMP-001", "data.services"),
        ("P-FMT-005", "cases.new.videos"), ("P-ERR-001", FALSE), ("P-FMT-001", "cases.nothing"),
        ("P-FMT-007", "sharing.ncmec"), ("P-FMT-003", "cases.new.reports"),
    }  # fmt: skip


def test_every_fault_of_one_line_is_found_in_one_pass() -> None:
    bad = {
        "value": "-1.5",
        "unit": "videos",
        "qualifier": "about",
        "period": "2025",
        "reason": "because",
        "remark": "x",
    }
    assert {rule for rule, address in found(judged(FORM, {IMAGES: bad})) if address == IMAGES} >= {
        "P-RNG-001", "P-FMT-005", "P-FMT-008", "P-FMT-011", "P-FMT-010", "P-FMT-012", "P-FMT-013",
    }  # fmt: skip


def test_a_bad_cell_blocks_just_the_rules_that_need_it() -> None:
    verdict = judged(FORM, {"cases.new.images": "many", FALSE: 101})
    assert blocked_by(verdict, "P-FMT-004 cases.new.images") == {
        "P-CAS-001", "P-CAS-002", "P-CAS-004", "P-CAS-005", "P-CPL-008", "P-VOL-002",
    }  # fmt: skip
    assert {("P-FMT-004", "cases.new.images"), ("P-ERR-001", FALSE)} <= found(verdict)


def test_a_blocked_rule_counts_for_no_severity() -> None:
    verdict = judged(FORM, {IMAGES: "many"})
    assert (verdict.count("error"), verdict.count("warning"), verdict.count("info")) == (1, 0, 0)
    assert {f.severity for f in verdict.findings if f.blocked_by} == {"info"}


def test_a_doubled_line_blocks_the_rules_that_need_it() -> None:
    verdict = judged(FORM, {IMAGES: [{}, {"value": 61}]})
    assert found(verdict) == {("P-FMT-002", IMAGES)}
    assert "P-CAS-004" in blocked_by(verdict, f"P-FMT-002 {IMAGES}")


def test_a_bad_cell_blocks_rules_of_its_own_technology_alone() -> None:
    second = {f"errors.known.{row}[technology=MD5]": 10 for row in ("flagged", "false_positives", "reviewed")}
    verdict = judged(FORM, {FLAGGED: "many"} | second | {"errors.known.false_positives[technology=MD5]": 11})
    assert ("P-ERR-001", "errors.known.false_positives[technology=MD5]") in found(verdict)
    blocked = {f.address for f in verdict.findings if f.rule == "P-ERR-001" and f.blocked_by}
    assert blocked == {FALSE}


def test_each_technology_names_the_finding_of_its_own_that_blocks_it() -> None:
    other = FLAGGED.replace("PHOTODNA", "MD5")
    verdict = judged(FORM, {FLAGGED: "many", other: {"value": 5, "unit": "files"}, FALSE.replace("PHOTODNA", "MD5"): 1})
    named = {(f.address, f.blocked_by) for f in verdict.findings if f.rule == "P-ERR-001" and f.blocked_by}
    assert named == {(FALSE, f"P-FMT-004 {FLAGGED}"), (FALSE.replace("PHOTODNA", "MD5"), f"P-FMT-008 {other}")}


def test_a_misspelt_technology_blocks_the_rules_that_need_the_figure() -> None:
    wrong = "errors.known.flagged[technology=PHOTODNB]"
    verdict = judged(FORM, {FLAGGED: [{"address": wrong}]})
    assert {"P-CAS-004", "P-CAS-006", "P-ERR-001"} <= blocked_by(verdict, f"P-FMT-001 {wrong}")
    assert not {"P-CAS-006", "P-ERR-007"} & {rule for rule, _ in found(verdict)}


WHOLE = f"cases.identified[{WHERE},match=all]"
NEEDED = [
    (
        FORM,
        FLAGGED,
        "many",
        "P-FMT-004",
        {"P-ERR-001", "P-ERR-002", "P-ERR-005", "P-ERR-009", "P-CAS-004", "P-MEA-001"},
    ),
    (FORM, "measures.known.human_review.systematic", "often", "P-FMT-007", {"P-ERR-004", "P-ERR-013", "P-MEA-003"}),
    (OLD, WHOLE, "many", "P21-FMT-003", {"P21-CAS-001", "P21-RAT-004", "P21-PRT-001"}),
    (OLD, f"errors.reversals[{WHERE}]", "some", "P21-FMT-003", {"P21-RAT-001", "P21-RAT-003", "P21-CPL-002"}),
    (STATE, "reports.total", "1,234", "M-FMT-004", {"M-RPT-001", "M-RPT-007", "M-XBL-001", "M-XBL-002", "M-CMP-002"}),
    (STATE, "frame.dynamic", "now and then", "M-FMT-004", {"M-PER-011", "M-SCP-002"}),
    (("measurement_series", "1"), f"removed.locations[{AT}]", "?", "S-FMT-004", {"S-PRT-001", "S-PRT-002"}),
]


@pytest.mark.parametrize(("which", "address", "value", "rule", "needing"), NEEDED, ids=[entry[1] for entry in NEEDED])
def test_rules_that_need_an_unreadable_answer_are_listed_as_not_evaluated(
    which: tuple[str, str], address: str, value: str, rule: str, needing: set[str]
) -> None:
    verdict = judged(which, {address: value})
    assert blocked_by(verdict, f"{rule} {address}") >= needing
    assert {r for r, _ in found(verdict)} == {rule}


# Comparisons ----------------------------------------------------------------------------------------------

COMPARED = {
    check.rule.code: (which, check)
    for which in ALL_FIVE
    for check in reversed(CATALOGUE.get(*which).checks)
    if check.kind == "compare"
}


@pytest.mark.parametrize("rule", COMPARED)
def test_a_comparison_breaks_on_numbers_and_is_left_unjudged_without_one(rule: str) -> None:
    which, check = COMPARED[rule]
    left, right = check.params["left"], check.params["right"]
    filed = [line["address"] for line in CLEAN[which]()]

    def said(side: str | list[str], answer: Any) -> dict[str, Any]:
        return {
            address: answer
            for address in filed
            if address.partition("[")[0] in ([side] if isinstance(side, str) else side)
        }

    def is_broken(change: dict[str, Any]) -> bool:
        findings = [f for f in judged(which, change).findings if f.rule == rule and not f.blocked_by]
        return any(f.params.items() >= check.bindings.items() for f in findings)

    small, large = (left, right) if check.params["op"] == ">=" else (right, left)
    broken = said(small, 0) | said(large, 100)
    assert is_broken(broken)
    for side in (left, right):
        if isinstance(side, str):
            assert not is_broken(broken | said(side, UNCOUNTED))


@pytest.mark.parametrize("which", ALL_FIVE, ids=str)
def test_every_rule_can_be_judged_without_the_others(which: tuple[str, str]) -> None:
    definition, head = CATALOGUE.get(*which), head_of(*which)
    lines = lines_of(head, CLEAN[which]())
    for code, rule in definition.rules.items():
        alone = replace(definition, rules=MappingProxyType({code: rule}))
        assert validate(alone, lines, Context(head)).findings == (), code


# Computed points ------------------------------------------------------------------------------------------


def test_a_computed_point_is_worked_out_beside_what_was_filed() -> None:
    two = {f"errors.known.{row}[technology=MD5]": value for row, value in (("flagged", 8), ("false_positives", 1))}
    ratio = "errors.known.false_positive_ratio[technology={}]".format
    verdict = judged(FORM, two)
    assert {c for c in verdict.computed if c.address.startswith("errors.known")} == {
        Computed(ratio("PHOTODNA"), 2.0, 2.0),
        Computed(ratio("MD5"), 12.5, None),
    }


def test_sums_and_differences_are_worked_out_once_all_parts_are_filed() -> None:
    verdict = judged(STATE, {"children.total": 200, "reports.duplicates": None, "reports.source.hotline": None})
    assert set(verdict.computed) == {
        Computed("children.total", 210.0, 200.0),
        Computed("reports.duplicates", 134.0, None),
    }


def test_a_ratio_over_nothing_is_not_worked_out() -> None:
    assert not [c for c in judged(FORM, {FLAGGED: 0}).computed if c.address.startswith("errors.known")]


def test_usable_observations_are_all_lines_but_the_bad_ones() -> None:
    verdict = judged(
        FORM, {IMAGES: "many", "cases.nothing": 5, "cases.known.videos": [{}, {}], "data.services": ABSENT}
    )
    filed = {line["address"] for line in clean_provider_2024()}
    assert set(verdict.observations["address"]) == filed - {IMAGES, "cases.known.videos"}
    assert verdict.observations.columns[: len(FIELDS) + 1] == ["line", *FIELDS]


# Order ----------------------------------------------------------------------------------------------------


def test_findings_follow_the_lines_and_then_the_rules() -> None:
    definition = CATALOGUE.get(*FORM)
    verdict = judged(
        FORM,
        {IMAGES: "many", "cases.known.videos": {"unit": "images", "value": "-1"}, FALSE: 101, "data.services": None},
    )
    order = list(definition.rules)
    keys = [(f.line is None, f.line or 0, order.index(f.rule), f.address) for f in verdict.findings]
    assert keys == sorted(keys)
    assert verdict.findings == judged(FORM, {IMAGES: "many", "cases.known.videos": {"unit": "images", "value": "-1"},
                                             FALSE: 101, "data.services": None}).findings  # fmt: skip


def test_a_finding_names_line_field_value_and_what_it_is_compared_with() -> None:
    (finding,) = [f for f in judged(FORM, {FALSE: 101}).findings if f.rule == "P-ERR-001"]
    lines = [line["address"] for line in clean_provider_2024()]
    assert (finding.line, finding.field, finding.value, finding.related) == (
        lines.index(FALSE),
        "value",
        "101",
        (FLAGGED,),
    )
    assert finding.params["numbers"] == {FALSE: 101.0, FLAGGED: 100.0}


# Words ----------------------------------------------------------------------------------------------------


def test_names_in_messages_are_in_the_language_of_the_reader() -> None:
    definition = CATALOGUE.get(*FORM)
    (finding,) = [f for f in judged(FORM, {IMAGES: {"unit": "videos"}}).findings if f.rule == "P-FMT-008"]
    units = definition.code_lists["unit"].codes
    for language in LANGUAGES:
        message = in_words(definition, finding, language).message
        assert definition.points[IMAGES].label[language] in message
        assert units["videos"].label[language] in message
        assert units["images"].label[language] in message


def test_a_blocked_rule_says_in_every_language_what_blocks_it() -> None:
    definition = CATALOGUE.get(*FORM)
    blocked = [f for f in judged(FORM, {IMAGES: "many"}).findings if f.blocked_by]
    assert all(f"P-FMT-004 {IMAGES}" in in_words(definition, f, lang).message for f in blocked for lang in LANGUAGES)


def test_flags_and_flagged_figures_are_named() -> None:
    definition = CATALOGUE.get(*STATE)
    (finding,) = [f for f in judged(STATE, {"frame.dynamic": 1}).findings if f.rule == "M-SCP-002"]
    message = in_words(definition, finding, "en").message
    assert definition.points["reports.total"].label["en"] in message
    assert definition.code_lists["comparability_flag"].codes["dynamic_database"].label["en"] in message


def test_braces_in_what_was_sent_are_shown_as_they_are() -> None:
    definition = CATALOGUE.get(*FORM)
    (finding,) = judge(*FORM, [{"address": "{label}{0}"}]).findings[:1]
    assert in_words(definition, finding, "en").message.startswith("{label}{0}")


def test_every_kind_of_rule_is_used_by_some_definition() -> None:
    used = {check.kind for which in ALL_FIVE for check in CATALOGUE.get(*which).checks}
    assert used == set(KINDS)
