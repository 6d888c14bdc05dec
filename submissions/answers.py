"""Canonical lines in words: beside the fields of the next year, in a summary, against an earlier revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from submissions.definition import DataPoint, Definition
from submissions.difference import Difference
from submissions.presentation import Answered, missing_words, notes, shown_value, unit_label


@dataclass(frozen=True)
class Line:
    """A canonical line, as far as it is shown."""

    value: str
    number: float | None
    low: float | None
    high: float | None
    obs_status: str
    qualifier: str
    unit: str
    reason: str
    flags: str
    comment: str

    @classmethod
    def of(cls, row: Mapping[str, Any], before: str = "") -> Line:
        """From a row of a frame whose columns may have a prefix."""
        text = {
            name: row[before + name]
            for name in ("value", "obs_status", "qualifier", "unit", "reason", "flags", "comment")
        }
        return cls(
            number=row[f"{before}number"], low=row[f"{before}low_number"], high=row[f"{before}high_number"], **text
        )


def answer_in_words(definition: Definition, answer: Answered, point: DataPoint | None, language: str) -> str:
    """Value with its unit, or why there is none, and what must be known beside it."""
    said = [bare_answer(definition, answer, point, language), *notes(definition, answer, language)]
    return "; ".join(filter(None, said))


def bare_answer(definition: Definition, answer: Answered, point: DataPoint | None, language: str) -> str:
    """Value with its unit, or why there is none."""
    if answer.obs_status in definition.missing:
        return missing_words(definition, answer, language)
    value = shown_value(definition, answer, point, language)
    numeric = point is None or point.numeric
    return f"{value} {unit_label(definition, answer.unit, language, answer.number)}".strip() if numeric else value


def answers_by_address(definition: Definition, lines: pl.DataFrame, language: str) -> dict[str, str]:
    """Canonical lines in words, as they stand beside the fields of the next year."""
    return {
        row["address"]: answer_in_words(definition, Line.of(row), definition.points.get(row["code"]), language)
        for row in lines.iter_rows(named=True)
    }


@dataclass(frozen=True)
class Change:
    """What one address said before, and says now; empty where it said nothing."""

    kind: str
    address: str
    label: str
    was: str
    now: str


def changes(definition: Definition, difference: Difference, language: str, most: int) -> list[Change]:
    """The first so many differences, in words."""
    shown = []
    for row in difference.rows.head(most).iter_rows(named=True):
        point = definition.points.get(row["code"] if row["kind"] != "removed" else row["was_code"])
        was, now = (
            "" if row["kind"] == absent else answer_in_words(definition, Line.of(row, before), point, language)
            for absent, before in (("added", "was_"), ("removed", ""))
        )
        shown.append(Change(row["kind"], row["address"], definition.label_of(row["address"], language), was, now))
    return shown
