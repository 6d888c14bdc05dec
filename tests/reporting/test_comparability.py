"""The comparability engine without a database: each reason with a set that has it, and what is made of the rest."""

from __future__ import annotations

import random
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.conf import settings

from benchmarks.comparability import observations
from reporting.comparability import PURPOSES, Estimate, Total, compare, compare_each, words
from reporting.comparability.comparison import alone
from reporting.comparability.engine import HARD, RELATIVE
from reporting.comparability.knowledge import knowledge
from reporting.observed import ASKED, FILED, points, with_definitions
from submissions.catalogue import catalogue

pytestmark = pytest.mark.pure
YEAR = (date(2025, 1, 1), date(2025, 12, 31))
DEFAULTS: dict[str, Any] = {
    "revision": 1, "filing": 1, "country": "", "return_id": "member_state_statistics", "version": "1", "period": "2025",
    "head_start": YEAR[0], "head_end": YEAR[1], "address": "children.total", "value": "", "number": None, "low": None,
    "high": None, "obs_status": "A", "start": YEAR[0], "end": YEAR[1], "own_period": 0, "unit": "children",
    "qualifier": "exact", "reason": "", "flags": "", "comment": "",
}  # fmt: skip


def line(entity: str, number: float | None = None, **given: Any) -> dict[str, Any]:
    value = "" if number is None else f"{number:.15g}"
    row = DEFAULTS | {"entity": entity, "number": number, "value": value} | given
    return row | {"code": row["address"].partition("[")[0]}


def frame(*lines: dict[str, Any]) -> pl.DataFrame:
    return with_definitions(pl.DataFrame([one | {"line": n} for n, one in enumerate(lines)], schema=FILED))


def provider(entity: str, number: float, address: str, unit: str, **given: Any) -> dict[str, Any]:
    return line(entity, number, return_id="provider_report", version="2021", address=address, unit=unit, **given)


def given_reasons(found: Any) -> set[tuple[str, str, str]]:
    return set(found.reasons.select("member", "code", "effect").iter_rows())


HALF = {"end": date(2025, 6, 30)}
ITEMS = "cases.identified[item_kind=content_items,geo={geo},match={match}]"
REASONS: dict[str, list[dict[str, Any]]] = {
    "not_filed": [line("at", 1), line("be", 2)],
    "missing": [line("at", 1), line("be", 2), line("xx", obs_status="L", reason="not_collected")],
    "not_applicable": [line("at", 1), line("be", 2), line("xx", obs_status="M")],
    "no_figure": [line("at", 1), line("be", 2), line("xx", address="frame.authority", value="Police", unit="none")],
    "not_additive": [
        line(who, 10, return_id="provider_report", version="2024", address="errors.known.false_positive_ratio", unit="percent")
        for who in ("at", "be", "xx")
    ],
    "overlap": [
        line("ncmec", n, return_id="reference_statistics", unit="reports", address=f"context.reports[area=EU,breakdown={part}]")
        for n, part in ((3, "grooming"), (5, "chat_messaging_email"))
    ],
    "unit": [line("at", 1), line("be", 2), line("xx", 3, unit="persons")],
    "subject": [line("at", 1), line("be", 2), line("xx", 3, address="children.female")],
    "source": [
        line(who, n, return_id="reference_statistics", unit="reports", address=f"reference.reports[country={country}]")
        for who, n, country in (("ncmec", 1, "AT"), ("ncmec", 2, "BE"), ("bka", 3, "DE"))
    ],
    "version": [
        line("at", 1, return_id="provider_report", version="2024", address="cases.known.images", unit="images"),
        line("be", 2, return_id="provider_report", version="2024", address="cases.known.images", unit="images"),
        provider("xx", 3, "cases.identified[item_kind=images,geo=EU_THREAD,match=known]", "images"),
    ],
    "period": [line("at", 1), line("be", 2), line("xx", 3, **HALF)],
    "territory": [provider(who, 1, ITEMS.format(geo=geo, match="all"), "content_items")
                  for who, geo in (("at", "EU"), ("be", "EU"), ("xx", "GLOBAL"))],
    "members": [provider(who, 1, ITEMS.format(geo="EU", match=match), "content_items")
                for who, match in (("at", "all"), ("be", "all"), ("xx", "known"))],
    "unclear": [provider(who, 1, ITEMS.format(geo=geo, match="all"), "content_items")
                for who, geo in (("at", "EU"), ("be", "EU"), ("xx", "UNCLEAR"))],
    "definition": [line("at", 1), line("be", 2), line("xx", 3, obs_status="D")],
    "estimated": [line("at", 1), line("be", 2), line("xx", 3, obs_status="E")],
    "provisional": [line("at", 1), line("be", 2), line("xx", 3, flags="dynamic_database")],
    "break": [line("at", 1), line("be", 2), line("xx", 3, obs_status="B")],
    "remark": [line("at", 1), line("be", 2), line("xx", 3, flags="includes_self_generated")],
    "approximate": [line("at", 1), line("be", 2), line("xx", 300, qualifier="approximate")],
    "rounded": [line("at", 1), line("be", 2), line("xx", 300, qualifier="rounded")],
    "bound": [line("at", 1), line("be", 2), line("xx", 300, qualifier="lower_bound")],
    "range": [line("at", 1), line("be", 2), line("xx", low=300, high=400, qualifier="range")],
    "order": [line("at", 1), line("be", 290), line("xx", 300, qualifier="rounded")],
    "aggregate": [
        line("ncmec", n, return_id="reference_statistics", unit="reports", address=f"reference.reports[country={country}]")
        for n, country in ((1, "AT"), (2, "BE"), (3, "EU"))
    ],
    "repeated": [line("at", 1), line("be", 2), line("xx", 3), line("xx", 1, **HALF)],
    "series_break": [line("at", 1, period="2024"), line("at", 2, obs_status="B")],
}  # fmt: skip
AXES = {"overlap": "breakdown", "source": "country", "aggregate": "country", "series_break": "period"}
EFFECTS = tomllib.loads((Path(settings.DEFINITIONS_DIR) / "comparability.toml").read_text())["effect"]


