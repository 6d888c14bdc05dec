"""What the cells of a table say, and the figures behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from portal.reader import language
from reporting.comparability import words
from reporting.report.material import Line
from reporting.report.tree import Figure
from submissions.definition import Code, Definition
from submissions.presentation import missing_words, notes, number, shown_value, unit_label

BY_UNIT = "item_kind"
"""The dimension whose members the unit repeats."""


def figure(line: Line, stands_in: bool = False) -> Figure:
    return Figure(
        line.entity, line.period, line.address, line.point.label[language()], line.value,
        line.number if line.valued else None, line.unit, line.qualifier if line.figure else "",
        line.obs_status, line.start, line.end, line.own_period > 0, line.reason, line.flags, shown(line),
        stands_in,
    )  # fmt: skip


def shown(line: Line) -> str:
    """The value with its hedge, or why there is none."""
    if not line.valued:
        return missing_words(line.definition, line, language())
    return shown_value(line.definition, line, line.point, language()) or unit_label(
        line.definition, line.unit, language()
    )


def with_unit(line: Line) -> str:
    """`≈ 4 900 accounts`, `4.22 %`, or why there is no value."""
    if not line.figure:
        return shown(line)
    if line.unit == "percent":
        return f"{shown(line)}\u202f%"
    return f"{shown(line)} {unit_label(line.definition, line.unit, language(), line.number)}".strip()


def rate(line: Line, counts: Sequence[Line]) -> list[str]:
    """A rate with the counts it was made from, part and whole; where one of them is missing, that it is."""
    if len(counts) != 2:
        return [with_unit(line)]
    part, whole = counts
    if not (part.figure and whole.figure):
        return [with_unit(line), *(f"{one.point.label[language()]}: {with_unit(one)}" for one in counts)]
    said = {"rate": with_unit(line), "part": shown(part), "whole": with_unit(whole)}
    return [_("%(rate)s (%(part)s of %(whole)s)") % said]


def labelled(lines: Sequence[Line]) -> list[str]:
    """Each figure with the name of its data point; those without a value counted by their reason."""
    said = [f"{line.definition.label_of(line.address, language())}: {with_unit(line)}" for line in lines if line.figure]
    reasons = Counter(shown(line) for line in lines if not line.figure)
    return said + [f"{reason}: {number(count, language())}" for reason, count in reasons.items()]


def member_labels(line: Line) -> str:
    """The members of a figure in words, but for what its unit says."""
    return ", ".join(member_label(line, name) for name in line.members if name != BY_UNIT)


def member_label(line: Line, dimension: str) -> str:
    """A member in words; of a dimension without a code list by those of the data points that ask for its codes."""
    member, definition = line.members[dimension], line.definition
    if definition.dimensions[dimension].code_list is None:
        for point in definition.points.values():
            if dimension in point.dimensions and member in names_of(definition, point.code_list):
                return names_of(definition, point.code_list)[member].label[language()]
    return definition.member_label(dimension, member, language())


def names_of(definition: Definition, code_list: str) -> Mapping[str, Code]:
    return definition.code_lists[code_list].codes if code_list else {}


def beside(line: Line, in_head: Iterable[str]) -> str:
    """A further figure as the remarks tell it; `in_head`: data points that the table names already."""
    days = f" ({words.days(line.start.isoformat(), line.end.isoformat())})" if line.own_period else ""
    label = member_labels(line) if line.code in in_head and line.members else ""
    label = label or line.definition.label_of(line.address, language())
    return f"{label}: {with_unit(line)}{days}"


def said_of(line: Line) -> list[str]:
    """What must be known beside a printed figure: its members, status, hedge, flags, and what its filer says."""
    return [part for part in (member_labels(line), *notes(line.definition, line, language())) if part]


def days_of(lines: Iterable[Line]) -> list[str]:
    """The days that figures cover, each stretch once."""
    stretches = {(line.start, line.end) for line in lines if line.figure or line.own_period}
    return [words.days(start.isoformat(), end.isoformat()) for start, end in sorted(stretches)]
