"""What stands in one file: the lines that were asked for of the revisions that stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import polars as pl

from portal.models import User
from reporting.exports.asking import Asked, lines_among
from reporting.exports.columns import full, heads, heads_of
from reporting.exports.reading import KEPT, frames
from reporting.models import Export
from submissions.catalogue import catalogue
from submissions.definition import Definition


@dataclass(frozen=True)
class Contents:
    """The revisions (columns `columns.HEAD`), and which of their lines."""

    head: pl.DataFrame
    lines: dict[str, Any]
    language: str

    @classmethod
    def of(cls, asked: Asked, user: User, language: str) -> Self:
        """What this user may see, as it stands now or stood on the day asked for. One query."""
        return cls(heads(asked.revisions(user), language), asked.lines, language)

    @classmethod
    def of_export(cls, export: Export) -> Self:
        """What was seen when it was asked for."""
        return cls(heads_of(export.revisions, export.language), export.filters, export.language)

    @property
    def most(self) -> int:
        """Lines that are looked at; there are no more in the file."""
        return int(self.head["lines"].sum())

    @property
    def definition(self) -> Definition | None:
        """The one definition that all were filed under."""
        found = self.head.select("return_id", "version").unique().rows()
        return catalogue().get(*found[0]) if len(found) == 1 else None

    def frames(self, done: Callable[[int], None] = lambda rows: None) -> Iterator[pl.DataFrame]:
        """Every column of an export, piece by piece; the first piece is empty, so that a file always has its head.
        `done` hears how many lines were looked at."""
        definition, head = self.definition, self.head
        yield full(pl.DataFrame(schema=KEPT), head, definition, self.language)
        sizes = list(head.select("revision", "lines").iter_rows())
        for looked_at, lines in frames(lines_among(**self.lines), sizes):
            yield full(lines, head, definition, self.language)
            done(looked_at)
