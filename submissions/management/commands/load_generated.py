"""`manage.py load_generated`: made-up filings in any number, for tests of speed and for looking at full pages."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from submissions.generating import load_generated
from submissions.models import Revision
from submissions.publications import load_entities


class Command(BaseCommand):
    help = "File, check and accept made-up filings; every name says so. For empty or demo portals only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--entities", type=int, default=50)
        parser.add_argument("--years", type=int, default=10)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        load_entities()
        if Revision.objects.exclude(door="import").exists():
            raise CommandError("This portal holds filings that people made. Generated ones would stand among them.")
        made = sum(1 for _one in load_generated(options["entities"], options["years"], options["seed"]))
        self.stdout.write(f"{made} generated filings.")
