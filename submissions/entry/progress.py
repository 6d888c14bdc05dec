"""How far each section is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from submissions.definition import Category, Definition, split_address


@dataclass(frozen=True)
class Progress:
    category: Category
    answered: int
    asked: int
    """Data points that must be answered, and those that were without having to be."""
    errors: int = 0
    warnings: int = 0

    @property
    def done(self) -> bool:
        return bool(self.asked) and self.answered == self.asked and not self.errors and not self.warnings


def progress(definition: Definition, lines: Iterable[Mapping[str, Any]], findings: Iterable[Any]) -> list[Progress]:
    """One row a section, from the lines of the whole draft and the findings that are shown."""
    answered = {split_address(str(line.get("address") or ""))[0] for line in lines if says_something(line)}
    counts: Counter[tuple[int, str]] = Counter()
    for finding in findings:
        point = definition.points.get(split_address(finding.address)[0])
        if point and not finding.blocked_by:
            counts[point.category, finding.severity] += 1
    rows = []
    for category in definition.categories.values():
        points = [point for point in definition.points.values() if point.category == category.number]
        given = sum(point.code in answered for point in points)
        asked = sum(point.code in answered or point.required == "required" for point in points)
        rows.append(
            Progress(category, given, asked, counts[category.number, "error"], counts[category.number, "warning"])
        )
    return rows


def says_something(line: Mapping[str, Any]) -> bool:
    return any(value not in (None, "") for name, value in line.items() if name not in ("address", "unit"))
