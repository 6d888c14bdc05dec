"""Reading what was sent: JSON and CSV become the same raw frame of text, one row an observation.

`line` is the place in the source: the index in `observations` for JSON, the line of the file for CSV.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from submissions.canonical import FIELDS, raw_frame

JSON = "application/json"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ROW_BITS = 20
"""A line of a workbook is its sheet and row in one number: `(sheet << ROW_BITS) + row - 1`."""
MOST_DIGITS = 30


def gettext_noop(text: str) -> str:
    """Marks a sentence for translation; it is translated where it is shown."""
    return text


@dataclass(frozen=True)
class Fault:
    """One reason why a source cannot be read, with its place: a sentence with %(placeholders)s and their values."""

    code: str
    sentence: str
    pointer: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def detail(self) -> str:
        return self.told()

    def told(self, translate: Callable[[str], str] = str) -> str:
        return translate(self.sentence) % self.values if self.values else translate(self.sentence)


class SourceError(Exception):
    """A source that cannot be read at all."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.told() for fault in faults))
        self.faults = faults


def refusal(code: str, sentence: str, **values: object) -> SourceError:
    """The error of a source that fails as a whole."""
    return SourceError(Fault(code, sentence, "", values))


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
        raise SourceError(Fault("not_a_list", gettext_noop("observations must be a list of objects."), "/observations"))
    faults = [
        Fault(
            "not_an_object",
            gettext_noop("An observation is an object with address, value, obs_status …"),
            f"/observations/{index}",
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
    detail = gettext_noop("The text holds half of a surrogate pair, which is no character.")
    return [
        Fault("not_text", detail, f"/observations/{index}/{in_ascii(key)}")
        for index, row in enumerate(rows)
        for key, text in row.items()
        if any("\ud800" <= letter <= "\udfff" for letter in key + text)
    ]


# CSV ------------------------------------------------------------------------------------------------------


def from_csv(data: bytes) -> pl.DataFrame:
    """A raw frame of a CSV file with the columns of FIELDS, in any order, `address` at least."""
    if not data.strip():
        raise SourceError(
            Fault("empty", gettext_noop("The file is empty. Send a header line and one line an observation."))
        )
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\x00", b"")
    header = read_header(data)
    places = [str(place) for place in range(len(header))]
    try:
        # Columns go by their place: a name from outside could mean something to Polars, as `*` does.
        frame = pl.read_csv(data, infer_schema=False, empty_string_is_null=False, missing_columns="insert",
                            raise_if_empty=False, new_columns=places)  # fmt: skip
    except pl.exceptions.PolarsError as problem:
        raise first_fault(data, len(header)) from problem
    if frame.columns != places:
        raise first_fault(data, len(header))
    frame = frame.with_columns(pl.all().fill_null(""))
    newlines = pl.sum_horizontal(pl.col(place).str.count_matches("\n", literal=True) for place in places)
    told = [
        pl.when(pl.col(place).str.strip_chars() != "").then(pl.lit(name or "(no name)"))
        for place, name in zip(places, header, strict=True)
        if name not in FIELDS
    ]
    extra = pl.concat_str([*told, pl.lit(None, pl.String)], separator=", ", ignore_nulls=True)
    return frame.select(
        (2 + pl.int_range(pl.len()) + newlines.cum_sum() - newlines).cast(pl.UInt32).alias("line"),
        *((pl.col(str(header.index(name))) if name in header else pl.lit("")).alias(name) for name in FIELDS),
        extra.alias("extra"),
        pl.all_horizontal(pl.col(place).str.strip_chars() == "" for place in places).alias("blank"),
    ).filter(~pl.col("blank")).drop("blank")  # fmt: skip


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


READERS = {JSON: lambda data: from_observations(load_json(data)["observations"]), CSV: from_csv}


def read_source(data: bytes, media_type: str) -> pl.DataFrame:
    """The raw frame of a stored source."""
    return READERS[media_type](data)


def place(media_type: str, line: int | None, field: str, layout: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Where a finding lies in the source: `pointer` for JSON; `place` with line and column for CSV, with sheet and cell
    for a workbook, whose `layout` tells the column of each field."""
    if line is None:
        return {"pointer": "", "place": None}
    if media_type in (XLSX, ODS):
        sheet, row = layout[line >> ROW_BITS], (line & ((1 << ROW_BITS) - 1)) + 1
        column = sheet["columns"].get(field) or sheet["columns"]["address"]
        return {"pointer": "", "place": {"sheet": sheet["sheet"], "cell": f"{column}{row}"}}
    if media_type == CSV:
        return {"pointer": "", "place": {"line": line, "column": field}}
    return {"pointer": f"/observations/{line}/{field}", "place": None}
