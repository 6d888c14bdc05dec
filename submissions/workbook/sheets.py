"""Which data points stand on which sheet, and which rows a sheet has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from submissions.canonical import FIELDS
from submissions.definition import DataPoint, Definition, split_address

LONGEST_NAME = 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
MOST_BLOCK_ROWS = 5_000
"""Beyond so many rows a block shows only the data points that hold something."""
BLANK_BLOCK_ROWS = 30
FREE_ROWS = 100
MOST_NAMED = 2
"""A sheet is named by so many dimensions at most."""
NOTHING: Mapping[str, str] = dict.fromkeys(FIELDS, "")


@dataclass(frozen=True)
class Sheet:
    """The data points of one category that repeat by the same dimensions."""

    name: str
    title: str
    points: tuple[DataPoint, ...]
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row of a data sheet: a band that names a group, or a place for one observation."""

    address: str = ""
    """The code of the data point; on the sheet of other lines, whatever was sent."""
    point: DataPoint | None = None
    members: Mapping[str, str] = field(default_factory=dict)
    filed: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    line: int | None = None
    """Of the raw frame that `filed` came from."""
    band: str = ""
    begins: bool = False
    """First row of a block."""

    @property
    def full_address(self) -> str:
        members = ",".join(f"{name}={member}" for name, member in self.members.items() if member)
        return f"{self.address}[{members}]" if members else self.address


Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass
class Filed:
    """Observations by data point and members, and those that have no place in the definition."""

    placed: dict[Key, list[tuple[int, Mapping[str, str]]]] = field(default_factory=lambda: defaultdict(list))
    others: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)

    def at(self, code: str, members: Mapping[str, str]) -> list[tuple[int, Mapping[str, str]]]:
        return self.placed.get(key_of(code, members), [])


def key_of(code: str, members: Mapping[str, str]) -> Key:
    return code, tuple((name, member) for name, member in members.items() if member)


def placed(definition: Definition, observations: Iterable[tuple[int, Mapping[str, str]]]) -> Filed:
    filed = Filed()
    for line, row in observations:
        found = place_in(definition, row["address"])
        if found is None:
            filed.others.append((line, row))
        else:
            filed.placed[key_of(*found)].append((line, row))
    return filed


def place_in(definition: Definition, address: str) -> tuple[str, dict[str, str]] | None:
    """Code and members in the order of the definition; None where the address is not exactly that."""
    code, members = split_address(address)
    point = definition.points.get(code)
    if point is None or not set(members) <= set(point.dimensions) or not all(members.values()):
        return None
    ordered = {name: members[name] for name in definition.dimensions if name in members}
    same = address == Row(code, point, ordered).full_address
    return (code, ordered) if same else None


# Sheets ---------------------------------------------------------------------------------------------------


def plan(definition: Definition, language: str) -> list[Sheet]:
    """In order of the categories; within one, plain data points first."""
    sheets: list[Sheet] = []
    taken: set[str] = set()
    for category in definition.categories.values():
        groups: dict[tuple[str, ...], list[DataPoint]] = {}
        for point in definition.points.values():
            if point.category == category.number:
                groups.setdefault(point.dimensions, []).append(point)
        for dimensions, points in sorted(groups.items(), key=lambda group: bool(group[0])):
            title = f"{category.number}. {category.label[language]}"
            short = category.label[language]
            if dimensions and len(groups) > 1:
                short = told(definition, points, dimensions, language)
                title = f"{title} – {short}"
            name = sheet_name(f"{category.number} {short}", taken)
            sheets.append(Sheet(name, title, tuple(points), dimensions))
    return sheets


def told(definition: Definition, points: list[DataPoint], dimensions: tuple[str, ...], language: str) -> str:
    """What a sheet of open dimensions is about: its only data point, or what it repeats by, or the group it begins."""
    if len(points) == 1:
        return points[0].label[language]
    if len(dimensions) > MOST_NAMED:
        return (points[0].group[language] or points[0].label[language]).rpartition(">")[2].strip()
    return ", ".join(definition.dimensions[name].label[language] for name in dimensions)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """At most 31 characters, none of those that spreadsheets forbid, not used before."""
    plain = " ".join(wanted.translate(FORBIDDEN).split())
    name, number = shortened(plain, LONGEST_NAME), 1
    while name.casefold() in taken:
        number += 1
        name = f"{shortened(plain, LONGEST_NAME - 4)} ({number})"
    taken.add(name.casefold())
    return name


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip(" ,–-") + "…"


# Rows -----------------------------------------------------------------------------------------------------


def rows_of(sheet: Sheet, filed: Filed, last_year: Iterable[str], definition: Definition) -> Iterator[Row]:
    if sheet.dimensions:
        yield from open_rows(sheet, filed, last_year, definition)
    else:
        yield from plain_rows(sheet, filed)


def plain_rows(sheet: Sheet, filed: Filed) -> Iterator[Row]:
    band: Mapping[str, str] = {}
    for point in sheet.points:
        if point.group != band and any(point.group.values()):
            yield Row(point=point, band="group")
        band = point.group
        yield from rows_at(point, {}, filed)


def rows_at(point: DataPoint, members: Mapping[str, str], filed: Filed, begins: bool = False) -> Iterator[Row]:
    """What was filed at an address, or one empty row."""
    found = filed.at(point.code, members)
    for line, row in found:
        yield Row(point.code, point, members, row, line, begins=begins)
    if not found:
        yield Row(point.code, point, members, begins=begins)


def open_rows(sheet: Sheet, filed: Filed, last_year: Iterable[str], definition: Definition) -> Iterator[Row]:
    """A block of rows for each combination of members in use, empty blocks, and free rows."""
    codes = {point.code for point in sheet.points}
    used = dict.fromkeys(members for code, members in filed.placed if code in codes)
    for address in last_year:
        found = place_in(definition, address)
        if found and found[0] in codes:
            used.setdefault(key_of(*found)[1])
    whole = len(used) * len(sheet.points) <= MOST_BLOCK_ROWS
    for members in used:
        begins = True
        for point in sheet.points:
            if whole or filed.at(point.code, dict(members)):
                yield from rows_at(point, dict(members), filed, begins)
                begins = False
    for _ in range(max(1, BLANK_BLOCK_ROWS // len(sheet.points))):
        for number, point in enumerate(sheet.points):
            yield Row(point.code, point, begins=number == 0)
    for number in range(FREE_ROWS):
        yield Row(begins=number == 0)
