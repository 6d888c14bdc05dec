"""What the README of the forms says of the rules, beyond single bounds: units, repeated rows, ranges, last year."""

from __future__ import annotations

from typing import Any

import pytest

from submissions.validation import Verdict
from tests.core.builders import UNCOUNTED, changed, found, judge, where
from tests.core.clean import (
    ACCOUNTS,
    CLEAN,
    PERIOD,
    WHERE,
    clean_member_state,
    clean_provider_2021,
    clean_provider_2024,
)

FORM, OLD, STATE = ("provider_report", "2024"), ("provider_report", "2021"), ("member_state_statistics", "1")
TIME = "complaints.known.content.internal.average_time"
BASE, COMBINED = f"errors.reversal_base[denominator=appeals,{WHERE}]", f"complaints.lodged[{WHERE},channel=combined]"
RATE = f"errors.reversal_rate[denominator=appeals,{WHERE}]"
SOLICITATION = f"cases.solicitation[{ACCOUNTS}]"
YEAR_BEFORE, LONG_AGO = ("2021-08-02", "2021-12-31"), ("2020-01-01", "2020-12-31")


def judged(which: tuple[str, str], change: dict[str, Any], **more: Any) -> Verdict:
    return judge(*which, changed(CLEAN[which](), change), PERIOD.get(which, ("2025-01-01", "2025-12-31")), **more)


def span(low: int, high: int) -> dict[str, Any]:
    return {"value": "", "obs_status": "A", "qualifier": "range", "low": low, "high": high}


# The standard form ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["indefinite", "account_lifetime"])
@pytest.mark.parametrize("row", ["retention.content_items", TIME])
def test_the_form_takes_days_months_and_years_and_no_time_without_end(row: str, unit: str) -> None:
    verdict = judged(FORM, {row: {"value": "", "obs_status": "A", "unit": unit}})
    assert {rule for rule, address in found(verdict) if address == row} & {"P-FMT-004", "P-FMT-008"}


@pytest.mark.parametrize(("value", "unit"), [(367, "days"), ("12.1", "months"), ("1.01", "years")])
def test_an_average_time_is_compared_with_a_year_in_whatever_unit_it_is_filed(value: Any, unit: str) -> None:
    assert ("P-CPL-006", TIME) in found(judged(FORM, {TIME: {"value": value, "unit": unit}}))


def test_the_rule_on_average_times_speaks_of_no_retention_period() -> None:
    assert where("P-CPL-006", judged(FORM, {"retention.content_items": {"value": 400, "unit": "days"}})) == set()


def test_a_row_of_the_form_stands_once_whatever_its_period() -> None:
    verdict = judged(FORM, {"cases.known.images": [{}, {"period": "2025-01-01/2025-06-30", "value": 30}]})
    assert ("P-FMT-002", "cases.known.images") in found(verdict)


def test_a_category_6_row_may_stand_once_for_each_technology() -> None:
    second = {f"errors.known.{row}[technology=MD5]": value for row, value in
              (("flagged", 10), ("false_positives", 1), ("false_positive_ratio", 10), ("reviewed", 10))}  # fmt: skip
    assert found(judged(FORM, second)) == set()


def test_figures_of_several_technologies_are_added_where_a_rule_compares_with_other_categories() -> None:
    flagged = "errors.known.flagged[technology={}]".format
    assert where("P-CAS-004", judged(FORM, {flagged("PHOTODNA"): 45, flagged("MD5"): 40})) == set()
    assert where("P-CAS-004", judged(FORM, {flagged("PHOTODNA"): 45, flagged("MD5"): 39})) == {"cases.known.images"}


def test_detection_by_two_technologies_one_of_them_uncounted_is_no_change_to_last_year() -> None:
    two = changed(clean_provider_2024(), {"errors.known.flagged[technology=MD5]": UNCOUNTED})
    assert where("P-PER-002", judge(*FORM, two, previous=list(reversed(two)))) == set()


def test_one_count_that_rose_from_zero_is_not_the_same_as_last_year() -> None:
    verdict = judged(FORM, {"complaints.known.content.judicial.restored": 1}, previous=clean_provider_2024())
    assert where("P-PER-004", verdict) == set()


def test_one_count_that_is_new_is_not_the_same_as_last_year() -> None:
    before = changed(clean_provider_2024(), {"data.files.non_eu": None})
    assert where("P-PER-004", judged(FORM, {}, previous=before)) == set()


# Ranges ---------------------------------------------------------------------------------------------------


def test_girls_given_as_a_range_have_no_number_so_the_sum_is_left_unjudged() -> None:
    assert where("M-CHD-001", judged(STATE, {"children.female": span(120, 140)})) == set()


