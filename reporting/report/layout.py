"""How the report lies on paper: which pages are turned, how wide the columns of a table stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil

from reporting.report.tree import Block, Document, Heading, Table

LEAST, NUMERIC, MOST = 11, 26, 46
"""Characters of a line: no column is narrower than the first; columns of figures and others grow up to the second and third."""
UPRIGHT, DOWN = 118, 66
"""So many characters of a table stand beside each other on an upright page, and so many lines beneath each other."""


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
        turned = any(isinstance(block, Table) and crowded(block) for block in section.blocks)
        if not found or found[-1].turned != turned:
            found.append(Pages(turned))
        found[-1].parts += waiting
        waiting = []
    return [*found, Pages(False, waiting)] if waiting else found


def crowded(table: Table) -> bool:
    """Its columns want more room than an upright page has, and it would fill more than one."""
    across = [UPRIGHT * width for width in widths(table)]
    lines = 0
    for row in table.rows:
        cells = [(row.label,), *(cell.lines for cell in row.cells)]
        lines += max(sum(ceil(len(line) / room) for line in cell) for cell, room in zip(cells, across, strict=True))
    return sum(weights(table)) > UPRIGHT and lines > DOWN


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
