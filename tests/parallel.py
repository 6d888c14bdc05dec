"""Loaded before the settings: each process of a parallel run has a queue and a folder of its own. Its database is named
apart by pytest-django."""

from __future__ import annotations

import os
import tempfile

worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if worker:
    broker = os.environ.get("CELERY_BROKER_URL", "")
    if broker.startswith("redis://"):
        os.environ["CELERY_BROKER_URL"] = f"{broker.rpartition('/')[0]}/{worker.removeprefix('gw')}"
    # As a web process: frames of tests are small, and the other process needs the other core.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix=f"{worker}-", dir=os.environ.get("VAR_DIR"))
