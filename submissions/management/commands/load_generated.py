"""`manage.py load_generated`: made-up filings in any number, for tests of speed and for looking at full pages."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
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
        parser.add_argument(
            "--rows", type=int, default=0, help="Lines of each yearly measurement series; 0: no series."
        )
        parser.add_argument("--sources", type=int, default=10, help="Measurement sources, where there are rows.")

    def handle(self, *args: Any, **options: Any) -> None:
        load_entities()
        if Revision.objects.exclude(door="import").exists():
            raise CommandError("This portal holds filings that people made. Generated ones would stand among them.")
        sources = options["sources"] if options["rows"] else 0
        made = sum(
            1
            for _one in load_generated(options["entities"], options["years"], options["seed"], sources, options["rows"])
        )
        call_command("sum_up", verbosity=0)
        self.stdout.write(f"{made} generated filings.")
