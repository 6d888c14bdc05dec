"""Two people in one section of a draft: what either did is kept, or shown as a clash; nothing disappears."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.actions.drafts import merge

pytestmark = pytest.mark.pure
ADDRESSES = ["a", "b", "c", "d[x=1]"]
SECTIONS = st.dictionaries(st.sampled_from(ADDRESSES), st.integers(1, 3).map(str)).map(
    lambda values: [{"address": address, "value": value} for address, value in values.items()]
)


def values(section: list[dict[str, str]]) -> dict[str, str]:
    return {line["address"]: line["value"] for line in section}


@given(SECTIONS, SECTIONS)
def test_a_change_of_one_side_alone_is_taken(base, changed) -> None:
    assert (values(merge(base, changed, base)[0]), merge(base, changed, base)[1]) == (values(changed), [])
    assert (values(merge(base, base, changed)[0]), merge(base, base, changed)[1]) == (values(changed), [])


@given(SECTIONS, SECTIONS)
def test_the_same_change_of_both_sides_is_no_clash(base, changed) -> None:
    merged, clashes = merge(base, changed, changed)

    assert (values(merged), clashes) == (values(changed), [])


@given(SECTIONS, SECTIONS, SECTIONS)
def test_every_address_ends_as_one_side_left_it_and_a_clash_is_told(base, mine, theirs) -> None:
    merged, clashes = merge(base, mine, theirs)

    was, my, their, now = values(base), values(mine), values(theirs), values(merged)
    for address in ADDRESSES:
        before, left, right = was.get(address), my.get(address), their.get(address)
        clash = left != right and left != before and right != before
        assert now.get(address) == (right if clash or left == before else left)
        assert clash == (address in {name for name, _, _ in clashes})


def test_lines_for_several_periods_of_one_address_go_together() -> None:
    one = {"address": "a", "value": "1", "period": "2025-01-01/2025-06-30"}
    two = {"address": "a", "value": "2", "period": "2025-07-01/2025-12-31"}

    assert merge([one], [one, two], [one]) == ([one, two], [])
    assert merge([one], [one, two], []) == ([], [("a", [one, two], [])])
