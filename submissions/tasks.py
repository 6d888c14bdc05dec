"""Celery tasks: primary keys in, one action a task."""

from __future__ import annotations

from celery import shared_task

from submissions import actions, hooks, jobs
from submissions.actions import dispatching


@shared_task
def do_job(job_id: int) -> bool:
    return actions.run_job(job_id=job_id)


@shared_task
def reap_jobs() -> int:
    return jobs.reap(dispatching.dispatch)


@shared_task
def send_delivery(delivery_id: int) -> bool:
    return hooks.send(delivery_id)


@shared_task
def send_due_deliveries() -> int:
    return hooks.send_due()
