"""From what was sent to the one flat table of observations that every door reduces to.

Canonical content is a UTF-8 text with LF line ends: a first line with return, version, entity and period, a line of
column names, then one CSV line an observation, sorted by address and period. Text is trimmed and in Unicode NFC,
control characters are dropped, numbers carry no leading or trailing zeros, codes of a list are sorted. Its sha256
is the hash on the receipt: the same content through any door gives the same hash.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from submissions.datatypes import DATE, NUMERIC, WORDED, as_date, as_number, canonical_number
from submissions.definition import Definition

FIELDS = ("address", "value", "obs_status", "period", "unit", "qualifier", "low", "high", "reason", "flags", "comment")
"""Columns of an observation as sent, all text; the CSV columns of the API."""
BOUNDS = ["lower_bound", "upper_bound"]
CONTROL = r"[\x00-\x08\x0b-\x1f\x7f]"
PERIOD = rf"^(\.\.|{DATE})/(\.\.|{DATE})$"
LONGEST_ADDRESS = 300


@dataclass(frozen=True)
class Head:
    """What a set of observations answers."""

    return_id: str
    version: str
    entity: str
    period: str
    start: date
    end: date


def raw_frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of text fields as a frame with a running `line` and the names of fields nobody knows in `extra`."""
    records = list(rows)
    columns: dict[str, list[str]] = {name: [str(r.get(name) or "") for r in records] for name in FIELDS}
    extra = [", ".join(str(key) for key in r if key not in FIELDS) for r in records]
    schema = dict.fromkeys((*FIELDS, "extra"), pl.String)
    return pl.DataFrame(columns | {"extra": extra}, schema=schema).with_row_index("line")


@lru_cache(maxsize=64)
def template_frame(definition: Definition) -> pl.DataFrame:
    """The data points as a frame: `code` and what the definition says of each, columns `t_…`."""
    points = list(definition.points.values())
    return pl.DataFrame(
        {
            "code": [p.code for p in points],
            "t_type": [p.value_type for p in points],
            "t_unit": [p.unit for p in points],
            "t_required": [p.required for p in points],
            "t_basis": [p.basis for p in points],
            "t_category": [p.category for p in points],
            "t_dims": [";".join(("", *p.dimensions, "")) for p in points],
            "t_part_of": [p.part_of for p in points],
            "t_code_list": [p.code_list for p in points],
            "t_flag_if": [p.flag_if for p in points],
            "t_flag_code": [p.flag_code for p in points],
        },
        schema_overrides={"t_category": pl.Int64},
    )


def sorted_codes(column: str) -> pl.Expr:
    """`b; a,b` -> `a;b`."""
    parts = pl.col(column).str.replace_all(r"\s*[;,][;,\s]*", ";").str.strip_chars("; ").str.split(";")
    return parts.list.unique().list.sort().list.join(";")


def tidy(raw: pl.DataFrame) -> pl.DataFrame:
    """Trim, NFC, drop control characters. NFC is needed only where text is not plain ASCII already."""
    text = [pl.col(name).fill_null("").str.replace_all(CONTROL, "").str.strip_chars() for name in FIELDS]
    frame = raw.with_columns(*text, pl.col("extra").str.replace_all(CONTROL, ""))
    wide = [name for name in FIELDS if not frame[name].str.contains(r"^[\x00-\x7f]*$").all()]
    return frame.with_columns(
        pl.Series(name, [unicodedata.normalize("NFC", text) for text in frame[name]]) for name in wide
    )


