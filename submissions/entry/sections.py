"""A section of the form: rows in the order of the definition, groups of members for open dimensions, pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from submissions.canonical import Head
from submissions.definition import DataPoint, Definition, Dimension
from submissions.entry.lines import Line, category_of, composed, is_member, is_shown, located, place_of
from submissions.entry.rows import Beside, Row, anchor

MOST_ROWS = 60
"""A page holds about so many rows, so that a browser sends less than 1,000 fields."""
MONTH = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")


@dataclass
class Group:
    """Rows that belong together: those of one combination of members, or a run of plain rows."""

    place: str
    """`technology.[technology=PHOTODNA]`; empty for plain rows."""
    members: Mapping[str, str]
    rows: list[Row]
    definition: Definition
    language: str

    @property
    def anchor(self) -> str:
        return anchor(self.place)

    @property
    def legend(self) -> str:
        stated = [
            f"{self.definition.dimensions[name].label[self.language]}: {member_label(self.definition, name, member, self.language)}"
            for name, member in self.members.items() if member
        ]  # fmt: skip
        if stated:
            return ", ".join(stated)
        labels = ", ".join(self.definition.dimensions[name].label[self.language] for name in self.members)
        return _("%(dimensions)s: not stated") % {"dimensions": labels}

    @property
    def filled(self) -> bool:
        return any(row.line.keys() - {"address"} for row in self.rows)


@dataclass
class Asked:
    """How a member of a dimension is named for a new group."""

    dimension: Dimension
    name: str
    label: str
    choices: list[tuple[str, str]]
    """Code and label; empty where any text will do."""
    pattern: str

    @property
    def anchor(self) -> str:
        return anchor(self.name)


@dataclass
class Block:
    """Data points that repeat by the same dimensions; plain ones where there are none."""

    dimensions: tuple[str, ...]
    points: list[DataPoint]
    groups: list[Group] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    @property
    def name(self) -> str:
        return ";".join(self.dimensions)

    @property
    def invitation(self) -> str:
        """`Add: technology`."""
        return _("Add: %(dimensions)s") % {"dimensions": ", ".join(one.label.lower() for one in self.asked)}

    @property
    def every(self) -> list[str]:
        """Members that may be added at once: those of a dimension without a code list, such as the months."""
        one = self.asked[0] if len(self.asked) == 1 else None
        return [code for code, _label in one.choices] if one and not one.dimension.code_list else []

    @property
    def anchor(self) -> str:
        return anchor(f"{self.name}.{self.points[0].code}")


@dataclass(frozen=True)
class Form:
    """What a section is made from."""

    definition: Definition
    category: int
    head: Head
    lines: list[Line]
    """Plain lines of the section."""
    language: str
    beside: Beside
    opened: tuple[str, ...] = ()
    """Places of groups that have no line yet."""
    again: tuple[str, ...] = ()
    """Addresses that get one more line, for another period."""

    @cached_property
    def by_address(self) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            if is_shown(self.definition, line["address"]):
                found.setdefault(line["address"], []).append(line)
        return found

    @property
    def odd(self) -> list[tuple[int, Line]]:
        """Lines that no row can show, each with its turn among those of one address."""
        without = [line for line in self.lines if not is_shown(self.definition, line["address"])]
        return [
            (sum(one["address"] == line["address"] for one in without[:at]), line) for at, line in enumerate(without)
        ]

    def rows(self, point: DataPoint, members: Mapping[str, str]) -> Iterator[Row]:
        address = composed(point.code, {name: members.get(name, "") for name in self.definition.dimensions})
        lines = [*self.by_address.get(address, [])]
        if not lines or address in self.again:
            lines.append({"address": address})
        for turn, line in enumerate(lines):
            yield Row(self.definition, point, address, turn, line, self.language, self.beside)


def blocks(form: Form) -> list[Block]:
    """Every block of the section with all its groups."""
    found: list[Block] = []
    for point in form.definition.points.values():
        if point.category != form.category:
            continue
        same = next((block for block in found if block.dimensions == point.dimensions), None)
        if same is not None and (point.dimensions or same is found[-1]):
            same.points.append(point)
        else:
            found.append(Block(point.dimensions, [point]))
    for block in found:
        block.groups = repeated(form, block) if block.dimensions else plain_runs(form, block)
        block.asked = [asked(form, block, name) for name in block.dimensions]
    return found


def plain_runs(form: Form, block: Block) -> list[Group]:
    runs = [block.points[at : at + MOST_ROWS] for at in range(0, len(block.points), MOST_ROWS)]
    return [
        Group("", {}, [row for point in run for row in form.rows(point, {})], form.definition, form.language)
        for run in runs
    ]


def repeated(form: Form, block: Block) -> list[Group]:
    """One group for every combination of members that the draft, the period before or the reader names."""
    known = form.beside.before.keys() | form.beside.filed.keys()
    carried = (address for address in known if category_of(form.definition, address) == form.category)
    found = {members for address in form.by_address if (members := combination(form, block, address)) is not None}
    found |= {members for address in carried
              if (members := combination(form, block, address)) is not None and not elsewhen(form, members)}  # fmt: skip
    found |= {members for place in form.opened if (members := opened(form, block, place)) is not None}
    return [group(form, block, dict(members)) for members in sorted(found, key=lambda members: order(form, members))]


Members = tuple[tuple[str, str], ...]


def combination(form: Form, block: Block, address: str) -> Members | None:
    point, members = located(form.definition, address)
    if point is None or point.dimensions != block.dimensions or not is_shown(form.definition, address):
        return None
    return tuple((name, members.get(name, "")) for name in block.dimensions)


def opened(form: Form, block: Block, place: str) -> Members | None:
    """Members of a place in the address of the page."""
    name, _point, suffix = place.partition(".")
    return combination(form, block, f"{block.points[0].code}{suffix}") if name == block.name else None


def elsewhen(form: Form, members: Members) -> bool:
    """Months of another period are no members of this one."""
    start, end = form.head.start.isoformat()[:7], form.head.end.isoformat()[:7]
    return any(MONTH.fullmatch(member) and not start <= member <= end for _name, member in members)


def order(form: Form, members: Members) -> list[tuple[int, str]]:
    """Members in the order of their code list, others by their text."""
    keys = []
    for name, member in members:
        listed = form.definition.dimensions[name].code_list
        codes = list(form.definition.code_lists[listed].codes) if listed else []
        keys.append((codes.index(member) if member in codes else -1, member))
    return keys


def group(form: Form, block: Block, members: dict[str, str]) -> Group:
    suffix = composed("", {name: members.get(name, "") for name in form.definition.dimensions})
    rows = [row for point in block.points for row in form.rows(point, members)]
    return Group(place_of(block.dimensions, suffix), members, rows, form.definition, form.language)


def asked(form: Form, block: Block, name: str) -> Asked:
    dimension = form.definition.dimensions[name]
    return Asked(dimension, f"new.{block.name}.{name}", dimension.label[form.language],
                 member_choices(form.definition, dimension, form.head, form.language), dimension.pattern or "")  # fmt: skip


def member_choices(definition: Definition, dimension: Dimension, head: Head, language: str) -> list[tuple[str, str]]:
    """Codes of the list; months of the period where members are months; nothing where any text will do."""
    if dimension.code_list:
        codes = definition.code_lists[dimension.code_list].codes.values()
        return [(code.id, code.label[language]) for code in codes]
    months = list(months_of(head))
    if is_member(definition, dimension.id, months[0]) and not is_member(definition, dimension.id, "any text"):
        return [(month, member_label(definition, dimension.id, month, language)) for month in months]
    return []


def member_label(definition: Definition, dimension: str, member: str, language: str) -> str:
    """`Denmark`; months as `January 2025`."""
    if definition.dimensions[dimension].code_list or not MONTH.fullmatch(member):
        return definition.member_label(dimension, member, language)
    return date_format(date.fromisoformat(f"{member}-01"), "YEAR_MONTH_FORMAT")


def months_of(head: Head) -> Iterator[str]:
    year, month = head.start.year, head.start.month
    while (year, month) <= (head.end.year, head.end.month):
        yield f"{year}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


# Pages ----------------------------------------------------------------------------------------------------


@dataclass
class Page:
    number: int
    blocks: list[Block]

    @property
    def about(self) -> str:
        """Its first and last rows, for those who choose a page."""
        groups = [one for block in self.blocks for one in block.groups]
        names = [one.legend or one.rows[0].heading for one in groups if one.rows]
        return " – ".join(dict.fromkeys([names[0], names[-1]])) if names else ""


def pages(found: list[Block]) -> list[Page]:
    """Blocks cut into pages of about MOST_ROWS rows; no group is cut. An empty block stands where its first group will."""
    cut: list[list[Block]] = [[]]
    rows = 0
    for block in found:
        cut[-1].append(Block(block.dimensions, block.points, [], block.asked))
        for one in block.groups:
            if rows and rows + len(one.rows) > MOST_ROWS:
                cut.append([Block(block.dimensions, block.points, [], block.asked)])
                rows = 0
            cut[-1][-1].groups.append(one)
            rows += len(one.rows)
    return [Page(number, shown_blocks(part)) for number, part in enumerate(cut, 1)]


def shown_blocks(part: list[Block]) -> list[Block]:
    """Without plain blocks whose rows all stand on the next page."""
    return [block for block in part if block.groups or block.dimensions]


def page_of(cut: list[Page], target: str) -> Page | None:
    """The page that shows a place or an address."""
    for page in cut:
        for block in page.blocks:
            for one in block.groups:
                if one.place == target or any(row.address == target for row in one.rows):
                    return page
    return None
