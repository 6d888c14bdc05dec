"""Many rows at once: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

import io
from collections.abc import Callable

import polars as pl
from django.db import connection, models

CHUNK = 50_000


def insert(model: type[models.Model], frame: pl.DataFrame, done: Callable[[int], None] = lambda rows: None) -> None:
    """Insert the frame, whose columns are column names of the model's table, in the current transaction.

    `done` hears how many rows are written, chunk by chunk.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(name) for name in frame.columns)
    for start in range(0, frame.height, CHUNK):
        chunk = frame.slice(start, CHUNK)
        if connection.vendor == "postgresql":
            copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)", chunk)
        else:
            marks = ", ".join(["%s"] * frame.width)
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", chunk.rows())  # noqa: S608 -- names come from the model
        done(chunk.height)


def copy(statement: str, chunk: pl.DataFrame) -> None:
    out = io.BytesIO()
    # Quoting all text tells an empty string ("") from NULL (nothing), as COPY reads CSV.
    chunk.write_csv(out, include_header=False, quote_style="non_numeric")
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        stream.write(out.getvalue())
