"""Charts by one grammar (Vega-Lite, written with Altair), rendered on the server, each rendered once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from portal.reader import language

if TYPE_CHECKING:
    import altair as alt

BLUE, YELLOW, TEAL, RED, GREY = "#0e47cb", "#d9a400", "#00797b", "#a51d31", "#5b6570"
PALETTE = [BLUE, YELLOW, TEAL, RED, GREY, "#7a3fa0", "#3f8f2f", "#c2571a"]
FONT = "Arial, Helvetica, sans-serif"
WIDE, NARROW = 600, 200
"""Width of the plotting area in pixels, for a desk and for a phone."""
ROW_HEIGHT = 20
LABEL_WIDTH = 380
MOST_ROWS, FEWEST_ROWS, MOST_BARS, MOST_COLUMNS = 30, 8, 240, 12
"""More bars than this beneath each other, or in a chart, cannot be read; the table has them all."""
FEW = 4
"""Axes of whole numbers that end below this are marked at each of them."""
LETTER, FEWEST_LETTERS = 7, 18
"""Width of a letter of a heading in pixels, and what a line of it holds at least."""
LABELLED = 1.3
"""So much wider than the longest bar is its axis, that its label has room."""


def altair() -> Any:
    """Imported when the first chart is drawn: it takes half a second."""
    import altair

    return altair


def finished(chart: alt.TopLevelMixin | dict[str, Any], width: int) -> dict[str, Any]:
    """The chart as Vega-Lite, in the look of the portal and with the numbers of the reader's language."""
    found: dict[str, Any] = chart if isinstance(chart, dict) else chart.to_dict(validate=False)
    return found | {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "white",
        "padding": 8,
        "config": {
            "font": FONT,
            "aria": False,  # The page says in words what an image shows.
            "view": {"stroke": None},
            "locale": {"number": {
                "decimal": "." if language() == "en" else ",", "thousands": "\u202f", "grouping": [3], "currency": ["", ""],
            }},
            "axis": {
                "labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal", "gridColor": "#e3e6ea",
                "labelLimit": LABEL_WIDTH if width >= WIDE else width, "titleLimit": 2 * width,
            },
            "header": {
                "labelFontSize": 13, "labelFontWeight": "bold", "labelAnchor": "start", "labelLimit": width, "title": None,
            },
            "title": {"fontSize": 13, "anchor": "start", "limit": width * 2, "offset": 6},
            "legend": {
                "labelFontSize": 13, "titleFontSize": 13, "orient": "top", "title": None, "labelLimit": width,
                "columns": max(1, width // 200),
            },
            "range": {"category": PALETTE},
        },
    }  # fmt: skip


# Bars -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """`heading` tells columns of bars apart; bars of one `unit` share an axis. `apart`: headings have other names, so that
    they stand beneath each other, each with its own."""

    name: str
    heading: str
    unit: str
    number: float
    shown: str
    apart: bool = False


def bars(found: Sequence[Bar], width: int, own_axes: bool = False) -> dict[str, Any]:
    """Horizontal bars: a row a name, a column a heading, one block a unit, so that no axis mixes units; or with
    `own_axes` columns of several units beside each other, each with its axis."""
    found = drawable(found)
    blocks, most = [], room(found)
    for unit in [""] if own_axes else dict.fromkeys(bar.unit for bar in found):
        some = [bar for bar in found if own_axes or bar.unit == unit]
        headings = list(dict.fromkeys(bar.heading for bar in some))
        beneath = width < WIDE or any(bar.apart for bar in some)
        across = 1 if beneath else min(3, len(headings))
        for first in range(0, len(headings), across):
            shown = [bar for bar in some if bar.heading in headings[first : first + across]]
            blocks.append(block(shown, kept(shown, most), width // across, own_axes))
    return finished({"vconcat": blocks, "spacing": 20}, width)


def block(some: Sequence[Bar], names: Sequence[str], width: int, own_axes: bool) -> dict[str, Any]:
    """Columns of bars that share their names, and their scale where they share their unit. Put together by hand: Altair
    copies all the columns again for each one that it puts beside another."""
    columns, headings = [], list(dict.fromkeys(bar.heading for bar in some))
    titles = in_lines(headings, width)
    for place, heading in enumerate(headings):
        mine = [bar for bar in some if bar.heading == heading]
        most = max((bar.number for bar in (mine if own_axes else some)), default=0) * LABELLED or 1
        drawn = column(
            [bar for bar in mine if bar.name in names], names, titles[place], mine[0].unit, most, width, place
        )
        columns.append(drawn.to_dict(validate=False, context={"top_level": False}))
    return {"hconcat": columns, "spacing": 24}


def room(found: Sequence[Bar]) -> int:
    """So many names are shown beneath each other: fewer where there are many columns."""
    return max(FEWEST_ROWS, min(MOST_ROWS, MOST_BARS // max(1, len(columns_of(found)))))


def kept(some: Sequence[Bar], most: int) -> list[str]:
    """The names that are shown, in the order in which they come: those with the largest bars."""
    largest: dict[str, float] = {}
    for bar in some:
        largest[bar.name] = max(bar.number, largest.get(bar.name, bar.number))
    shown = set(sorted(largest, key=lambda name: -largest[name])[:most])
    return [name for name in largest if name in shown]


def columns_of(found: Sequence[Bar]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((bar.unit, bar.heading) for bar in found))


def drawable(found: Sequence[Bar]) -> list[Bar]:
    """The bars of the first columns, as many as a chart can have."""
    columns = set(columns_of(found)[:MOST_COLUMNS])
    return [bar for bar in found if (bar.unit, bar.heading) in columns]


def left_out(found: Sequence[Bar]) -> tuple[int, int]:
    """Names for which there is no room, in the unit that has most of them; and columns."""
    names: dict[str, set[str]] = {}
    for bar in drawable(found):
        names.setdefault(bar.unit, set()).add(bar.name)
    most = room(drawable(found))
    too_many = max((max(0, len(some) - most) for some in names.values()), default=0)
    return too_many, max(0, len(columns_of(found)) - MOST_COLUMNS)


def in_lines(headings: Sequence[str], width: int) -> list[list[str]]:
    """Headings of columns beside each other, cut into lines that are no wider than their column; all as high, so that the
    bars beneath stand on one line."""
    cut = [wrap(heading, max(FEWEST_LETTERS, width // LETTER)) for heading in headings]
    most = max(map(len, cut))
    return [["\u00a0"] * (most - len(lines)) + lines for lines in cut]


def column(
    some: Sequence[Bar], names: Sequence[str], heading: Sequence[str], unit: str, most: float, width: int, place: int
) -> Any:
    """One column of bars; only the first has the names beside it."""
    alt = altair()
    values = [{"name": bar.name, "number": bar.number, "shown": bar.shown} for bar in some]
    axis = alt.Axis(title=None, ticks=False, domain=False, labels=place == 0)
    few = most < FEW and all(float(bar.number).is_integer() for bar in some)
    ticks = {"values": list(range(int(most) + 1))} if few else {"tickCount": 3}  # no half complaints
    drawn = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X(
            "number:Q",
            scale=alt.Scale(domain=[0, most], nice=False),
            axis=alt.Axis(title=unit, format=",~r", **ticks),
        ),
        y=alt.Y("name:N", sort=None, scale=alt.Scale(domain=list(names)), axis=axis),
    )
    labelled = drawn.mark_bar(color=BLUE) + drawn.mark_text(align="left", dx=4, fontSize=12).encode(text="shown:N")
    return labelled.properties(
        width=width, height=alt.Step(ROW_HEIGHT), **({"title": list(heading)} if any(heading) else {})
    )


# Matrices -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """What a field of a matrix can say: told by its sign; the colour only repeats it."""

    label: str
    sign: str
    colour: str
    ink: str = "black"


@dataclass(frozen=True)
class Tile:
    """One field; `mark` is a key of the marks."""

    row: str
    column: str
    mark: str


def matrix(
    tiles: Sequence[Tile], rows: Sequence[str], columns: Sequence[str], marks: Mapping[str, Mark], width: int
) -> dict[str, Any]:
    """Fields in rows and columns, each with the sign that the legend explains."""
    alt = altair()
    shown = [tile for tile in tiles if tile.row in set(rows) and tile.column in set(columns)]
    used = {key: mark for key, mark in marks.items() if any(tile.mark == key for tile in shown)}
    legend = {key: f"{mark.sign}  {mark.label}" for key, mark in used.items()}
    values = [
        {"row": t.row, "column": t.column, "mark": legend[t.mark], "sign": used[t.mark].sign, "ink": used[t.mark].ink}
        for t in shown
        if t.mark in used
    ]
    step = min(44 if width >= WIDE else 32, max(18, width // max(1, len(columns))))
    top = alt.Axis(title=None, orient="top", labelAngle=-90, domain=False, ticks=False, labelLimit=170)
    side = alt.Axis(title=None, domain=False, ticks=False, labelLimit=LABEL_WIDTH if width >= WIDE else 180)
    colour = alt.Color(
        "mark:N",
        scale=alt.Scale(domain=list(legend.values()), range=[mark.colour for mark in used.values()]),
        legend=alt.Legend(orient="top", columns=2 if width >= WIDE else 1, title=None, labelLimit=LABEL_WIDTH),
    )
    drawn = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("column:N", scale=alt.Scale(domain=list(columns)), axis=top),
        y=alt.Y("row:N", scale=alt.Scale(domain=list(rows)), axis=side),
    )
    fields = drawn.mark_rect(stroke="white", strokeWidth=2).encode(color=colour)
    signs = drawn.mark_text(fontSize=12, fontWeight="bold").encode(
        text="sign:N", color=alt.Color("ink:N", scale=None, legend=None)
    )
    return finished((fields + signs).properties(width=alt.Step(step), height=alt.Step(ROW_HEIGHT)), width)


# Years ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """One figure of a series. `same`: figures of a name with the same text are joined by a line."""

    name: str
    at: str
    number: float
    same: str = ""


def years(
    moments: Sequence[Moment], names: Sequence[str], periods: Sequence[str], unit: str, width: int
) -> dict[str, Any]:
    """A small chart a name over the same periods, each on its own scale from zero. A year without a figure is a gap;
    where the figures are not the same any more, the line ends and the new ones have another shape."""
    alt = altair()
    across = 4 if width >= WIDE else 2
    values: list[dict[str, Any]] = []
    for name in names:
        mine = [moment for moment in moments if moment.name == name]
        kinds = list(dict.fromkeys(moment.same for moment in mine))
        for same in kinds:
            there = {moment.at: moment.number for moment in mine if moment.same == same}
            values += [
                {"name": name, "at": at, "number": there.get(at), "same": same, "kind": str(min(kinds.index(same), 2))}
                for at in periods
            ]
    shown = [periods[0], periods[-1]]
    base = alt.Chart().encode(
        x=alt.X(
            "at:O", scale=alt.Scale(domain=list(periods)), axis=alt.Axis(title=None, values=list(shown), labelAngle=0)
        ),
        y=alt.Y("number:Q", axis=alt.Axis(title=None, tickCount=3, format=",~r"), scale=alt.Scale(zero=True)),
        detail="same:N",
    )
    shapes = alt.Shape(
        "kind:N", scale=alt.Scale(domain=["0", "1", "2"], range=["circle", "diamond", "triangle-up"]), legend=None
    )
    colours = alt.Color("kind:N", scale=alt.Scale(domain=["0", "1", "2"], range=[BLUE, RED, GREY]), legend=None)
    lines = base.mark_line(strokeWidth=2).encode(color=colours)
    points = base.mark_point(filled=True, size=44, opacity=1).encode(shape=shapes, color=colours)
    small = alt.layer(lines, points).properties(width=max(90, width // across - 60), height=84)
    facet = alt.Facet("name:N", sort=list(names), header=alt.Header(labelLimit=width // across + 20, title=None))
    grid = small.facet(facet, data=alt.Data(values=values), columns=across, spacing=14, title=unit)
    return finished(grid.resolve_scale(y="independent"), width)


# Rendering ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def render(specification: str) -> str:
    # Imported here: the renderer must not be loaded in a process that forks later.
    import vl_convert

    return str(vl_convert.vegalite_to_svg(json.loads(specification)))


def svg(specification: dict[str, Any]) -> str:
    """The chart as SVG; the same chart is rendered once."""
    return render(json.dumps(specification, sort_keys=True))


def png(specification: dict[str, Any], scale: float = 2) -> bytes:
    """The chart as PNG, `scale` pixels a unit."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(specification, scale=scale))
