"""Reading what was sent: JSON and CSV become the same raw frame of text, one row an observation.

`line` is the place in the source: the index in `observations` for JSON, the line of the file for CSV.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from submissions.canonical import FIELDS, raw_frame

JSON = "application/json"
CSV = "text/csv"
MOST_DIGITS = 30


@dataclass(frozen=True)
class Fault:
    """One reason why a source cannot be read, with its place."""

    code: str
    detail: str
    pointer: str = ""


class SourceError(Exception):
    """A source that cannot be read at all."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.detail for fault in faults))
        self.faults = faults


# JSON -----------------------------------------------------------------------------------------------------


def refuse_constant(name: str) -> Any:
    raise SourceError(Fault("not_a_number", f"{name} is no JSON value; leave the value empty and give a status."))


def plain_digits(number: str) -> str:
    """`1e2` -> `100`; a number that would need very many digits stays as written, and so unreadable."""
    value = Decimal(number)
    return format(value, "f") if abs(value.adjusted()) < MOST_DIGITS else number


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that stands twice would lose one of its values."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = sorted({name for name in names if names.count(name) > 1})
        raise SourceError(Fault("key_twice", f"An object names these keys twice: {', '.join(doubled)}."))
    return found


def load_json(data: bytes) -> Any:
    """JSON with numbers as the text that was written; NaN and Infinity are refused."""
    try:
        return json.loads(data, parse_float=plain_digits, parse_int=str, parse_constant=refuse_constant,
                          object_pairs_hook=once_each)  # fmt: skip
    except UnicodeDecodeError as problem:
        raise SourceError(Fault("not_utf8", f"The text is not UTF-8 (byte {problem.start}).")) from problem
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise SourceError(Fault("not_json", f"The text is not JSON: {problem.msg} at {place}.")) from problem
    except RecursionError as problem:
        raise SourceError(Fault("too_deep", "The JSON is nested too deeply.")) from problem


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ";".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def from_observations(observations: Any) -> pl.DataFrame:
    """A raw frame of the `observations` of a JSON submission."""
    if not isinstance(observations, list):
        raise SourceError(Fault("not_a_list", "observations must be a list of objects.", "/observations"))
    faults = [
        Fault(
            "not_an_object", "An observation is an object with address, value, obs_status …", f"/observations/{index}"
        )
        for index, item in enumerate(observations)
        if not isinstance(item, Mapping)
    ]
    if faults:
        raise SourceError(*faults)
    rows = [{key: as_text(value) for key, value in item.items()} for item in observations]
    try:
        return raw_frame(rows)
    except UnicodeEncodeError as problem:
        raise SourceError(*lone_surrogates(rows)) from problem


def lone_surrogates(rows: list[dict[str, str]]) -> list[Fault]:
    """Texts with half a character (`\\ud800`), which no database can hold."""
    detail = "The text holds half of a surrogate pair, which is no character."
    return [
        Fault("not_text", detail, f"/observations/{index}/{key}")
        for index, row in enumerate(rows)
        for key, text in row.items()
        if any("\ud800" <= letter <= "\udfff" for letter in key + text)
    ]


# CSV ------------------------------------------------------------------------------------------------------


def from_csv(data: bytes) -> pl.DataFrame:
    """A raw frame of a CSV file with the columns of FIELDS, in any order, `address` at least."""
    if not data.strip():
        raise SourceError(Fault("empty", "The file is empty. Send a header line and one line an observation."))
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\x00", b"")
    header = read_header(data)
    try:
        frame = pl.read_csv(data, infer_schema=False, empty_string_is_null=False, missing_columns="insert",
                            raise_if_empty=False)  # fmt: skip
    except pl.exceptions.PolarsError as problem:
        raise first_fault(data, len(header)) from problem
    frame = frame.with_columns(pl.all().fill_null(""))
    newlines = pl.sum_horizontal(pl.col(name).str.count_matches("\n", literal=True) for name in frame.columns)
    blank = pl.all_horizontal(pl.all().str.strip_chars() == "")
    unknown = [name for name in header if name not in FIELDS]
    told: list[pl.Expr] = [
        pl.when(pl.col(name).str.strip_chars() != "").then(pl.lit(name or "(no name)")) for name in unknown
    ] or [pl.lit(None, pl.String)]
    frame = frame.with_columns(
        (2 + pl.int_range(pl.len()) + newlines.cum_sum() - newlines).cast(pl.UInt32).alias("line"),
        pl.concat_str(told, separator=", ", ignore_nulls=True).alias("extra"),
        blank.alias("blank"),
    ).filter(~pl.col("blank"))
    return frame.select("line", *(pl.col(n) if n in header else pl.lit("").alias(n) for n in FIELDS), "extra")


def read_header(data: bytes) -> list[str]:
    try:
        first = data.split(b"\n", 1)[0].decode("utf-8")
    except UnicodeDecodeError as problem:
        raise not_utf8(data, problem) from problem
    header = [name.strip() for name in next(csv.reader([first]), [])]
    if "address" not in header:
        hint = " Columns are separated by commas." if ";" in first else ""
        raise SourceError(
            Fault("no_address_column", f"Line 1 names no column 'address'. Known columns: {', '.join(FIELDS)}.{hint}")
        )
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise SourceError(Fault("column_twice", f"Line 1 names these columns twice: {', '.join(doubled)}."))
    return header


def not_utf8(data: bytes, problem: UnicodeDecodeError) -> SourceError:
    line = data.count(b"\n", 0, problem.start) + 1
    return SourceError(Fault("not_utf8", f"Line {line} is not UTF-8. Save the file as CSV UTF-8."))


def first_fault(data: bytes, width: int) -> SourceError:
    """Why a CSV cannot be read, with its line: found by reading it slowly."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        return not_utf8(data, problem)
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        for record in reader:
            if len(record) > width:
                return SourceError(
                    Fault("too_many_columns", f"Line {reader.line_num} has {len(record)} columns, the header has {width}."
                          " Put text that holds commas in double quotes.")
                )  # fmt: skip
    except csv.Error as problem:
        return SourceError(Fault("not_csv", f"Line {reader.line_num}: {problem}."))
    return SourceError(Fault("not_csv", "The file cannot be read as CSV; a double quote may be left open."))


READERS = {JSON: lambda data: from_observations(load_json(data)["observations"]), CSV: from_csv}


def read_source(data: bytes, media_type: str) -> pl.DataFrame:
    """The raw frame of a stored source."""
    return READERS[media_type](data)


def place(media_type: str, line: int | None, field: str) -> dict[str, Any]:
    """Where a finding lies in the source: `pointer` for JSON, `place` with line and column for CSV."""
    if line is None:
        return {"pointer": "", "place": None}
    if media_type == CSV:
        return {"pointer": "", "place": {"line": line, "column": field}}
    return {"pointer": f"/observations/{line}/{field}", "place": None}
