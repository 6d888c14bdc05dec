"""Celery tasks of sums. The hint after an acceptance may be lost; the sweep finds what it missed."""

from __future__ import annotations

from celery import shared_task

from reporting.rollups.summing import sum_revision, unsummed


@shared_task
def sum_up(revision_id: int) -> int:
    return sum_revision(revision_id)


@shared_task
def sweep() -> int:
    """How many revisions were summed up."""
    return sum(1 for pk in list(unsummed()) if sum_revision(pk))