def test_every_reason_has_its_set() -> None:
    assert set(REASONS) == set(EFFECTS)
    assert {*HARD, *RELATIVE} <= set(EFFECTS)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("code", REASONS)
def test_a_reason_does_to_a_purpose_what_the_data_say(code: str, purpose: str) -> None:
    axis = AXES.get(code, "entity")
    expected = ["at", "be", "xx"] if axis == "entity" else None
    found = compare(frame(*REASONS[code]), purpose, axes=[axis], expected=expected)

    effect = EFFECTS[code][purpose]
    told = {effect for _member, reason, effect in given_reasons(found) if reason == code}
    assert told == ({effect} if effect else set())
    if effect == "bars":
        assert not found.comparable
        assert words.because(found) != []


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_is_told_in_words(code: str) -> None:
    for purpose in PURPOSES:
        found = compare(frame(*REASONS[code]), purpose, axes=[AXES.get(code, "entity")])
        for one in words.excluded(found, {}):
            assert one.why
        for clause in (*words.because(found), *words.with_marks(found)):
            assert "%" not in clause


def test_figures_that_agree_are_added_exactly() -> None:
    found = compare(frame(line("at", 17), line("be", 63), line("bg", 0)), "add", expected=["at", "be", "bg"])

    assert found.comparable
    assert found.total == Total(80, 80, 80, "exact", "A", 3)
    assert found.reasons.is_empty()
    assert found.estimate() is None
    assert found.shares()["share"].to_list() == [21.25, 78.75, 0]


def test_nothing_is_no_total() -> None:
    found = compare(frame().clear(), "add", expected=["at"])

    assert (found.comparable, found.total, found.subset_total, found.estimate()) == (False, None, None, None)
    assert given_reasons(found) == {("at", "not_filed", "bars")}


def test_a_mask_marks_the_largest_part_that_agrees() -> None:
    found = compare(frame(line("at", 1, **HALF), line("be", 2), line("bg", 4), line("cy", 8, obs_status="D")), "add")

    assert found.subset.to_list() == [False, True, True, False]
    assert (found.total, found.subset_total) == (None, Total(6, 6, 6, "exact", "A", 2))


def test_of_equally_large_parts_the_one_inside_the_reporting_period_is_taken_whatever_the_order() -> None:
    lines = [
        line("at", 1, start=date(2024, 1, 1), end=date(2024, 12, 31)),
        line("be", 2, start=date(2024, 1, 1), end=date(2024, 12, 31)),
        line("bg", 4, start=date(2024, 7, 1), end=date(2025, 6, 30)),
        line("cy", 8, start=date(2024, 7, 1), end=date(2025, 6, 30)),
    ]

    for order in (lines, lines[::-1], [lines[n] for n in (2, 0, 3, 1)]):
        assert compare(frame(*order), "add").subset_total == Total(12, 12, 12, "exact", "A", 2)


