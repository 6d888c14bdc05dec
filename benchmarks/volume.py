"""200,000 observations from POST to verdict, beside the floor that reading and COPY set on the same machine."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
from django.core.management import call_command
from django.db import connection
from knox.models import AuthToken
from rest_framework.test import APIClient

from portal.access import Role
from portal.celery import app
from portal.models import Membership, ReportingEntity, User
from submissions import actions, publications
from submissions.bulk import copy
from submissions.models import Job, Observation, Revision
from tests.jobs import generated

ROOT = Path(__file__).parent.parent
ROWS = 200_000
ROUNDS = 3
STAGES = ("receive", "reading", "checking", "storing", "POST to checked")


def run() -> None:
    prepare()
    client = filer()
    with worker() as process:
        rounds = [one_round(client, number) for number in range(1, ROUNDS + 1)]
        peak = peak_memory(process.pid)
    floor = {
        "bare Polars read": bare_read(),
        "bare COPY, no index": bare_copy(False),
        "bare COPY, all indexes": bare_copy(True),
    }
    report(rounds, peak, floor)


def prepare() -> None:
    call_command("migrate", verbosity=0)
    publications.load_entities()
    app.control.purge()


def filer() -> APIClient:
    user, _ = User.objects.get_or_create(email="benchmark@portal.invalid", defaults={"name": "Benchmark"})
    libra = ReportingEntity.objects.get(code="libra")
    Membership.objects.get_or_create(user=user, entity=libra, role=Role.FILER)
    return APIClient(headers={"Authorization": f"Token {AuthToken.objects.create(user)[1]}"})


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "portal", "worker", "-P", "threads", "-c", "1", "-l", "WARNING"],
            cwd=ROOT, env=os.environ | {"VAR_DIR": folder}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            until(lambda: app.control.ping(timeout=1), 60)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


def until(what: Callable[[], Any], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.02)


def one_round(client: APIClient, number: int) -> dict[str, float]:
    """Seconds of each stage; every round files other content, the later ones as corrections."""
    data = generated.as_csv(ROWS).replace(b"nothing was measured", b"round %d" % number)
    query = generated.HEAD + (f"&replaces={number - 1}&reason=Round+{number}." if number > 1 else "")
    begun = time.perf_counter()
    answer = client.generic("POST", "/api/v1/revisions/", data, "text/csv", QUERY_STRING=query)
    received = time.perf_counter() - begun
    assert answer.status_code == 201, answer.content
    pk = answer.json()["job"]["id"]
    until(lambda: Job.objects.filter(pk=pk, state__in=["succeeded", "failed"]).exists(), 300)
    total = time.perf_counter() - begun
    job = Job.objects.get(pk=pk)
    assert job.state == "succeeded", job.error
    assert Observation.objects.filter(revision=job.revision_id).count() == ROWS
    return {"receive": received, **job.seconds, "POST to checked": total}


def peak_memory(pid: int) -> float:
    """MB that the process ever held."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


# The floor ------------------------------------------------------------------------------------------------


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def bare_read() -> float:
    data = generated.as_csv(ROWS)
    return median(timed(lambda: pl.read_csv(io.BytesIO(data), infer_schema=False)) for _ in range(ROUNDS))


def bare_copy(indexes: bool) -> float:
    """The rows of one revision into an empty table shaped like that of the observations."""
    revision = Revision.objects.select_related("source", "filing__period", "filing__obligation__entity").latest("pk")
    rows = actions.observation_rows(revision.pk, sound(actions.canonical_lines(revision)))
    names = ", ".join(connection.ops.quote_name(name) for name in rows.columns)
    shape = "INCLUDING DEFAULTS INCLUDING IDENTITY" + (" INCLUDING INDEXES INCLUDING CONSTRAINTS" if indexes else "")

    def once() -> float:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bare")
            cursor.execute(f"CREATE TABLE bare (LIKE {Observation._meta.db_table} {shape})")
        seconds = timed(lambda: copy(f"COPY bare ({names}) FROM STDIN (FORMAT csv)", rows))
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bare")
        return seconds

    return median(once() for _ in range(ROUNDS))


def sound(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.filter(pl.col("address_fault") == "")


def report(rounds: list[dict[str, float]], peak: float, floor: dict[str, float]) -> None:
    print(f"{ROWS:,} observations (measurement_series, CSV), {ROUNDS} rounds, one worker, {os.cpu_count()} CPUs")
    print(f"{'seconds':24}{'first':>8}{'median':>8}{'rows/s':>13}")
    for stage in STAGES:
        middle = median(seconds[stage] for seconds in rounds)
        print(f"{stage:24}{rounds[0][stage]:8.2f}{middle:8.2f}{ROWS / middle:13,.0f}")
    for name, seconds in floor.items():
        print(f"{name:24}{'':8}{seconds:8.2f}{ROWS / seconds:13,.0f}")
    print(f"{'peak memory of worker':24}{peak:8.0f} MB")
