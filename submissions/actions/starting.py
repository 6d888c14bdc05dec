"""Ways to begin a draft: with the words of last year, with what was filed, with an uploaded file."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.db import transaction
from django.utils.translation import gettext as _

from portal.models import User
from submissions.actions.checking import canonical_lines, previous_lines
from submissions.actions.drafts import Line, locked, require_filer, save_draft
from submissions.actions.refusals import Conflict, Refused
from submissions.actions.uploads import submission_of
from submissions.canonical import FIELDS
from submissions.definition import Definition
from submissions.entry import plain
from submissions.models import Draft, Filing, Upload

MOST_LINES = 5_000
"""What people can still edit in a form."""


@transaction.atomic
def start_from_last_year(*, filing: Filing, by: User) -> Draft:
    """A draft with the words and choices of the last accepted filing before this one, and its reasons for leaving
    something out. Figures and dates are not copied: they are new every year."""
    filing = blank(filing, by)
    before = previous_lines(filing, filing.definition.version)
    if before is None:
        raise Refused("no_filing_before", _("Nothing was accepted for an earlier period in this version of the form."))
    return save_draft(filing=filing, observations=words(filing.definition, before), edition=None, by=by)


@transaction.atomic
def start_from_revision(*, filing: Filing, by: User) -> Draft:
    """A draft with everything that was filed last, to correct it."""
    filing = blank(filing, by)
    if filing.latest is None:
        raise Refused("nothing_filed", _("Nothing was filed yet that could be corrected."))
    return save_draft(filing=filing, observations=in_form(filing, canonical_lines(filing.latest)), edition=None, by=by)


@transaction.atomic
def draft_from_upload(*, upload: Upload, by: User) -> Draft:
    """A draft with the lines of an uploaded file; it takes the place of the one that stands, whose saves are kept."""
    filing = locked(upload.filing)
    observations = in_form(filing, submission_of(upload).lines)
    standing = Draft.objects.filter(filing=filing).first()
    draft = save_draft(filing=filing, observations=observations, edition=standing.edition if standing else None, by=by)
    # Who sent the file prepared it, whoever opens it in the form: four eyes look at that.
    draft.sections.filter(edition=draft.edition).update(saved_by=upload.sent_by)
    return draft


def blank(filing: Filing, by: User) -> Filing:
    """The filing behind its lock; it must have no draft that would be lost."""
    filing = locked(filing)
    require_filer(filing, by)
    if Draft.objects.filter(filing=filing).exists():
        raise Conflict("draft_exists", _("A draft exists already. Go on with it."))
    return filing


def in_form(filing: Filing, lines: pl.DataFrame) -> list[Line]:
    if lines.height > MOST_LINES:
        raise Refused(
            "too_many_lines",
            _("A form of more than %(most)s lines cannot be worked with. Correct the file and upload it again.")
            % {"most": MOST_LINES},
        )
    return [*plain(filing.definition, lines.select(FIELDS).to_dicts())]


def words(definition: Definition, lines: pl.DataFrame) -> list[Line]:
    """Lines that hold no figure, without what belongs to their year: own period, flags."""
    kept = []
    for line in plain(definition, lines.select(FIELDS).to_dicts()):
        fields: dict[str, Any] = {name: text for name, text in line.items() if name not in ("period", "flags")}
        point = definition.points.get(line["address"].partition("[")[0])
        figure = "value" in line or "low" in line
        if point and not (figure and (point.numeric or point.value_type == "date")):
            kept.append(fields)
    return kept
