"""What a reader of published statistics may add up: the sums, ratios and implied figures that disclosure control must
reckon with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from reporting.disclosure import Figure, Key, Sum, Table
from reporting.statistics import IMPLIED, Line, Statistics
from submissions.definition import Definition

DAY = timedelta(days=1)
CHAINS = 64
"""Ways to fill a period with shorter ones that are looked at, for one figure."""


def table(one: Statistics, standing: Sequence[Statistics]) -> Table:
    """All that a release says. `standing`: of every period what is published with it."""
    lines = [line for line in one.lines if line.valued]
    beside = overlapping(lines, [line for other in standing if other is not one for line in other.lines if line.valued])
    known = {line.key: line for line in (*lines, *beside)}.values()
    sums: list[Sum] = []
    ratios: dict[Key, tuple[Key, ...]] = {}
    gaps: list[Line] = []
    for group in grouped(known, lambda line: (line.entity, line.address, line.unit)):
        for found, gap in over_time(group):
            sums.append(found)
            gaps += [gap] if gap else []
    for group in grouped((*known, *gaps), lambda line: (line.entity, line.start, line.end)):
        keys = {line.address: line.key for line in reversed(group)}
        sums += parts_of_wholes(one.definition, keys)
        for ratio, operands in computed(one.definition, "ratio"):
            if ratio in keys:
                ratios[keys[ratio]] = tuple(keys[operand] for operand in operands if operand in keys)
    sums += [Sum(total.key, total.lines, rest=False) for total in one.totals]
    for days in sorted({(total.start, total.end) for total in one.totals}):
        keys = {total.address: total.key for total in one.totals if (total.start, total.end) == days}
        sums += [replace(found, rest=False) for found in parts_of_wholes(one.definition, keys)]
    figures = {line.key: figure(one.definition, line) for line in known}
    figures |= {
        total.key: Figure(total.number or 0, is_sensitive(one.definition, total.code, total.unit))
        for total in one.totals
    }
    return Table(figures, sums, {gap.key: figure(one.definition, gap) for gap in gaps}, ratios)


def overlapping(lines: Sequence[Line], others: Sequence[Line]) -> list[Line]:
    """Lines of the same entities for days that these cover too."""
    first: dict[str, date] = {}
    last: dict[str, date] = {}
    for line in lines:
        first[line.entity] = min(first.get(line.entity, line.start), line.start)
        last[line.entity] = max(last.get(line.entity, line.end), line.end)
    return [o for o in others if o.entity in first and o.start <= last[o.entity] and o.end >= first[o.entity]]


def parts_of_wholes(definition: Definition, keys: Mapping[str, Key]) -> list[Sum]:
    return [
        Sum(keys[whole], tuple(keys[part] for part in parts), rest_counts=told_apart)
        for whole, parts, told_apart in families(definition, keys)
    ]


def grouped(lines: Iterable[Line], by: Any) -> list[list[Line]]:
    found: dict[Any, list[Line]] = defaultdict(list)
    for line in lines:
        found[by(line)].append(line)
    return list(found.values())


def figure(definition: Definition, line: Line) -> Figure:
    value = line.number if line.number is not None and line.low is None else line.low
    return Figure(value or 0, is_sensitive(definition, line.code, line.unit), line.high)


def is_sensitive(definition: Definition, code: str, unit: str) -> bool:
    """By what is counted, as the definition asks or as the line says."""
    point = definition.points.get(code)
    return unit in definition.sensitive_units or bool(point and point.unit in definition.sensitive_units)


def computed(definition: Definition, kind: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((p.code, p.computed[1:]) for p in definition.points.values() if p.computed[:1] == (kind,))


def families(definition: Definition, addresses: Iterable[str]) -> list[tuple[str, tuple[str, ...], bool]]:
    """Wholes and their parts among these addresses, as far as they are there: what the definition computes, parts of one
    whole that are told apart by the same attribute, and the members of a data point that repeats. Last, whether what such
    parts leave of the whole is a count by itself."""
    present: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        present[address.partition("[")[0]].append(address)
    found: dict[tuple[str, tuple[str, ...]], bool] = {}
    for whole, codes, told_apart in kinds_of_parts(definition):
        parts = tuple(sorted(address for code in codes for address in present.get(code, ())))
        if present.get(whole) == [whole] and parts:
            found[(whole, parts)] = told_apart or found.get((whole, parts), False)
    return [(whole, parts, told_apart) for (whole, parts), told_apart in found.items()]


@lru_cache(maxsize=64)
def kinds_of_parts(definition: Definition) -> tuple[tuple[str, tuple[str, ...], bool], ...]:
    """(whole, codes of its parts, whether they are told apart by something, so that they do not overlap)."""
    parts: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for p in definition.points.values():
        if p.part_of and p.numeric:
            attributes = "" if p.dimensions else ",".join(sorted(p.attributes))
            parts[(p.part_of, attributes, p.code if p.dimensions else p.code.rpartition(".")[0])].append(p.code)
    sums = [(code, operands, True) for code, operands in computed(definition, "sum")]
    differences = [(operands[0], (code, *operands[1:]), False) for code, operands in computed(definition, "difference")]
    return (*sums, *differences, *((whole, tuple(codes), bool(by)) for (whole, by, _prefix), codes in parts.items()))


def over_time(lines: Sequence[Line]) -> Iterator[tuple[Sum, Line | None]]:
    """Figures of one thing for periods that lie in one another: a year and its halves, what accumulates. Where they leave
    out days in one piece, with the figure that is implied for those."""
    if len(lines) < 2:
        return
    for whole in lines:
        inside = sorted(
            (one for one in lines if whole.start <= one.start and one.end <= whole.end and one.days < whole.days),
            key=lambda one: (one.start, one.end, one.key),
        )
        for chain, _n in zip(chains(inside), range(CHAINS), strict=False):
            gap = implied(whole, chain) if chain else None
            parts = tuple(one.key for one in chain)
            if gap:
                yield Sum(whole.key, (*parts, gap.key), rest=False), gap
            elif parts:
                yield Sum(whole.key, parts, rest_counts=True), None


def implied(whole: Line, chain: Sequence[Line]) -> Line | None:
    """What must have been on the days between, where that is one piece of days and a figure that can be."""
    starts = [whole.start, *(one.end + DAY for one in chain)]
    ends = [*(one.start - DAY for one in chain), whole.end]
    pieces = [(start, end) for start, end in zip(starts, ends, strict=True) if start <= end]
    exact = all(one.low is None for one in (whole, *chain))
    rest = (whole.number or 0) - sum(one.number or 0 for one in chain)
    if len(pieces) != 1 or not exact or rest < 0:
        return None
    return whole._replace(value=IMPLIED, number=rest, start=pieces[0][0], end=pieces[0][1])


def chains(inside: Sequence[Line], after: date = date.min) -> Iterator[tuple[Line, ...]]:
    """Ways to lay periods one after the other without overlap, so that none of the rest fits before, between or behind."""
    fitting = [one for one in inside if one.start > after]
    if not fitting:
        yield ()
        return
    soonest = min(one.end for one in fitting)
    for one in fitting:
        if one.start <= soonest:
            yield from ((one, *rest) for rest in chains(inside, one.end))
