"""Technologies: who names which in what was filed, and what is claimed for them in public."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from portal.reader import language
from reporting.boards.claims import CLAIMS, Claim, claims
from reporting.comparability import words
from reporting.report.answers import who
from reporting.report.material import Line, Material
from reporting.report.rows import in_order
from reporting.report.sentences import names
from reporting.report.tree import Block, Bullets, Cell, Column, Item, Paragraph, Row, Table
from submissions.catalogue import catalogue
from submissions.presentation import number

DIMENSION = "technology"


def lines_by_technology(material: Material) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in material.lines:
        if line.valued and DIMENSION in line.members:
            found.setdefault(line.members[DIMENSION], []).append(line)
    return found


def named(material: Material) -> Iterator[Block]:
    """Every technology that a line is about, with those who name it."""
    found = lines_by_technology(material)
    if not found:
        yield Paragraph(_("No technology is named in what was filed for these periods."))
        return
    periods: dict[str, set[str]] = {}
    for line in material.lines:
        periods.setdefault(line.entity, set()).add(line.period)
    yield Bullets(
        _("Technologies that are named in what was filed:"),
        tuple(
            Item(
                _("%(answer)s: %(names)s")
                % {"answer": some[0].definition.member_label(DIMENSION, code, language()),
                   "names": who(some, periods, material)},
                code,
                tuple(in_order({line.entity for line in some}, material)),
            )
            for code, some in sorted(found.items())
        ),
        "technologies",
    )  # fmt: skip


def claimed(material: Material) -> Iterator[Block]:
    """What is claimed for technologies, as it was published, beside those who name them."""
    yield Paragraph(
        _("What others claim for technologies is not filed and was not checked. Claims come from makers and others, for tests"
          " and settings of their own; they say nothing of how well a technology works for those who filed.")
    )  # fmt: skip
    found = lines_by_technology(material)
    yield Table(
        "claims",
        None,
        _("What is claimed for technologies, as published"),
        _("Technology"),
        (
            Column("detects", _("What it detects")),
            Column("what", _("What is claimed")),
            Column("claimed", _("Claimed"), numeric=True),
            Column("unit", _("Unit")),
            Column("source", _("Who says so")),
            Column("year", _("Year")),
            Column("named", _("Named by respondents")),
        ),
        tuple(claim_row(place, one, found.get(one.technology, []), material) for place, one in enumerate(claims())),
    )


def claim_row(place: int, claim: Claim, lines: list[Line], material: Material) -> Row:
    technologies, detects = (catalogue().code_lists[name].codes for name in (DIMENSION, "detection"))
    hedge, _space, digits = claim.value.rpartition(" ")
    value = f"{hedge} {number(float(digits), language(), digits)}".strip()
    by = names({line.entity for line in lines}, material) if lines else _("nobody")
    return Row(
        f"{claim.technology}-{place}",
        technologies[claim.technology].label[language()],
        (
            Cell(tuple(detects[code].label[language()] for code in claim.detects)),
            Cell((f"{CLAIMS[claim.what]}, {claim.base[language()]}",)),
            Cell((value,)),
            Cell((words.label("unit", claim.unit),)),
            Cell((claim.said_by, claim.document)),
            Cell((claim.year,)),
            Cell((by,)),
        ),
    )
