"""How the report lies on paper: which pages are turned, how wide the columns of a table stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from reporting.report.tree import Block, Document, Heading, Table

LEAST, NUMERIC, MOST = 11, 26, 46
"""Characters of a line: no column is narrower than the first; columns of figures and others grow up to the second and third."""
UPRIGHT = 118
"""So many characters of a table stand beside each other on an upright page."""


@dataclass
class Pages:
    """What stands on pages of one direction, in reading order."""

    turned: bool
    parts: list[Heading | Block] = field(default_factory=list)


def pages(document: Document) -> list[Pages]:
    """Whole sections are turned, so that a page is not broken off behind each table; a heading without a text of its own
    goes with the section behind it."""
    found: list[Pages] = []
    waiting: list[Heading | Block] = []
    for section in document.all_sections():
        waiting += section.parts()
        if not section.blocks:
            continue
        turned = any(isinstance(block, Table) and sum(weights(block)) > UPRIGHT for block in section.blocks)
        if not found or found[-1].turned != turned:
            found.append(Pages(turned))
        found[-1].parts += waiting
        waiting = []
    return [*found, Pages(False, waiting)] if waiting else found


def widths(table: Table) -> list[float]:
    """Shares of the width, the heads of the rows first; they add up to 1."""
    wanted = list(weights(table))
    return [one / sum(wanted) for one in wanted]


def weights(table: Table) -> Iterator[float]:
    """Characters that each column wants, the heads of the rows first."""
    yield weight(table.row_head, [row.label for row in table.rows], MOST)
    for place, column in enumerate(table.columns):
        lines = [line for row in table.rows for line in row.cells[place].lines]
        yield weight(column.label, lines, NUMERIC if column.numeric else MOST)


def weight(head: str, lines: list[str], most: int) -> float:
    """By the longest line, and by the longest word, which is never broken."""
    word = max((len(one) for text in (head, *lines) for one in text.split()), default=0)
    return max(LEAST, min(most, max(map(len, lines), default=0)), word * 1.1)
