"""Reading what was sent: JSON, newline-delimited JSON and CSV become the same raw frame of text, one row an observation.

`line` is the place in the source: the index in `observations` for JSON, else the line of the file.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

import polars as pl

from submissions.canonical import raw_frame
from submissions.csv_source import from_csv
from submissions.faults import Fault, SourceError, gettext_noop, refusal

__all__ = [
    "CSV", "JSON", "NDJSON", "ODS", "ROW_BITS", "XLSX", "Fault", "SourceError", "as_text", "from_csv", "from_ndjson",
    "from_observations", "gettext_noop", "in_ascii", "load_json", "place", "read_source", "refusal",
]  # fmt: skip

JSON = "application/json"
CSV = "text/csv"
NDJSON = "application/x-ndjson"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ROW_BITS = 20
"""A line of a workbook is its sheet and row in one number: `(sheet << ROW_BITS) + row - 1`."""
MOST_DIGITS = 30
FAULTS_TOLD = 100
"""More reasons than these help nobody to mend a file."""
LINES_AT_ONCE = 50_000


# JSON -----------------------------------------------------------------------------------------------------


def refuse_constant(name: str) -> Any:
    raise refusal(
        "not_a_number", gettext_noop("%(name)s is no JSON value; leave the value empty and give a status."), name=name
    )


def plain_digits(number: str) -> str:
    """`1e2` -> `100`; a number that would need very many digits stays as written, and so unreadable."""
    try:
        value = Decimal(number)
    except InvalidOperation:
        return number
    return format(value, "f") if abs(value.adjusted()) < MOST_DIGITS else number


def in_ascii(name: str) -> str:
    """A name that may hold anything, fit to be sent back."""
    return name.encode("ascii", "backslashreplace").decode()


def once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that stands twice would lose one of its values."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = sorted({in_ascii(name) for name in names if names.count(name) > 1})
        raise refusal("key_twice", gettext_noop("An object names these keys twice: %(keys)s."), keys=", ".join(doubled))
    return found


def load_json(data: bytes) -> Any:
    """JSON with numbers as the text that was written; NaN and Infinity are refused."""
    try:
        return json.loads(data, parse_float=plain_digits, parse_int=str, parse_constant=refuse_constant,
                          object_pairs_hook=once_each)  # fmt: skip
    except UnicodeDecodeError as problem:
        raise refusal(
            "not_utf8", gettext_noop("The text is not UTF-8 (byte %(byte)s)."), byte=problem.start
        ) from problem
    except json.JSONDecodeError as problem:
        sentence = gettext_noop("The text is not JSON: %(problem)s at line %(line)s, column %(column)s.")
        raise refusal("not_json", sentence, problem=problem.msg, line=problem.lineno, column=problem.colno) from problem
    except RecursionError as problem:
        raise refusal("too_deep", gettext_noop("The JSON is nested too deeply.")) from problem


def as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ";".join(value)
    return json.dumps(value, ensure_ascii=False)


def from_observations(observations: Any) -> pl.DataFrame:
    """A raw frame of the `observations` of a JSON submission."""
    if not isinstance(observations, list):
        raise SourceError(Fault("not_a_list", gettext_noop("observations must be a list of objects."), "/observations"))
    faults = [
        Fault("not_an_object", NOT_AN_OBJECT, f"/observations/{index}")
        for index, item in enumerate(observations)
        if not isinstance(item, Mapping)
    ]
    if faults:
        raise SourceError(*faults)
    rows = [in_text(item) for item in observations]
    try:
        return raw_frame(rows)
    except UnicodeEncodeError as problem:
        found = (Fault("not_text", NOT_TEXT, f"/observations/{index}/{key}") for index, key in lone_surrogates(rows))
        raise SourceError(*found) from problem


NOT_AN_OBJECT = gettext_noop("An observation is an object with address, value, obs_status …")
NOT_TEXT = gettext_noop("The text holds half of a surrogate pair, which is no character.")


def in_text(observation: Mapping[str, Any]) -> dict[str, str]:
    return {key: as_text(value) for key, value in observation.items()}


def lone_surrogates(rows: list[dict[str, str]]) -> Iterator[tuple[int, str]]:
    """Texts with half a character (`\\ud800`), which no database can hold: row and key."""
    for index, row in enumerate(rows):
        for key, text in row.items():
            if any("\ud800" <= letter <= "\udfff" for letter in key + text):
                yield index, in_ascii(key)


# Newline-delimited JSON -----------------------------------------------------------------------------------


def from_ndjson(data: bytes) -> pl.DataFrame:
    """A raw frame of a file with one observation object a line; empty lines are skipped. Raises SourceError."""
    lines = enumerate(io.BytesIO(data.removeprefix(b"\xef\xbb\xbf")), start=1)
    told = ((number, text) for number, text in lines if not text.isspace())
    frames: list[pl.DataFrame] = []
    faults: list[Fault] = []
    while (part := list(islice(told, LINES_AT_ONCE))) and len(faults) < FAULTS_TOLD:
        frames += read_lines(part, faults)
    if faults:
        raise SourceError(*faults[:FAULTS_TOLD])
    if not frames:
        raise SourceError(Fault("empty", gettext_noop("The file is empty. Send one observation a line.")))
    return pl.concat(frames)


def read_lines(part: list[tuple[int, bytes]], faults: list[Fault]) -> Iterator[pl.DataFrame]:
    """The raw frame of some lines; none if one of them is faulty, which is added to the faults."""
    rows = []
    for number, text in part:
        try:
            rows.append(in_text(one_object(text)))
        except SourceError as problem:
            faults += [replace(fault, line=number) for fault in problem.faults]
    if len(rows) == len(part):
        numbers = [number for number, _ in part]
        try:
            yield raw_frame(rows).with_columns(pl.Series("line", numbers, pl.UInt32))
        except UnicodeEncodeError:
            faults += [Fault("not_text", NOT_TEXT, line=numbers[index]) for index, _key in lone_surrogates(rows)]


def one_object(text: bytes) -> Mapping[str, Any]:
    try:
        found = load_json(text)
    except SourceError as problem:
        (fault,) = problem.faults
        if fault.code != "not_json":
            raise
        sentence = gettext_noop("The text is not JSON: %(problem)s at column %(column)s.")
        raise SourceError(Fault("not_json", sentence, values=fault.values)) from problem
    if not isinstance(found, Mapping):
        raise SourceError(Fault("not_an_object", NOT_AN_OBJECT))
    return found


def from_json(data: bytes) -> pl.DataFrame:
    """A raw frame of a JSON file: an object with `observations`, or a list of them."""
    sent = load_json(data)
    return from_observations(sent.get("observations") if isinstance(sent, dict) else sent)


READERS = {
    JSON: from_json,
    NDJSON: from_ndjson,
    CSV: from_csv,
}


def read_source(data: bytes, media_type: str) -> pl.DataFrame:
    """The raw frame of a stored source."""
    return READERS[media_type](data)


def place(media_type: str, line: int | None, field: str, layout: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Where a finding lies in the source: `pointer` for JSON; `place` with the line of a text file, with sheet and cell
    for a workbook, whose `layout` tells the column of each field."""
    if line is None:
        return {"pointer": "", "place": None}
    if media_type in (XLSX, ODS):
        sheet, row = layout[line >> ROW_BITS], (line & ((1 << ROW_BITS) - 1)) + 1
        column = sheet["columns"].get(field) or sheet["columns"]["address"]
        return {"pointer": "", "place": {"sheet": sheet["sheet"], "cell": f"{column}{row}"}}
    if media_type in (CSV, NDJSON):
        return {"pointer": "", "place": {"line": line, "column": field}}
    return {"pointer": f"/observations/{line}/{field}", "place": None}
