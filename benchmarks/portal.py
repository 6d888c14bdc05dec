"""The portal as benchmarks meet it: entities loaded, a client with a token, a worker, and how long its jobs take."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from knox.models import AuthToken

from portal.access import Role
from portal.celery import app
from portal.models import Membership, ReportingEntity, User
from submissions import publications
from submissions.models import Job

ROOT = Path(__file__).parent.parent


def prepare() -> None:
    call_command("migrate", verbosity=0)
    publications.load_entities()
    app.control.purge()


def token(entity: str) -> str:
    """Of a filer of the entity."""
    user, _ = User.objects.get_or_create(email=f"benchmark@{entity}.invalid", defaults={"name": "Benchmark"})
    Membership.objects.get_or_create(user=user, entity=ReportingEntity.objects.get(code=entity), role=Role.FILER)
    return str(AuthToken.objects.create(user)[1])


@contextmanager
def process(*command: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the portal with a folder of its own, ended with the block."""
    # Polars writes its own choice for its allocator into the environment of this process, which is not the portal's.
    own = {name: value for name, value in os.environ.items() if name != "_RJEM_MALLOC_CONF"}
    with tempfile.TemporaryDirectory() as folder:
        running = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=own | {"VAR_DIR": folder} | environment,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield running
        finally:
            running.terminate()
            running.wait(timeout=60)


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    with process("celery", "-A", "portal", "worker", "-P", "threads", "-c", "2", "-l", "WARNING") as running:
        until(lambda: app.control.ping(timeout=1), 60)
        yield running


def until(what: Callable[[], Any], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.02)


def done(job_id: int, seconds: float = 300) -> Job:
    """The job, once it has succeeded."""
    until(lambda: Job.objects.filter(pk=job_id, state__in=["succeeded", "failed"]).exists(), seconds)
    job = Job.objects.select_related("upload").get(pk=job_id)
    assert job.state == "succeeded", job.error
    return job


def peak_memory(pid: int) -> float:
    """MB that the process ever held."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


PARTS = ("gunicorn", "celery", "postgres", "redis-server")


def processor_seconds() -> dict[str, float]:
    """Seconds of processor time so far: of the parts of the portal, and of this process, which makes the load."""
    spent = dict.fromkeys(PARTS, 0.0) | {"load": time.process_time()}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode()
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
        for part in PARTS:
            if part in command:
                spent[part] += (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def timed(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
