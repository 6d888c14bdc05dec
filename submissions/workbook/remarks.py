"""What was found, as a workbook shows it: a colour, a note on the cell, a line on the first sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from submissions.workbook.names import RULE
from submissions.workbook.texts import Words

RANK = ("error", "warning", "info")
MOST_LISTED = 5_000
FIRST_LISTED = 6
"""Row of the first finding on their sheet."""
MOST_NOTES = 2_000
LONGEST_NOTE = 4_000


@dataclass(frozen=True)
class Remark:
    """A finding in the reader's words. `line` and `field` as in the finding; None: it has no line of its own."""

    rule: str
    severity: str
    line: int | None
    field: str
    address: str
    label: str
    message: str
    mend: str = ""


def listed_remarks(remarks: Iterable[Remark]) -> list[Remark]:
    """The worst first, as many as are listed."""
    return sorted(remarks, key=lambda remark: RANK.index(remark.severity))[:MOST_LISTED]


def worst(remarks: Iterable[Remark]) -> str:
    return min((remark.severity for remark in remarks), key=RANK.index)


def note(remarks: Sequence[Remark], help_text: str, words: Words) -> str:
    """The note of a cell: each finding with the way to mend it, then the help that was there."""
    told = "\n\n".join(one_note(remark, words) for remark in remarks)
    if len(told) > LONGEST_NOTE:
        told = f"{told[:LONGEST_NOTE]}…\n{words('notes', 'more_notes')}"
    return f"{told}\n{RULE}\n{help_text}".rstrip("\n")


def one_note(remark: Remark, words: Words) -> str:
    told = f"{words('severities', remark.severity)} {remark.rule}: {remark.message}"
    return f"{told}\n{words('notes', 'mend')}: {remark.mend}" if remark.mend else told


def in_short(remarks: Sequence[Remark], words: Words) -> str:
    """For the column beside the row."""
    return "\n".join(f"{words('severities', remark.severity)}: {remark.message}" for remark in remarks)[:LONGEST_NOTE]
