"""`manage.py recheck`: does every revision still get the findings it got? Under its own definition, beside the revisions it
was compared with then. Reads only."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from submissions.models import Revision
from submissions.models.revision import RevisionQuerySet
from submissions.rechecking import Rechecked, recheck

SECONDS_BETWEEN_NEWS = 5


class Command(BaseCommand):
    help = "Judge revisions again as they were judged, and say where the findings are others. Changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--revision", metavar="RECEIPT_OR_ID", help="one revision")
        which.add_argument("--all", action="store_true", help="every revision that was checked")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = Revision.objects.all() if options["all"] else one(options["revision"])
        total, done, wrong, news = asked.filter(checked_at__isnull=False).count(), 0, 0, time.monotonic()
        for result in recheck(asked):
            done += 1
            wrong += not result.same
            if not result.same or not options["all"]:
                self.tell(result)
            if time.monotonic() - news > SECONDS_BETWEEN_NEWS:
                self.stderr.write(f"{done} of {total} …")
                news = time.monotonic()
        summary = f"{done} revisions judged again, {done - wrong} with the same findings byte for byte."
        if wrong:
            raise CommandError(summary)
        self.stdout.write(summary)

    def tell(self, result: Rechecked) -> None:
        said = result.problem or ("same" if result.same else "other findings")
        self.stdout.write(f"{result.receipt}: {said}, {result.findings} findings stored")
        for mark, findings in (("only stored", result.only_stored), ("only now", result.only_now)):
            for text in findings:
                finding = json.loads(text)
                self.stdout.write(f"  {mark}: {finding['rule']} {finding['address']} {text}")


def one(asked: str) -> RevisionQuerySet:
    found = Revision.objects.filter(Q(receipt=asked) | Q(pk=int(asked)) if asked.isdigit() else Q(receipt=asked))
    if not found:
        raise CommandError(f"There is no revision {asked}.")
    if not found.filter(checked_at__isnull=False):
        raise CommandError(f"{asked} was not checked yet.")
    return found
