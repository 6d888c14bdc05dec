"""`manage.py sum_up`: the sums of long filings that are not there yet. Repeatable; the worker does the same by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reporting.models.rollup import SummedRevision
from reporting.rollups.summing import sum_revision, unsummed


class Command(BaseCommand):
    help = "Add up the lines of accepted filings whose definition asks for it, where that was not done yet."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--again", action="store_true", help="Throw away all sums first.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            SummedRevision.objects.all().delete()
        revisions = list(unsummed())
        rows = sum(sum_revision(pk) for pk in revisions)
        if options["verbosity"]:
            self.stdout.write(f"{len(revisions)} filings added up to {rows} sums.")
