"""Charts that measurement and reference dashboards need beside bars: heat maps, two dots on a line, points beside the
line of equality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reporting.charts import BLUE, GREY, NARROW, ROW_HEIGHT, WIDE, YELLOW, altair, finished

RAMP = ["#e8eefb", "#0e2f7d"]
"""Light to dark of one hue: readable without telling colours apart, and in print."""


@dataclass(frozen=True)
class Tile:
    """One field of a heat map."""

    row: str
    column: str
    number: float
    shown: str


def heat(
    tiles: Sequence[Tile], rows: Sequence[str], columns: Sequence[str], unit: str, width: int, titles: tuple[str, str]
) -> dict[str, Any]:
    """Rows by columns; the darker the more. `titles` of columns and rows. On a wide page the numbers stand in the
    fields."""
    alt = altair()
    values = [{"row": t.row, "column": t.column, "number": t.number, "shown": t.shown} for t in tiles]
    most = max((tile.number for tile in tiles), default=1)
    drawn = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("column:N", scale=alt.Scale(domain=list(columns)), axis=alt.Axis(
            title=titles[0], orient="top", labelAngle=0 if width >= WIDE and len(columns) <= 12 else -90, domain=False,
            ticks=False, labelLimit=90,
        )),
        y=alt.Y("row:N", scale=alt.Scale(domain=list(rows)), axis=alt.Axis(title=titles[1], domain=False, ticks=False,
                                                                         labelLimit=max(110, width // 4))),
    )  # fmt: skip
    colour = alt.Color(
        "number:Q",
        scale=alt.Scale(range=RAMP, domainMin=0),
        legend=alt.Legend(title=unit, format=",~r", gradientLength=160),
    )
    fields = drawn.mark_rect(stroke="white").encode(color=colour)
    if width >= WIDE:
        ink = alt.condition(alt.datum.number > most / 2, alt.value("white"), alt.value("black"))
        fields += drawn.mark_text(fontSize=11).encode(text="shown:N", color=ink)
    return finished(fields.properties(width=width, height=alt.Step(ROW_HEIGHT + 4)), width)


@dataclass(frozen=True)
class Pair:
    """Two figures of one thing."""

    name: str
    first: float
    second: float


def dumbbell(pairs: Sequence[Pair], words: tuple[str, str], unit: str, width: int) -> dict[str, Any]:
    """A row each, with a dot and a square on one line; shapes and colours tell them apart."""
    alt = altair()
    values = [
        {"name": pair.name, "what": what, "number": number}
        for pair in pairs
        for what, number in zip(words, (pair.first, pair.second), strict=True)
    ]
    spans = [{"name": pair.name, "from": pair.first, "to": pair.second} for pair in pairs]
    y = alt.Y("name:N", sort=None, scale=alt.Scale(domain=[pair.name for pair in pairs]),
              axis=alt.Axis(title=None, ticks=False, domain=False, grid=True))  # fmt: skip
    lines = alt.Chart(alt.Data(values=spans)).mark_rule(color=GREY, size=2).encode(y=y, x="from:Q", x2="to:Q")
    dots = alt.Chart(alt.Data(values=values)).mark_point(filled=True, size=90, opacity=1).encode(
        y=y,
        x=alt.X("number:Q", axis=alt.Axis(title=unit, tickCount=4, format=",~r")),
        color=alt.Color("what:N", sort=list(words), scale=alt.Scale(domain=list(words), range=[BLUE, YELLOW]),
                        legend=alt.Legend(labelLimit=width + 120)),
        shape=alt.Shape("what:N", sort=list(words), scale=alt.Scale(domain=list(words), range=["circle", "square"])),
    )  # fmt: skip
    return finished((lines + dots).properties(width=width, height=alt.Step(ROW_HEIGHT)), width)


def equality(pairs: Sequence[Pair], axes: tuple[str, str], width: int) -> dict[str, Any]:
    """A point each, the first figure across and the second up, on equal logarithmic scales, and the line on which both
    are equal."""
    alt = altair()
    numbers = [number for pair in pairs for number in (pair.first, pair.second) if number > 0]
    ends = [min(numbers, default=0.1) / 1.3, max(numbers, default=100) * 1.3]
    scale = alt.Scale(type="log", domain=ends, nice=False)
    ticks = [tick for tick in (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100) if ends[0] <= tick <= ends[1]]
    values = [
        {"name": pair.name, "x": pair.first, "y": pair.second} for pair in pairs if pair.first > 0 and pair.second > 0
    ]

    def axis(title: str) -> Any:
        return alt.Axis(title=title, values=ticks, format="~r")

    points = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("x:Q", scale=scale, axis=axis(axes[0])), y=alt.Y("y:Q", scale=scale, axis=axis(axes[1]))
    )
    same = (
        alt.Chart(alt.Data(values=[{"at": end} for end in ends]))
        .mark_line(color=GREY, strokeDash=[6, 4])
        .encode(x=alt.X("at:Q", scale=scale), y=alt.Y("at:Q", scale=scale))
    )
    told = alt.Chart(alt.Data(values=[{"at": ends[1], "words": _("equal shares")}])).mark_text(
        align="right", dx=-8, dy=14, fontSize=12, color=GREY
    ).encode(x=alt.X("at:Q", scale=scale), y=alt.Y("at:Q", scale=scale), text="words:N")  # fmt: skip
    named = points.mark_text(align="left", dx=7, fontSize=11 if width > NARROW else 9).encode(text="name:N")
    drawn = same + told + points.mark_point(filled=True, size=60, color=BLUE, opacity=1) + named
    return finished(drawn.properties(width=width, height=min(width, 520)), width)


GAP = 36
"""Between small charts: the labels of two axes need it."""


@dataclass(frozen=True)
class Point:
    """One figure of a series; `at` is the label of its period."""

    name: str
    at: str
    number: float


def multiples(
    points: Sequence[Point],
    names: Sequence[str],
    unit: str,
    width: int,
    *,
    highest: float | None = None,
    across: int = 4,
) -> dict[str, Any]:
    """A small chart a name over the same periods and on one scale, so that they can be compared; `across` of them
    beside each other on a wide page, half as many on a phone. `highest`: where the scale ends, else at the largest."""
    alt = altair()
    scale = alt.Undefined if highest is None else alt.Scale(domain=[0, highest])
    across = across if width >= WIDE else across // 2
    periods = list(dict.fromkeys(sorted(point.at for point in points)))
    values = [{"name": p.name, "at": p.at, "number": p.number} for p in points if p.name in set(names)]
    shown = periods if len(periods) < 4 else [periods[0], periods[-1]]
    drawn = alt.Chart(alt.Data(values=values)).mark_line(color=BLUE, point=alt.OverlayMarkDef(size=24)).encode(
        x=alt.X("at:O", scale=alt.Scale(domain=periods), axis=alt.Axis(title=None, values=shown, labelAngle=0)),
        y=alt.Y("number:Q", scale=scale, axis=alt.Axis(title=None, tickCount=3, format=",~r")),
    )  # fmt: skip
    each = width // across - GAP
    small = drawn.properties(width=each, height=80)
    head = alt.Header(labelLimit=each + GAP - 4, title=None)
    return finished(
        small.facet(
            alt.Facet("name:N", sort=list(names), header=head),
            columns=across,
            spacing={"row": 12, "column": GAP},
            title=unit,
        ),
        width,
    )