def read_address(frame: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """Adds the code, one column `d_<dimension>` each (null: not stated), and `malformed`: brackets out of order, or
    members that are unknown or stand twice."""
    inner, dimensions = pl.col("inner"), list(definition.dimensions)
    frame = frame.with_columns(
        pl.col("address").str.extract(r"^([^\[]*)", 1).str.strip_chars().alias("code"),
        pl.col("address").str.extract(r"^[^\[\]]*\[([^\[\]]+)\]$", 1).fill_null("").alias("inner"),
    ).with_columns(inner.str.extract(rf"(?:^|,)\s*{name}\s*=([^,]*)", 1).alias(f"d_{name}") for name in dimensions)
    named = pl.when(inner == "").then(0).otherwise(inner.str.count_matches(",", literal=True) + 1)
    recognised = pl.sum_horizontal(pl.lit(0), *(pl.col(f"d_{name}").is_not_null() for name in dimensions))
    bracketed = pl.col("address").str.contains("[", literal=True) | pl.col("address").str.contains("]", literal=True)
    return frame.with_columns(
        ((named != recognised) | (bracketed & (inner == "")) | pl.col("code").str.contains("]", literal=True)).alias(
            "malformed"
        ),
        *(pl.col(f"d_{name}").str.strip_chars().replace("_U", None) for name in dimensions),
    ).drop("inner")


def address_fault(definition: Definition) -> pl.Expr:
    """Empty, or which part of the address is wrong: code, dimension, member."""
    misplaced, unknown = [pl.lit(False)], [pl.lit(False)]
    for dimension in definition.dimensions.values():
        member = pl.col(f"d_{dimension.id}")
        misplaced.append(member.is_not_null() & ~pl.col("t_dims").str.contains(f";{dimension.id};", literal=True))
        if dimension.code_list:
            unknown.append(member.is_not_null() & ~member.is_in(list(definition.code_lists[dimension.code_list].codes)))
        else:
            unknown.append(member.is_not_null() & ~member.str.contains(dimension.pattern or r"^.+$"))
    return (
        pl.when(pl.col("t_type").is_null())
        .then(pl.lit("code"))
        .when(pl.col("malformed") | pl.any_horizontal(misplaced))
        .then(pl.lit("dimension"))
        .when(pl.any_horizontal(unknown) | (pl.col("address").str.len_chars() > LONGEST_ADDRESS))
        .then(pl.lit("member"))
        .otherwise(pl.lit(""))
        .alias("address_fault")
    )


def canonical_address(definition: Definition) -> pl.Expr:
    members = pl.concat_str(
        [pl.format(f"{name}={{}}", pl.col(f"d_{name}")) for name in definition.dimensions] or [pl.lit(None, pl.String)],
        separator=",",
        ignore_nulls=True,
    )
    rebuilt = pl.when(members == "").then(pl.col("code")).otherwise(pl.format("{}[{}]", "code", members))
    return pl.when(pl.col("address_fault") == "").then(rebuilt).otherwise(pl.col("address")).alias("address")


def answers_in_value(valued: pl.Expr) -> list[pl.Expr]:
    """An answer in words may stand in the value or, as on the paper form, in the comment alone; it is kept in the
    value. There codes come first, then a colon and words."""
    only_comment = valued & pl.col("t_type").is_in(WORDED) & (pl.col("value") == "") & (pl.col("comment") != "")
    coded = only_comment & (pl.col("t_type") == "code_list") & pl.col("comment").str.contains(":", literal=True)
    before = pl.col("comment").str.extract(r"(?s)^([^:]*):", 1).str.strip_chars()
    after = pl.col("comment").str.extract(r"(?s)^[^:]*:\s*(.*)$", 1)
    return [
        pl.when(coded)
        .then(before)
        .when(only_comment)
        .then(pl.col("comment"))
        .otherwise(pl.col("value"))
        .alias("value"),
        pl.when(coded).then(after).when(only_comment).then(pl.lit("")).otherwise(pl.col("comment")).alias("comment"),
    ]


def canonicalise(definition: Definition, raw: pl.DataFrame, head: Head) -> pl.DataFrame:
    """One row a line as sent, canonical text in FIELDS, parsed columns beside it. Never refuses, never guesses.

    Adds: code, d_<dimension>, address_fault, number, low_number, high_number, start, end (effective period),
    own_period (how many own days are given: 0, 1, 2), period_read (the period text could be read), valued, t_….
    """
    frame = read_address(tidy(raw), definition)
    frame = frame.join(template_frame(definition), on="code", how="left", maintain_order="left")
    frame = frame.with_columns(address_fault(definition)).with_columns(canonical_address(definition))
    frame = frame.with_columns(
        pl.when((pl.col("obs_status") == "") & ((pl.col("value") != "") | (pl.col("low") != "")))
        .then(pl.lit("A"))
        .otherwise(pl.col("obs_status"))
        .alias("obs_status"),
        sorted_codes("reason").alias("reason"),
        sorted_codes("flags").alias("flags"),
    )
    valued = pl.col("obs_status").is_in(list(definition.valued))
    frame = frame.with_columns(answers_in_value(valued))
    numeric = pl.col("t_type").is_in(NUMERIC)
    item_kind = pl.col("d_item_kind") if "item_kind" in definition.dimensions else pl.lit(None, pl.String)
    frame = frame.with_columns(
        pl.when(numeric).then(canonical_number(pl.col("value")))
        .when(pl.col("t_type") == "code_list").then(sorted_codes("value"))
        .when(pl.col("t_type") == "boolean").then(pl.col("value").replace({"true": "1", "false": "0"}))
        .otherwise(pl.col("value")).alias("value"),
        canonical_number(pl.col("low")).alias("low"),
        canonical_number(pl.col("high")).alias("high"),
        pl.when(pl.col("unit") != "").then(pl.col("unit"))
        .when(pl.col("t_unit") != "open").then(pl.col("t_unit"))
        .otherwise(item_kind).fill_null("").alias("unit"),
    )  # fmt: skip
    frame = frame.with_columns(
        pl.when(numeric & valued & (pl.col("value") != "") & (pl.col("qualifier") == ""))
        .then(pl.lit("exact")).otherwise(pl.col("qualifier")).alias("qualifier"),
        pl.when(pl.col("qualifier").is_in(BOUNDS) & (pl.col("low") == pl.col("value")))
        .then(pl.lit("")).otherwise(pl.col("low")).alias("low"),
        pl.when(pl.col("qualifier").is_in(BOUNDS) & (pl.col("high") == pl.col("value")))
        .then(pl.lit("")).otherwise(pl.col("high")).alias("high"),
    )  # fmt: skip
    first = as_date(pl.col("period").str.extract(PERIOD, 1))
    last = as_date(pl.col("period").str.extract(PERIOD, 2))
    open_ends = pl.col("period").str.count_matches("..", literal=True)
    return frame.with_columns(
        pl.when(numeric).then(as_number(pl.col("value"))).alias("number"),
        as_number(pl.col("low")).alias("low_number"),
        as_number(pl.col("high")).alias("high_number"),
        first.fill_null(head.start).alias("start"),
        last.fill_null(head.end).alias("end"),
        (first.is_not_null().cast(pl.Int8) + last.is_not_null().cast(pl.Int8)).alias("own_period"),
        (
            (pl.col("period") == "")
            | (pl.col("period").str.contains(PERIOD) & (first.is_not_null().cast(pl.Int8)
               + last.is_not_null().cast(pl.Int8) + open_ends == 2))
        ).alias("period_read"),
        valued.alias("valued"),
    ).drop("malformed")  # fmt: skip


def content(lines: pl.DataFrame, head: Head) -> bytes:
    """Canonical bytes of canonicalised lines."""
    out = io.BytesIO()
    out.write(f"{head.return_id},{head.version},{head.entity},{head.period}\n".encode())
    lines.select(FIELDS).sort(["address", "period", "value", *FIELDS[2:3], *FIELDS[4:]]).write_csv(
        out, quote_style="necessary", line_terminator="\n"
    )
    return out.getvalue()


def content_hash(lines: pl.DataFrame, head: Head) -> str:
    return hashlib.sha256(content(lines, head)).hexdigest()


def pack(lines: pl.DataFrame) -> bytes:
    """Canonical lines in columns, small enough to be kept beside their source."""
    out = io.BytesIO()
    lines.select("line", *FIELDS, "extra").write_ipc(out, compression="zstd")
    return out.getvalue()


def unpack(data: bytes, definition: Definition, head: Head) -> pl.DataFrame:
    """What `canonicalise` gave for the lines that were packed."""
    return canonicalise(definition, pl.read_ipc(io.BytesIO(data)), head)
