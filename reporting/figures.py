"""Figures of a panel: accepted observations as rows in words, for chart, table and download."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from submissions.catalogue import catalogue
from submissions.definition import DataPoint, Definition, split_address
from submissions.presentation import code_label, missing_words, notes, shown_value, unit_label


@dataclass(frozen=True)
class Filed:
    """One observation, as `reporting.observed` has it."""

    revision: int
    entity: str
    return_id: str
    version: str
    period: str
    address: str
    code: str
    value: str
    number: float | None
    low: float | None
    high: float | None
    obs_status: str
    start: date
    end: date
    own_period: int
    unit: str
    qualifier: str
    reason: str
    flags: str
    comment: str


COLUMNS = tuple(Filed.__dataclass_fields__)


@dataclass(frozen=True)
class Row:
    """One observation as a dashboard shows it."""

    filed: Filed
    entity_name: str
    point: str
    what: str
    """Dimension members in words."""
    member: str
    """What the chart sets side by side: the entity, or the member of the first dimension."""
    member_name: str
    number: float | None
    shown: str
    """The value in words: with its hedge, or the reason why there is none."""
    missing: bool
    unit_label: str
    notes: tuple[str, ...]

    @property
    def address(self) -> str:
        return self.filed.address


def rows(
    frame: pl.DataFrame,
    points: Sequence[DataPoint],
    names: Mapping[str, str],
    language: str,
    *,
    entity_axis: bool = True,
) -> list[Row]:
    """By data point, unit, size and name. `names`: of entities."""
    order = {point.code: place for place, point in enumerate(points)}
    definitions = catalogue().definitions
    lines = frame.filter(pl.col("code").is_in(list(order))).select(COLUMNS).iter_rows()
    filed = (Filed(*line) for line in lines)
    found = [row(one, definitions[one.return_id, one.version], names, language, entity_axis) for one in filed]
    found.sort(key=lambda r: (order[r.filed.code], r.filed.unit, r.missing, -(r.number or 0), r.member_name))
    return found


def row(filed: Filed, definition: Definition, names: Mapping[str, str], language: str, entity_axis: bool = True) -> Row:
    point = definition.points[filed.code]
    answered: Any = filed  # A frozen dataclass has its attributes read-only, as the protocol asks.
    _code, members = split_address(filed.address)
    axis = "" if entity_axis else next(iter(members), "")
    named = {name: definition.member_label(name, member, language) for name, member in members.items()}
    missing = filed.obs_status in definition.missing
    entity = names.get(filed.entity, filed.entity)
    return Row(
        filed=filed,
        entity_name=entity,
        point=point.label[language],
        what=", ".join(label for name, label in named.items() if name != axis),
        member=members.get(axis, filed.entity),
        member_name=named.get(axis, entity),
        number=None if missing else filed.number,
        shown=missing_words(definition, answered, language)
        if missing
        else shown_value(definition, answered, point, language) or code_label(definition, "unit", filed.unit, language),
        missing=missing,
        unit_label=unit_label(definition, filed.unit, language),
        notes=tuple(notes(definition, answered, language)),
    )


def unit_named(unit: str, language: str) -> str:
    codes = catalogue().code_lists["unit"].codes
    return codes[unit].label[language] if unit in codes else unit
