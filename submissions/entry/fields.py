"""From lines to the fields of a section and back: what a browser is given, and what it sends.

A field of a line is named `<field>.<turn>.<address>`; `turn` counts the lines of one address. Only addresses whose
fields were sent are read, so a page may hold a part of a section.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from submissions.canonical import FIELDS, PERIOD
from submissions.datatypes import DATE
from submissions.definition import DataPoint, Definition
from submissions.entry.lines import Line, category_of, clean, is_shown, located, place_of, plain
from submissions.entry.numbers import shown, understand

Sent = Mapping[str, list[str]]
"""Fields of a form, as `dict(request.POST.lists())`."""
NAME = re.compile(r"(value|obs_status|from|to|period|unit|qualifier|low|high|reason|flags|comment|was-value|was-low"
                  r"|was-high|accept|extra|odd|drop)\.([0-9]{1,4})\.(.*)", re.DOTALL)  # fmt: skip
NUMBERS = ("value", "low", "high")
LISTS = ("reason", "flags")
DAY = re.compile(f"^{DATE}$")


# From lines to fields -------------------------------------------------------------------------------------


def section_fields(
    definition: Definition, category: int, observations: Iterable[Mapping[str, Any]], language: str = "en"
) -> dict[str, list[str]]:
    """What a browser would send of a section that shows these lines, untouched: name -> values."""
    fields: dict[str, list[str]] = {}
    for turn, line in turns(mine(definition, category, plain(definition, observations))):
        for name, values in line_fields(definition, line, language).items():
            fields[f"{name}.{turn}.{line['address']}"] = values
    return fields


def mine(definition: Definition, category: int, lines: Iterable[Line]) -> list[Line]:
    """The lines of a section."""
    return [line for line in lines if category_of(definition, line["address"]) == category]


def turns(lines: Iterable[Line]) -> Iterator[tuple[int, Line]]:
    """Each line, and how many of its address stand before it."""
    before: dict[str, int] = defaultdict(int)
    for line in lines:
        yield before[line["address"]], line
        before[line["address"]] += 1


def line_fields(definition: Definition, line: Line, language: str) -> dict[str, list[str]]:
    """Fields of one line, by their short names. A line without a row is carried whole."""
    point, _members = located(definition, line["address"])
    if point is None or not is_shown(definition, line["address"]):
        return {"odd": [json.dumps(line, ensure_ascii=False)]}
    fields = {"obs_status": [line.get("obs_status", "")], "comment": [line.get("comment", "")]}
    fields |= value_fields(point, line.get("value", ""), language)
    fields |= period_fields(line.get("period", ""))
    for name in ("low", "high"):
        if point.numeric or name in line:
            fields |= number_fields(name, line.get(name, ""), language, point.value_type)
    for name in ("unit", "qualifier"):
        if name in line or (point.numeric and (name == "qualifier" or point.unit == "open")):
            fields[name] = [line.get(name, "")]
    fields |= {name: line[name].split(";") for name in LISTS if name in line}
    extra = {name: text for name, text in line.items() if name not in FIELDS}
    return fields | ({"extra": [json.dumps(extra, ensure_ascii=False)]} if extra else {})


def value_fields(point: DataPoint, value: str, language: str) -> dict[str, list[str]]:
    if point.numeric:
        return number_fields("value", value, language, point.value_type)
    if point.value_type == "code_list":
        return {"value": value.split(";")} if value else {}
    if point.value_type == "date" and "\n" in value:
        return {"value": [value.replace("\n", " ")], "was-value": [value]}
    return {"value": [value]}


def number_fields(name: str, value: str, language: str, value_type: str) -> dict[str, list[str]]:
    """A number as its reader writes it. Where that would be read as something else, what it was goes with it."""
    text = shown(value, language)
    same = typed_number(text, language, value_type) == {"value": value}
    return {name: [text]} | ({} if same else {f"was-{name}": [value]})


def period_fields(period: str) -> dict[str, list[str]]:
    """First and last day; a period that is none is shown as it is written."""
    if not period:
        return {"from": [""], "to": [""]}
    days = ["" if day == ".." else day for day in period.split("/")]
    if re.match(PERIOD, period) and any(days):
        return {"from": [days[0]], "to": [days[1]]}
    return {"period": [period]}


# From fields to lines -------------------------------------------------------------------------------------


def read_section(definition: Definition, category: int, sent: Sent, language: str = "en") -> list[Line]:
    """The lines that the fields of a section say, canonical, in their order; rows without an answer give none."""
    lines = [read_line(definition, address, fields, language) for address, fields in rows_sent(sent).values()]
    return mine(definition, category, plain(definition, [line for line in lines if line]))


def rows_sent(sent: Sent) -> dict[tuple[str, str], tuple[str, dict[str, list[str]]]]:
    """Fields of each line by (turn, address); of rows that are in dispute only those whose reader chose his own."""
    rows: dict[tuple[str, str], tuple[str, dict[str, list[str]]]] = {}
    for name, values in sent.items():
        if (match := NAME.fullmatch(name)) and not in_dispute(sent, match[3]):
            rows.setdefault((match[2], match[3]), (match[3], {}))[1][match[1]] = [
                lines_ended(clean(text)) for text in values
            ]
    return rows


def lines_ended(text: str) -> str:
    """Browsers send CRLF where a text breaks its line."""
    return text.replace("\r\n", "\n")


def in_dispute(sent: Sent, address: str) -> bool:
    return f"conflict.{address}" in sent and sent.get(f"choice.{address}") != ["mine"]


def covered(sent: Sent) -> set[str]:
    """Addresses that a page has a row for."""
    return {address for address, _fields in rows_sent(sent).values()}


def removed(definition: Definition, sent: Sent, address: str) -> bool:
    """The group of members that an address belongs to is to go."""
    code = located(definition, address)[0]
    return code is not None and f"remove.{place_of(code.dimensions, address.removeprefix(code.code))}" in sent


def read_line(definition: Definition, address: str, fields: Mapping[str, list[str]], language: str) -> Line | None:
    if "odd" in fields:
        return None if "drop" in fields else carried(fields["odd"][0])
    point, _members = located(definition, address)
    if point is None or not is_shown(definition, address):
        return None
    one = {name: values[-1] for name, values in fields.items() if values}
    line = {name: one.get(name, "").strip() for name in ("obs_status", "unit", "qualifier", "comment")}
    line |= {name: ";".join(fields.get(name, [])) for name in LISTS}
    line["value"] = ";".join(fields.get("value", [])) if point.value_type == "code_list" else one.get("value", "")
    line["period"] = one.get("period", "") or read_period(one.get("from", ""), one.get("to", ""))
    for name in ("high", "low", "value") if point.numeric else ("high", "low"):
        line |= read_number(name, one, language, point.value_type)
    if point.value_type == "date" and "was-value" in one:
        line["value"] = untouched("value", one, one["was-value"].replace("\n", " "))
    extra = carried(one["extra"]) if "extra" in one and "drop" not in one else None
    return {"address": address} | (extra or {}) | {name: text for name, text in line.items() if text.strip()}


def read_number(name: str, one: Mapping[str, str], language: str, value_type: str) -> Line:
    """A number as typed, in the fields it means; `accept` holds the text whose reading a person agreed to."""
    typed = one.get(name, "")
    if f"was-{name}" in one and same_text(typed, shown(one[f"was-{name}"], language)) and "accept" not in one:
        return {name: one[f"was-{name}"]}
    if name == "value" and "accept" in one and same_text(one["accept"], typed):
        understood = understand(typed, language, value_type)
        return understood.fields if understood else {name: typed}
    return {name: typed_number(typed, language, value_type)["value"]}


def typed_number(typed: str, language: str, value_type: str) -> Line:
    """Taken where it means one thing only; else kept as it was typed."""
    understood = understand(typed, language, value_type)
    return {"value": understood.value if understood and understood.sure else typed.strip()}


def untouched(name: str, one: Mapping[str, str], shown_text: str) -> str:
    return one[f"was-{name}"] if same_text(one.get(name, ""), shown_text) else one.get(name, "")


def same_text(one: str, other: str) -> bool:
    return one.strip() == other.strip()


def read_period(first: str, last: str) -> str:
    return f"{first.strip() or '..'}/{last.strip() or '..'}" if first.strip() or last.strip() else ""


def carried(text: str) -> Line | None:
    """A line that travelled through the page as JSON; it came from outside, so it may be anything."""
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return {str(name): str(value) for name, value in line.items()} if isinstance(line, dict) else None


def with_section(
    definition: Definition, category: int, stood: Iterable[Mapping[str, Any]], sent: Sent, language: str
) -> list[Line]:
    """A section after a page of it was sent: its rows as they were sent, all others as they stood."""
    rows = covered(sent)
    kept = [line for line in plain(definition, stood) if line["address"] not in rows]
    read = [
        line
        for line in read_section(definition, category, sent, language)
        if not removed(definition, sent, line["address"])
    ]
    return kept + read
