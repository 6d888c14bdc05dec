"""Who answers what: questions of the form that no table shows, each answer with those who give it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from portal.reader import language
from reporting.report import cells
from reporting.report.material import Line, Material
from reporting.report.outline import Take, outline
from reporting.report.rows import in_order
from reporting.report.sentences import listed
from reporting.report.tree import Block, Bullets, Item
from submissions.catalogue import catalogue
from submissions.definition import DataPoint

Said = dict[str, tuple[str, list[Line]]]
"""An answer in words -> its key and who gives it."""


def answers(patterns: Sequence[str], of: str, material: Material) -> Iterator[Block]:
    """Data points in the order of the newest form; those that nobody answers are told together at the end."""
    takes = [Take(pattern, {}, {}) for pattern in patterns]
    nothing: dict[tuple[str, str], dict[str, list[Line]]] = {}
    for point in asked(takes, of, material):
        lines = lines_of(point.code, of, material)
        given = [line for line in lines if line.valued]
        if point.numeric and len({line.entity for line in given}) == 1:
            yield of_one(point, given, material)
        elif given:
            yield Bullets(question(point), items(point, lines, material), point.code)
        for line in lines if not given else ():
            nothing.setdefault((line.entity, cells.shown(line)), {}).setdefault(point.label[language()], []).append(
                line
            )
    if nothing:
        yield unanswered(nothing, material)


def asked(takes: Sequence[Take], of: str, material: Material) -> list[DataPoint]:
    """Of every version that the periods use, the newest first."""
    return_id = outline().returns[of]
    versions = sorted({material.version(period) for period in material.of(of)}, reverse=True)
    points = [point for version in versions for point in catalogue().get(return_id, version).points.values()]
    shown = [
        point
        for point in points
        if any(take.fits(point.code, {}) for take in takes)
        and not (point.numeric and outline().shown_in_tables(point.code))
    ]
    return list({point.code: point for point in reversed(shown)}.values())[::-1]


def lines_of(code: str, of: str, material: Material) -> list[Line]:
    return [line for line in material.lines if line.code == code and line.return_id == outline().returns[of]]


def question(point: DataPoint) -> str:
    label = point.label[language()]
    return label if label.endswith("?") else _("%(question)s:") % {"question": label}


def items(point: DataPoint, lines: Sequence[Line], material: Material) -> tuple[Item, ...]:
    """One line for each answer, with the periods of those who do not give it in all of theirs; absences at the end."""
    said: Said = {}
    for line in sorted(lines, key=lambda one: not one.valued):
        for key, text in worded(line):
            said.setdefault(text.removesuffix("."), (key, []))[1].append(line)
    periods: dict[str, set[str]] = {}
    for line in lines:
        periods.setdefault(line.entity, set()).add(line.period)
    return tuple(
        Item(
            _("%(answer)s: %(names)s") % {"answer": text, "names": who(some, periods, material)},
            key,
            tuple(in_order({line.entity for line in some}, material)),
            tuple(map(cells.figure, some)),
        )
        for text, (key, some) in said.items()
    )


def of_one(point: DataPoint, lines: Sequence[Line], material: Material) -> Bullets:
    """Figures that one entity alone gives: its name in front, and a line for each set of members, the periods in turn."""
    entity = lines[0].entity
    by_members: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda one: one.head_start):
        by_members.setdefault(cells.member_labels(line), []).append(line)
    return Bullets(
        _("%(question)s (%(names)s):") % {"question": point.label[language()], "names": material.name(entity)},
        tuple(
            Item(
                _("%(answer)s: %(figures)s") % {"answer": members, "figures": figures} if members else figures,
                ",".join(some[0].members.values()), (entity,), tuple(map(cells.figure, some)),
            )
            for members, some in by_members.items()
            for figures in ["; ".join(f"{cells.with_unit(line)} ({line.period})" for line in some)]
        ),
        point.code,
    )  # fmt: skip


def worded(line: Line) -> Iterator[tuple[str, str]]:
    """Each answer of a line as (key, words): codes one by one with the members beside them, text as it was written."""
    definition, point, members = line.definition, line.point, cells.member_labels(line)
    if not line.valued:
        yield line.obs_status, f"{members} – {cells.shown(line)}" if members else cells.shown(line)
    elif point.value_type == "code_list":
        names = definition.code_lists[point.code_list].codes
        for code in line.value.split(";"):
            others = [cells.member_label(line, name) for name, member in line.members.items() if member != code]
            label = names[code].label[language()] if code in names else code
            yield code, f"{label} ({', '.join(others)})" if others else label
    else:
        value = cells.with_unit(line) if point.numeric else cells.shown(line)
        if members and point.value_type in ("list", "text") and value.startswith(members):
            members = ""
        yield ",".join(line.members.values()), f"{members} – {value}" if members else value


def who(lines: Sequence[Line], periods: dict[str, set[str]], material: Material) -> str:
    found = []
    for entity in in_order({line.entity for line in lines}, material):
        mine = sorted({line.period for line in lines if line.entity == entity})
        every = set(mine) == periods[entity] and len(material.periods) > 1
        found.append(material.name(entity) if every else f"{material.name(entity)} ({', '.join(mine)})")
    return listed(found)


def unanswered(nothing: dict[tuple[str, str], dict[str, list[Line]]], material: Material) -> Bullets:
    """Who answers which questions with a reason alone; the same questions and reason of several together."""
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (entity, reason), points in nothing.items():
        alike.setdefault((reason, tuple(points)), []).append(entity)
    return Bullets(
        _("Questions without an answer, by the reason that is given:"),
        tuple(
            Item(
                _("%(reason)s: %(names)s, for %(points)s")
                % {
                    "reason": reason,
                    "names": listed([material.name(one) for one in in_order(set(entities), material)]),
                    "points": "; ".join(points),
                },
                entities=tuple(entities),
            )
            for (reason, points), entities in alike.items()
        ),
    )
