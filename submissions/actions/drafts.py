"""Preparing a filing: starting it, and saving its draft, whole or section by section."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.models import User
from submissions.actions.refusals import Conflict, Refused
from submissions.definition import Definition, split_address
from submissions.models import Draft, DraftSection, Filing, Obligation, ReportingPeriod

Line = dict[str, Any]


@transaction.atomic
def start_filing(*, obligation: Obligation, period: ReportingPeriod, by: User) -> Filing:
    """The filing of an obligation for a period; made if nobody started it."""
    if not obligation.covers(period):
        raise Refused("not_owed", _("%(entity)s owes no %(period)s.") % {"entity": obligation.entity, "period": period})
    filing, _created = Filing.objects.get_or_create(obligation=obligation, period=period, sandbox=by.access.sandbox)
    require_filer(filing, by)
    return filing


def require_filer(filing: Filing, by: User) -> None:
    if not filing.editable_by(by):
        raise Refused(
            "not_a_filer", _("Only filers and signatories of %(entity)s may do this.") % {"entity": filing.entity}
        )


def locked(filing: Filing) -> Filing:
    """The filing, read again behind its lock, so that two writers queue up."""
    return Filing.objects.select_for_update(of=("self",)).with_names().get(pk=filing.pk)


def by_section(definition: Definition, observations: Iterable[Line]) -> dict[int, list[Line]]:
    """Lines by the number of their category; 0 for data points that the definition does not know."""
    sections: dict[int, list[Line]] = defaultdict(list)
    for line in observations:
        point = definition.points.get(split_address(str(line.get("address") or ""))[0].strip())
        sections[point.category if point else 0].append(line)
    return sections


@transaction.atomic
def save_draft(*, filing: Filing, observations: Sequence[Line], edition: int | None, by: User) -> Draft:
    """Keep a whole draft. `edition` is the one the writer started from, None for the first; a stale one is refused."""
    filing = locked(filing)
    require_filer(filing, by)
    draft = Draft.objects.filter(filing=filing).first()
    if (draft.edition if draft else None) != edition:
        raise Conflict("stale_edit", _("Somebody saved this draft meanwhile. Reload it, then make your change again."))
    draft = next_edition(filing, draft, by)
    sections = by_section(filing.definition, observations)
    stood = set(draft.sections.filter(current=True).values_list("category", flat=True))
    for category in sorted(stood | set(sections)):
        put_section(draft, category, sections.get(category, []), by)
    return draft


def next_edition(filing: Filing, draft: Draft | None, by: User) -> Draft:
    if draft is None:
        return Draft.objects.create(filing=filing, saved_by=by)
    draft.saved_by, draft.edition = by, draft.edition + 1
    draft.save()
    return draft


def put_section(draft: Draft, category: int, observations: Sequence[Line], by: User) -> None:
    draft.sections.filter(category=category, current=True).update(current=False)
    DraftSection.objects.create(
        draft=draft, category=category, edition=draft.edition, observations=list(observations), saved_by=by
    )


# Two people in one draft ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class FieldConflict:
    """One address that two people changed in different ways since the same edition. Empty: the lines were removed."""

    address: str
    mine: list[Line]
    theirs: list[Line]
    by: User


@dataclass(frozen=True)
class SavedSection:
    """What a save of a section came to. Where `conflicts` stand, theirs is kept until the writer chooses; all else of
    mine is saved."""

    draft: Draft
    observations: list[Line]
    conflicts: list[FieldConflict]


@transaction.atomic
def save_section(
    *, filing: Filing, category: int, observations: Sequence[Line], edition: int, by: User
) -> SavedSection:
    """Save one section of a draft, merged with what others saved in it since `edition` (0: there was no draft)."""
    filing = locked(filing)
    require_filer(filing, by)
    draft = Draft.objects.filter(filing=filing).first()
    saves = list(draft.sections.filter(category=category).select_related("saved_by")) if draft else []
    base = next((save.observations for save in reversed(saves) if save.edition <= edition), [])
    last = saves[-1] if saves else None
    merged, clashes = merge(base, observations, last.observations if last else [])
    conflicts = [FieldConflict(address, mine, theirs, last.saved_by) for address, mine, theirs in clashes if last]
    if draft is None or merged != (last.observations if last else []):
        draft = next_edition(filing, draft, by)
        put_section(draft, category, merged, by)
    return SavedSection(draft, merged, conflicts)


def merge(
    base: Sequence[Line], mine: Sequence[Line], theirs: Sequence[Line]
) -> tuple[list[Line], list[tuple[str, list[Line], list[Line]]]]:
    """Three-way merge by address: a change of one side is taken, the same change of both too; where both changed an
    address differently, theirs stays and the clash is told."""
    was, wanted, stands = by_address(base), by_address(mine), by_address(theirs)
    merged: list[Line] = []
    clashes = []
    for address in dict.fromkeys((*wanted, *stands)):
        before, my, their = was.get(address, []), wanted.get(address, []), stands.get(address, [])
        if my != their and my != before and their != before:
            clashes.append((address, my, their))
        merged += their if my == before or (my != their and their != before) else my
    return merged, clashes


def by_address(lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[str(line.get("address") or "")].append(line)
    return found
