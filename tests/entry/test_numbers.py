"""Numbers as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.entry.numbers import question, shown, understand

pytestmark = pytest.mark.pure


def taken(typed: str, language: str, value_type: str = "count") -> str | None:
    """The number that is taken without asking."""
    found = understand(typed, language, value_type)
    return found.value if found and found.sure and not found.qualifier else None


def asked(typed: str, language: str, value_type: str = "count") -> dict[str, str] | None:
    """What is understood but asked."""
    found = understand(typed, language, value_type)
    return {name: text for name, text in found.fields.items() if text} if found and not found.sure else None


@pytest.mark.parametrize("language", ["en", "da", "nl"])
@pytest.mark.parametrize(
    ("typed", "value"),
    [("1234", "1234"), ("1 234", "1234"), ("1\u202f234\u00a0567", "1234567"), ("1.234.567", "1234567"), ("1,234,567", "1234567"),
     ("1'234", "1234"), ("0", "0"), ("0,5", "0.5"), ("0.123", "0.123"), ("12.5", "12.5"), ("12,5", "12.5"), ("1 234,5", "1234.5"),
     ("1,234.5", "1234.5"), ("1.234,5", "1234.5"), (" 007 ", "007"), ("-5", "-5"), ("\u22125", "-5")],
)  # fmt: skip
def test_what_means_one_thing_in_every_language_is_taken(typed, value, language) -> None:
    assert taken(typed, language) == value


@pytest.mark.parametrize(
    ("typed", "language", "value_type", "value"),
    [("1,234", "en", "count", "1234"), ("1.234", "da", "count", "1234"), ("1.234", "nl", "count", "1234"),
     ("1.234", "en", "percentage", "1.234"), ("1,234", "da", "duration", "1.234"), ("1.095", "da", "duration", "1095"),
     ("12,5 %", "da", "percentage", "12.5"), ("12.5%", "en", "percentage", "12.5")],
)  # fmt: skip
def test_one_mark_before_three_digits_means_what_it_means_in_the_language(typed, language, value_type, value) -> None:
    assert taken(typed, language, value_type) == value


@pytest.mark.parametrize(
    ("typed", "language", "value_type", "fields"),
    [("1.234", "en", "count", {"value": "1234"}), ("1,234", "nl", "count", {"value": "1234"}),
     ("1,234", "en", "percentage", {"value": "1.234"}),
     ("ca 90 000", "en", "count", {"value": "90000", "qualifier": "approximate"}),
     ("About 90000", "en", "count", {"value": "90000", "qualifier": "approximate"}),
     ("~90,000", "en", "count", {"value": "90000", "qualifier": "approximate"}),
     ("ongeveer 90.000", "nl", "count", {"value": "90000", "qualifier": "approximate"}),
     ("omkring 90.000", "da", "count", {"value": "90000", "qualifier": "approximate"}),
     ("> 500", "en", "count", {"value": "500", "qualifier": "lower_bound"}),
     ("mere end 500", "da", "count", {"value": "500", "qualifier": "lower_bound"}),
     ("<10", "nl", "count", {"value": "10", "qualifier": "upper_bound"}),
     ("100-200", "en", "count", {"qualifier": "range", "low": "100", "high": "200"}),
     ("1 100 – 1 200", "da", "count", {"qualifier": "range", "low": "1100", "high": "1200"})],
)  # fmt: skip
def test_what_is_hedged_or_has_two_meanings_is_asked(typed, language, value_type, fields) -> None:
    assert asked(typed, language, value_type) == fields


@pytest.mark.parametrize(
    "typed", ["", "ten", "1e5", "NaN", "Infinity", "١٢", "１２", "12 %", "1.2.3", "1,23,456", "12,345,6", "ca", "ca many", "> <5",
              "1-2-3", "--5", "9" * 19, "12 reports", "\u00bd", "1 23", "1  2"]
)  # fmt: skip
def test_what_is_no_number_of_ours_is_kept_as_typed(typed) -> None:
    assert understand(typed, "en", "count") is None


NUMBERS = st.one_of(
    st.integers(-(10**17), 10**17).map(str), st.decimals(-(10**9), 10**9, places=4).map(lambda d: format(d, "f"))
)


@given(NUMBERS, st.sampled_from(["en", "da", "nl"]), st.sampled_from(["percentage", "duration"]))
def test_a_number_is_shown_as_it_is_typed(number, language, value_type) -> None:
    assert taken(shown(number, language), language, value_type) == number


@given(st.text(max_size=30), st.sampled_from(["en", "da", "nl"]), st.sampled_from(["count", "percentage", "duration"]))
def test_nothing_typed_breaks_it_and_what_is_understood_is_plain_digits(typed, language, value_type) -> None:
    found = understand(typed, language, value_type)

    for number in (found.value, found.low, found.high) if found else ():
        assert number == "" or number.replace("-", "", 1).replace(".", "", 1).isascii()
        assert number == "" or number.replace("-", "", 1).replace(".", "", 1).isdigit()


@given(st.integers(0, 10**15), st.sampled_from(["en", "da", "nl"]))
def test_there_is_nothing_to_ask_about_a_whole_number(number, language) -> None:
    assert question(str(number), language, "count") is None
