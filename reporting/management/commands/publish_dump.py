"""`manage.py publish_dump`: everything that is public in one file, where it differs from the last one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reporting.published import dumps


class Command(BaseCommand):
    help = (
        "Write everything that is public to a ZIP file with checksums. Where nothing has changed, nothing is written."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        made = dumps.publish()
        self.stdout.write(made.checksum_line.rstrip() if made else "Nothing has changed since the last dump.")
