"""Celery tasks of reporting: primary keys in, one action a task."""

from __future__ import annotations

from celery import shared_task

from reporting.exports import actions as exports
from reporting.kept import digests
from reporting.models import Export
from submissions import jobs


@shared_task
def write_export(export_id: int) -> bool:
    return exports.write_export(export_id=export_id)


@shared_task
def reap_exports() -> int:
    """Files whose worker is gone are written by another; what waits is handed out again."""
    return jobs.reap(exports.hand_out, Export)


@shared_task
def delete_expired_exports() -> int:
    return exports.delete_expired()


@shared_task
def send_digests() -> int:
    return digests.send_digests()
