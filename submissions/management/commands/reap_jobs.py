"""`manage.py reap_jobs`: queue again what lost its worker, by hand; beat does it every few seconds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from submissions import jobs
from submissions.actions import dispatching


class Command(BaseCommand):
    help = "Queue jobs without a heartbeat again and hand out those that wait."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{jobs.reap(dispatching.dispatch)} jobs handed out.")
