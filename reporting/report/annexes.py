"""Annexes: what the data-quality report says of these periods, and what the figures rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.models import User
from reporting.across import World
from reporting.across.reading import owed
from reporting.comparability import words
from reporting.quality.classes import FindingClass, classes
from reporting.quality.told import class_row, entity_names, missing_row
from reporting.report.material import Material
from reporting.report.scope import lacking
from reporting.report.sentences import count, listed
from reporting.report.tree import Block, Cell, Column, Paragraph, Row, Table
from submissions.models import Revision
from submissions.presentation import in_language

HASH_LINE = 32
"""So many characters of a sha256 stand in a line; of a fingerprint they tell two definitions apart."""


def cell(*lines: str) -> Cell:
    return Cell(tuple(filter(None, lines)))


# Data quality ---------------------------------------------------------------------------------------------


def quality(user: User, material: Material) -> Iterator[Block]:
    yield Paragraph(
        _("What is missing or contradicts itself in the filings of these periods, as the rules of the portal find it.")
    )
    yield from missing_tables(material)
    yield from findings(user, material)


def missing_tables(material: Material) -> Iterator[Table]:
    """One table for each return and period: which figures that the law names are lacking, and why."""
    names = entity_names()
    for period in material.periods:
        told = [missing_row(one, names) for one in lacking(material)
                if (one.return_id, one.period) == (period.return_id, period.label)]  # fmt: skip
        rows = [
            Row(
                one.missing.code,
                one.label,
                (
                    cell(_("%(n)s of %(all)s") % {"n": count(one.missing.by_value), "all": count(one.missing.expected)}),
                    cell(*(_("%(reason)s: %(names)s") % {"reason": reason, "names": listed(who)} for reason, who in one.reasons)),
                    cell(
                        *(f"{label}: {listed(who)}" for label, who in (
                            (_("nothing said"), one.no_reason), (_("filed, but unusable"), one.unusable),
                            (_("no filing at all"), one.not_filed),
                        ) if who)
                    ),
                ),
            )
            for one in told
        ]  # fmt: skip
        if rows:
            title = {"title": in_language(period.definition.title), "period": period.label}
            caption, name = (
                _("Missing figures, %(title)s %(period)s") % title,
                f"missing-{period.return_id}-{period.label}",
            )
            columns = (
                Column("filed", _("Filed")),
                Column("reasons", _("Missing, with a reason")),
                Column("silent", _("Missing, without a reason")),
            )
            yield without_empty_columns(Table(name, None, caption, _("Figure"), columns, tuple(rows)))


def without_empty_columns(made: Table) -> Table:
    kept = [place for place in range(len(made.columns)) if any(row.cells[place].lines for row in made.rows)]
    rows = tuple(replace(row, cells=tuple(row.cells[place] for place in kept)) for row in made.rows)
    return replace(made, columns=tuple(made.columns[place] for place in kept), rows=rows)


def findings(user: User, material: Material) -> Iterator[Block]:
    """Rules that are broken in these periods, the gravest first, with an example each."""
    names = entity_names()
    rows = []
    for found in found_in(user, material):
        told = class_row(found, names, 0)
        rows.append(
            Row(
                f"{found.return_id}/{found.version}/{found.rule.code}",
                found.rule.code,
                (
                    cell(words.label("severity", found.rule.severity)),
                    cell(told.example),
                    cell(count(len(found.occurrences))),
                    cell(count(found.explained)),
                    cell(listed(told.entities) if told.entities else _("all together")),
                ),
            )
        )
    if not rows:
        yield Paragraph(_("The rules found nothing in the accepted filings of these periods."))
        return
    columns = (
        Column("severity", _("Severity")), Column("example", _("What was found, for example")),
        Column("places", _("Places"), numeric=True), Column("explained", _("Explained"), numeric=True),
        Column("entities", _("Concerns")),
    )  # fmt: skip
    yield Table("findings", None, _("What the rules found"), _("Rule"), columns, tuple(rows))


def found_in(user: User, material: Material) -> Iterator[FindingClass]:
    """Only what was found in the periods of the report, in the revisions that counted on its day."""
    chosen = {(one.return_id, one.label) for one in material.periods}
    world = World(material.frame, owed(user), whole=user.access.commission)
    only = {"revision__filing__period__in": sorted(one.pk for one in material.periods)}
    for found in classes(user, world, material.as_of, **only):
        inside = tuple(one for one in found.occurrences if (one.return_id, one.period) in chosen)
        if inside:
            yield FindingClass(found.return_id, found.version, found.rule, inside)


# Sources --------------------------------------------------------------------------------------------------


def sources(user: User, material: Material) -> Iterator[Block]:
    """Every revision that a figure comes from, with what proves it."""
    yield Paragraph(
        _("Figures as at the end of %(day)s. Each comes from one of the revisions below; the sha256 of its content stands on its"
          " receipt, and anybody who may read the filing can compute it again.")
        % {"day": date_format(material.as_of, "DATE_FORMAT")}
    )  # fmt: skip
    used = material.frame["revision"].unique()
    revisions = (
        Revision.objects.visible_to(user)
        .with_names()
        .filter(pk__in=used.to_list())
        .order_by("filing__period__return_id", "filing__period__start", "filing__obligation__entity__code")
    )
    rows = tuple(
        Row(
            one.receipt,
            one.receipt,
            (
                cell(f"{one.filing.entity.name}, {one.filing.period.label}"),
                cell(filed_on(one)),
                cell(f"{in_language(one.definition.title)}, {one.version}", one.fingerprint[:HASH_LINE]),
                cell(one.content_hash[:HASH_LINE], one.content_hash[HASH_LINE:]),
            ),
        )
        for one in revisions
    )
    columns = (
        Column("who", _("Filed by, for")),
        Column("filed", _("Filed on")),
        Column("definition", _("Definition, fingerprint")),
        Column("hash", _("sha256 of the content")),
    )
    if rows:
        yield Table("sources", None, _("Revisions behind the figures"), _("Receipt"), columns, rows)


def filed_on(revision: Revision) -> str:
    """The day of filing; of a transcribed report without one, that there is none."""
    if revision.filed_on is None:
        return _("day not stated")
    accepted = revision.decided_at
    day = date_format(revision.filed_on, "SHORT_DATE_FORMAT")
    return day if accepted is None else _("%(day)s, accepted %(accepted)s") % {
        "day": day, "accepted": date_format(timezone.localdate(accepted), "SHORT_DATE_FORMAT"),
    }  # fmt: skip
