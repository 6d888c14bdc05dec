"""The real filings that come with the portal, filed through the same door as any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

from portal.access import Role
from portal.models import Membership, ReportingEntity, User
from submissions import actions
from submissions.canonical import canonicalise, content_hash
from submissions.loading import read_rows
from submissions.models import Door, Obligation, ReportingPeriod, RevisionState
from submissions.sources import CSV, from_csv

FOLDER = Path(__file__).parent / "published"
IMPORTER = "importer@portal.invalid"
REVIEWER = "published-reports@portal.invalid"
"""Two users without a password: one transcribes, the other decides."""


@dataclass(frozen=True)
class Loaded:
    receipt: str
    state: str
    errors: int
    warnings: int
    new: bool


@transaction.atomic
def load_entities() -> None:
    """Entities, their obligations and the reporting periods, as the data files have them. Repeatable."""
    rows = read_rows(FOLDER / "entities.csv")
    for row in rows:
        names = {key: row[key] for key in ("kind", "name_en", "name_da", "name_nl", "country")}
        ReportingEntity.objects.get_or_create(code=row["code"], defaults=names)
    for row in rows:
        entity = ReportingEntity.objects.get(code=row["code"])
        if row["supervised_by"] and entity.supervised_by is None:
            entity.supervised_by = ReportingEntity.objects.get(code=row["supervised_by"])
            entity.save(update_fields=["supervised_by"])
        for return_id in row["returns"].split():
            Obligation.objects.get_or_create(entity=entity, return_id=return_id, defaults={"since": row["since"]})
    load_periods()


def load_periods() -> None:
    for row in read_rows(Path(settings.DEFINITIONS_DIR) / "periods.csv"):
        ReportingPeriod.objects.get_or_create(
            return_id=row["return_id"],
            label=row["label"],
            defaults={
                "version": row["version"],
                "start": row["start"],
                "end": row["end"],
                "due_on": row["due_on"] or None,
            },
        )


def transcriber() -> User:
    user, _created = User.objects.get_or_create(email=IMPORTER, defaults={"name": "Transcription of published reports"})
    for obligation in Obligation.objects.select_related("entity"):
        Membership.objects.get_or_create(user=user, entity=obligation.entity, role=Role.FILER)
    return user


def decider() -> User:
    user, _created = User.objects.get_or_create(email=REVIEWER, defaults={"name": "Review of published reports"})
    commission = ReportingEntity.objects.get(code="commission")
    Membership.objects.get_or_create(user=user, entity=commission, role=Role.REVIEWER)
    return user


def load_filings() -> Iterator[Loaded]:
    """File, check and decide every published report that is not there yet; in the order of the periods."""
    importer, reviewer = transcriber(), decider()
    for row in sorted(read_rows(FOLDER / "filings.csv"), key=lambda row: row["period"]):
        yield load_filing(row, importer, reviewer)


def load_filing(row: dict[str, str], importer: User, reviewer: User) -> Loaded:
    obligation = Obligation.objects.select_related("entity").get(entity__code=row["entity"], return_id=row["return_id"])
    period = ReportingPeriod.objects.get(return_id=row["return_id"], label=row["period"])
    filing = actions.start_filing(obligation=obligation, period=period, by=importer)
    source = (FOLDER / row["return_id"] / row["period"] / f"{row['entity']}.csv").read_bytes()
    lines = canonicalise(period.definition, from_csv(source), filing.head)
    known = filing.revisions.filter(content_hash=content_hash(lines, filing.head)).first()
    if known is None and filing.latest is not None:
        # Somebody filed a newer state of this report; the transcription must not push it aside.
        known = filing.latest
    if known is None:
        known, _created = actions.submit_revision(
            filing=filing,
            submission=actions.Submission(lines, source, CSV, Door.IMPORT),
            by=importer,
            filed_on=date.fromisoformat(row["filed_on"]) if row["filed_on"] else None,
            note=row["note"],
        )
        new = True
    else:
        new = False
    if known.state == RevisionState.RECEIVED:
        actions.run_job(job_id=known.job.pk)
        known.refresh_from_db()
    if known.state == RevisionState.CHECKED and known.submitted_by == importer:
        known = actions.decide_revision(
            revision=known, decision=row["decision"], reason=row["decision_reason"], by=reviewer
        )
    return Loaded(known.receipt, known.state, known.errors, known.warnings, new)


def release_loaded() -> None:
    """Publish the statistics of the periods that have filings and were never published; for portals that begin with
    the published reports."""
    periods = ReportingPeriod.objects.filter(filings__current__isnull=False, releases=None).distinct()
    for period in periods.order_by("start"):
        if period.definition.released:
            actions.release_statistics(period=period, by=decider())
