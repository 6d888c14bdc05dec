"""A workbook as raw lines: what any other door would have sent with the same content."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from submissions.canonical import FIELDS, Head
from submissions.definition import Definition
from submissions.sources import ROW_BITS, gettext_noop, refusal
from submissions.workbook import codes, sandbox
from submissions.workbook.cells import letters
from submissions.workbook.names import NOTE

ANSWERS = ("value", "obs_status", "period", "qualifier", "low", "high", "reason", "flags", "comment")
"""A row with none of these is no observation: the address, the label and the unit were there before."""


@dataclass(frozen=True)
class Read:
    frame: pl.DataFrame
    """As `canonical.raw_frame`; `line` names sheet and row, see `sources.place`."""
    layout: list[dict[str, Any]]
    """One entry a data sheet: its name, and the column letters of its fields."""
    about: dict[str, str]
    """What a workbook of the portal says it was made for; empty for others."""


def read_workbook(
    data: bytes | Path,
    media_type: str,
    definition: Definition,
    *,
    memory_mb: int = sandbox.MEMORY_MB,
    seconds: int = sandbox.SECONDS,
) -> Read:
    """All data sheets of a scanned workbook, in order. Raises SourceError. xlsx and ods are told apart by content."""
    source = data.read_bytes() if isinstance(data, Path) else data
    told, *tables = sandbox.run("tables", {}, source, memory_mb=memory_mb, seconds=seconds)
    found = json.loads(told)
    if not tables:
        raise refusal(
            "no_address_column",
            gettext_noop(
                "No sheet has a cell 'address' in its first ten rows. Use the workbook of the portal, or name the columns "
                "in one row: %(columns)s."
            ),
            columns=", ".join(FIELDS),
        )
    layout, frames = [], []
    for number, (sheet, table) in enumerate(zip(found["sheets"], tables, strict=True)):
        named = columns_of(sheet["sheet"], sheet["columns"])
        layout.append({"sheet": sheet["sheet"], "columns": {name: letters(at) for name, at in named.items()}})
        cells = as_frame(table, len(sheet["columns"]))
        frames.append(as_lines(cells, [name for name, _ in sheet["columns"]], number, definition))
    return Read(pl.concat(frames), layout, found["about"])


def columns_of(sheet: str, columns: list[list[Any]]) -> dict[str, int]:
    """Name -> column number of the columns that are read."""
    names = [name for name, _ in columns if name and not name.startswith(NOTE)]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        sentence = gettext_noop("Sheet %(sheet)s names these columns twice: %(columns)s.")
        raise refusal("column_twice", sentence, sheet=sheet, columns=", ".join(doubled))
    return {name: at for name, at in columns if name in names}


def as_frame(table: bytes, width: int) -> pl.DataFrame:
    """Columns `row`, 0, 1 …, all text."""
    names = ["row", *(str(place) for place in range(width))]
    if not table:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    return pl.read_csv(table, has_header=False, new_columns=names, infer_schema=False, empty_string_is_null=False)


def as_lines(cells: pl.DataFrame, header: list[str], sheet: int, definition: Definition) -> pl.DataFrame:
    """One sheet as raw lines: codes understood, addresses put together from code and members."""
    at = {name: str(place) for place, name in enumerate(header) if name and not name.startswith(NOTE)}
    fields = [(pl.col(at[name]) if name in at else pl.lit("")).alias(name) for name in FIELDS]
    members = [pl.col(at[name]).alias(f"d_{name}") for name in definition.dimensions if name in at]
    known = {*FIELDS, *definition.dimensions}
    told = [
        pl.when(pl.col(str(place)).str.strip_chars() != "").then(pl.lit(name or "(no name)"))
        for place, name in enumerate(header)
        if name not in known and not name.startswith(NOTE)
    ]
    frame = cells.select(
        (pl.col("row").cast(pl.UInt32) + (sheet << ROW_BITS)).alias("line"),
        *fields,
        *members,
        pl.concat_str([*told, pl.lit(None, pl.String)], separator=", ", ignore_nulls=True).alias("extra"),
    )
    answered = pl.any_horizontal(pl.col(name).str.strip_chars() != "" for name in ANSWERS)
    frame = frame.filter(answered & (pl.col("address").str.strip_chars() != NOTE))
    if frame.is_empty():  # most sheets of most filings
        return frame.select("line", *FIELDS, "extra")
    return with_codes(frame, definition).select("line", *FIELDS, "extra")


def with_codes(frame: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    frame = frame.with_columns(replaced(frame, "address", codes.of_points(definition).read))
    for field in codes.FIELD_LISTS:
        known = codes.of_field(definition, field)
        frame = frame.with_columns(replaced(frame, field, known.read_many if field in codes.MANY else known.read))
    for name in definition.dimensions:
        known_members = codes.of_dimension(definition, name) if f"d_{name}" in frame.columns else None
        if known_members:
            frame = frame.with_columns(replaced(frame, f"d_{name}", known_members.read))
    return with_values(frame, definition).with_columns(full_address(frame_dimensions(frame)))


def replaced(frame: pl.DataFrame, column: str, read: Callable[[str], str]) -> pl.Series:
    """A column with each of its texts as `read` understands it."""
    texts = frame[column].unique().to_list()
    changed = {text: code for text in texts if (code := read(text)) != text}
    return frame[column].replace(changed) if changed else frame[column]


def with_values(frame: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """Values that are chosen from a list: yes and no, codes."""
    base = pl.col("address").str.extract(r"^([^\[]*)", 1).str.strip_chars()
    for point in definition.points.values():
        known = codes.of_value(definition, point)
        if known is None:
            continue
        here = frame.select(base == point.code).to_series()
        if here.any():
            read = replaced(frame.filter(here), "value", known.read_many if point.code_list else known.read)
            frame = frame.with_columns(pl.Series("value", frame["value"]).scatter(here.arg_true(), read))
    return frame


def frame_dimensions(frame: pl.DataFrame) -> list[str]:
    return [name.removeprefix("d_") for name in frame.columns if name.startswith("d_")]


def full_address(dimensions: list[str]) -> pl.Expr:
    """`code` and members as `code[dimension=member,…]`; an address that has brackets already takes them in too."""
    address = pl.col("address").str.strip_chars()
    stated = [
        pl.when(pl.col(f"d_{name}").str.strip_chars() != "").then(
            pl.format(f"{name}={{}}", pl.col(f"d_{name}").str.strip_chars())
        )
        for name in dimensions
    ]
    members = pl.concat_str([*stated, pl.lit(None, pl.String)], separator=",", ignore_nulls=True)
    return (
        pl.when(members == "")
        .then(pl.col("address"))
        .when(address.str.ends_with("]"))
        .then(pl.format("{},{}]", address.str.strip_suffix("]"), members))
        .otherwise(pl.format("{}[{}]", address, members))
        .alias("address")
    )


# What a workbook was made for ------------------------------------------------------------------------------------


def check_about(about: Mapping[str, str], definition: Definition, head: Head) -> None:
    """Refuses a workbook of the portal that was made for something else; a workbook of other making says nothing, and a
    blank one of a return is for every entity and period."""
    for key, wanted, sentence in made_for(definition, head):
        found = about.get(key, "")
        for_anybody = key in ("entity", "period") and not found
        if about and found != wanted and not for_anybody:
            raise refusal(f"workbook_of_other_{key}", sentence, found=found, wanted=wanted)


def made_for(definition: Definition, head: Head) -> list[tuple[str, str, str]]:
    return [
        (
            "return",
            head.return_id,
            gettext_noop(
                "This workbook was made for the return %(found)s, not for %(wanted)s. Open the filing it belongs to and "
                "upload it there."
            ),
        ),
        (
            "version",
            head.version,
            gettext_noop(
                "This workbook was made for version %(found)s of the return; this period is filed in version %(wanted)s. "
                "Download the workbook of this filing and copy your figures into it."
            ),
        ),
        (
            "entity",
            head.entity,
            gettext_noop(
                "This workbook was made for %(found)s, and this is a filing of %(wanted)s. Choose the filing it belongs "
                "to, or download the workbook of this one."
            ),
        ),
        (
            "period",
            head.period,
            gettext_noop(
                "This workbook was made for the period %(found)s, and this filing is for %(wanted)s. Choose the filing it "
                "belongs to, or download the workbook of this one."
            ),
        ),
        (
            "fingerprint",
            definition.fingerprint,
            gettext_noop(
                "The questions have changed since this workbook was made. Download it again and copy your figures into it."
            ),
        ),
    ]
