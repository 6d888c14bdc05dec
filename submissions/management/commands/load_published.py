"""`manage.py load_published`: the real filings, through `submit_revision` and the normal check. Repeatable."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from submissions import publications


class Command(BaseCommand):
    help = "File the published reports of 2021, 2022 and 2025 through the normal doors; again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        publications.load_entities()
        loaded = list(publications.load_filings())
        for one in loaded:
            if one.new or options["verbosity"] > 1:
                self.stdout.write(f"{one.receipt}: {one.state}, {one.errors} errors, {one.warnings} warnings")
        new = sum(one.new for one in loaded)
        if new:
            publications.release_loaded()
        call_command("sum_up", verbosity=0)
        self.stdout.write(f"{len(loaded)} published filings, {new} of them new.")
