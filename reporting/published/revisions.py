"""Reports that the law makes public: which revisions everybody may read."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Max, Q

from submissions.catalogue import catalogue
from submissions.models import ACCEPTED, Release, Revision
from submissions.models.revision import RevisionQuerySet


def last_change() -> datetime | None:
    """When anything was made public last: a report was accepted, or statistics were released."""
    accepted = public_revisions().aggregate(last=Max("decided_at"))["last"]
    released = Release.objects.aggregate(last=Max("released_at"))["last"]
    return max(filter(None, (accepted, released)), default=None)


def public_revisions() -> RevisionQuerySet:
    """Accepted revisions, every version of a report, of the definitions that say `public = true`; none that a client
    filed to try the portal out. An accepted revision stays accepted, and no row is ever deleted."""
    said = [
        Q(filing__period__return_id=one.return_id, version=one.version)
        for one in catalogue().definitions.values()
        if one.public
    ]
    found: RevisionQuerySet = Revision.objects.filter(state__in=ACCEPTED, filing__sandbox=False)
    return found.filter(reduce(or_, said)) if said else found.none()
