"""How a workbook looks: the colours of the Europa Component Library, few and calm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

BLUE, PALE_BLUE, BAND, EDGE = "#002A99", "#E6EDFF", "#D1D9F1", "#C1CCEC"
INK, GREY, SOFT, WHITE = "#1C1C45", "#505070", "#EDEDF0", "#FFFFFF"
SEVERITY_FILLS = {"error": "#F9C9CC", "warning": "#FFDBBA", "info": "#FFF3B8"}
SEVERITY_INKS = {"error": "#7B1319", "warning": "#68390D", "info": "#4A3C00"}
ANSWER_FILLS = {"required": PALE_BLUE, "open": WHITE, "computed": SOFT}
NUMBER_FORMATS = {"count": "#,##0", "percentage": "General", "duration": "General", "date": "yyyy-mm-dd"}

ROW, LINE, HIGHEST = 21, 13, 260
"""Heights in points: of a row of one line, of each further line, and of the highest row."""
BASE = {"font_name": "Arial", "font_size": 10, "font_color": INK, "valign": "vcenter"}
NAMED: dict[str, dict[str, Any]] = {
    "plain": {},
    "wrapped": {"text_wrap": True},
    "title": {"bold": True, "font_size": 18, "font_color": BLUE, "valign": "vcenter"},
    "subtitle": {"font_color": GREY, "valign": "vcenter"},
    "section": {"bold": True, "font_size": 12, "font_color": BLUE, "bottom": 1, "bottom_color": EDGE},
    "term": {"font_color": GREY, "text_wrap": True},
    "strong": {"bold": True, "text_wrap": True},
    "link": {"font_color": "#0035BF", "underline": 1},
    "link_wrapped": {"font_color": "#0035BF", "underline": 1, "text_wrap": True},
    "heading": {"bold": True, "font_color": WHITE, "indent": 1, "bg_color": BLUE, "text_wrap": True, "valign": "vcenter",
                "border": 1, "border_color": BLUE},
    "band": {"bold": True, "indent": 1, "font_color": BLUE, "bg_color": BAND, "valign": "vcenter"},
    "machine": {"font_color": GREY, "font_size": 8},
    "label": {"text_wrap": True, "indent": 1, "bottom": 1, "bottom_color": EDGE},
    "address": {"font_color": GREY, "font_size": 7, "text_wrap": True, "bottom": 1, "bottom_color": EDGE},
    "given": {"font_color": GREY, "text_wrap": True, "indent": 1, "bottom": 1, "bottom_color": EDGE},
    "small": {"italic": True, "font_size": 9, "font_color": GREY},
    "last_year": {"font_color": GREY, "bg_color": "#F6F6F8", "text_wrap": True, "align": "right", "indent": 1, "bottom": 1,
                  "bottom_color": EDGE},
}  # fmt: skip


def height(told: Iterable[tuple[str, float]]) -> float:
    """Of a row that holds these texts in columns of these widths: spreadsheets do not all work it out themselves."""
    lines = max(sum(1 + int(len(line) / (width * 1.2)) for line in text.split("\n")) for text, width in told)
    return min(ROW + LINE * (lines - 1), HIGHEST)


class Styles:
    """Formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.made: dict[tuple[Any, ...], Format] = {}

    def named(self, name: str, **more: Any) -> Format:
        return self.format(**(NAMED[name] | more))

    def answer(self, kind: str, number_format: str = "@", severity: str = "", begins: bool = False) -> Format:
        """An unlocked cell; `kind` is required, open or computed, `severity` that of what was found in it."""
        return self.format(
            locked=False, border=1, border_color=EDGE, num_format=number_format, text_wrap=number_format == "@", indent=1,
            align="left" if number_format == "@" else "right",
            bg_color=SEVERITY_FILLS.get(severity) or ANSWER_FILLS[kind],
            font_color=SEVERITY_INKS.get(severity, INK), italic=kind == "computed",
            top=2 if begins else 1, top_color="#6C85D1" if begins else EDGE,
        )  # fmt: skip

    def format(self, **properties: Any) -> Format:
        wanted = BASE | properties
        key = tuple(sorted(wanted.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(wanted)
        return self.made[key]
