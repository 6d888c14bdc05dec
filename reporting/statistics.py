"""Published statistics: figures of entities, and sums over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from reporting.disclosure import Key
from submissions.definition import Definition

UNION = ""
"""In place of an entity in the keys of totals."""
IMPLIED = "implied"
"""In place of the value of a figure that nobody filed and that others tell; see `assumed.over_time`."""


class Line(NamedTuple):
    """One figure of one entity, or the reason why there is none. All that is withheld is blank."""

    entity: str
    country: str
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
    run: int = 0
    """How often the figure had changed from one release to the next."""
    withheld: str = ""
    """Why: see `disclosure`."""

    @property
    def valued(self) -> bool:
        return self.number is not None or self.low is not None

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def cell(self) -> tuple[object, ...]:
        """Where it stands, whatever its value."""
        return (self.entity, self.address, self.start, self.end, self.unit)

    @property
    def key(self) -> Key:
        days = (self.start.isoformat(), self.end.isoformat())
        figure = (str(self.run), repr(self.number), repr(self.low), repr(self.high))
        return (self.entity, self.address, *days, self.unit, *figure, IMPLIED if self.value == IMPLIED else "")

    def hidden(self, why: str) -> Line:
        return self._replace(
            value="", number=None, low=None, high=None, obs_status="", qualifier="", reason="", flags="", comment="",
            withheld=why,
        )  # fmt: skip


@dataclass(frozen=True)
class UnionTotal:
    """The sum of the largest comparable part of the figures at an address."""

    address: str
    code: str
    unit: str
    start: date
    end: date
    number: float | None
    obs_status: str
    entities: tuple[str, ...]
    lines: tuple[Key, ...]
    withheld: str = ""

    @property
    def key(self) -> Key:
        return (
            UNION,
            self.address,
            self.start.isoformat(),
            self.end.isoformat(),
            repr(self.number),
            *map("|".join, self.lines),
        )


@dataclass(frozen=True)
class Statistics:
    """One release of one period."""

    definition: Definition
    label: str
    start: date
    end: date
    released_at: datetime
    threshold: int
    lines: tuple[Line, ...]
    totals: tuple[UnionTotal, ...]

    @property
    def bodies(self) -> int:
        """How many have a figure, or a reason for none."""
        return len({line.entity for line in self.lines})
