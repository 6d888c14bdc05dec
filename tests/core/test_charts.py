"""Bars: headings and axes that can be read."""

from __future__ import annotations

import re

from reporting import charts
from reporting.charts import Bar, in_lines

LONG = "EU accounts restored after a complaint to a court, known material"


def test_headings_are_cut_to_the_width_of_their_column_and_end_on_one_line() -> None:
    assert in_lines(["Accounts suspended", "Accounts restored after a complaint"], 140) == [
        ["\u00a0", "Accounts suspended"],
        ["Accounts restored", "after a complaint"],
    ]
    assert in_lines(["", ""], 140) == [[], []]


def test_long_headings_do_not_make_a_chart_wider_than_its_columns() -> None:
    def width(heading: str) -> float:
        drawn = charts.svg(charts.bars([Bar("Google", f"{heading} {n}", "accounts", n, str(n)) for n in range(3)], 600))
        return float(re.findall(r'<svg[^>]* width="([\d.]+)"', drawn)[0])

    assert abs(width(LONG) - width("Short")) < 5


def test_whole_numbers_have_no_halves_on_their_axis() -> None:
    def labels(number: float) -> set[str]:
        drawn = charts.svg(charts.bars([Bar("Google", "", "", number, "told")], 600))
        return set(re.findall(r">([\d.]+)</text>", drawn))

    assert labels(0) == {"0", "1"}
    assert "0.2" in labels(0.5)
