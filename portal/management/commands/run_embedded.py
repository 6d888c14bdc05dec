"""`manage.py run_embedded`: the whole portal in one process; what `make run` starts."""

from __future__ import annotations

import socket
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal.celery import app


class Command(BaseCommand):
    help = "Migrate, load the published filings, then serve pages and run jobs in one process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-published", action="store_true", help="start without the published filings")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SERVED:
            raise CommandError("DATABASE_URL names PostgreSQL: start web, worker and beat apart (docs/operations.md).")
        port = options["port"]
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise CommandError(f"Something answers on port {port} already. Stop it, or choose --port.")
        call_command("migrate", verbosity=0)
        if not options["no_published"]:
            call_command("load_published", stdout=self.stdout)
        if settings.DEMO:
            call_command("make_demo_users", stdout=self.stdout)
        start_worker()
        self.stdout.write(f"The portal answers on http://127.0.0.1:{port}")
        self.stdout.flush()
        serve(port)


def start_worker() -> None:
    """Celery worker and beat as threads. Solo pool: nothing forks, so Polars and the chart renderer stay usable."""
    from celery.beat import Service

    worker = app.Worker(pool="solo", concurrency=1, hostname="embedded@localhost", loglevel="WARNING", quiet=True,
                        without_gossip=True, without_mingle=True)  # fmt: skip
    threading.Thread(target=worker.start, name="worker", daemon=True).start()
    beat = Service(app, schedule_filename=app.conf.beat_schedule_filename)
    threading.Thread(target=beat.start, name="beat", daemon=True).start()


def serve(port: int) -> None:
    from waitress import serve as listen

    from portal.wsgi import application

    listen(
        application,
        host="127.0.0.1",
        port=port,
        threads=8,
        ident=None,
        max_request_body_size=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    )
