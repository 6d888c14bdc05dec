"""A map of the Union in the grammar of `reporting.charts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reporting.atlas import Country
from reporting.charts import GREY, WIDE, altair, finished


@dataclass(frozen=True)
class Area:
    """A country on the map: what stands in it, and which of the classes it is in; no class: no figure."""

    country: Country
    label: str
    level: str = ""


SHADES = ["#dbe6fd", "#a9c3fa", "#6d96f2", "#2f66e0", "#0a3296", "#051a4f"]
NO_FIGURE, ELSEWHERE, SEA = "#ffffff", "#eceef1", "#f7f9fb"
EARTH = 1.38
"""Radius of the earth in widths of the map, so that Iceland and Cyprus are on it."""


def union_map(
    areas: Sequence[Area], around: Sequence[Country], levels: Sequence[str], none: str, width: int
) -> dict[str, Any]:
    """Countries in classes, on the equal-area projection that Eurostat uses (ETRS89-LAEA, centred a little further
    north). `levels`: the classes, the lowest first; `none`: the words for no figure."""
    alt = altair()
    drawn_width = max(width, 340)
    projection = {
        "type": "azimuthalEqualArea", "rotate": [-12, -52.5, 0], "scale": drawn_width * EARTH,
        "translate": [drawn_width / 2, drawn_width * 0.52], "clipExtent": [[0, 0], [drawn_width, drawn_width * 1.05]],
    }  # fmt: skip
    shades = [SHADES[place * (len(SHADES) - 1) // max(1, len(levels) - 1)] for place in range(len(levels))]
    back = alt.Chart(alt.NamedData("around")).mark_geoshape(fill=ELSEWHERE, stroke="white")
    front = alt.Chart(alt.NamedData("areas")).mark_geoshape(
        stroke=GREY, strokeWidth=0.7
    ).encode(color=alt.Color(
        "properties.level:N", scale=alt.Scale(domain=[*levels, none], range=[*shades, NO_FIGURE]),
        legend=alt.Legend(orient="top", columns=max(2, width // 150), title=None, symbolStrokeColor=GREY, symbolType="square"),
    ))  # fmt: skip
    names = [
        {"lon": one.country.middle[0], "lat": one.country.middle[1], "label": one.label} for one in areas
    ]  # fmt: skip
    size = 12 if width >= WIDE else 10
    written = alt.Chart(alt.Data(values=names)).encode(longitude="lon:Q", latitude="lat:Q", text="label:N")
    halo = written.mark_text(fontSize=size, fontWeight="bold", stroke="white", strokeWidth=3, strokeJoin="round")
    letters = written.mark_text(fontSize=size, fontWeight="bold")
    layers = alt.layer(*(layer.project(**projection) for layer in (back, front, halo, letters)))
    made = finished(layers.properties(width=drawn_width, height=drawn_width * 1.05, view={"fill": SEA}), width)
    # Altair looks at every point of every border, which takes a third of a second.
    return made | {
        "datasets": made.get("datasets", {})
        | {
            "around": [feature(one) for one in around],
            "areas": [feature(one.country, level=one.level or none) for one in areas],
        }
    }


def feature(country: Country, **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": country.geometry, "properties": properties}