@pytest.mark.parametrize(("lines", "total"), [
    ([line("at", 5), line("be", 300, qualifier="rounded")], Total(305, 255, 355, "rounded", "A", 2)),
    ([line("at", 5), line("be", 300, qualifier="approximate")], Total(305, None, None, "approximate", "A", 2)),
    ([line("at", 5), line("be", 300, qualifier="lower_bound")], Total(None, 305, None, "lower_bound", "A", 2)),
    ([line("at", 5), line("be", 300, qualifier="upper_bound")], Total(None, None, 305, "upper_bound", "A", 2)),
    ([line("at", 5), line("be", low=2, high=9, qualifier="range")], Total(None, 7, 14, "range", "A", 2)),
    ([line("at", 3, qualifier="lower_bound"), line("be", 9, qualifier="upper_bound")], Total(None, 3, None, "bounds", "A", 2)),
    ([line("at", 5, obs_status="P"), line("be", 6, obs_status="E")], Total(11, 11, 11, "exact", "E", 2)),
    ([line("at", 5), line("be", 6, flags="dynamic_database")], Total(11, 11, 11, "exact", "P", 2)),
])  # fmt: skip
def test_a_total_is_hedged_as_its_worst_figure_is(lines: list[dict[str, Any]], total: Total) -> None:
    assert compare(frame(*lines), "add").total == total


def test_a_flag_that_forces_a_status_counts_as_that_status() -> None:
    found = compare(
        frame(line("at", 1), line("be", 2), line("xx", 3, flags="partial_breakdown;counts_webpages")), "add"
    )

    assert given_reasons(found) == {("xx", "definition", "bars")}


def test_the_bridge_joins_two_versions_where_it_calls_a_figure_equal_and_nowhere_else() -> None:
    new = [line(who, 5, return_id="provider_report", version="2024", address="cases.known.images", unit="images")
           for who in ("at", "be")]  # fmt: skip
    equal = provider("xx", 3, "cases.identified[service=GOOGLE_CHAT,item_kind=images,geo=EU,match=known]", "images")
    narrower = provider(
        "xx", 3, "cases.identified[item_kind=images,geo=EU,match=known,technology=MEDIA_MATCHING]", "images"
    )

    assert compare(frame(*new, equal), "add").total == Total(13, 13, 13, "exact", "A", 3)
    assert ("xx", "version", "bars") in given_reasons(compare(frame(*new, narrower), "add"))


def test_every_code_of_the_bridge_is_a_data_point() -> None:
    for (return_id, version, code), links in knowledge().links.items():
        old, new = catalogue().get(return_id, version), catalogue().versions(return_id)[-1]
        assert code in old.points
        for link in links:
            assert set(link.members) <= set(old.points[code].dimensions)
            assert set(link.new_codes) <= set(new.points)
            assert link.relation in catalogue().code_lists["relation"].codes


def test_a_figure_that_two_filings_hold_for_the_same_days_counts_once_as_the_later_one_has_it() -> None:
    again = line("at", 2, revision=9, period="2026", head_start=date(2026, 1, 1), head_end=date(2026, 12, 31))

    assert compare(frame(line("at", 1), again, line("be", 4)), "add").subset_total == Total(6, 6, 6, "exact", "A", 2)


def test_ranks_need_figures_whose_order_is_certain() -> None:
    clear = compare(frame(line("at", 1), line("be", 1), line("bg", 300, qualifier="rounded")), "rank")
    unsure = compare(frame(line("at", 1), line("be", 260), line("bg", 300, qualifier="rounded")), "rank")

    assert clear.comparable
    assert given_reasons(unsure) >= {("be", "order", "bars"), ("bg", "order", "bars")}
    assert unsure.subset.to_list() == [True, False, False]


def test_an_estimate_takes_the_mean_per_day_and_says_how_far_off_it_may_be() -> None:
    """365 days of the year, of which the half covers 181; 184 days at 1 a day, between a third and three times that."""
    found = compare(frame(line("at", 181, **HALF), line("be", 365)), "add", expected=["at", "be"])

    assert isinstance(found.estimate(), Estimate)
    assert not isinstance(found.estimate(), Total)
    estimate = found.estimate()
    assert estimate is not None
    assert (estimate.point, estimate.status, estimate.complete, estimate.prorated) == (730, "E", True, 1)
    assert (estimate.low, estimate.high) == pytest.approx((365 + 181 + 184 / 3, 365 + 181 + 184 * 3))


