"""Lines of revisions in pieces of bounded size, each a frame: a million lines need no more memory than one piece.

A revision never changes, so pieces that are read one after the other are of one state all the same, without a long
transaction. Between two pieces no statement is open and the connection is given back: a slow reader, or one who has gone
away, holds nothing of the database.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from django.db import close_old_connections, connection

from reporting.observed import LINES
from submissions.models.verdict import ObservationQuerySet

PIECE = 10_000
"""Lines of a piece, at most. Twice as many are no faster and take 40 MB more; half as many are a sixth slower."""
FIRST_PIECE = 5_000
"""The first is small: the answer begins at once."""
REVISIONS = 1_000
"""Revisions of a piece, at most; SQLite takes no statement with very many parameters."""
KEPT = {"revision": pl.Int64, **LINES}
"""Columns that each line has of its own, and where they are kept."""
COLUMNS = ["revision_id", *LINES]


@dataclass(frozen=True)
class Piece:
    """Revisions read at once; of a long revision, its lines after a number."""

    revisions: tuple[int, ...]
    lines: int
    after: int | None = None


def pieces(sizes: Sequence[tuple[int, int]], most: int = PIECE) -> Iterator[Piece]:
    """(revision, lines) put together to pieces, in their order. A revision with more lines than a piece is one by itself."""
    some: list[int] = []
    lines, room = 0, min(most, FIRST_PIECE)
    for revision, count in sizes:
        if some and (lines + count > room or len(some) >= REVISIONS):
            yield Piece(tuple(some), lines)
            some, lines, room = [], 0, most
        some.append(revision)
        lines += count
    if some:
        yield Piece(tuple(some), lines)


def frames(
    wanted: ObservationQuerySet, sizes: Sequence[tuple[int, int]], most: int = PIECE, after: int | None = None
) -> Iterator[tuple[int, pl.DataFrame]]:
    """For each piece how many lines were looked at, and those wanted, columns KEPT, by line within each revision; of the
    first revision those after a line, if one is given."""
    if after is not None and sizes:
        (first, lines), *sizes = sizes
        yield from long_revision(wanted, Piece((first,), lines, after), most)
    for piece in pieces(sizes, most):
        if len(piece.revisions) == 1:
            yield from long_revision(wanted, piece, most)
            continue
        found = read(wanted.filter(revision__in=piece.revisions).order_by("revision_id", "line"))
        give_back_connection()
        yield piece.lines, found


def long_revision(wanted: ObservationQuerySet, piece: Piece, most: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """One revision, by ranges of its key."""
    lines, after = wanted.filter(revision=piece.revisions[0]).order_by("line"), piece.after
    room = min(most, FIRST_PIECE) if piece.lines > most else most
    while True:
        found = read((lines if after is None else lines.filter(line__gt=after))[:room])
        give_back_connection()
        yield found.height, found
        if found.height < room:
            return
        after, room = found["line"][-1], most


def give_back_connection() -> None:
    """To the pool, until the next piece; not within a transaction of somebody else's."""
    if not connection.in_atomic_block:
        close_old_connections()


def read(observations: ObservationQuerySet) -> pl.DataFrame:
    """Columns KEPT."""
    rows = observations.values_list(*COLUMNS)
    if connection.vendor == "postgresql":
        return copied(*rows.query.sql_with_params())
    return pl.DataFrame(list(rows), schema=KEPT, orient="row", infer_schema_length=None)


def copied(statement: str, params: tuple[object, ...]) -> pl.DataFrame:
    """The rows of a query by COPY, which is several times as fast as fetching them. Django's own
    wrapper of a cursor takes no parameters here where it notes queries."""
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)", params) as stream,
    ):
        text = b"".join(stream)
    if not text:
        return pl.DataFrame(schema=KEPT)
    return pl.read_csv(io.BytesIO(text), has_header=False, schema=KEPT, empty_string_is_null=False)
