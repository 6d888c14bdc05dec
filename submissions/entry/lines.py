"""Lines of a draft as the form shows them: canonical, without what goes without saying."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from submissions.addresses import LONGEST_ADDRESS
from submissions.canonical import CONTROL, FIELDS, canonical_text, raw_frame
from submissions.definition import DataPoint, Definition, split_address
from submissions.sources import as_text

Line = dict[str, str]
"""Fields of an observation that say something, and fields nobody knows, by name; `address` is always there."""
UNSTORABLE = re.compile("[\ud800-\udfff\x00]")


def plain(definition: Definition, observations: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Lines as their canonical content says, without what canonicalising would fill in again. A line that says nothing
    beyond its address and the unit of its data point is no answer and is left out."""
    sent = [{clean(str(name)): clean(as_text(value)) for name, value in line.items()} for line in observations]
    if not sent:
        return []
    rows = canonical_text(definition, raw_frame(sent))
    whence = map(sent.__getitem__, rows["line"])  # rows are sorted by address
    written = rows.select(FIELDS).iter_rows(named=True)
    lines = [said(definition, row) | unknown(line) for row, line in zip(written, whence, strict=True)]
    return [line for line in lines if len(line) > 1 or not is_shown(definition, line["address"])]


def clean(text: str) -> str:
    """Without what no database holds."""
    return UNSTORABLE.sub("", text)


def unknown(line: Line) -> Line:
    return {name: text for name, text in line.items() if name not in FIELDS}


def said(definition: Definition, row: Mapping[str, str]) -> Line:
    """Fields of a canonical line that it would not have of itself."""
    point, members = located(definition, row["address"])
    line = {name: text for name, text in row.items() if text or name == "address"}
    if line.get("obs_status") == "A" and ("value" in line or "low" in line):
        del line["obs_status"]
    if point is None:
        return line
    if line.get("unit") == (point.unit if point.unit != "open" else members.get("item_kind", "")):
        del line["unit"]
    valued = row["obs_status"] in definition.valued
    if point.numeric and valued and "value" in line and line.get("qualifier") == "exact":
        del line["qualifier"]
    return line


# Addresses ------------------------------------------------------------------------------------------------


def located(definition: Definition, address: str) -> tuple[DataPoint | None, dict[str, str]]:
    """Data point and members of a canonical address."""
    code, members = split_address(address)
    return definition.points.get(code), members


def category_of(definition: Definition, address: str) -> int:
    """The number of the section a line belongs to; 0 where the definition does not know its data point."""
    point, _members = located(definition, address)
    return point.category if point else 0


def composed(code: str, members: Mapping[str, str]) -> str:
    """An address from the members that are stated, in the order of the definition."""
    stated = ",".join(f"{name}={member}" for name, member in members.items() if member)
    return f"{code}[{stated}]" if stated else code


def place_of(dimensions: Iterable[str], suffix: str) -> str:
    """Names a combination of members among data points that repeat by the same dimensions."""
    return f"{';'.join(dimensions)}.{suffix}"


def is_shown(definition: Definition, address: str) -> bool:
    """The form has a row for it: a known data point, its own dimensions, known members, written canonically."""
    point, members = located(definition, address)
    if point is None or len(address) > LONGEST_ADDRESS or not set(members) <= set(point.dimensions):
        return False
    if not all(is_member(definition, name, member) for name, member in members.items()):
        return False
    return address == composed(point.code, {name: members.get(name, "") for name in definition.dimensions})


def is_member(definition: Definition, dimension: str, member: str) -> bool:
    known = definition.dimensions[dimension]
    if not member or member == "_U" or member != member.strip() or re.search(rf"[\[\],]|{CONTROL}", member):
        return False
    if known.code_list:
        return member in definition.code_lists[known.code_list].codes
    return re.search(known.pattern or ".", member) is not None
