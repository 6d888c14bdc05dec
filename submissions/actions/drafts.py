"""Preparing a filing: starting it, and saving its draft, whole or section by section."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.models import User
from submissions.actions.refusals import Conflict, Refused
from submissions.definition import Definition, split_address
from submissions.entry import plain
from submissions.models import Draft, DraftSection, Filing, Obligation, ReportingPeriod

Line = dict[str, Any]


@transaction.atomic
def start_filing(*, obligation: Obligation, period: ReportingPeriod, by: User) -> Filing:
    """The filing of an obligation for a period; made if nobody started it."""
    return started(Filing.objects.all(), obligation, period, by)[0]


def started(
    filings: QuerySet[Filing], obligation: Obligation, period: ReportingPeriod, by: User
) -> tuple[Filing, bool]:
    """Inside a transaction: the filing, and whether it was made here."""
    if not obligation.covers(period):
        raise Refused("not_owed", _("%(entity)s owes no %(period)s.") % {"entity": obligation.entity, "period": period})
    filing, made = filings.get_or_create(obligation=obligation, period=period, sandbox=by.access.sandbox)
    filing.obligation, filing.period = obligation, period
    require_filer(filing, by)
    return filing, made


def require_filer(filing: Filing, by: User) -> None:
    if not filing.editable_by(by):
        raise Refused(
            "not_a_filer", _("Only filers and signatories of %(entity)s may do this.") % {"entity": filing.entity}
        )


def locked(filing: Filing) -> Filing:
    """The filing, read again behind its lock, so that two writers queue up.

    Without joins: PostgreSQL looks again at the locked row after the wait, but not at the rows joined to it, so the
    revision filed meanwhile would be missing. What a filing answers never changes and is in hand.
    """
    row = Filing.objects.select_for_update().get(pk=filing.pk)
    row.obligation, row.period = filing.obligation, filing.period
    return row


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
    save: DraftSection
    """The other person's save."""


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
    if edition > (draft.edition if draft else 0):
        raise Conflict("draft_gone", _("This draft was filed or thrown away meanwhile. What you typed is not saved."))
    saves = list(draft.sections.filter(category=category).select_related("saved_by")) if draft else []
    last = saves[-1] if saves else None
    # Lines from an API may be written in other ways than those of the form; what they say is compared.
    read = partial(plain, filing.definition)
    base = read(next((save.observations for save in reversed(saves) if save.edition <= edition), []))
    mine, stands = read(observations), read(last.observations if last else [])
    changed = {
        address: save_that_changed(filing.definition, saves, address) for address, *_ in merge(base, mine, stands)[1]
    }
    # The answer to a save may be lost on its way, and the page be sent again: nobody clashes with himself.
    own = {address for address, save in changed.items() if save.saved_by_id == by.pk}
    merged, clashes = merge([line for line in base if line["address"] not in own]
                            + [line for line in stands if line["address"] in own], mine, stands)  # fmt: skip
    conflicts = [FieldConflict(address, my, their, changed[address]) for address, my, their in clashes]
    if draft is None or by_address(merged) != by_address(stands):
        draft = next_edition(filing, draft, by)
        put_section(draft, category, merged, by)
    return SavedSection(draft, merged, conflicts)


def save_that_changed(definition: Definition, saves: Sequence[DraftSection], address: str) -> DraftSection:
    """The save that gave an address the lines it has in the last one."""
    versions = [by_address(plain(definition, save.observations)).get(address, []) for save in saves]
    earlier = len(saves) - 1
    while earlier and versions[earlier - 1] == versions[-1]:
        earlier -= 1
    return saves[earlier]


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
