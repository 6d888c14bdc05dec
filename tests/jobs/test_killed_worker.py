"""A worker killed with `kill -9` in the middle of its work: the job is done by the next one, once."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, transaction

from submissions.models import Finding, Job, Observation, Revision
from tests.jobs import generated
from tests.jobs.processes import beat, wait_for, worker

pytestmark = [pytest.mark.served, pytest.mark.django_db(transaction=True)]
ROWS = 200_000


def job_in(*stages: str) -> Job | None:
    return Job.objects.filter(state="running", stage__in=stages).first()


def finished() -> Job | None:
    return Job.objects.filter(state="succeeded").first()


def file(api, person) -> None:
    client = api(person("libra", "filer"))
    data = generated.as_csv(ROWS)
    answer = client.generic("POST", "/api/v1/revisions/", data, "text/csv", QUERY_STRING=generated.HEAD)
    assert answer.status_code == 201


def kill(process) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=30) == -signal.SIGKILL


@contextmanager
def nobody_stores() -> Iterator[None]:
    """Holds back every worker that wants to store figures, however fast it is."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {Observation._meta.db_table} IN SHARE MODE")
        yield


def assert_done_once(attempt: int) -> None:
    job, revision = Job.objects.get(), Revision.objects.get()
    broken = len(generated.cells()) // generated.BROKEN_EVERY
    assert (job.state, job.attempt, job.rows_done, job.error) == ("succeeded", attempt, ROWS, "")
    assert (revision.state, revision.errors, revision.warnings) == ("checked", 0, broken)
    assert Observation.objects.count() == ROWS
    assert list(Finding.objects.values_list("position", flat=True)) == list(range(broken))


@pytest.mark.parametrize("stages", [("reading", "checking"), ("storing",)], ids=" or ".join)
def test_a_killed_worker_loses_nothing_and_doubles_nothing(api, person, real_broker, tmp_path: Path, stages) -> None:
    with worker(tmp_path) as first, beat(tmp_path):
        file(api, person)
        with nobody_stores():
            wait_for(lambda: job_in(*stages), 60)
            kill(first)
    job = Job.objects.get()
    assert (job.state, job.attempt) == ("running", 1)
    assert Observation.objects.count() == 0
    assert Revision.objects.get().state == "received"

    back = time.monotonic()
    with worker(tmp_path), beat(tmp_path):
        wait_for(finished, 60, every=0.2)

    assert time.monotonic() - back < 60
    assert_done_once(attempt=2)


def test_a_job_filed_while_no_worker_runs_waits_for_the_next_one(api, person, real_broker, tmp_path: Path) -> None:
    file(api, person)
    assert Job.objects.get().state == "queued"

    with worker(tmp_path), beat(tmp_path):
        wait_for(finished, 60, every=0.2)

    assert_done_once(attempt=1)


def test_a_hint_that_the_broker_lost_is_given_again(api, person, real_broker, tmp_path: Path) -> None:
    from portal.celery import app

    file(api, person)
    app.control.purge()

    with worker(tmp_path), beat(tmp_path):
        wait_for(finished, 60, every=0.2)

    assert_done_once(attempt=1)
