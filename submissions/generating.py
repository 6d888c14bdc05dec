"""Made-up filings in any number and of any length, for tests of speed and for looking at full pages. Every name and note
says so."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import polars as pl

from portal.access import EntityKind
from portal.models import ReportingEntity, User
from submissions import actions
from submissions.canonical import canonicalise
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.generated_series import series
from submissions.models import Door, Filing, Job, JobState, Obligation, ReportingPeriod, Revision
from submissions.publications import FOLDER, Loaded, decider, transcriber
from submissions.sources import CSV, from_csv

FIRST_YEAR = 2001
"""Long before the Regulation, so that nobody takes them for real."""
NOTE = "Generated; nobody filed this."
MEASURED = "measurement_series"
PATTERNS = {
    EntityKind.PROVIDER: ("provider_report", "2025", ("google",)),
    EntityKind.MEMBER_STATE_AUTHORITY: ("member_state_statistics", "2022", ("at", "dk", "hu", "lv", "nl", "pl", "se")),
}
"""Kind of entity -> return, and the real filings whose shape is taken; their figures are multiplied by a chance number."""


def load_generated(entities: int, years: int, seed: int, sources: int = 0, rows: int = 0) -> Iterator[Loaded]:
    """File, check and accept: of the entities every second a provider, the others Member State authorities; and the yearly
    series of `sources` measurement sources, of `rows` lines each. Needs the published entities. Repeatable: what is there
    stays."""
    chance = random.Random(seed)  # noqa: S311 -- no secret hangs on it
    owed = [obligation_of(number) for number in range(1, entities + 1)]
    measured = [measurement_of(number) for number in range(1, sources + 1)]
    importer, reviewer = transcriber(), decider()
    for year in range(FIRST_YEAR, FIRST_YEAR + years):
        filed = [
            file(obligation, year, lambda filing: source(filing, chance), chance, importer) for obligation in owed
        ] + [
            file(obligation, year, lambda filing: series(filing.head, rows, seed), chance, importer)
            for obligation in measured
        ]
        yield from accepted([pk for pk in filed if pk is not None], reviewer)


def file(
    obligation: Obligation, year: int, made: Callable[[Filing], bytes], chance: random.Random, by: User
) -> int | None:
    """File what is made up for a year, as its primary key; None if something was filed for it before."""
    filing = actions.start_filing(obligation=obligation, period=period_of(obligation.return_id, year), by=by)
    if filing.latest is not None:
        return None
    data = made(filing)
    lines = canonicalise(filing.definition, from_csv(data), filing.head)
    late = timedelta(days=chance.randint(-30, 5))
    revision, _new = actions.submit_revision(
        filing=filing,
        submission=actions.Submission(lines, data, CSV, Door.IMPORT),
        by=by,
        filed_on=date(year + 1, 1, 31) + late,
        note=NOTE,
    )
    return revision.pk


def accepted(filed: list[int], by: User) -> Iterator[Loaded]:
    """Check and accept these revisions."""
    for job in Job.objects.filter(revision__in=filed, state=JobState.QUEUED).values_list("pk", flat=True):
        actions.run_job(job_id=job)
    for one in Revision.objects.with_names().filter(pk__in=filed):
        decision = "accept_with_reservations" if one.errors else "accept"
        done = actions.decide_revision(revision=one, decision=decision, reason=NOTE, by=by)
        yield Loaded(done.receipt, done.state, done.errors, done.warnings, True)


def obligation_of(number: int) -> Obligation:
    kind = EntityKind.PROVIDER if number % 2 else EntityKind.MEMBER_STATE_AUTHORITY
    return owing(f"generated-{number}", kind, f"Generated entity {number} (not real)", PATTERNS[kind][0])


def measurement_of(number: int) -> Obligation:
    name = f"Generated measurement {number} (not real)"
    return owing(f"generated-measurement-{number}", EntityKind.MEASUREMENT_SOURCE, name, MEASURED)


def owing(code: str, kind: EntityKind, name: str, return_id: str) -> Obligation:
    entity, _new = ReportingEntity.objects.get_or_create(
        code=code, defaults={"kind": kind, "name_en": name, "name_da": name, "name_nl": name}
    )
    obligation, _new = Obligation.objects.get_or_create(
        entity=entity, return_id=return_id, defaults={"since": date(FIRST_YEAR, 1, 1)}
    )
    return obligation


def period_of(return_id: str, year: int) -> ReportingPeriod:
    newest = catalogue().versions(return_id)[-1]
    period, _new = ReportingPeriod.objects.get_or_create(
        return_id=return_id,
        label=str(year),
        defaults={
            "version": newest.version,
            "start": date(year, 1, 1),
            "end": date(year, 12, 31),
            "due_on": date(year + 1, 1, 31),
        },
    )
    return period


def source(filing: Filing, chance: random.Random) -> bytes:
    """A CSV in the shape of a real filing, all counts multiplied by one number, without own days."""
    return_id, year, models = PATTERNS[EntityKind(filing.entity.kind)]
    pattern = from_csv((FOLDER / return_id / year / f"{chance.choice(models)}.csv").read_bytes())
    counted = pl.col("address").str.extract(r"^([^\[]*)").is_in(counts(filing.definition))
    times = pl.col("value").cast(pl.Int64, strict=False) * chance.randint(50, 300) // 100
    lines = pattern.with_columns(
        pl.when(counted & times.is_not_null()).then(times.cast(pl.String)).otherwise("value").alias("value"),
        pl.lit("").alias("period"),
    )
    return lines.drop("line", "extra").write_csv().encode()


def counts(definition: Definition) -> list[str]:
    return [point.code for point in definition.points.values() if point.value_type == "count"]
