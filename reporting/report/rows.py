"""The rows of a table: who or what has one, and which lines each column of it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from portal.reader import language
from reporting.places import place_code
from reporting.report.material import Line, Material, first_printed
from reporting.report.outline import ColumnOutline, TableOutline, Take, outline
from submissions.catalogue import catalogue
from submissions.definition import Code, Definition
from submissions.models import ReportingPeriod


@dataclass(frozen=True)
class Key:
    """Which lines a row holds: those of an entity or of a member of `dimension`, of some periods."""

    id: str
    label: str
    periods: tuple[str, ...]
    entity: str = ""
    dimension: str = ""
    member: str = ""

    def holds(self, line: Line) -> bool:
        return line.entity == self.entity if self.entity else line.members.get(self.dimension) == self.member


@dataclass
class Filled:
    """A row as it comes together."""

    printed: dict[str, list[Line]] = field(default_factory=dict)
    """Column -> the lines it prints, the first one in front."""
    stand_ins: list[Line] = field(default_factory=list)
    """Those of them that were filed in the place of another figure."""
    counts: dict[str, list[Line]] = field(default_factory=dict)
    """Column -> the counts that its rate was made from."""
    rest: list[Line] = field(default_factory=list)
    """What the remarks tell."""

    def has(self, line: Line) -> bool:
        every = [*self.printed.values(), *self.counts.values(), self.rest]
        return any(line is one for some in every for one in some)


# Keys -----------------------------------------------------------------------------------------------------


def row_keys(
    asked: TableOutline, periods: Sequence[ReportingPeriod], definition: Definition, material: Material
) -> Iterator[Key]:
    """Everybody who owes the return has a row, whatever was filed; members of a dimension where there is a line."""
    labels = tuple(one.label for one in periods)
    owing = {one.label: set(material.owing(one)) for one in periods}
    if asked.rows == "entity":
        for code in in_order(owing[labels[0]], material):
            country = state_of(code, material)
            yield Key(country or code, with_code(material.name(code), country), labels, entity=code)
    elif asked.rows == "entity_period":
        for code in in_order(set().union(*owing.values()), material):
            for label in (one for one in labels if code in owing[one]):
                yield Key(f"{code}/{label}", f"{material.name(code)}, {label}", (label,), entity=code)
    else:
        takes = [take for column in asked.columns for take in column.take]
        lines = [line for label in labels for line in material.taken(definition, label, takes)]
        for member in listed(definition, asked.rows, {line.members.get(asked.rows, "") for line in lines} - {""}):
            name = definition.member_label(asked.rows, member, language())
            yield Key(member, with_code(name, member), labels, dimension=asked.rows, member=member)


def in_order(entities: set[str], material: Material) -> list[str]:
    """Member States as the Union lists them, others by name."""
    areas = list(areas_of_the_union())
    return sorted(
        entities,
        key=lambda code: (
            areas.index(country) if (country := state_of(code, material)) in areas else len(areas),
            material.name(code).casefold(),
        ),
    )


def state_of(code: str, material: Material) -> str:
    """The country of a Member State's authority; empty for others."""
    entity = material.entities[code]
    return entity.country if entity.kind == "member_state_authority" else ""


def listed(definition: Definition, dimension: str, members: set[str]) -> list[str]:
    """Members in the order of the Union's list of Member States, then of their code list."""
    code_list = definition.dimensions[dimension].code_list
    order = [*areas_of_the_union(), *(definition.code_lists[code_list].codes if code_list else sorted(members))]
    return sorted(members, key=order.index)


def areas_of_the_union() -> Mapping[str, Code]:
    """By ISO code, in the order in which the Union lists its Member States."""
    return catalogue().code_lists["area"].codes


def with_code(name: str, country: str) -> str:
    code = place_code(country) if country in areas_of_the_union() else ""
    return f"{name} ({code})" if len(code) == 2 else name


# Lines ----------------------------------------------------------------------------------------------------


def filled(key: Key, columns: Sequence[ColumnOutline], definition: Definition, material: Material) -> Filled:
    """Every line is printed by the first column that takes it; what is left over stands in the remarks."""
    found = Filled()

    def taken(takes: Sequence[Take], column: ColumnOutline) -> list[Line]:
        periods = (column.only,) if column.only else key.periods
        return [line for label in periods for line in material.taken(definition, label, takes) if key.holds(line)]

    for column in columns:
        lines = [line for line in taken(column.take, column) if not found.has(line)]
        if column.kind == "figures" and column.show == "first":
            ranked = first_printed(lines, column.prefer)
            first, others = (ranked[0], ranked[1:]) if ranked else (None, [])
            instead = stand_ins(first, taken(column.instead, column), column)
            found.stand_ins += instead
            found.printed[column.id] = [*instead, *ranked[:1]]
            found.rest += [line for line in others if not found.has(line)]
            found.counts[column.id] = counts(first, column, definition, material)
        elif column.kind in ("figures", "named"):
            found.printed[column.id] = lines
    for column in columns:
        if column.kind == "remarks":
            found.rest += [line for line in taken(column.take, column) if told(line) and not found.has(line)]
    return found


def told(line: Line) -> bool:
    """Not for reasons that say nothing of the filer."""
    return line.valued or line.reason not in outline().untold


def stand_ins(first: Line | None, others: list[Line], column: ColumnOutline) -> list[Line]:
    """What was filed in the place of a figure, where its reason says so."""
    asked = first is not None and not first.valued and column.instead_reason in first.reason.split(";")
    return [line for line in others if line.figure] if asked else []


def counts(rate: Line | None, column: ColumnOutline, definition: Definition, material: Material) -> list[Line]:
    """Part and whole of a rate: the lines with its members, as far as their data points have these dimensions."""
    if rate is None or column.ratio is None:
        return []
    found = []
    for code in column.ratio:
        dimensions = definition.points[code].dimensions
        wanted = {name: member for name, member in rate.members.items() if name in dimensions}
        lines = material.by_code.get((rate.return_id, rate.version, rate.period, code), ())
        found += [line for line in lines if line.entity == rate.entity and line.members == wanted]
    return found
