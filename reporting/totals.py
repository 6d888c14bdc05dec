"""Totals of a dashboard as its page shows them: the sum, or why there is none and what may be said instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from portal.reader import language
from reporting.comparability import Comparison, Estimate, Reference, compare_each, words
from submissions.definition import DataPoint, Panel
from submissions.models import ReportingPeriod
from submissions.presentation import number


@dataclass(frozen=True)
class ShownEstimate:
    estimate: Estimate
    point: str
    low: str
    high: str
    assumptions: list[str]


@dataclass(frozen=True)
class ShownTotal:
    """One data point of a panel. Either `value` is filled, or `because` is."""

    point: str
    unit: str
    value: str
    status: str
    """E or P where filed figures with that status are in the total."""
    marks: list[str]
    because: list[str]
    counted: int
    expected: int
    subset: str
    """The sum of the largest comparable part, where it has two members at least."""
    reference: Reference | None
    excluded: list[words.Excluded]
    filed: str
    """What was filed, added as it stands."""
    filed_members: int
    estimate: ShownEstimate | None


@dataclass(frozen=True)
class Board:
    """The comparisons of the panels of a dashboard: by data point, and for charts, which never mix units, by unit too."""

    period: ReportingPeriod
    names: Mapping[str, str]
    """Of those who owe the return."""
    added: Mapping[str, Comparison]
    charted: list[tuple[str, Comparison]]


def board(panels: Sequence[Panel], period: ReportingPeriod, frame: pl.DataFrame, names: Mapping[str, str]) -> Board:
    """`frame`: the observations of the period, with the columns of `reporting.observed`; `names`: of those who owe."""
    axes = {point.code: axis(panel, point) for panel in panels for point in counted(panel, period)}
    frame = frame.filter(pl.col("code").is_in(list(axes)))
    added = dict(compared(frame, "add", ["code"], axes, names))
    return Board(period, names, added, list(compared(frame, "chart", ["code", "unit"], axes, names)))


def counted(panel: Panel, period: ReportingPeriod) -> list[DataPoint]:
    return [point for point in period.definition.points_of(panel) if point.numeric]


def axis(panel: Panel, point: DataPoint) -> str:
    """What the chart of the panel sets side by side."""
    return "entity" if panel.entity_axis or not point.dimensions else point.dimensions[0]


def compared(
    frame: pl.DataFrame, purpose: str, by: list[str], axes: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[tuple[str, Comparison]]:
    """Data point and comparison of each set."""
    for one in dict.fromkeys(axes.values()):
        some = frame.filter(pl.col("code").is_in([code for code, wanted in axes.items() if wanted == one]))
        asked = list(names) if one == "entity" else None
        for key, found in compare_each(some, purpose, by=by, axes=[one], expected=asked).items():
            yield str(key[0]), found


def totals(panel: Panel, of: Board) -> list[ShownTotal]:
    """Of every data point of a panel that two at least should have given; members of two dimensions make no total."""
    found = []
    for point in counted(panel, of.period):
        comparison = of.added.get(point.code)
        if comparison is not None and point.value_type == "count" and may_have_total(comparison, panel):
            found.append(shown(comparison, point.label[language()], member_names(panel, point, comparison, of)))
    return found


def member_names(panel: Panel, point: DataPoint, comparison: Comparison, of: Board) -> Mapping[str, str]:
    """Of what is set side by side."""
    one, definition = axis(panel, point), of.period.definition
    if one == "entity":
        return of.names
    return {m: definition.member_label(one, m, language()) for m in comparison.lines["member"].unique()}


def may_have_total(comparison: Comparison, panel: Panel) -> bool:
    alone = panel.entity_axis or comparison.facts.things == 1
    return alone and comparison.expected > 1


def shown(comparison: Comparison, point: str, names: Mapping[str, str]) -> ShownTotal:
    total, part, filed = comparison.total, comparison.subset_total, comparison.filed_sum
    one_unit = len(comparison.facts.units) == 1
    unit = words.label("unit", comparison.reference.unit) if comparison.reference else ""
    estimate = comparison.estimate()
    return ShownTotal(
        point=point,
        unit=unit,
        value=words.shown(total) if total else "",
        status=total.status if total and total.status != "A" else "",
        marks=words.with_marks(comparison) if total else [],
        because=[] if total else words.because(comparison),
        counted=comparison.counted,
        expected=comparison.expected,
        subset=words.shown(part) if part and not total and comparison.counted > 1 else "",
        reference=comparison.reference,
        excluded=words.excluded(comparison, names) if not total else [],
        filed=number(filed.value, language()) if filed and not total and one_unit else "",
        filed_members=filed.members if filed else 0,
        estimate=shown_estimate(estimate) if estimate else None,
    )


def shown_estimate(estimate: Estimate) -> ShownEstimate:
    point, low, high = (number(round(value), language()) for value in (estimate.point, estimate.low, estimate.high))
    return ShownEstimate(estimate, point, low, high, words.assumptions(estimate))


def caveats(panel: Panel, of: Board) -> list[str]:
    """Why the bars of a chart are not to be compared one with another."""
    found: dict[str, dict[str, None]] = {}
    points = {point.code: point.label[language()] for point in counted(panel, of.period)}
    for code, comparison in of.charted:
        for clause in words.because(comparison) if code in points else ():
            found.setdefault(clause, {})[points[code]] = None
    several = len({label for some in found.values() for label in some}) > 1
    return [
        f"{', '.join(some)}: {clause}" if several else clause[:1].upper() + clause[1:] for clause, some in found.items()
    ]