def test_a_range_agrees_with_the_figures_inside_it_and_with_no_other() -> None:
    assert where("P21-CPL-001", judged(OLD, {COMBINED: span(35, 45)})) == set()
    assert where("P21-CPL-001", judged(OLD, {COMBINED: span(41, 45)})) == {BASE}


def test_a_range_is_compared_beside_an_exact_figure() -> None:
    exact = {"address": f"complaints.lodged[{ACCOUNTS},channel=combined]", "value": 7}
    assert where("P21-CPL-001", judged(OLD, {COMBINED: [span(35, 45), exact]})) == set()


# Rates and last year, before the form ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reversals", "base", "rate", "follows"),
    [(14, 100, "10", False), (14, 100, "14", True), (141, 1000, "14", True), (145, 1000, "14", True), (146, 1000, "14", False),
     (60, 100, "100", False), (14, 100, "14.1", False), (141, 1000, "14.1", True)],
)  # fmt: skip
def test_a_rate_follows_from_its_parts_within_the_decimals_it_is_filed_with(
    reversals: int, base: int, rate: str, follows: bool
) -> None:
    verdict = judged(OLD, {f"errors.reversals[{WHERE}]": reversals, BASE: base, RATE: rate})
    assert where("P21-RAT-001", verdict) == (set() if follows else {RATE})


def test_last_years_figure_is_the_same_figure_whatever_the_service() -> None:
    chat = {"address": f"cases.solicitation[service=GOOGLE_CHAT,{ACCOUNTS}]"}
    before = changed(clean_provider_2021(), {SOLICITATION: [chat]})
    verdict = judged(OLD, {SOLICITATION: 300}, previous=before, previous_period=YEAR_BEFORE)
    assert where("P21-CAS-002", verdict) == {SOLICITATION}


def test_a_jump_over_years_without_a_filing_is_no_jump_since_last_year() -> None:
    before = clean_provider_2021()
    assert where("P21-CAS-002", judged(OLD, {SOLICITATION: 300}, previous=before, previous_period=LONG_AGO)) == set()


def test_a_figure_without_dates_has_jumped_only_if_it_has_whatever_days_it_covers() -> None:
    undated = changed(clean_provider_2021(), {SOLICITATION: {"period": ""}})
    for value, addresses in {62: set(), 63: set(), 148: set(), 149: {SOLICITATION}}.items():
        verdict = judged(OLD, {SOLICITATION: value}, previous=undated, previous_period=YEAR_BEFORE)
        assert where("P21-CAS-002", verdict) == addresses


def test_figures_without_own_dates_are_compared_as_plain_numbers() -> None:
    undated = changed(clean_provider_2021(), {SOLICITATION: {"period": ""}})
    verdict = judge(*OLD, undated, PERIOD[OLD], undated, ("2021-08-02", "2021-12-31"))
    assert where("P21-CAS-002", verdict) == set()


def test_a_rate_follows_from_a_base_that_is_only_approximate() -> None:
    about = {f"errors.reversals[{WHERE}]": 10, BASE: {"value": 40, "qualifier": "approximate"}}
    for rate, addresses in {"23": set(), "27": set(), "22": {RATE}, "29": {RATE}}.items():
        assert where("P21-RAT-001", judged(OLD, about | {RATE: rate})) == addresses


def test_rates_of_parts_are_not_added_to_the_rate_of_the_whole() -> None:
    ratios = {f"errors.false_positive_ratio[{WHERE},match={match}]": "0.75" for match in ("known", "new")}
    assert where("P21-PRT-001", judged(OLD, ratios)) == set()


# Member States --------------------------------------------------------------------------------------------


def test_the_line_with_most_days_inside_the_reporting_period_stands_for_its_figure() -> None:
    early = {"period": "2025-01-01/2025-03-31", "value": 5000}
    assert where("M-XBL-002", judged(STATE, {"children.total": [early, {}]})) == set()
    late = {"period": "2025-04-01/2025-12-31"}
    assert where("M-XBL-002", judged(STATE, {"children.total": [early | {"value": 1}, late | {"value": 5000}]})) == {
        "children.total"
    }


def test_lines_with_dimensions_never_count_as_the_figure_without() -> None:
    months = {f"reports.by_month[month=2025-{month:02}]": 90 for month in range(1, 13)}
    assert found(judged(STATE, months)) == set()


def test_a_reason_of_older_filings_is_fine_in_an_older_filing() -> None:
    asked = {"reports.hosted_pages": UNCOUNTED | {"reason": "question_not_asked"}}
    for period, addresses in {
        ("2024-01-01", "2024-12-31"): set(),
        ("2024-01-01", "2025-01-01"): {"reports.hosted_pages"},
    }.items():
        assert where("M-CMP-004", judge(*STATE, changed(clean_member_state(), asked), period)) == addresses
