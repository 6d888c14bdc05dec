"""Publishing the figures of a period as statistics."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from portal.models import User
from submissions.actions.refusals import Conflict, Refused
from submissions.models import Filing, Release, ReportingPeriod


@transaction.atomic
def release_statistics(*, period: ReportingPeriod, by: User) -> Release:
    """Publish what is accepted of this period now. What is accepted later waits for the next release."""
    if not by.access.reviews:
        raise Refused("not_a_reviewer", _("Only reviewers of the Commission may publish statistics."))
    if not period.definition.released:
        raise Refused("not_published", _("Figures of this return are not published as statistics."))
    # Two releases of one period queue up here, so that the second sees that nothing is new.
    period = ReportingPeriod.objects.select_for_update().get(pk=period.pk)
    accepted = set(
        Filing.objects.filter(period=period, sandbox=False, current__isnull=False).values_list("current", flat=True)
    )
    last = period.releases.last()
    if not accepted or (last and accepted == set(last.revisions.values_list("pk", flat=True))):
        raise Conflict("nothing_new", _("Nothing was accepted since the last release."))
    release = Release.objects.create(period=period, released_by=by)
    release.revisions.set(accepted)
    return release
