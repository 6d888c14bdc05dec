"""One row per data type of a value: what is readable, its JSON Schema, how numbers are written canonically."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import polars as pl

# ASCII digits only, and no more of them than a double holds: what else looks like a number is for a person to mend.
NUMBER = r"^-?[0-9]{1,18}(\.[0-9]{1,20})?$"
DATE = r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}"


@dataclass(frozen=True)
class DataType:
    name: str
    readable: Callable[[pl.Expr], pl.Expr]
    """True where a value can be read as this type; values are trimmed text."""
    schema: dict[str, Any]
    """JSON Schema of a value."""
    numeric: bool = False


def as_number(value: pl.Expr, where: pl.Expr | None = None) -> pl.Expr:
    """Float64 of plain digits with an optional point; anything else is null, never a guess."""
    plain = is_number(value) if where is None else where & is_number(value)
    return pl.when(plain).then(value).cast(pl.Float64, strict=False)


def as_date(value: pl.Expr) -> pl.Expr:
    return pl.when(value.str.contains(f"^{DATE}$")).then(value).str.to_date("%Y-%m-%d", strict=False)


def is_number(value: pl.Expr) -> pl.Expr:
    return value.str.contains(NUMBER)


def is_text(value: pl.Expr) -> pl.Expr:
    return value != ""


NUMERIC_SCHEMA = {"type": ["integer", "number", "string", "null"], "minimum": 0}

DATA_TYPES = {
    kind.name: kind
    for kind in (
        DataType(
            "count", is_number, {"type": ["integer", "string", "null"], "minimum": 0, "pattern": r"^\d+$"}, numeric=True
        ),
        DataType("percentage", is_number, NUMERIC_SCHEMA | {"pattern": r"^\d+(\.\d+)?$"}, numeric=True),
        DataType("duration", is_number, NUMERIC_SCHEMA | {"pattern": r"^\d+(\.\d+)?$"}, numeric=True),
        DataType("boolean", lambda v: (v == "0") | (v == "1"), {"enum": [0, 1, "0", "1", True, False, None]}),
        DataType("date", lambda v: as_date(v).is_not_null(), {"type": ["string", "null"], "format": "date"}),
        DataType("text", is_text, {"type": ["string", "null"]}),
        DataType("list", is_text, {"type": ["string", "null"]}),
        DataType("code_list", is_text, {"type": ["string", "null"]}),
    )
}
NUMERIC = [name for name, kind in DATA_TYPES.items() if kind.numeric]
WORDED = ["text", "list", "code_list"]


UNCANONICAL_NUMBER = r"^-?0[0-9]|\.[0-9]*0$|^-0$"
"""What a number looks like that `canonical_number` writes otherwise."""


def canonical_number(value: pl.Expr) -> pl.Expr:
    """`007` -> `7`, `4.20` -> `4.2`, `-0` -> `0`; text that is no plain number stays as it is."""
    trimmed = (
        value.str.replace(r"^(-?)0+(\d)", "${1}${2}")
        .str.replace(r"(\.\d*?)0+$", "${1}")
        .str.replace(r"\.$", "")
        .str.replace(r"^-0$", "0")
    )
    return pl.when(value.str.contains(NUMBER)).then(trimmed).otherwise(value)


# Codes in a text, between semicolons ----------------------------------------------------------------------


def one_code(codes: Iterable[str]) -> str:
    return f"(?:{'|'.join(pl.escape_regex(code) for code in codes)})"


def holds_any(text: pl.Expr, codes: Collection[str]) -> pl.Expr:
    """Some code of the text is one of these."""
    return text.str.contains(f"(?:^|;){one_code(codes)}(?:;|$)") if codes else pl.lit(False)


def holds_other(text: pl.Expr, codes: Collection[str]) -> pl.Expr:
    """Some code of the text, which is not empty, is none of these."""
    return (text != "") & ~text.str.contains(f"^{one_code(codes)}(?:;{one_code(codes)})*$")


def one_of(text: pl.Expr, words: Collection[str]) -> pl.Expr:
    """As `is_in`, faster for a few words."""
    return reduce(operator.or_, (text == word for word in words)) if words else pl.lit(False)
