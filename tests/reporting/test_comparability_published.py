"""The published filings: sums that were printed come out, sums that nobody could make are refused, each with reasons."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from portal.access import Role
from portal.models import Membership, ReportingEntity, User
from reporting.comparability import Comparison, Total, compare, words
from reporting.comparability.asking import Question, answer
from reporting.observed import observed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_portal")]
STATES = "member_state_statistics"
EU = {"at", "be", "bg", "hr", "cy", "cz", "dk", "ee", "fi", "fr", "de", "gr", "hu", "ie", "it", "lv", "lt", "lu", "mt", "nl",
      "pl", "pt", "ro", "sk", "si", "es", "se"}  # fmt: skip


@pytest.fixture
def reader() -> User:
    user = User.objects.create_user("reader@commission.test", name="Reader")
    Membership.objects.create(user=user, entity=ReportingEntity.objects.get(code="commission"), role=Role("reader"))
    return User.objects.get(pk=user.pk)


def states(reader: User, address: str) -> Comparison:
    return answer(Question(STATES, (address,), ("2022",)), reader)


def sent(reader: User, year: str) -> Comparison:
    return answer(Question("reference_statistics", ("reference.reports",), (year,)), reader)


def barred(found: Comparison) -> dict[str, int]:
    return dict(Counter(found.reasons.filter(pl.col("effect") == "bars")["code"]))


@pytest.mark.parametrize(("year", "printed"), [("2021", 555_834), ("2022", 1_503_431)])
def test_reports_sent_to_the_member_states_are_added_to_the_printed_total(reader, year, printed) -> None:
    found = sent(reader, year)

    assert found.comparable
    assert found.axes == ("country",)
    assert found.total == Total(printed, printed, printed, "exact", "A", 27)
    assert (found.counted, found.expected) == (27, 27)
    [whole] = found.observations.filter(pl.col("address") == "reference.reports[country=EU]")["number"]
    assert whole == printed


@pytest.mark.parametrize("year", ["2021", "2022"])
def test_every_printed_share_follows_from_the_total(reader, year) -> None:
    printed = observed(reader, code="reference.report_share", revision__filing__period__label=year)
    shares = {
        f"reference.report_share[country={member}]": round(share, 2)
        for member, share in sent(reader, year).shares().iter_rows()
    }

    assert len(shares) == 27
    assert shares == dict(printed.select("address", "number").iter_rows())


@pytest.mark.parametrize(("address", "printed", "members"), [
    ("children.total", 4922, 19), ("children.female", 3156, 12), ("children.male", 700, 11),
])  # fmt: skip
def test_the_printed_sum_of_children_is_that_of_the_figures_as_filed_and_no_total(
    reader, address, printed, members
) -> None:
    found = states(reader, address)

    assert found.filed_sum is not None
    assert (found.filed_sum.value, found.filed_sum.members) == (printed, members)
    assert found.total is None
    assert {"period", "definition", "missing", "not_filed"} == set(barred(found))


def test_children_that_can_be_added_are_those_of_one_year_and_one_definition(reader) -> None:
    found = states(reader, "children.total")

    assert (found.counted, found.expected) == (6, 27)
    assert set(found.lines.filter("subset")["member"]) == {"bg", "cy", "cz", "it", "es", "se"}
    assert found.subset_total == Total(710, 710, 710, "exact", "A", 6)
    assert barred(found) == {"period": 13, "definition": 3, "missing": 5, "not_filed": 3}


def test_reports_of_member_states_are_refused_for_their_days_and_for_those_who_gave_none(reader) -> None:
    found = states(reader, "reports.total")

    assert barred(found) == {"period": 15, "missing": 4, "not_filed": 3}
    missing = found.reasons.filter(pl.col("code").is_in(["missing", "not_filed"]))["member"]
    assert set(missing) == {"ee", "de", "lv", "si", "mt", "pt", "ro"}
    assert words.because(found) == ["the figures cover 12 different periods", "7 figures are missing"]


def test_no_state_counts_persons_convicted_so_nothing_is_added(reader) -> None:
    found = states(reader, "convictions.persons")

    assert (found.total, found.subset_total, found.filed_sum, found.estimate()) == (None, None, None, None)
    assert barred(found) == {"missing": 24, "not_filed": 3}


def test_convictions_are_refused_for_days_offline_offences_and_three_periods_of_one_state(reader) -> None:
    found = states(reader, "convictions.count")

    assert barred(found) == {"period": 15, "definition": 4, "not_filed": 8}
    differing = found.reasons.filter(pl.col("code") == "definition")
    assert set(differing["member"]) == {"at", "it", "lv", "lu"}
    assert all("online_offline_not_separated" in flags for flags in differing["detail"])
    own = found.reasons.filter((pl.col("member") == "pl") & (pl.col("code") == "period"))["detail"]
    assert sorted(own) == ["2021-07-01/2022-06-30", "2022-01-01/2022-12-31", "2023-01-01/2023-06-30"]


@pytest.mark.parametrize(("year", "reasons"), [
    ("2021", {"unit", "period", "territory", "members", "unclear"}), ("2022", {"unit", "territory", "members", "unclear"}),
])  # fmt: skip
def test_cases_of_providers_are_refused_for_units_territories_and_days(reader, year, reasons) -> None:
    found = answer(Question("provider_report", ("cases.identified",), (year,)), reader)

    assert set(barred(found)) == reasons
    assert found.total is None
    assert found.filed_sum is None
    assert found.estimate() is None


def test_accounts_and_items_of_one_provider_in_two_years_are_two_things(reader) -> None:
    found = answer(Question("provider_report", ("cases.identified",), ("2021", "2022"), ("meta",), "chart"), reader)

    assert found.axes == ("entity", "period")
    assert not found.comparable
    assert "unit" in barred(found)


def test_the_estimate_of_reports_leaves_out_who_gave_none(reader) -> None:
    estimate = states(reader, "reports.total").estimate()

    assert estimate is not None
    assert (estimate.members, estimate.expected, estimate.complete, estimate.status) == (20, 27, False, "E")
    assert estimate.low < estimate.point < estimate.high
    assert round(estimate.point) == 475_810


def test_of_a_printed_range_per_month_nothing_is_made(reader) -> None:
    found = compare(
        observed(reader, code__in=["reports.month_lowest", "reports.month_highest"]), "add", expected=sorted(EU)
    )

    assert found.total is None


def test_a_filer_is_told_of_nobody_else(reader) -> None:
    user = User.objects.create_user("filer@dk.test", name="Filer")
    Membership.objects.create(user=user, entity=ReportingEntity.objects.get(code="dk"), role=Role("filer"))
    found = states(User.objects.get(pk=user.pk), "reports.total")

    assert set(found.lines["entity"]) == {"dk"}
    assert found.expected == 1
    assert set(found.reasons["member"]) <= {"dk"}
