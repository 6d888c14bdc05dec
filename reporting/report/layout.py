"""How wide the columns of a table stand on paper."""

from __future__ import annotations

from reporting.report.tree import Table

LEAST, NUMERIC, MOST = 11, 17, 46
"""Characters of a line: no column is narrower than the first; columns of figures and others grow up to the second and third."""


def widths(table: Table) -> list[float]:
    """Shares of the width, the heads of the rows first; they add up to 1."""
    weights = [weight(table.row_head, [row.label for row in table.rows], MOST)]
    for place, column in enumerate(table.columns):
        lines = [line for row in table.rows for line in row.cells[place].lines]
        weights.append(weight(column.label, lines, NUMERIC if column.numeric else MOST))
    return [one / sum(weights) for one in weights]


def weight(head: str, lines: list[str], most: int) -> float:
    """By the longest line, and by the longest word, which is never broken."""
    word = max((len(one) for text in (head, *lines) for one in text.split()), default=0)
    return max(LEAST, min(most, max(map(len, lines), default=0)), word * 1.1)
