"""Fifty Member States of nobody's, each with ten years of statistics: rows as the judge stores them, made up."""

from __future__ import annotations

from datetime import date, datetime
from itertools import product

from django.utils import timezone

from portal.access import EntityKind
from portal.models import ReportingEntity, User
from submissions.catalogue import catalogue
from submissions.models import Door, Filing, Obligation, Observation, ReportingPeriod, Revision

RETURN = "member_state_statistics"
YEARS = range(2000, 2010)
ENTITIES = 50


def fill(by: User) -> int:
    """Every duty is filed and checked but for every seventh; every fifth of the filings leaves its last data point out.
    Returns how many filings there are."""
    definition = catalogue().get(RETURN, "1")
    codes = list(definition.points)
    required = [code for code in codes if definition.points[code].required == "required"]
    entities = ReportingEntity.objects.bulk_create(
        ReportingEntity(code=f"made-up-{n}", kind=EntityKind.MEMBER_STATE_AUTHORITY, name_en=f"Made up {n:02}")
        for n in range(ENTITIES)
    )
    obligations = Obligation.objects.bulk_create(
        Obligation(entity=entity, return_id=RETURN, since=date(2000, 1, 1), until=date(2009, 12, 31))
        for entity in entities
    )
    periods = ReportingPeriod.objects.bulk_create(
        ReportingPeriod(return_id=RETURN, version="1", label=str(year), start=date(year, 1, 1), end=date(year, 12, 31),
                        due_on=date(year + 1, 6, 30)) for year in YEARS
    )  # fmt: skip
    duties = [pair for number, pair in enumerate(product(obligations, periods)) if number % 7]
    filings = Filing.objects.bulk_create(Filing(obligation=owed, period=period) for owed, period in duties)
    noon = timezone.make_aware(datetime(2011, 1, 1, 12))
    revisions = Revision.objects.bulk_create(
        Revision(filing=filing, number=1, state="checked", door=Door.IMPORT, version="1", fingerprint="-", content_hash="-",
                 receipt=f"made-up-{number}", filed_on=date(filing.period.start.year + 1, 3, 1), submitted_by=by, checked_at=noon)
        for number, filing in enumerate(filings)
    )  # fmt: skip
    for filing, revision in zip(filings, revisions, strict=True):
        filing.latest = revision
    Filing.objects.bulk_update(filings, ["latest"])
    Observation.objects.bulk_create(
        (
            Observation(revision=revision, line=line, address=code, code=code, value="1", number=1, obs_status="A",
                        start=revision.filing.period.start, end=revision.filing.period.end, own_period=0)
            for number, revision in enumerate(revisions)
            for line, code in enumerate(codes)
            if number % 5 or code != required[-1]
        ),
        batch_size=2000,
    )  # fmt: skip
    return len(filings)
