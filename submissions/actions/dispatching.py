"""Telling the workers that something waits. A broker that is away costs time, not the filing: a sweep finds it later."""

from __future__ import annotations

import logging

from portal.celery import app

log = logging.getLogger(__name__)


def dispatch(job_id: int) -> None:
    """A job, after the commit; the reaper hands it out otherwise."""
    hint("submissions.tasks.do_job", job_id)


def hint(task: str, key: int) -> None:
    """What a task should look at, after the commit."""
    try:
        app.send_task(task, args=[key])
    except Exception:  # whatever the broker's library raises, what was written stands
        log.warning("the broker did not take %s of %s; a sweep will find it", task, key, exc_info=True)
