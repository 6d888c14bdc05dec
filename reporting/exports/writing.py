"""Frames on their way into a file: text formats leave piece by piece, files are written first and sent then."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import xlsxwriter

from submissions.workbook.safe import safe_column

SHEET_ROWS = 1_048_575
"""Below the head; a worksheet holds no more."""
ROW_GROUP = 100_000
AS_TEXT = pl.col(pl.Datetime).dt.to_string("%Y-%m-%dT%H:%M:%SZ")
"""Times as ISO 8601 has them, UTC."""
Frames = Iterable[pl.DataFrame]


def as_csv(frames: Frames) -> Iterator[bytes]:
    """UTF-8 with a head; text that a spreadsheet could take for a formula has an apostrophe before it."""
    for number, frame in enumerate(frames):
        texts = [safe_column(name).replace("", None) for name, kind in frame.schema.items() if kind == pl.String]
        out = io.BytesIO()
        frame.with_columns(*texts, AS_TEXT).write_csv(out, include_header=number == 0)
        yield out.getvalue()


def as_ndjson(frames: Frames) -> Iterator[bytes]:
    """One object a line."""
    for frame in frames:
        out = io.BytesIO()
        frame.with_columns(AS_TEXT).write_ndjson(out)
        yield out.getvalue()


def as_json(frames: Frames) -> Iterator[bytes]:
    """An array of the same objects."""
    before = b"[\n"
    for text in as_ndjson(frames):
        # Within a string a line feed is escaped, so each one in the text ends an object.
        yield before + text.rstrip(b"\n").replace(b"\n", b",\n") if text else b""
        before = b",\n" if text else before
    yield b"[\n]\n" if before == b"[\n" else b"\n]\n"


def write_streamed(encode: Callable[[Frames], Iterator[bytes]]) -> Callable[[BinaryIO, Frames], None]:
    def write(out: BinaryIO, frames: Frames) -> None:
        for text in encode(frames):
            out.write(text)

    return write


def write_xlsx(out: BinaryIO, frames: Frames) -> None:
    """Text is written as text, so nothing acts as a formula. Each sheet begins with the head."""
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    )
    bold = book.add_format({"bold": True})
    sheet, row = None, 0
    for frame in frames:
        for values in frame.with_columns(AS_TEXT).iter_rows():
            if sheet is None or row > SHEET_ROWS:
                sheet, row = book.add_worksheet(), 1
                sheet.freeze_panes(1, 0)
                sheet.write_row(0, 0, frame.columns, bold)
            write_cells(sheet, row, values)
            row += 1
        if sheet is None:
            book.add_worksheet().write_row(0, 0, frame.columns, bold)
            sheet, row = book.worksheets()[0], 1
    book.close()


def write_cells(sheet: Any, row: int, values: tuple[Any, ...]) -> None:
    for column, value in enumerate(values):
        if value is None or value == "":
            continue
        if isinstance(value, str):
            sheet.write_string(row, column, value[:32_767])  # all that a cell holds
        else:
            sheet.write(row, column, value)


def write_parquet(out: BinaryIO, frames: Frames) -> None:
    """In row groups: pieces lie on the disk until the last is there, for a file says at its end what it holds."""
    with tempfile.TemporaryDirectory() as folder:
        for number, frame in enumerate(frames):
            frame.write_parquet(Path(folder) / f"{number:06}.parquet", compression="zstd")
        pl.scan_parquet(f"{folder}/*.parquet").sink_parquet(out, compression="zstd", row_group_size=ROW_GROUP)


@dataclass(frozen=True)
class Format:
    media_type: str
    write: Callable[[BinaryIO, Frames], None]
    stream: Callable[[Frames], Iterator[bytes]] | None = None
    """Left out: the file must be whole before its first byte is known."""


FORMATS = {
    "csv": Format("text/csv", write_streamed(as_csv), as_csv),
    "json": Format("application/json", write_streamed(as_json), as_json),
    "ndjson": Format("application/x-ndjson", write_streamed(as_ndjson), as_ndjson),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "parquet": Format("application/vnd.apache.parquet", write_parquet),
}