def test_a_part_of_a_longer_figure_is_held_to_what_the_rest_may_have_had() -> None:
    """730 in 731 days; 365 of them in the year asked for. No more than all of them less a third a day for the others."""
    two_years = line("at", 731, start=date(2024, 1, 1))
    estimate = compare(frame(two_years, line("be", 365)), "add").estimate(*YEAR)

    assert estimate is not None
    assert estimate.point == 730
    assert (estimate.low, estimate.high) == pytest.approx((365 + 365 / 3, 365 + 731 - 366 / 3))


def test_no_estimate_mends_anything_but_days() -> None:
    different = frame(line("at", 1, **HALF), line("be", 2, unit="persons"), line("xx", 3, obs_status="D"))

    assert compare(different, "add").estimate() is None
    assert compare(frame(line("at", 1, **HALF), line("be", 2)), "rank").estimate() is None


def test_each_set_is_judged_as_if_it_stood_alone() -> None:
    lines = [line(who, n, **given) for who, n, given in (("at", 1, {}), ("be", 2, HALF), ("bg", 4, {}))]
    girls = [one | {"address": "children.female", "code": "children.female", "obs_status": "D"} for one in lines[:2]]
    whole = frame(*lines, *girls)
    found = compare_each(whole, "add", by=["code"], expected=["at", "be", "bg", "cy"])

    assert list(found) == [("children.total",), ("children.female",)]
    for (code,), comparison in found.items():
        single = compare(whole.filter(pl.col("code") == code), "add", expected=["at", "be", "bg", "cy"])
        assert comparison.reasons.sort(pl.all()).equals(single.reasons.sort(pl.all()))
        assert comparison.subset.to_list() == single.subset.to_list()
        assert (comparison.counted, comparison.expected) == (single.counted, single.expected)


def test_a_few_of_many_sets_say_the_same_apart_from_the_others() -> None:
    whole = frame(
        *(line(who, n, address=address, end=end)
          for address in ("reports.total", "children.total", "convictions.persons")
          for who, n, end in (("at", 5, date(2025, 12, 31)), ("be", 7, date(2025, 12, 31)), ("bg", 2, date(2025, 6, 30))))
    )  # fmt: skip
    found = list(compare_each(whole, "add", by=["code"]).values())

    for one, apart in zip(found[1:], alone(found[1:]), strict=True):
        assert (apart.told, apart.subset_total, apart.filed_sum) == (one.told, one.subset_total, one.filed_sum)
        assert (apart.estimate(), apart.facts._replace(first=0)) == (one.estimate(), one.facts._replace(first=0))
        assert apart.observations.equals(one.observations)
        assert apart.figure(0) == one.figure(0)


def test_the_benchmark_asks_about_observations_as_they_are() -> None:
    made_up = observations(26)
    assert set(made_up.columns) == {*FILED, *ASKED}
    found = compare(made_up, "add")
    assert (found.counted, found.comparable) == (19, False)
    known = points(catalogue().get("member_state_statistics", "1"))["code"].to_list()
    assert set(made_up["code"]) <= set(known)


@pytest.mark.parametrize("seed", range(40))
def test_no_larger_part_could_have_been_added(seed: int) -> None:
    """Beside a slow and simple count over all combinations of unit, days and data point."""
    chance = random.Random(seed)  # noqa: S311 -- a repeatable draw, no secret
    lines = [
        line(
            chance.choice(["at", "be", "bg", "cy", "cz"]),
            chance.randrange(100),
            unit=chance.choice(["children", "persons"]),
            obs_status=chance.choice("AAADPE"),
            address=chance.choice(["children.total", "children.female"]),
            revision=number,
            **chance.choice([{}, HALF]),
        )
        for number in range(chance.randrange(1, 14))
    ]
    groups: dict[tuple[Any, ...], set[str]] = {}
    for one in lines:
        if one["obs_status"] != "D":
            key = (one["unit"], one["address"], one["start"], one["end"])
            groups.setdefault(key, set()).add(one["entity"])
    found = compare(frame(*lines), "add")
    chosen = found.observations.filter(found.subset)

    assert found.counted == max(map(len, groups.values()), default=0)
    assert chosen.select("unit", "address", "start", "end").n_unique() == min(1, len(groups))
    assert "D" not in chosen["obs_status"].to_list()
    assert found.comparable == (found.subset.all() and len(groups) > 0)
    told = set(found.reasons.filter(pl.col("effect") != "marks")["row"])
    assert told == {row for row, inside in enumerate(found.subset) if not inside}
