"""Jobs: claimed by an UPDATE, kept alive by a heartbeat, handed out again when their worker is gone.

A worker killed in the middle loses its task even with late acknowledgement, so nothing here trusts the broker: it
only carries the primary key of a job row. `attempt` is the fence. A worker that was slow, and whose job was given to
another, no longer holds the latest attempt, so its `finish` changes no row and its transaction is rolled back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.utils import DatabaseError
from django.utils import timezone

from submissions.models import Job, JobState, Stage, Work

log = logging.getLogger(__name__)


SMALL = 2_000
"""Lines of a filing that may be checked together with others."""


class LostClaim(Exception):
    """The job was given to somebody else meanwhile."""


@dataclass
class Claim:
    """The right to work on a job, and how far the work is. Written to the row by the heartbeat."""

    job_id: int
    revision_id: int | None
    upload_id: int | None
    attempt: int
    stage: str = Stage.READING
    rows_done: int = 0
    rows_total: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    since: float = field(default_factory=time.perf_counter)
    work: type[Work] = Job
    """Whose row it is."""

    @property
    def held(self) -> QuerySet[Work]:
        """The row, as long as it is ours."""
        return rows_of(self.work).filter(pk=self.job_id, attempt=self.attempt, state=JobState.RUNNING)

    def enter(self, stage: str) -> None:
        """The next stage begins; the time spent in the last one is kept."""
        now = time.perf_counter()
        self.seconds[self.stage] = round(now - self.since, 3)
        self.stage, self.since = stage, now

    def done(self, rows: int) -> None:
        self.rows_done += rows

    def restart(self) -> None:
        """From the first stage again."""
        self.stage, self.rows_done, self.seconds, self.since = Stage.READING, 0, {}, time.perf_counter()

    @property
    def is_small_check(self) -> bool:
        return self.upload_id is None and self.rows_total <= SMALL


def rows_of(work: type[Work]) -> QuerySet[Work]:
    return work._default_manager.all()


def claim(job_id: int) -> Claim | None:
    """Take a waiting job; None if it is taken or finished already."""
    taken = taken_now(Job.objects.filter(pk=job_id, state=JobState.QUEUED))
    return claimed(Job.objects.get(pk=job_id)) if taken else None


def claim_work(work: type[Work], pk: int) -> Claim | None:
    """The same for work of another kind than jobs."""
    if not taken_now(rows_of(work).filter(pk=pk, state=JobState.QUEUED)):
        return None
    row = rows_of(work).get(pk=pk)
    return Claim(row.pk, None, None, row.attempt, rows_total=row.rows_total, work=work)


def claim_small_checks(most: int) -> list[Claim]:
    """Take checks of small filings that wait, the longest waiting first."""
    # `finished_at IS NULL` names the partial index; a parameter, as the state is, could not.
    waiting = Job.objects.filter(finished_at=None, state=JobState.QUEUED, upload=None, rows_total__lte=SMALL)
    with transaction.atomic():
        found = list(waiting.select_for_update(skip_locked=True).order_by("heartbeat_at")[:most])
        taken_now(Job.objects.filter(pk__in=[job.pk for job in found]))
    return [replace(claimed(job), attempt=job.attempt + 1) for job in found]


def taken_now(waiting: QuerySet[Any]) -> int:
    now = timezone.now()
    return waiting.update(
        state=JobState.RUNNING, stage=Stage.READING, attempt=F("attempt") + 1, started_at=now, heartbeat_at=now
    )


def claimed(job: Job) -> Claim:
    return Claim(job.pk, job.revision_id, job.upload_id, job.attempt, rows_total=job.rows_total)


def beat(mine: Claim) -> bool:
    """Show life and progress; False if the job is no longer ours."""
    return bool(
        mine.held.update(
            heartbeat_at=timezone.now(), stage=mine.stage, rows_done=mine.rows_done, rows_total=mine.rows_total
        )
    )


@contextmanager
def alive(*claims: Claim) -> Iterator[None]:
    """A heartbeat in a thread of its own, for as long as the block runs."""
    stop = threading.Event()

    def run() -> None:
        try:
            while not stop.wait(settings.JOB_HEARTBEAT_SECONDS):
                try:
                    for mine in claims:
                        beat(mine)
                except DatabaseError:  # a busy SQLite: the next beat comes soon
                    close_old_connections()
        finally:
            connection.close()

    thread = threading.Thread(target=run, name=f"heartbeat-{claims[0].job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=30)


def finish(*claims: Claim) -> None:
    """Mark the jobs done, all of one kind, inside the transaction that stores their results. Raises LostClaim if one is
    not ours any more."""
    now, first = timezone.now(), claims[0]
    for mine in claims:
        mine.enter(Stage.DONE)
    # How many lines a revision has is known since it was filed.
    rows = {"rows_total": first.rows_total, "rows_done": first.rows_total}
    held = Q(*(Q(pk=mine.job_id, attempt=mine.attempt) for mine in claims), _connector=Q.OR)
    done = rows_of(first.work).filter(held, state=JobState.RUNNING).update(
        state=JobState.SUCCEEDED, stage=Stage.DONE, finished_at=now, heartbeat_at=now, seconds=first.seconds, error="",
        **(rows if len(claims) == 1 else {"rows_done": F("rows_total")}),
    )  # fmt: skip
    if done < len(claims):
        raise LostClaim([mine.job_id for mine in claims])


def give_back(mine: Claim, problem: Exception) -> bool:
    """Our fault: keep what happened for operators; queue the job again, or give up after too many attempts. False if
    the job is no longer ours."""
    held = mine.held
    error = f"{type(problem).__name__}: {problem}"[:2000]
    if mine.attempt >= settings.JOB_MAX_ATTEMPTS:
        return bool(held.update(state=JobState.FAILED, finished_at=timezone.now(), error=error))
    return bool(held.update(state=JobState.QUEUED, stage=Stage.WAITING, heartbeat_at=timezone.now(), error=error))


def reap(hand_out: Callable[[int], None], work: type[Work] = Job) -> int:
    """Queue again what has shown no life, and hand out what waits. Returns how many jobs were handed out."""
    quiet_since, rows = timezone.now() - timedelta(seconds=settings.JOB_LOST_AFTER_SECONDS), rows_of(work)
    lost = rows.filter(finished_at=None, state=JobState.RUNNING, heartbeat_at__lt=quiet_since)
    lost.filter(attempt__gte=settings.JOB_MAX_ATTEMPTS).update(
        state=JobState.FAILED, finished_at=timezone.now(), error="The worker was lost at every attempt."
    )
    if count := lost.update(state=JobState.QUEUED, stage=Stage.WAITING):
        log.warning("%s jobs had no heartbeat and were queued again", count)
    # A hint is repeated only where the last one is old: a job may well sit in a long queue.
    waiting = rows.filter(finished_at=None, state=JobState.QUEUED, heartbeat_at__lt=quiet_since)
    handed = list(waiting.order_by("pk").values_list("pk", flat=True)[:1000])
    rows.filter(pk__in=handed, state=JobState.QUEUED).update(heartbeat_at=timezone.now())
    for job_id in handed:
        hand_out(job_id)
    return len(handed)
