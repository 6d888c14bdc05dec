"""Telling the workers that a job waits."""

from __future__ import annotations

import logging

from portal.celery import app

log = logging.getLogger(__name__)


def dispatch(job_id: int) -> None:
    """Tell the workers after the commit. A broker that is away costs time, not the filing: the reaper hands it out."""
    try:
        app.send_task("submissions.tasks.do_job", args=[job_id])
    except Exception:  # whatever the broker's library raises, the filing is stored and the receipt stands
        log.warning("the broker did not take job %s; the reaper will hand it out", job_id, exc_info=True)
