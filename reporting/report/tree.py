"""The report as a tree of typed parts. Texts are in the language of the report; nothing in them is markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.utils.translation import gettext as _

from reporting.charts import Bar


@dataclass(frozen=True)
class Figure:
    """One filed observation, or one stated absence, behind what a cell shows. A sum of filed figures has no address."""

    entity: str
    """Code; empty for a sum."""
    period: str
    address: str
    label: str
    """Of the data point."""
    value: str
    """As filed."""
    number: float | None
    unit: str
    qualifier: str
    obs_status: str
    start: date
    end: date
    own_days: bool
    """The figure was filed with days of its own; without them they are those of the reporting period."""
    reason: str
    flags: str
    shown: str
    """In words: the value with its hedge, or why there is none."""
    stands_in: bool = False
    """Filed in the place of the figure that the column asks for."""


@dataclass(frozen=True)
class Cell:
    """What a table shows at one place: lines of text, and the figures behind them, the one that is printed first."""

    lines: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def text(self) -> str:
        return "; ".join(self.lines)


@dataclass(frozen=True)
class Column:
    id: str
    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Row:
    id: str
    label: str
    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True)
class Table:
    """`number` is None for tables beside the numbered ones."""

    kind: ClassVar = "table"

    id: str
    number: int | None
    caption: str
    row_head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        """The caption with its number."""
        if self.number is None:
            return self.caption
        return _("Table %(number)s: %(caption)s") % {"number": self.number, "caption": self.caption}

    def body(self) -> Iterator[tuple[Row, list[tuple[Column, Cell]]]]:
        """Each row with its cells beside their columns."""
        for row in self.rows:
            yield row, list(zip(self.columns, row.cells, strict=True))

    def cell(self, row: str, column: str) -> Cell:
        place = [one.id for one in self.columns].index(column)
        return next(one.cells[place] for one in self.rows if one.id == row)


@dataclass(frozen=True)
class Paragraph:
    kind: ClassVar = "paragraph"

    text: str


@dataclass(frozen=True)
class Staff:
    """A paragraph that a person wrote."""

    kind: ClassVar = "staff"

    text: str


@dataclass(frozen=True)
class Item:
    """A line of a list: what is said, by whom (codes of entities), and the observations behind it."""

    text: str
    key: str = ""
    entities: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Bullets:
    """A list with the line that leads to it."""

    kind: ClassVar = "bullets"

    lead: str
    items: tuple[Item, ...]
    id: str = ""


@dataclass(frozen=True)
class Caveats:
    """What figures do not allow to be said."""

    kind: ClassVar = "caveats"

    lead: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """`alt` says in words what the bars show."""

    kind: ClassVar = "chart"

    id: str
    title: str
    alt: str
    bars: tuple[Bar, ...]


Block = Paragraph | Staff | Bullets | Caveats | Table | Chart


@dataclass(frozen=True)
class Section:
    id: str
    number: str
    """`2.1.4`, or `Annex I`."""
    title: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = ()

    @property
    def heading(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def level(self) -> int:
        """1 for a chapter or an annex."""
        return self.number.count(".") + 1

    def parts(self) -> Iterator[Heading | Block]:
        """Its own heading and blocks."""
        yield Heading(self.id, self.heading, self.level)
        yield from self.blocks

    def all(self) -> Iterator[Section]:
        """This section and all beneath it, in reading order."""
        yield self
        for one in self.sections:
            yield from one.all()


@dataclass(frozen=True)
class Heading:
    kind: ClassVar = "heading"

    id: str
    text: str
    level: int


@dataclass(frozen=True)
class Document:
    title: str
    subtitle: str
    language: str
    as_of: date
    sections: tuple[Section, ...]

    def all_sections(self) -> Iterator[Section]:
        for one in self.sections:
            yield from one.all()

    def blocks(self) -> Iterator[Block]:
        for section in self.all_sections():
            yield from section.blocks

    def parts(self) -> Iterator[Heading | Block]:
        """Headings and blocks in reading order, as every renderer goes through them."""
        for section in self.all_sections():
            yield from section.parts()

    def tables(self) -> dict[str, Table]:
        return {block.id: block for block in self.blocks() if isinstance(block, Table)}

    def charts(self) -> dict[str, Chart]:
        return {block.id: block for block in self.blocks() if isinstance(block, Chart)}
