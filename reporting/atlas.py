"""Borders of the Member States and their neighbours, simplified for a map of a page's width. Source: world-atlas (Natural
Earth, 1:50 million), fetched by `bin/fetch-assets`; names of its countries are those of the code list `country`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

from submissions.catalogue import catalogue

FILE = "vendor/world-atlas/countries-50m.json"
WEST, EAST, SOUTH, NORTH = -25.0, 46.0, 33.0, 72.0
"""Parts of countries whose middle lies outside are left out."""
DETAIL = 0.08
"""Degrees between two points of a border; a page shows no finer ones."""

Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True)
class Country:
    code: str
    """ISO 3166-1 alpha-2; empty where the code list has another name for it."""
    geometry: dict[str, Any]
    """GeoJSON MultiPolygon."""
    middle: Point
    """Of its largest part: longitude, latitude."""


def available() -> bool:
    return finders.find(FILE) is not None


@lru_cache(maxsize=1)
def europe() -> tuple[Country, ...]:
    """Read once a process. Raises FileNotFoundError where the atlas was not fetched."""
    found = finders.find(FILE)
    if not isinstance(found, str):
        raise FileNotFoundError(f"{FILE}: run bin/fetch-assets")
    atlas = json.loads(Path(found).read_text(encoding="utf-8"))
    arcs = [list(thinned(decoded(arc, atlas["transform"]))) for arc in atlas["arcs"]]
    codes = {code.label["en"]: code.id for code in catalogue().code_lists["country"].codes.values()}
    countries = []
    for shape in atlas["objects"]["countries"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        parts = [[ring(border, arcs) for border in polygon] for polygon in polygons]
        near = [part for part in parts if len(part[0]) > 3 and inside(middle(part[0]))]
        if near:
            largest = max(near, key=lambda part: abs(area(part[0])))
            code = codes.get(shape["properties"]["name"], "")
            countries.append(Country(code, {"type": "MultiPolygon", "coordinates": near}, middle(largest[0])))
    return tuple(countries)


def decoded(arc: Sequence[Sequence[int]], transform: dict[str, Any]) -> Iterator[Point]:
    """TopoJSON keeps the differences between points, as whole numbers."""
    (kx, ky), (dx, dy) = transform["scale"], transform["translate"]
    x = y = 0
    for right, up in arc:
        x, y = x + right, y + up
        yield x * kx + dx, y * ky + dy


def thinned(points: Iterable[Point]) -> Iterator[Point]:
    """Without points that lie close to the one before. Neighbours share their arcs, so borders stay closed."""
    every = list(points)
    last = every[0]
    yield last
    for point in every[1:-1]:
        if abs(point[0] - last[0]) + abs(point[1] - last[1]) > DETAIL:
            last = point
            yield point
    yield every[-1]


def ring(border: Iterable[int], arcs: Sequence[Ring]) -> Ring:
    """Arcs after each other; a negative number is an arc backwards (TopoJSON)."""
    found: Ring = []
    for number in border:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        found += arc if not found else arc[1:]
    return found


def area(border: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(border)) / 2


def middle(border: Ring) -> Point:
    """Centre of gravity, in degrees; good enough for a label."""
    size = area(border)
    if not size:
        return border[0]
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairwise(border)) / (6 * size)
    y = sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairwise(border)) / (6 * size)
    return x, y


def inside(point: Point) -> bool:
    return WEST <= point[0] <= EAST and SOUTH <= point[1] <= NORTH
