"""Which figures cannot be added, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from reporting.comparability import Comparison, compare_each
from reporting.completeness.standing import Standing
from reporting.quality.missing import due, in_order
from submissions.catalogue import catalogue
from submissions.definition import DataPoint, Definition

SET = ["return_id", "version", "period", "code"]


@dataclass(frozen=True)
class Together:
    """One data point of one period over everybody who owes it."""

    return_id: str
    version: str
    period: str
    code: str
    comparison: Comparison


def together(standings: Sequence[Standing], observations: pl.DataFrame) -> list[Together]:
    """Counts that somebody might add: each with the verdict of the comparability engine, by return, period and form."""
    found = []
    for axes, asked in by_axes():
        some = observations.join(asked, on=["return_id", "version", "code"], how="semi")
        expected = expected_members(standings, asked) if axes == ("entity",) else None
        for key, comparison in compare_each(some, "add", by=SET, axes=axes, expected=expected).items():
            return_id, version, period, code = map(str, key)
            if comparison.reference is not None:
                found.append(Together(return_id, version, period, code, comparison))
    places = {
        (d.return_id, d.version, code): place
        for d in catalogue().definitions.values()
        for place, code in enumerate(d.points)
    }
    starts = {(s.duty.period.return_id, s.duty.period.label): in_order(s) for s in standings}
    return sorted(
        found,
        key=lambda one: (
            one.return_id,
            starts.get((one.return_id, one.period), ("", one.period, "")),
            places[one.return_id, one.version, one.code],
        ),
    )


def counts() -> set[str]:
    """Data points that somebody might add."""
    return {code for _axes, asked in by_axes() for code in asked["code"]}


def by_axes() -> Iterator[tuple[tuple[str, ...], pl.DataFrame]]:
    """What is set side by side -> the counts for which it is."""
    axes: dict[tuple[str, ...], list[tuple[str, str, str]]] = {}
    for definition in catalogue().definitions.values():
        for point in definition.points.values():
            if point.value_type == "count" and (point.panel or point.basis != "context"):
                key = (definition.return_id, definition.version, point.code)
                axes.setdefault(axis_of(definition, point), []).append(key)
    for axis, keys in axes.items():
        yield axis, pl.DataFrame(keys, schema=["return_id", "version", "code"], orient="row")


def axis_of(definition: Definition, point: DataPoint) -> tuple[str, ...]:
    """Entities side by side, but where a panel sets the members of the first dimension side by side."""
    panel = definition.panels.get(point.panel)
    return (point.dimensions[0],) if panel and not panel.entity_axis and point.dimensions else ("entity",)


def expected_members(standings: Sequence[Standing], asked: pl.DataFrame) -> pl.DataFrame:
    """`member` and SET: who owes which figure."""
    owed = pl.DataFrame(
        [
            (s.duty.period.return_id, s.definition.version, s.duty.period.label, s.duty.obligation.entity.code)
            for s in due(standings)
        ],
        schema=dict.fromkeys(["return_id", "version", "period", "member"], pl.String),
        orient="row",
    )
    return owed.join(asked, on=["return_id", "version"])
