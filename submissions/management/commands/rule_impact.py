"""`manage.py rule_impact PATH`: whom would a draft of a definition pass or fail? Before it goes among the others. Reads only."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections import Counter, defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.impact import Impact, impact
from submissions.management.commands.check_definition import sound_definition

SECONDS_BETWEEN_NEWS = 5
NAMED = 10
"""Places that are named a rule; `--json` names all."""


class Command(BaseCommand):
    help = (
        "Judge the last revision of every filing of a return under a draft of its definition, and say what would be found "
        "newly or no longer, and who would newly fail or pass. Changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="folder of the draft")
        parser.add_argument("--json", action="store_true", help="one JSON object a revision, a line each")

    def handle(self, *args: Any, **options: Any) -> None:
        draft = sound_definition(options["path"])
        report, news = Report(draft), time.monotonic()
        for one in impact(draft):
            report.add(one)
            if options["json"]:
                self.stdout.write(json.dumps(asdict(one) | {"change": one.change}, ensure_ascii=False))
            if time.monotonic() - news > SECONDS_BETWEEN_NEWS:
                self.stderr.write(f"{sum(report.changes.values())} judged …")
                news = time.monotonic()
        if not options["json"]:
            self.stdout.write("\n".join(report.lines()))


class Report:
    """What is told of a draft in words."""

    def __init__(self, draft: Definition) -> None:
        self.draft = draft
        versions = catalogue().versions(draft.return_id)
        self.known = next((d for d in versions if d.version == draft.version), versions[-1] if versions else draft)
        self.changes: Counter[str] = Counter()
        self.filings: dict[str, list[str]] = defaultdict(list)
        self.fires: Counter[str] = Counter()
        self.ceases: Counter[str] = Counter()
        self.places: dict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, one: Impact) -> None:
        self.changes[one.change] += 1
        if one.change != "same":
            self.filings[one.change].append(
                f"{one.receipt}: {one.errors_before} errors before, {one.errors_now} now"
                if one.errors_now is not None
                else f"{one.receipt} (version {one.version}): the draft knows {one.lines - one.unknown} of {one.lines} lines"
            )
        for counted, found, mark in ((self.fires, one.fires, "+"), (self.ceases, one.ceases, "-")):
            for rule, address in found:
                counted[rule] += 1
                if counted[rule] <= NAMED:
                    self.places[rule, mark].append(f"  {mark} {one.entity} {one.period} {address}")

    def lines(self) -> list[str]:
        judged = sum(self.changes.values()) - self.changes["not_read"]
        said = [f"{self.draft.id}: {judged} revisions judged, {self.changes['not_read']} not read."]
        for title, change in (("Newly fail", "newly_fails"), ("Newly pass", "newly_passes"), ("Not read", "not_read")):
            said += [f"{title}: {self.changes[change]}", *(f"  {line}" for line in self.filings[change])]
        order = [*self.draft.rules, *sorted({*self.fires, *self.ceases}.difference(self.draft.rules))]
        for rule in order:
            if changed := [*self.severity(rule), *self.counts(rule)]:
                said += [f"{rule}: {', '.join(changed)}", *self.places[rule, "+"], *self.places[rule, "-"]]
        return said

    def counts(self, rule: str) -> list[str]:
        told = ((self.fires[rule], "newly fires"), (self.ceases[rule], "no longer fires"))
        return [f"{words} {n} times" for n, words in told if n]

    def severity(self, rule: str) -> list[str]:
        """How grave the rule is in the draft, where the definition it would replace or follow says otherwise."""
        old, new = self.known.rules.get(rule), self.draft.rules.get(rule)
        if old is None or new is None:
            return ["new"] if new else ["not in the draft"]
        return [f"{new.severity}, was {old.severity}"] if old.severity != new.severity else []
