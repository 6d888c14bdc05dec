"""What a reader does who wants to know a withheld figure: exact linear algebra, then the exact range that a linear
programme leaves. Knows nothing of how figures are withheld."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Name = Hashable
Row = dict[Name, Fraction]
RIGHT = object()
"""The right-hand side of an equation, as a column."""


@dataclass(frozen=True)
class Bound:
    low: int = 0
    high: int | None = None


def equation(terms: Mapping[Name, int], known: Mapping[Name, float]) -> Row:
    """Figures times their factors that add up to zero, as an equation for those that are not known."""
    row: Row = {RIGHT: Fraction(0)}
    for name, factor in terms.items():
        if name in known:
            row[RIGHT] -= factor * Fraction(known[name])
        else:
            row[name] = row.get(name, Fraction(0)) + factor
    return row


def reduced(rows: Sequence[Row]) -> list[Row]:
    """Reduced row echelon form; rows without an unknown are left out."""
    done: list[tuple[Name, Row]] = []
    for given in rows:
        row = dict(given)
        for pivot, other in done:
            row = minus(row, other, row.get(pivot, Fraction(0)))
        pivot = next((name for name, factor in row.items() if name is not RIGHT and factor), None)
        if pivot is None:
            assert not row.get(RIGHT), "what is published contradicts itself"
            continue
        row = {name: factor / row[pivot] for name, factor in row.items()}
        done = [(one, minus(other, row, other.get(pivot, Fraction(0)))) for one, other in done] + [(pivot, row)]
    return [row for _pivot, row in done]


def minus(row: Row, other: Row, times: Fraction) -> Row:
    if not times:
        return row
    found = dict(row)
    for name, factor in other.items():
        found[name] = found.get(name, Fraction(0)) - times * factor
    return {name: factor for name, factor in found.items() if factor or name is RIGHT}


def pinned(rows: Sequence[Row]) -> dict[Name, Fraction]:
    """Unknowns that the equations alone give away: a row of the reduced form that has only one."""
    return {
        unknown[0]: row[RIGHT]
        for row in reduced(rows)
        if len(unknown := [name for name, factor in row.items() if name is not RIGHT and factor]) == 1
    }


def ranges(rows: Sequence[Row], bounds: Mapping[Name, Bound]) -> dict[Name, tuple[Fraction, Fraction | None]]:
    """Smallest and largest value of each unknown under all equations and bounds."""
    found: dict[Name, tuple[Fraction, Fraction | None]] = {}
    for names, mine in blocks(rows):
        programme = Programme(mine, {name: bounds.get(name, Bound()) for name in names})
        for name in names:
            low = programme.least({name: Fraction(1)})
            high = programme.least({name: Fraction(-1)})
            assert low is not None
            found[name] = (low, None if high is None else -high)
    return found


def blocks(rows: Sequence[Row]) -> list[tuple[list[Name], list[Row]]]:
    """Equations that share unknowns, directly or through others."""
    found: list[tuple[list[Name], list[Row]]] = []
    for row in rows:
        names = [name for name in row if name is not RIGHT]
        if names:
            touching = [block for block in found if set(block[0]) & set(names)]
            found = [block for block in found if block not in touching]
            found.append((
                list(dict.fromkeys([*(n for block in touching for n in block[0]), *names])),
                [*(r for block in touching for r in block[1]), row],
            ))  # fmt: skip
    return found


class Programme:
    """A linear programme in exact fractions: the simplex method in two phases, by Bland's rule, so that it ends."""

    def __init__(self, rows: Sequence[Row], bounds: Mapping[Name, Bound]) -> None:
        self.low = {name: Fraction(bound.low) for name, bound in bounds.items()}
        capped: list[Row] = []
        for name, bound in bounds.items():
            if bound.high is not None:
                capped.append({name: Fraction(1), ("room", name): Fraction(1), RIGHT: Fraction(bound.high)})
        self.columns = [*bounds, *(("room", name) for name, bound in bounds.items() if bound.high is not None)]
        self.table: list[Row] = []
        self.basis: list[Name] = []
        for index, given in enumerate([*reduced(rows), *capped]):
            row = dict(given)
            row[RIGHT] = row.get(RIGHT, Fraction(0)) - sum(
                (factor * self.low[name] for name, factor in row.items() if name in self.low), Fraction(0)
            )
            if row[RIGHT] < 0:
                row = {name: -factor for name, factor in row.items()}
            row[("artificial", index)] = Fraction(1)
            self.table.append(row)
            self.basis.append(("artificial", index))
        cost = {name: Fraction(1) for name in self.basis}
        assert self.solve(cost, [*self.columns]) == 0, "nothing satisfies what is published"
        self.drop_artificial()

    def drop_artificial(self) -> None:
        for index, name in enumerate(list(self.basis)):
            if isinstance(name, tuple) and name[0] == "artificial":
                other = next((one for one in self.columns if self.table[index].get(one)), None)
                if other is not None:
                    self.pivot(index, other)
        kept = [i for i, name in enumerate(self.basis) if not (isinstance(name, tuple) and name[0] == "artificial")]
        self.table, self.basis = [self.table[i] for i in kept], [self.basis[i] for i in kept]

    def least(self, cost: Row) -> Fraction | None:
        """The smallest value of a sum of unknowns; None where there is none."""
        found = self.solve(cost, self.columns)
        return None if found is None else found + sum((f * self.low[name] for name, f in cost.items()), Fraction(0))

    def solve(self, cost: Row, columns: Sequence[Name]) -> Fraction | None:
        while True:
            entering = next((name for name in columns if name not in self.basis and self.gain(cost, name) < 0), None)
            if entering is None:
                return sum(
                    (cost.get(b, Fraction(0)) * row[RIGHT] for b, row in zip(self.basis, self.table, strict=True)),
                    Fraction(0),
                )
            ratios = [
                (row[RIGHT] / row[entering], str(self.basis[i]), i)
                for i, row in enumerate(self.table)
                if row.get(entering, Fraction(0)) > 0
            ]
            if not ratios:
                return None
            self.pivot(min(ratios)[2], entering)

    def gain(self, cost: Row, name: Name) -> Fraction:
        return cost.get(name, Fraction(0)) - sum(
            (
                cost.get(b, Fraction(0)) * row.get(name, Fraction(0))
                for b, row in zip(self.basis, self.table, strict=True)
            ),
            Fraction(0),
        )

    def pivot(self, index: int, name: Name) -> None:
        factor = self.table[index][name]
        row = {one: value / factor for one, value in self.table[index].items()}
        self.table = [
            row if i == index else minus(other, row, other.get(name, Fraction(0))) for i, other in enumerate(self.table)
        ]
        for other in self.table:
            other.setdefault(RIGHT, Fraction(0))
        self.basis[index] = name
