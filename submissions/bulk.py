"""Many rows at once: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import polars as pl
from django.db import connection, models

CHUNK = 50_000
ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def insert(model: type[models.Model], frame: pl.DataFrame, done: Callable[[int], None] = lambda rows: None) -> None:
    """Insert the frame, whose columns are column names of the model's table, in the current transaction.

    `done` hears how many rows are written, chunk by chunk.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(name) for name in frame.columns)
    chunks = in_order(frame, [field.attname for field in model._meta.pk_fields])
    if connection.vendor == "postgresql":
        copy(f"COPY {table} ({columns}) FROM STDIN", chunks, done)
        return
    marks = ", ".join(["%s"] * frame.width)
    for chunk in chunks:
        rows = chunk.with_columns(pl.col(pl.Date).cast(pl.String)).rows()
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 -- names come from the model
        done(chunk.height)


def in_order(frame: pl.DataFrame, key: list[str]) -> Iterator[pl.DataFrame]:
    """The frame in chunks, by the key of the table if it has its columns: an index is filled fastest at its end."""
    if not set(key) <= set(frame.columns):
        yield from frame.iter_slices(CHUNK)
        return
    order = frame.select(pl.arg_sort_by(key).alias("row"))
    for rows in order.iter_slices(CHUNK):
        yield frame[rows["row"]]


def copy(statement: str, chunks: Iterator[pl.DataFrame], done: Callable[[int], None] = lambda rows: None) -> None:
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as stream:
        for rows, text in one_ahead(chunks):
            stream.write(text)
            done(rows)


def one_ahead(chunks: Iterator[pl.DataFrame]) -> Iterator[tuple[int, bytes]]:
    """Chunks in COPY's text format, the next being written while the last is on its way to the server."""
    with ThreadPoolExecutor(1) as writer:
        waiting = None
        for chunk in chunks:
            last, waiting = waiting, (chunk.height, writer.submit(as_copied, chunk))
            if last:
                yield last[0], last[1].result()
        if waiting:
            yield waiting[0], waiting[1].result()


def as_copied(chunk: pl.DataFrame) -> bytes:
    """COPY's text format: tabs between columns, `\\N` for null, a backslash before what could be taken for either."""
    odd = chunk.select(pl.col(pl.String).str.contains(r"[\\\t\n\r]").any())
    names = [column.name for column in odd if column.item()]
    out = io.BytesIO()
    chunk.with_columns(pl.col(names).str.replace_many(ESCAPES)).write_csv(
        out, include_header=False, separator="\t", quote_style="never", null_value="\\N"
    )
    return out.getvalue()
