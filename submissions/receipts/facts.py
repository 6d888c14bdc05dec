"""The receipt for people: the same facts on the page and in the PDF."""

from __future__ import annotations

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.reader import language
from submissions.models import Revision
from submissions.presentation import in_language, number

Fact = tuple[str, str]


def title(revision: Revision) -> str:
    return _("Receipt %(number)s") % {"number": revision.receipt}


def answered(revision: Revision) -> str:
    """What the revision answers, in one line."""
    return f"{in_language(revision.definition.title)}, {revision.filing.entity}, {revision.filing.period.label}"


def filed(revision: Revision) -> list[Fact]:
    """What was filed, when, by whom."""
    return [
        (_("Number"), revision.receipt),
        (_("Received"), moment(revision)),
        (_("Filed by"), str(revision.submitted_by)),
        (_("Through"), str(revision.get_door_display())),
        (_("Revision"), str(revision.number)),
        *([(_("Correction"), revision.reason)] if revision.reason else []),
        (_("Lines"), number(revision.lines, language())),
        *([(_("File name"), revision.source.name)] if revision.source.name else []),
    ]


def proof(revision: Revision) -> list[Fact]:
    """Hashes, and under which definition it was filed."""
    return [
        (_("sha256 of the canonical content"), revision.content_hash),
        (_("sha256 of what was sent"), revision.source.sha256),
        (_("Definition"), f"{revision.definition.return_id} {revision.version}"),
        (_("Fingerprint of the definition"), revision.fingerprint),
    ]


def moment(revision: Revision) -> str:
    """Day and time of the receipt, with the time zone."""
    local = timezone.localtime(revision.submitted_at)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def checks(revision: Revision) -> str:
    """What the checks have found so far."""
    if revision.checked_at is None:
        return _("The checks are still running.")
    errors = ngettext("%(n)s error", "%(n)s errors", revision.errors) % {"n": revision.errors}
    warnings = ngettext("%(n)s warning", "%(n)s warnings", revision.warnings) % {"n": revision.warnings}
    return _("The checks found %(errors)s and %(warnings)s.") % {"errors": errors, "warnings": warnings}


def next_step(revision: Revision) -> str:
    """What happens now, and who does it."""
    if revision.filing.latest_id != revision.pk:
        return _("A later revision was filed; that one counts.")
    if revision.state == "received":
        return _("The checks run now. Their findings appear on the page of the revision; nothing is needed from you.")
    if revision.state == "checked" and revision.errors:
        return _("Errors stand. File a correction if you can; else the Commission may accept with reservations.")
    return {
        "checked": _("The Commission reads the filing and decides. You find its decision under My filings."),
        "returned": _("The Commission returned the filing. Read its reason and file a correction."),
        "withdrawn": _("The revision was withdrawn; the filing is owed again."),
    }.get(revision.state, _("The Commission accepted the filing. Nothing more is needed."))
