"""From what was sent to the one flat table of observations that every door reduces to.

Canonical content is a UTF-8 text with LF line ends: a first line with return, version, entity and period, a line of
column names, then one CSV line an observation, sorted by address and period. Text is trimmed and in Unicode NFC,
control characters are dropped, numbers carry no leading or trailing zeros, codes of a list are sorted. Its sha256
is the hash on the receipt: the same content through any door gives the same hash.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from submissions.addresses import WORD, beside_points, read_address
from submissions.datatypes import (
    DATE,
    NUMERIC,
    UNCANONICAL_NUMBER,
    WORDED,
    as_date,
    as_number,
    canonical_number,
    one_of,
)
from submissions.definition import Definition

FIELDS = ("address", "value", "obs_status", "period", "unit", "qualifier", "low", "high", "reason", "flags", "comment")
"""Columns of an observation as sent, all text; the CSV columns of the API."""
KNOWN = frozenset(FIELDS)
BOUNDS = ["lower_bound", "upper_bound"]
CONTROL = r"[\x00-\x08\x0b-\x1f\x7f]"
UNTIDY = rf"^\s|\s$|{CONTROL}|[^\x00-\x7f]"
PERIOD = rf"^(\.\.|{DATE})/(\.\.|{DATE})$"


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
    extra = ["" if r.keys() <= KNOWN else ", ".join(str(key) for key in r if key not in KNOWN) for r in records]
    schema = dict.fromkeys((*FIELDS, "extra"), pl.String)
    return pl.DataFrame(columns | {"extra": extra}, schema=schema).with_row_index("line")


def canonicalise(definition: Definition, raw: pl.DataFrame, head: Head) -> pl.DataFrame:
    """One row a line as sent, canonical text in FIELDS, parsed columns beside it. Never refuses, never guesses. The rows
    are sorted by address, so that no verdict hangs on the order in which a door sends them.

    Adds: code, d_<dimension>, t_…, address_fault, number, low_number, high_number, start, end (effective period),
    own_period (how many own days are given: 0, 1, 2), period_read (the period text could be read), valued.
    """
    return with_figures(canonical_text(definition, raw), definition, head)


def canonical_text(definition: Definition, raw: pl.DataFrame) -> pl.DataFrame:
    """What `canonicalise` gives, without the figures: all that is kept of a filing, and all that its hash covers."""
    lines = read_address(tidy(raw), definition)
    del raw  # where nobody else holds it, each of its columns is let go below when the sorted one is there
    for changes in rewriting(definition):
        lines = rewritten(lines, changes)
    if lines.height <= ROWS_AT_ONCE:
        return lines.sort("address", maintain_order=True)
    # A column at a time: a million lines are not in memory twice.
    order = lines.select(pl.arg_sort_by("address", maintain_order=True)).to_series()
    for name in lines.columns:
        lines = lines.with_columns(pl.col(name).gather(order))
    return lines


def tidy(raw: pl.DataFrame) -> pl.DataFrame:
    """Trim, NFC, drop control characters, in the columns that hold any such text."""
    found = raw.select(pl.col(*FIELDS, "extra").str.contains(UNTIDY).fill_null(True).any()).row(0, named=True)
    names = [name for name in FIELDS if found[name]]
    if not names and not found["extra"]:
        return raw
    text = pl.col(names).fill_null("").str.replace_all(CONTROL, "").str.strip_chars()
    frame = raw.with_columns(text, pl.col("extra").fill_null("").str.replace_all(CONTROL, ""))
    wide = [name for name in names if (frame[name].str.len_bytes() != frame[name].str.len_chars()).any()]
    return frame.with_columns(
        pl.Series(name, [unicodedata.normalize("NFC", text) for text in frame[name]]) for name in wide
    )


# Canonical text -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """Where the text of a column is not canonical yet, and what to write there."""

    column: str
    where: pl.Expr
    text: pl.Expr


def rewritten(frame: pl.DataFrame, changes: list[Change]) -> pl.DataFrame:
    """Most filings are written canonically already: a column is worked on only if some line calls for it."""
    called_for = frame.select(change.where.any().alias(change.column) for change in changes).row(0)
    if not any(called_for):
        return frame
    return frame.with_columns(
        pl.when(change.where).then(change.text).otherwise(pl.col(change.column)).alias(change.column)
        for change, called in zip(changes, called_for, strict=True)
        if called
    )


def sorted_codes(column: str) -> pl.Expr:
    """`b; a,b` -> `a;b`."""
    parts = pl.col(column).str.replace_all(r"\s*[;,][;,\s]*", ";").str.strip_chars("; ").str.split(";")
    return parts.list.unique().list.sort().list.join(";")


def is_valued(definition: Definition) -> pl.Expr:
    return one_of(pl.col("obs_status"), definition.valued)


def is_uncanonical(column: str) -> pl.Expr:
    return pl.col(column).str.contains(UNCANONICAL_NUMBER)


def has_separators(column: str) -> pl.Expr:
    return pl.col(column).str.contains("[;,]")


@lru_cache(maxsize=64)
def rewriting(definition: Definition) -> list[list[Change]]:
    """What makes text canonical, in four steps: the later ones look at what the earlier ones wrote."""
    value, comment, kind, unit = (pl.col(name) for name in ("value", "comment", "t_type", "t_unit"))
    numeric, valued, bound = one_of(kind, NUMERIC), is_valued(definition), one_of(pl.col("qualifier"), BOUNDS)
    truth = (kind == "boolean") & one_of(value, ["true", "false"])
    item_kind = pl.col("d_item_kind") if "item_kind" in definition.dimensions else pl.lit(None, pl.String)
    # An answer in words may stand in the value or, as on the paper form, in the comment alone; it is kept in the
    # value. There codes come first, then a colon and words.
    only_comment = valued & one_of(kind, WORDED) & (value == "") & (comment != "")
    coded = (kind == "code_list") & comment.str.contains(r"^[^:]*[^:;,\s][^:]*:")
    before = comment.str.extract(r"(?s)^([^:]*):", 1).str.strip_chars()
    after = comment.str.extract(r"(?s)^[^:]*:\s*(.*)$", 1)
    return [
        [
            Change("obs_status", (pl.col("obs_status") == "") & ((value != "") | (pl.col("low") != "")), pl.lit("A")),
            Change("reason", has_separators("reason"), sorted_codes("reason")),
            Change("flags", has_separators("flags"), sorted_codes("flags")),
            Change("value", (numeric & is_uncanonical("value")) | truth,
                   pl.when(truth).then(pl.when(value == "true").then(pl.lit("1")).otherwise(pl.lit("0")))
                   .otherwise(canonical_number(value))),
            Change("low", is_uncanonical("low"), canonical_number(pl.col("low"))),
            Change("high", is_uncanonical("high"), canonical_number(pl.col("high"))),
            Change("unit", pl.col("unit") == "",
                   pl.when(unit != "open").then(unit.cast(pl.String)).otherwise(item_kind).fill_null("")),
        ],
        [
            Change("value", only_comment, pl.when(coded).then(before).otherwise(comment)),
            Change("comment", only_comment, pl.when(coded).then(after).otherwise(pl.lit(""))),
            Change("qualifier", numeric & valued & (value != "") & (pl.col("qualifier") == ""), pl.lit("exact")),
        ],
        [Change("value", (kind == "code_list") & has_separators("value"), sorted_codes("value"))],
        [
            Change("low", bound & (pl.col("low") != "") & (pl.col("low") == value), pl.lit("")),
            Change("high", bound & (pl.col("high") != "") & (pl.col("high") == value), pl.lit("")),
        ],
    ]  # fmt: skip


# Figures --------------------------------------------------------------------------------------------------


def with_figures(lines: pl.DataFrame, definition: Definition, head: Head) -> pl.DataFrame:
    """Numbers, days and whether there is a value, read from canonical text."""
    return in_period(with_own_figures(lines, definition), head)


def with_own_figures(lines: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """The same, with no start and end where a line gives none."""
    days = lines.select("period").join(periods(lines), on="period", how="left", maintain_order="left")
    return lines.with_columns(figures(definition)).hstack(days.drop("period"))


def in_period(lines: pl.DataFrame, head: Head) -> pl.DataFrame:
    """What has no days of its own covers the reporting period."""
    return lines.with_columns(pl.col("start").fill_null(head.start), pl.col("end").fill_null(head.end))


@lru_cache(maxsize=64)
def figures(definition: Definition) -> list[pl.Expr]:
    return [
        as_number(pl.col("value"), one_of(pl.col("t_type"), NUMERIC)).alias("number"),
        as_number(pl.col("low")).alias("low_number"),
        as_number(pl.col("high")).alias("high_number"),
        is_valued(definition).alias("valued"),
    ]


FIRST_DAY, LAST_DAY = (as_date(pl.col("period").str.extract(PERIOD, place)) for place in (1, 2))
DAYS_GIVEN = FIRST_DAY.is_not_null().cast(pl.Int8) + LAST_DAY.is_not_null().cast(pl.Int8)
OPEN_ENDS = pl.col("period").str.count_matches("..", literal=True)
PERIOD_READ = (pl.col("period") == "") | (pl.col("period").str.contains(PERIOD) & (DAYS_GIVEN + OPEN_ENDS == 2))


def periods(lines: pl.DataFrame) -> pl.DataFrame:
    """Every period that is written in the lines, read once."""
    return lines.select(pl.col("period").unique()).with_columns(
        FIRST_DAY.alias("start"),
        LAST_DAY.alias("end"),
        DAYS_GIVEN.alias("own_period"),
        PERIOD_READ.alias("period_read"),
    )


# Content --------------------------------------------------------------------------------------------------

ORDER = ["address", "period", "value", "obs_status", *FIELDS[4:]]
ROWS_AT_ONCE = 100_000


def content_parts(lines: pl.DataFrame, head: Head) -> Iterator[bytes]:
    """Canonical bytes of canonicalised lines, a part at a time: a million lines are never in memory as text."""
    first = f"{head.return_id},{head.version},{head.entity},{head.period}\n{','.join(FIELDS)}\n"
    yield first.encode()
    for part in in_order(lines.select(FIELDS)).iter_slices(ROWS_AT_ONCE):
        out = io.BytesIO()
        part.write_csv(out, include_header=False, quote_style="necessary", line_terminator="\n")
        yield out.getvalue()


def in_order(texts: pl.DataFrame) -> pl.DataFrame:
    """Sorted by all columns. Canonicalised lines are sorted by address; most addresses stand once, or once a period."""
    again = pl.col("address") == pl.col("address").shift()
    later = pl.col("period") > pl.col("period").shift()
    return texts.sort(ORDER) if texts.select((again & ~later).any()).item() else texts


def content(lines: pl.DataFrame, head: Head) -> bytes:
    """Canonical bytes of canonicalised lines."""
    return b"".join(content_parts(lines, head))


def content_hash(lines: pl.DataFrame, head: Head) -> str:
    digest = hashlib.sha256()
    for part in content_parts(lines, head):
        digest.update(part)
    return digest.hexdigest()


# Keeping --------------------------------------------------------------------------------------------------


def pack(lines: pl.DataFrame) -> bytes:
    """The text of canonicalised lines in columns (Arrow IPC stream, zstd), to be kept beside their source. Addresses are
    kept in their parts, too; columns that hold nothing are left out."""
    kept = lines.select("line", pl.col(pl.String), pl.col("address_fault").cast(pl.String))
    nothing = {name: None if name.startswith("d_") else "" for name in kept.columns[1:]}
    told = kept.select(
        (pl.col(name).is_not_null() if text is None else pl.col(name) != text).any() for name, text in nothing.items()
    ).row(0)
    out = io.BytesIO()
    kept.select("line", *(name for name, holds in zip(nothing, told, strict=True) if holds)).write_ipc_stream(
        out, compression="zstd", compat_level=pl.CompatLevel.newest()
    )
    return out.getvalue()


def unpack(data: bytes, definition: Definition, head: Head) -> pl.DataFrame:
    """What `canonicalise` gave for the lines that were packed. Numbers and days are read from their text again."""
    return unpack_together([data], definition, [head])[0]


def unpack_together(packed: Sequence[bytes], definition: Definition, heads: Sequence[Head]) -> list[pl.DataFrame]:
    """What `unpack` gives for each of several filings, for less work."""
    parts = [texts_of(kept_frame(data), definition) for data in packed]
    lines = beside_points(pl.concat(parts), definition)
    lines = lines.select(pl.exclude("address_fault"), pl.col("address_fault").cast(WORD))
    lines, begun = with_own_figures(lines, definition), itertools.accumulate((p.height for p in parts), initial=0)
    return [
        in_period(lines.slice(start, part.height), head) for part, start, head in zip(parts, begun, heads, strict=False)
    ]


def kept_frame(data: bytes) -> pl.DataFrame:
    # The first filings were packed as Arrow files, which take a pool of threads to read and write.
    read = pl.read_ipc if data.startswith(b"ARROW1") else pl.read_ipc_stream
    return read(io.BytesIO(data))


def texts_of(kept: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """With the columns that were left out because they hold nothing."""

    def column(name: str, nothing: str | None = "") -> pl.Expr:
        return pl.col(name) if name in kept.columns else pl.lit(nothing, pl.String).alias(name)

    texts = [column(name) for name in (*FIELDS, "extra", "code")]
    members = [column(f"d_{name}", None) for name in definition.dimensions]
    return kept.select("line", *texts, *members, column("address_fault"))
