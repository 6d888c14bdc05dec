"""The Celery application. The broker is only a hint: the row of a job in the database is the truth."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from django.conf import settings

from portal.settling import settle

app = Celery("portal")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    # A request must not hang on a broker that is away: the reaper hands the job out later.
    broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 2},
    task_publish_retry=False,
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    timezone=settings.TIME_ZONE,
    beat_schedule={
        "reap lost jobs": {"task": "submissions.tasks.reap_jobs", "schedule": float(settings.REAP_EVERY_SECONDS)},
        "reap exports": {"task": "reporting.tasks.reap_exports", "schedule": float(settings.REAP_EVERY_SECONDS)},
        "delete expired exports": {"task": "reporting.tasks.delete_expired_exports", "schedule": 3600.0},
        "send digests": {"task": "reporting.tasks.send_digests", "schedule": 600.0},
        "send due webhooks": {
            "task": "submissions.tasks.send_due_deliveries",
            "schedule": float(settings.REAP_EVERY_SECONDS),
        },
        "sum up what was missed": {"task": "reporting.rollups.tasks.sweep", "schedule": 600.0},
        "publish a dump": {
            "task": "reporting.published.tasks.publish_dump",
            "schedule": crontab(hour="2", minute="30"),
        },
    },
    beat_schedule_filename=str(settings.VAR_DIR / "beat-schedule"),
)
if settings.CELERY_BROKER_URL.startswith("filesystem"):
    queue = settings.VAR_DIR / "queue"
    for name in ("messages", "processed", "control"):
        (queue / name).mkdir(parents=True, exist_ok=True)
    app.conf.broker_transport_options = {
        "data_folder_in": str(queue / "messages"),
        "data_folder_out": str(queue / "messages"),
        "processed_folder": str(queue / "processed"),
        "control_folder": str(queue / "control"),
        "store_processed": False,
    }
app.autodiscover_tasks(["submissions", "reporting", "reporting.rollups", "reporting.published"])


@worker_ready.connect
def hand_out_lost_jobs(**kwargs: Any) -> None:
    """What a dead worker left behind is handed out as soon as one is back."""
    settle()
    app.send_task("submissions.tasks.reap_jobs")
