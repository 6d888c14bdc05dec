"""What beat asks for every night."""

from __future__ import annotations

from celery import shared_task

from reporting.published import dumps


@shared_task
def publish_dump() -> str | None:
    """The name of the new dump; none where nothing has changed."""
    made = dumps.publish()
    return made.name if made else None
