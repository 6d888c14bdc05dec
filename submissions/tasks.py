"""Celery tasks: primary keys in, one action a task."""

from __future__ import annotations

from celery import shared_task

from submissions import actions, jobs


@shared_task
def check_revision(job_id: int) -> bool:
    return actions.run_check(job_id=job_id)


@shared_task
def reap_jobs() -> int:
    return jobs.reap(actions.dispatch)
