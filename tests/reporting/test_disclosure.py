"""Disclosure control on tables: generated ones, attacked with exact algebra, and small ones, looked at in every case."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from reporting.disclosure import PROTECTS, SMALL, Figure, Key, Ledger, Sum, Table, withheld
from tests.reporting.attack import Bound, equation, pinned, ranges

pytestmark = pytest.mark.pure
SEXES = ("female", "male", "other")
Counts = Mapping[tuple[str, str], int]
"""Of a state and a sex."""


def statistics(counts: Counts, sexes: Sequence[str] = SEXES, mark: str = "") -> Table:
    """Children by state and sex, with totals by state, by sex, and of all."""
    states = sorted({state for state, _sex in counts})
    cells: dict[tuple[str, str], int] = dict(counts)
    cells |= {(state, "total"): sum(counts[state, sex] for sex in sexes) for state in states}
    cells |= {("EU", sex): sum(cells[state, sex] for state in states) for sex in (*sexes, "total")}
    key = {cell: (*cell, mark, str(value)) for cell, value in cells.items()}
    for sex in (*sexes, "total"):  # a total of other figures is another figure, even where it is as large
        key["EU", sex] = (*key["EU", sex], *("|".join(key[state, sex]) for state in states))
    sums = [Sum(key[state, "total"], tuple(key[state, sex] for sex in sexes)) for state in (*states, "EU")]
    sums += [Sum(key["EU", sex], tuple(key[state, sex] for state in states), rest=False) for sex in (*sexes, "total")]
    return Table({key[cell]: Figure(value, True) for cell, value in cells.items()}, sums)


def attacked(
    tables: Sequence[Table], told: Sequence[Mapping[Key, str]], threshold: int
) -> tuple[list[Any], dict[Key, Bound]]:
    """Equations and bounds of a reader who kept every release."""
    hidden = {key: why for one in told for key, why in one.items()}
    known = {key: f.value for table in tables for key, f in table.figures.items() if key not in hidden}
    rows = [equation({one.whole: 1, **dict.fromkeys(one.parts, -1)}, known) for table in tables for one in table.sums]
    return rows, {key: Bound(1, threshold - 1) if why == SMALL else Bound() for key, why in hidden.items()}


def assert_safe(tables: Sequence[Table], threshold: int) -> list[dict[Key, str]]:
    """No withheld figure follows from the equations; each small one may be anything small."""
    told = withheld(tables, threshold)
    rows, bounds = attacked(tables, told, threshold)
    assert pinned(rows) == {}
    found = ranges(rows, bounds)
    for key, bound in bounds.items():
        low, high = found[key]
        assert high is None or low < high, key
        if bound.high is not None:
            assert (low, high) == (1, threshold - 1), key
    return told


counts = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 7, 9, 12, 18, 25, 60, 200])


@st.composite
def worlds(draw: Any, states: int = 6) -> Counts:
    some = [f"s{n}" for n in range(draw(st.integers(2, states)))]
    return {(state, sex): draw(counts) for state in some for sex in SEXES}


@given(worlds())
@examples(max_examples=60, deadline=None)
def test_no_withheld_count_of_generated_statistics_can_be_computed(world: Counts) -> None:
    assert_safe([statistics(world)], 5)


@given(worlds(4), st.data())
@examples(max_examples=40, deadline=None)
def test_nor_with_an_earlier_release_that_differs_by_one_figure_or_lacks_a_state(world: Counts, data: Any) -> None:
    cell = data.draw(st.sampled_from(sorted(world)))
    state = data.draw(st.sampled_from(sorted({state for state, _sex in world})))
    restated = {**world, cell: data.draw(counts)}
    without = {key: value for key, value in world.items() if key[0] != state}
    releases = [statistics(without), statistics(world), statistics(restated)] if without else [statistics(world)]

    told = withheld(releases, 5)
    rows, bounds = attacked(releases, told, 5)

    assert pinned(rows) == {}
    first = told[0]
    assert {key: why for key, why in told[1].items() if key in releases[0].figures} == {
        key: why for key, why in first.items() if key in releases[1].figures
    }, "what was public stays so, and what was withheld too"
    assert all(low != high for low, high in ranges(rows, bounds).values())


def test_every_table_that_agrees_with_what_is_published_leaves_every_small_number_open() -> None:
    """Two states, two sexes, all counts below 7, threshold 4: every table that a reader must think possible is made,
    who also knows that what is withheld to protect another, and is no sum, is not small."""
    sexes, threshold = ("female", "male"), 4
    cells = [("at", "female"), ("at", "male"), ("be", "female"), ("be", "male")]
    every = [dict(zip(cells, values, strict=True)) for values in itertools.product(range(11), repeat=4)]
    whole = [by_cell(statistics(one, sexes)) for one in every]
    views: dict[tuple[tuple[tuple[str, str], int | str], ...], None] = {}
    for one, all_cells in zip(every, whole, strict=True):
        if max(one.values()) < 7:
            told = withheld([statistics(one, sexes)], threshold)[0]
            marks = {key[:2]: why for key, why in told.items()}
            views[tuple((cell, marks.get(cell, value)) for cell, value in all_cells.items())] = None
    assert len(views) > 300
    for view in sorted(views, key=str)[::5]:
        agreeing = [one for one in whole if all(agrees(one[cell], said, cell, threshold) for cell, said in view)]
        for cell, said in view:
            if said == SMALL:
                assert {one[cell] for one in agreeing} == {1, 2, 3}, (view, cell)
            elif said == PROTECTS:
                assert len({one[cell] for one in agreeing}) > 1, (view, cell)


def by_cell(table: Table) -> dict[tuple[str, str], int]:
    return {(key[0], key[1]): int(figure.value) for key, figure in table.figures.items()}


def agrees(value: int, said: int | str, cell: tuple[str, str], threshold: int) -> bool:
    if said == SMALL:
        return 0 < value < threshold
    if said == PROTECTS:
        return "EU" in cell or "total" in cell or value == 0 or value >= threshold
    return value == said


# Choices ------------------------------------------------------------------------------------------------------

ONE = {("at", "female"): 3, ("at", "male"): 20, ("be", "female"): 30, ("be", "male"): 40,
       ("cz", "female"): 9, ("cz", "male"): 50}  # fmt: skip


def named(told: Mapping[Key, str]) -> dict[tuple[str, str], str]:
    return {(key[0], key[1]): why for key, why in told.items()}


def test_one_small_count_takes_three_others_with_it_so_that_all_totals_stand() -> None:
    assert named(withheld([statistics(ONE, SEXES[:2])], 5)[0]) == {
        ("at", "female"): SMALL, ("at", "male"): PROTECTS, ("cz", "female"): PROTECTS, ("cz", "male"): PROTECTS,
    }  # fmt: skip


def test_the_same_tables_give_the_same_answer_in_whatever_order_they_come() -> None:
    table = statistics(ONE, SEXES[:2])
    shuffled = Table(dict(reversed(table.figures.items())), list(reversed(table.sums)))

    assert withheld([table], 5) == withheld([shuffled], 5)


def test_zero_is_told_and_a_threshold_of_zero_withholds_nothing() -> None:
    zero = {**ONE, ("at", "female"): 0}

    assert withheld([statistics(zero, SEXES[:2])], 5) == [{}]
    assert withheld([statistics(ONE, SEXES[:2])], 0) == [{}]


def test_what_counts_no_people_is_no_small_count() -> None:
    table = Table({("reports",): Figure(3, False), ("children",): Figure(3, True)})

    assert withheld([table], 5) == [{("children",): SMALL}]


def test_a_small_whole_is_not_called_small_beside_its_small_parts() -> None:
    """Four parts and a whole that are all fewer than 5 would each be 1."""
    parts = {("a",): 1, ("b",): 1, ("c",): 1, ("d",): 1}
    table = Table(
        {key: Figure(value, True) for key, value in {**parts, ("whole",): 4}.items()}, [Sum(("whole",), tuple(parts))]
    )

    assert withheld([table], 5) == [{**dict.fromkeys(parts, SMALL), ("whole",): PROTECTS}]


def test_a_year_and_its_halves_guard_each_other() -> None:
    year = Table(
        {("year",): Figure(23, True), ("first",): Figure(20, True), ("second",): Figure(3, True)},
        [Sum(("year",), (("first",), ("second",)))],
    )

    assert withheld([year], 5) == [{("second",): SMALL, ("first",): PROTECTS}]


def test_a_part_that_nobody_filed_is_guarded_where_it_would_be_a_small_count() -> None:
    girls = {("total",): Figure(20, True), ("female",): Figure(18, True)}

    assert withheld([Table(girls, [Sum(("total",), (("female",),), rest_counts=True)])], 5) == [{("female",): PROTECTS}]
    assert withheld([Table(girls, [Sum(("total",), (("female",),))])], 5) == [{}]


def test_a_ratio_goes_with_its_numerator() -> None:
    table = Table(
        {("guilty",): Figure(3, True), ("all",): Figure(300, True), ("share",): Figure(1, False)},
        ratios={("share",): (("guilty",), ("all",))},
    )

    assert withheld([table], 5) == [{("guilty",): SMALL, ("share",): PROTECTS}]


def test_what_was_public_once_protects_nothing_any_more() -> None:
    """Girls fall from 10 to 3 in a correction; the boys are known to be 20 already, so the new total goes."""
    before, after = (statistics({("at", "female"): girls, ("at", "male"): 20}, SEXES[:2]) for girls in (10, 3))

    first, second = withheld([before, after], 5)

    assert first == {}
    assert ("at", "male") not in named(second)
    assert {("at", "female"), ("at", "total"), ("EU", "female"), ("EU", "total")} == set(named(second))


def large(entities: int, years: int) -> Iterator[Table]:
    """20 sensitive figures of each entity and year, about a tenth of them small."""
    rnd = random.Random(5)  # noqa: S311 - figures, not secrets
    for year in range(years):
        tables = [
            statistics(
                {
                    (f"e{n:02}", sex): rnd.choice([1, 2, 3, 4])
                    if rnd.random() < 0.1
                    else rnd.choice([0, 8, 15, 40, 90, 600])
                    for n in range(entities)
                    for sex in SEXES
                },
                mark=f"{year}-{group}",
            )
            for group in range(5)
        ]
        yield Table(
            {key: figure for table in tables for key, figure in table.figures.items()},
            [one for table in tables for one in table.sums],
        )


def test_fifty_entities_over_ten_years_take_less_than_two_seconds() -> None:
    tables = list(large(50, 10))
    assert sum(len(table.figures) for table in tables) == 10_200

    began = time.process_time()
    ledger = Ledger(5)
    told = [ledger.publish(table) for table in tables]
    took = time.process_time() - began

    assert took < 2
    assert ledger.exposed == set()
    assert 500 < sum(len(one) for one in told) < 2_500
