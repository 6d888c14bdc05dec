"""Filings as people write them, right and wrong, for any definition: what every door must carry unchanged."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from submissions.canonical import Head
from submissions.definition import CodeList, DataPoint, Definition

Line = dict[str, str]

ENTITY = "example"
DAYS = ["2025-01-01", "2025-06-30", "2025-07-01", "2025-12-31", "2024-01-01", "2026-02-29", ".."]
ODD_WORDS = [
    "",
    "Ja: således.",
    "= 1 + 1",
    "@SUM(A1)",
    "-",
    "+45 33 92 33 40",
    "_x0041_",
    "a;b",
    "a, b",
    '"quoted"',
    "first line\nsecond line",
    "  blanks around  ",
    "PHOTODNA – PhotoDNA",
    "Å e\u0301 \u00a0 \u2028 😀",
    "0012",
    "1e5",
]
WORDS = st.one_of(
    st.sampled_from(ODD_WORDS),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40),
)
NUMBERS = st.one_of(
    st.integers(0, 10**15).map(str),
    st.decimals(0, 10**6, places=2).map(str),
    st.sampled_from(["0", "007", "4.20", "-1", "1 234", "1.234", "1,234", "1.234,5", "ca 90 000", "> 500", "ten", "1e5", "NaN",
                     "١٢", "100000000000000000000", "0.1", "99.999", "12,5 %"]),
)  # fmt: skip


def head_of(definition: Definition) -> Head:
    return Head(definition.return_id, definition.version, ENTITY, "2025", date(2025, 1, 1), date(2025, 12, 31))


def filings(definition: Definition) -> st.SearchStrategy[list[Line]]:
    return st.lists(lines(definition), min_size=1, max_size=12)


def lines(definition: Definition) -> st.SearchStrategy[Line]:
    return st.sampled_from(list(definition.points.values())).flatmap(lambda point: line_of(definition, point))


def line_of(definition: Definition, point: DataPoint) -> st.SearchStrategy[Line]:
    """A line as CSV has it: every field is text, most are empty."""
    lists = definition.code_lists
    fields = {
        "address": address_of(definition, point),
        "value": value_of(definition, point),
        "obs_status": seldom(st.sampled_from([*definition.valued, *definition.missing, "Z"])),
        "period": seldom(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map("/".join)),
        "unit": seldom(st.sampled_from([point.unit, *lists["unit"].codes])),
        "qualifier": seldom(codes(lists["qualifier"])),
        "low": seldom(NUMBERS),
        "high": seldom(NUMBERS),
        "reason": seldom(several(lists["reason"])),
        "flags": seldom(several(lists["comparability_flag"])),
        "comment": seldom(WORDS),
    }
    return st.fixed_dictionaries(fields).filter(says_something)


def says_something(line: Line) -> bool:
    """A line with nothing but an address and a unit answers nothing; a sheet or a form is full of them."""
    return any(text.strip() for name, text in line.items() if name not in ("address", "unit"))


def seldom(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.just(""), st.just(""), st.just(""), strategy)


def codes(known: CodeList) -> st.SearchStrategy[str]:
    return st.sampled_from([*known.codes, "nonsense"])


def several(known: CodeList) -> st.SearchStrategy[str]:
    return st.lists(codes(known), min_size=1, max_size=3).map(";".join)


def address_of(definition: Definition, point: DataPoint) -> st.SearchStrategy[str]:
    """All dimensions of the data point stated, some, or none."""
    if not point.dimensions:
        return st.just(point.code)
    members = st.tuples(*(st.one_of(st.just(""), member_of(definition, name)) for name in point.dimensions))
    return members.map(
        lambda chosen: composed(point, [f"{n}={m}" for n, m in zip(point.dimensions, chosen, strict=True) if m])
    )


def composed(point: DataPoint, members: list[str]) -> str:
    return f"{point.code}[{','.join(members)}]" if members else point.code


def member_of(definition: Definition, name: str) -> st.SearchStrategy[str]:
    known = definition.dimensions[name].code_list
    if known:
        return st.sampled_from([*definition.code_lists[known].codes][:40])
    return st.sampled_from(["2025-01", "2025-12"]) if name == "month" else st.sampled_from(["One", "Two words"])


def value_of(definition: Definition, point: DataPoint) -> st.SearchStrategy[str]:
    if point.numeric:
        return st.one_of(NUMBERS, NUMBERS, st.just(""))
    if point.value_type == "boolean":
        return st.sampled_from(["0", "1", "", "true", "2"])
    if point.value_type == "date":
        return st.sampled_from(["2025-01-01", "2025-02-30", "", "1 January 2025"])
    if point.value_type == "code_list":
        return st.one_of(several(definition.code_lists[point.code_list]), st.just(""), WORDS)
    return WORDS
