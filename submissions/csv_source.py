"""Reading CSV: a table of text, one row an observation, with the line of the file on which it begins."""

from __future__ import annotations

import csv
import io

import polars as pl

from submissions.canonical import FIELDS
from submissions.faults import Fault, SourceError, gettext_noop, refusal


def from_csv(data: bytes) -> pl.DataFrame:
    """A raw frame of a CSV file with the columns of FIELDS, in any order, `address` at least."""
    if not data or data.isspace():
        raise SourceError(
            Fault("empty", gettext_noop("The file is empty. Send a header line and one line an observation."))
        )
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"")
    if b"\r" in data:  # found at once, where there is none; to look for pairs is dear
        data = data.replace(b"\r\n", b"\n")
    header = read_header(data)
    frame = read_table(data, header)
    known = {name: pl.col(str(header.index(name))) if name in header else pl.lit("") for name in FIELDS}
    raw = frame.select(
        first_lines(frame, data), *(text.alias(name) for name, text in known.items()), unknown_columns(header)
    )
    # Lines without any text are no observations. Looking for them everywhere is dear, and seldom needed.
    if not frame.select(is_blank(str(header.index("address"))).any()).item():
        return raw
    return raw.filter(~frame.select(pl.all_horizontal(is_blank(place) for place in frame.columns)).to_series())


def read_table(data: bytes, header: list[str]) -> pl.DataFrame:
    """The table as text. Columns go by their place: a name from outside could mean something to Polars, as `*` does."""
    places = [str(place) for place in range(len(header))]
    try:
        frame = pl.read_csv(data, infer_schema=False, empty_string_is_null=False, missing_columns="insert",
                            raise_if_empty=False, new_columns=places)  # fmt: skip
    except pl.exceptions.PolarsError as problem:
        raise first_fault(data, len(header)) from problem
    if frame.columns != places:
        raise first_fault(data, len(header))
    held = frame.select((pl.all().cast(pl.String) != "").any()).row(0)
    empty = [place for place, filled in zip(places, held, strict=True) if not filled]
    short = [column.name for column in frame if column.null_count()]
    frame = frame.with_columns(pl.col(short).fill_null("")).drop(empty)
    # Lines are sorted later, and text in many chunks would be copied then. A column at a time: not all is there twice.
    for place in frame.columns:
        frame = frame.with_columns(frame[place].rechunk())
    return frame.with_columns(pl.lit("").alias(place) for place in empty)


def first_lines(frame: pl.DataFrame, data: bytes) -> pl.Expr:
    """The line of the file on which each row begins."""
    number = 2 + pl.int_range(pl.len())
    if data.count(b"\n") + (not data.endswith(b"\n")) > frame.height + 1:  # some row runs over several lines
        breaks = pl.sum_horizontal(pl.col(place).str.count_matches("\n", literal=True) for place in frame.columns)
        number += breaks.cum_sum() - breaks
    return number.cast(pl.UInt32).alias("line")


def is_blank(place: str) -> pl.Expr:
    return pl.col(place).str.strip_chars() == ""


def unknown_columns(header: list[str]) -> pl.Expr:
    """The names of the columns that nobody knows, where they hold something."""
    told = [
        pl.when(~is_blank(str(place))).then(pl.lit(name or "(no name)"))
        for place, name in enumerate(header)
        if name not in FIELDS
    ]
    extra = pl.concat_str(told, separator=", ", ignore_nulls=True) if told else pl.lit("")
    return extra.alias("extra")


def read_header(data: bytes) -> list[str]:
    try:
        first = data.split(b"\n", 1)[0].decode("utf-8")
    except UnicodeDecodeError as problem:
        raise not_utf8(data, problem) from problem
    try:
        header = [name.strip() for name in next(csv.reader([first]), [])]
    except csv.Error as problem:
        raise broken_csv(1, problem) from problem
    if "address" not in header:
        sentence = gettext_noop(
            "Line 1 names no column 'address'. Columns are separated by commas. Known ones: %(columns)s."
        )
        raise refusal("no_address_column", sentence, columns=", ".join(FIELDS))
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise refusal(
            "column_twice", gettext_noop("Line 1 names these columns twice: %(columns)s."), columns=", ".join(doubled)
        )
    return header


def not_utf8(data: bytes, problem: UnicodeDecodeError) -> SourceError:
    line = data.count(b"\n", 0, problem.start) + 1
    return refusal("not_utf8", gettext_noop("Line %(line)s is not UTF-8. Save the file as CSV UTF-8."), line=line)


def broken_csv(line: int, problem: csv.Error) -> SourceError:
    return refusal("not_csv", gettext_noop("Line %(line)s: %(problem)s."), line=line, problem=str(problem))


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
                sentence = gettext_noop(
                    "Line %(line)s has %(columns)s columns, the header has %(width)s. "
                    "Put text that holds commas in double quotes."
                )
                return refusal("too_many_columns", sentence, line=reader.line_num, columns=len(record), width=width)
    except csv.Error as problem:
        return broken_csv(reader.line_num, problem)
    return SourceError(
        Fault("not_csv", gettext_noop("The file cannot be read as CSV; a double quote may be left open."))
    )
