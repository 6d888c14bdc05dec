"""Charts by one grammar (Vega-Lite), rendered to SVG on the server, cached by what they show."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from reporting.comparability.knowledge import knowledge
from reporting.figures import Beside, Figure, Row

BLUE, YELLOW, TEAL, RED, GREY = "#0e47cb", "#d9a400", "#00797b", "#a51d31", "#5b6570"
PALETTE = [BLUE, YELLOW, TEAL, RED, GREY, "#7a3fa0", "#3f8f2f", "#c2571a"]
FONT = "Arial, Helvetica, sans-serif"
ROW_HEIGHT = 22
MOST_BARS = 60
"""More bars than this cannot be read; the table has them all."""


def base(width: int) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "white",
        "padding": 8,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": 13,
                "titleFontSize": 13,
                "titleFontWeight": "normal",
                "labelLimit": 2 * width // 3,
                "gridColor": "#e3e6ea",
            },
            "header": {"labelFontSize": 14, "labelFontWeight": "bold", "labelAnchor": "start", "title": None},
            "legend": {
                "labelFontSize": 13,
                "titleFontSize": 13,
                "orient": "top",
                "title": None,
                "labelLimit": width,
                "columns": max(1, width // 280),
            },
            "range": {"category": PALETTE},
        },
    }


def bars(figure: Figure, width: int) -> dict[str, Any]:
    """Horizontal bars, one panel a unit, so that no axis mixes units."""
    rows = chosen(figure)
    twice = repeated(rows)
    split = any(row.what for row in rows)
    values: list[dict[str, Any]] = [
        {
            "name": name(row, twice),
            "point": row.point,
            "unit": f"{row.point} ({row.unit_label})" if split else row.unit_label,
            "number": row.number,
            "shown": row.shown,
        }
        for row in rows
    ]
    panels = [
        bar_panel([v for v in values if v["unit"] == unit], unit, split or len({row.point for row in rows}) == 1, width)
        for unit in dict.fromkeys(v["unit"] for v in values)
    ]
    independent = {"scale": {"color": "independent"}, "legend": {"color": "independent"}}
    return base(width) | {"vconcat": panels, "spacing": 24, "resolve": independent}


def chosen(figure: Figure) -> list[Row]:
    """Rows with a value; a member that stands for others only where none of them is there."""
    rows = figure.with_value
    wholes = knowledge().wholes({row.member for row in rows})
    return [row for row in rows if row.member not in wholes][:MOST_BARS]


def repeated(rows: Sequence[Row]) -> set[tuple[str, str]]:
    """Who has several figures for one address, for different days."""
    counted = Counter((row.member, row.address) for row in rows)
    return {key for key, times in counted.items() if times > 1}


def name(row: Row, twice: set[tuple[str, str]]) -> str:
    days = f"{row.start:%Y-%m-%d} – {row.end:%Y-%m-%d}" if (row.member, row.address) in twice else ""
    return " – ".join(part for part in (row.member_name, row.what, days) if part)


def bar_panel(values: list[dict[str, Any]], unit: str, alone: bool, width: int) -> dict[str, Any]:
    """Bars of one unit; `alone`: nothing else on the page needs telling apart from its data point."""
    points = list(dict.fromkeys(v["point"] for v in values))
    several = len(points) > 1
    title = unit if several or alone else f"{points[0]} ({unit})"
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "ticks": False, "domain": False}}
    mark_encoding: dict[str, Any] = {
        "x": {"field": "number", "type": "quantitative", "axis": {"title": title, "tickCount": 4, "format": ",~r"}},
        "y": y,
    }
    if several:
        mark_encoding["color"] = {"field": "point", "type": "nominal", "sort": points}
        mark_encoding["yOffset"] = {"field": "point", "type": "nominal", "sort": points}
    else:
        mark_encoding["color"] = {"value": BLUE}
    label_encoding = {k: v for k, v in mark_encoding.items() if k != "color"} | {"text": {"field": "shown"}}
    return {
        "data": {"values": values},
        "width": width,
        "height": {"step": ROW_HEIGHT / 1.6 if several else ROW_HEIGHT},
        "layer": [
            {"mark": {"type": "bar"}, "encoding": mark_encoding},
            {"mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 12}, "encoding": label_encoding},
        ],
    }


def beside(rows: Sequence[Beside], width: int) -> dict[str, Any]:
    """Filed by the Member State, beside what the clearing house sent in each year."""
    filed = _("Filed by the Member State")
    values: list[dict[str, Any]] = []
    for row in rows:
        if row.filed is not None and row.filed.number is not None:
            values.append({"name": row.name, "point": filed, "number": row.filed.number})
        values += [
            {"name": row.name, "point": _("Sent by NCMEC in %(year)s") % {"year": year}, "number": value}
            for year, value in row.sent.items()
        ]
    order = list(dict.fromkeys([filed, *(v["point"] for v in values)]))
    return base(width) | {
        "data": {"values": values},
        "width": width,
        "height": {"step": 9},
        "mark": "bar",
        "encoding": {
            "x": {
                "field": "number",
                "type": "quantitative",
                "axis": {"title": _("reports"), "tickCount": 5, "format": ",~r"},
            },
            "y": {
                "field": "name",
                "type": "nominal",
                "sort": [row.name for row in rows],
                "axis": {"title": None, "ticks": False, "domain": False},
            },
            "yOffset": {"field": "point", "type": "nominal", "sort": order},
            "color": {"field": "point", "type": "nominal", "sort": order},
        },
    }


@lru_cache(maxsize=256)
def render(specification: str) -> str:
    # Imported here: the renderer must not be loaded in a process that forks later.
    import vl_convert

    return str(vl_convert.vegalite_to_svg(json.loads(specification)))


def svg(specification: dict[str, Any]) -> str:
    """The chart as SVG; the same chart is rendered once."""
    return render(json.dumps(specification, sort_keys=True))
