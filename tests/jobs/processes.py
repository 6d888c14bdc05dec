"""Real Celery processes on the database of the running test, and waiting for what they do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import connection

T = TypeVar("T")
ROOT = Path(__file__).parent.parent.parent


def environment(folder: Path) -> dict[str, str]:
    place = connection.settings_dict
    return os.environ | {
        "DATABASE_URL": f"postgres://{place['USER']}@{place['HOST']}:{place['PORT']}/{place['NAME']}",
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "VAR_DIR": str(folder),
        "JOB_HEARTBEAT_SECONDS": "0.2",
        "JOB_LOST_AFTER_SECONDS": "5",
        "REAP_EVERY_SECONDS": "2",
    }


@contextmanager
def celery(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery process, ended at the latest with the block; its log is in `folder`."""
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "portal", *arguments],
            cwd=ROOT, env=environment(folder), stdout=log, stderr=log,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait(timeout=30)


def worker(folder: Path) -> object:
    return celery(folder, "worker", "-P", "threads", "-c", "1", "--without-gossip", "--without-mingle", "-l", "INFO")


def beat(folder: Path) -> object:
    return celery(folder, "beat", "-l", "INFO")


def wait_for(what: Callable[[], T | None], seconds: float, every: float = 0.02) -> T:
    """The first truthy answer; fails when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {what}")
