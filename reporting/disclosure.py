"""Disclosure control: what is withheld of published tables, so that no small count of people can be read or worked out.

Primary: sensitive counts of 1 to threshold - 1. Zero is not small: it is about nobody, and that nothing was found is an
answer the law asks for. Secondary: other figures, the smallest first, until every small count may still be anything from
1 to threshold - 1 for a reader who has all that was ever published, adds and subtracts it, and knows that counts are whole
and not negative and which of those withheld are small. docs/decisions/0025 says what this protects against and what not.
No database, no I/O.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

SMALL, PROTECTS = "small_count", "protects_another"
"""Why a figure is withheld: it is small itself, or others could be computed with it."""
STEPS = 2_000
"""How far one search for another possible table goes. Where it ends without one, more is withheld."""
CHANGES = 100
"""How many figures may differ in such a table."""

Key = tuple[str, ...]
"""Names a figure; the same in two releases only if its value is the same too."""


@dataclass(frozen=True)
class Figure:
    value: float
    sensitive: bool
    high: float | None = None
    """Of a figure that is known as a range: its upper end; `value` is the lower."""


@dataclass(frozen=True)
class Sum:
    """The `whole` is the sum of its `parts`, and of a rest that nobody gave, where `rest` allows for one."""

    whole: Key
    parts: tuple[Key, ...]
    rest: bool = True
    rest_counts: bool = False
    """The rest is a count of people too, such as boys where only girls were filed; so it is guarded if it is small."""


@dataclass(frozen=True)
class Table:
    """All that one release says: figures, sums that a reader may assume, and ratios with their operands. `implied`: figures
    that nobody published, and that stand in the sums."""

    figures: Mapping[Key, Figure]
    sums: Sequence[Sum] = ()
    implied: Mapping[Key, Figure] = field(default_factory=dict)
    ratios: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict)


def withheld(releases: Iterable[Table], threshold: int) -> list[dict[Key, str]]:
    """Of each release, in the order of publication: which of its figures are withheld, and why (SMALL or PROTECTS). What
    one release has told is known for ever after, so later releases withhold other figures instead. A threshold of 0
    withholds nothing."""
    ledger = Ledger(threshold)
    return [ledger.publish(table) for table in releases]


@dataclass(eq=False)
class Equation:
    """Signed figures that add up to zero."""

    terms: tuple[tuple[Key, int], ...]
    hidden: list[tuple[Key, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Bounds:
    """What a withheld figure may be, as far as anybody knows."""

    low: float
    high: float


class Ledger:
    """What was published and what was withheld so far."""

    def __init__(self, threshold: int) -> None:
        self.threshold = threshold
        self.figures: dict[Key, Figure] = {}
        self.withheld: dict[Key, str] = {}
        self.bounds: dict[Key, Bounds] = {}
        self.equations: dict[frozenset[tuple[Key, int]], Equation] = {}
        self.of: dict[Key, list[tuple[Equation, int]]] = defaultdict(list)
        self.fresh: set[Key] = set()
        self.exposed: set[Key] = set()
        """Withheld figures that are not safe (see `is_safe`) though nothing more can be withheld for them."""

    def publish(self, table: Table) -> dict[Key, str]:
        self.fresh = set(table.figures) - set(self.figures)
        self.figures.update((key, table.figures[key]) for key in self.fresh)
        for key in sorted(self.fresh):
            if self.is_small(self.figures[key]):
                self.hide(key, SMALL, Bounds(1, self.threshold - 1))
        for key in table.implied.keys() - self.figures.keys():
            self.imply(key, table.implied[key])
        if self.threshold:
            added = [equation for one in table.sums if (equation := self.add(one))]
            for equation in added:
                self.reword(equation)
            self.protect(self.linked(key for equation in added for key, _sign in equation.hidden))
        told = {key: self.withheld[key] for key in table.figures if key in self.withheld}
        for key, operands in table.ratios.items():
            if any(operand in told for operand in operands):
                told[key] = PROTECTS
        return told

    def imply(self, key: Key, figure: Figure) -> None:
        """A figure that nobody published: unknown, and if it is small, not to be worked out."""
        self.figures[key], self.bounds[key] = figure, Bounds(0, math.inf)
        if self.is_small(figure):
            self.withheld[key] = SMALL

    def is_small(self, figure: Figure) -> bool:
        return figure.sensitive and 0 < figure.value < self.threshold

    # What a reader may add up ---------------------------------------------------------------------------------

    def add(self, one: Sum) -> Equation | None:
        """The sum as an equation, unless it is known or its figures contradict it: then it tells nothing."""
        rest = self.rest(one)
        if rest < 0 or (rest > 0 and not one.rest):
            return None
        terms = ((one.whole, 1), *((part, -1) for part in one.parts))
        name = frozenset(terms)
        if name in self.equations:
            return None
        if rest:
            unknown = ("rest", str(len(self.equations)))
            self.imply(unknown, Figure(rest, one.rest_counts and self.figures[one.whole].sensitive))
            terms = (*terms, (unknown, -1))
        equation = self.equations[name] = Equation(terms, [term for term in terms if term[0] in self.bounds])
        for key, sign in terms:
            self.of[key].append((equation, sign))
        return equation

    def rest(self, one: Sum) -> float:
        """What the parts leave of the whole; 0 where ranges allow for it."""
        whole, parts = self.figures[one.whole], [self.figures[part] for part in one.parts]
        most = upper(whole) - sum(part.value for part in parts)
        least = whole.value - sum(upper(part) for part in parts)
        return 0 if least <= 0 <= most else least if least > 0 else most

    # Withholding ----------------------------------------------------------------------------------------------

    def hide(self, key: Key, why: str, bounds: Bounds) -> None:
        self.withheld[key], self.bounds[key] = why, bounds
        for equation, sign in self.of[key]:
            equation.hidden.append((key, sign))

    def reword(self, equation: Equation) -> None:
        """A small whole with a small part is not called small: the words alone would tell of four parts and a whole, all
        fewer than 5, that each is 1. It does protect another, and so its words leave open what it is."""
        whole = equation.terms[0][0]
        if whole in self.fresh and self.withheld.get(whole) == SMALL and self.has_small_part(whole):
            self.withheld[whole], self.bounds[whole] = PROTECTS, Bounds(0, math.inf)

    def has_small_part(self, key: Key) -> bool:
        return any(
            self.is_small(self.figures[part])
            for equation, sign in self.of[key]
            if sign == 1
            for part, _sign in equation.terms[1:]
        )

    def protect(self, keys: Collection[Key]) -> None:
        """Withholds more until every one of the figures, and of those withheld for them, is safe. One that is safe stays
        so, because withholding more only leaves more tables possible."""
        waiting = deque(sorted(key for key in keys if key in self.withheld))
        while waiting:
            key = waiting.popleft()
            while not self.is_safe(key):
                other = self.another(key)
                if other is None:
                    self.exposed.add(key)
                    break
                waiting.append(other)
            else:
                self.exposed.discard(key)
        for key in sorted(self.exposed):
            if self.withheld[key] == PROTECTS and not self.is_small(self.figures[key]) and self.is_determined(key):
                self.show(key)

    def show(self, key: Key) -> None:
        """What can be computed anyhow protects nothing."""
        self.exposed.remove(key)
        del self.withheld[key], self.bounds[key]
        for equation, sign in self.of[key]:
            equation.hidden.remove((key, sign))

    def is_determined(self, key: Key) -> bool:
        """Whether the equations leave it one value: in their reduced form one of them has this figure alone."""
        done: dict[Key, dict[Key, Fraction]] = {}
        for equation in self.around(key):
            row = {one: Fraction(sign) for one, sign in equation.hidden}
            for pivot in [one for one in done if one in row]:
                row = without(row, pivot, done[pivot])
            if row:
                pivot = next(iter(row))
                row = {one: factor / row[pivot] for one, factor in row.items()}
                done = {one: without(other, pivot, row) for one, other in done.items()} | {pivot: row}
        return list(done.get(key, ())) == [key]

    def another(self, key: Key) -> Key | None:
        """Withholds one more figure beside a withheld one that is not safe: in the nearest sum where one stands alone,
        else in its own."""
        near = list(self.around(key))
        alone = [equation for equation in near if len(equation.hidden) == 1]
        for equation in (*alone, *near):
            found = [one for one, _sign in equation.terms if self.may_be_hidden(one)]
            if found:
                chosen = min(found, key=self.cost)
                figure = self.figures[chosen]
                open_below = not figure.sensitive or self.has_small_part(chosen)
                self.hide(chosen, PROTECTS, Bounds(0 if open_below else min(self.threshold, figure.value), math.inf))
                return chosen
        return None

    def may_be_hidden(self, key: Key) -> bool:
        """Zero is no partner: it could not be less. What was published before is known."""
        return key in self.fresh and key not in self.withheld and self.figures[key].value > 0

    def cost(self, key: Key) -> tuple[int, float, Key]:
        """First, in how many sums it would be the only figure withheld, so that more would have to follow; then its size."""
        return sum(not equation.hidden for equation, _sign in self.of[key]), self.figures[key].value, key

    def around(self, key: Key) -> Iterator[Equation]:
        """The equations of a figure, then those of the withheld figures in them, and so on."""
        seen: set[int] = set()
        for one in self.linked([key]):
            for equation, _sign in self.of[one]:
                if id(equation) not in seen:
                    seen.add(id(equation))
                    yield equation

    def linked(self, keys: Iterable[Key]) -> list[Key]:
        """These withheld figures and all others that equations tie to them, the nearest first."""
        found = dict.fromkeys(keys)
        waiting = deque(found)
        while waiting:
            for equation, _sign in self.of[waiting.popleft()]:
                for other, _other_sign in equation.hidden:
                    if other not in found:
                        found[other] = None
                        waiting.append(other)
        return list(found)

    # What else may be true ------------------------------------------------------------------------------------

    def is_safe(self, key: Key) -> bool:
        """There are other tables that agree with all that was published: with each small number in place of a small
        count; with any other number in place of another figure."""
        if self.withheld[key] == SMALL:
            return all(self.reaches(key, goal) for goal in (1, self.threshold - 1))
        return any(self.step(key, way, {}) is not None for way in (1, -1))

    def reaches(self, key: Key, goal: int) -> bool:
        """Whether steps of one lead from the true table to one where the figure is `goal`."""
        distance = goal - self.figures[key].value
        moved: dict[Key, int] = {}
        for _step in range(int(abs(distance))):
            changes = self.step(key, 1 if distance > 0 else -1, moved)
            if changes is None:
                return False
            moved = {one: moved.get(one, 0) + changes.get(one, 0) for one in moved | changes}
        return True

    def step(self, key: Key, way: int, moved: Mapping[Key, int]) -> dict[Key, int] | None:
        """Changes of withheld figures, this one by `way`, that keep every equation; None if none was found."""
        if not self.allows(key, moved.get(key, 0) + way):
            return None
        left = STEPS

        def settle(changes: dict[Key, int], loose: dict[Equation, int]) -> dict[Key, int] | None:
            nonlocal left
            if not loose:
                return changes
            left -= 1
            equation, off = next(iter(loose.items()))
            for other, sign in sorted(equation.hidden, key=lambda term: len(self.of[term[0]])):
                change = -off * sign
                if (
                    left < 0
                    or len(changes) >= CHANGES
                    or other in changes
                    or not self.allows(other, moved.get(other, 0) + change)
                ):
                    continue
                found = settle({**changes, other: change}, self.loosened(loose, other, change))
                if found is not None:
                    return found
            return None

        return settle({key: way}, self.loosened({}, key, way))

    def loosened(self, loose: Mapping[Equation, int], key: Key, change: int) -> dict[Equation, int]:
        """By how much each equation is off, once a figure has changed."""
        found = dict(loose)
        for equation, sign in self.of[key]:
            found[equation] = found.get(equation, 0) + sign * change
            if not found[equation]:
                del found[equation]
        return found

    def allows(self, key: Key, change: int) -> bool:
        bounds = self.bounds[key]
        return bounds.low <= self.figures[key].value + change <= bounds.high


def without(row: Mapping[Key, Fraction], pivot: Key, other: Mapping[Key, Fraction]) -> dict[Key, Fraction]:
    """The row less as much of another as takes the pivot away."""
    times = row.get(pivot, Fraction(0))
    found = (
        {one: row.get(one, Fraction(0)) - times * other.get(one, Fraction(0)) for one in {**row, **other}}
        if times
        else row
    )
    return {one: factor for one, factor in found.items() if factor}


def upper(figure: Figure) -> float:
    return figure.value if figure.high is None else figure.high
