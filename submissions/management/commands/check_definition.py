"""`manage.py check_definition PATH`: is this definition folder sound? Before it goes among the others."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from submissions.checks import rule_problems
from submissions.definition import Definition, DefinitionError
from submissions.loading import load, load_code_lists, read_toml


class Command(BaseCommand):
    help = "Read a definition folder with the code lists of this portal and say what is wrong in it, by file and key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        definition = sound_definition(options["path"])
        points, rules = len(definition.points), len(definition.rules)
        self.stdout.write(f"{definition.id}: {points} data points, {rules} rules, fingerprint {definition.fingerprint}")


def sound_definition(folder: Path) -> Definition:
    """What a folder holds, with the code lists and kinds of this portal. Raises CommandError for anything wrong in it."""
    root = Path(settings.DEFINITIONS_DIR)
    try:
        definition = load(folder, load_code_lists(root / "codelists"), read_toml(root / "kinds.toml"))
    except DefinitionError as problem:
        raise CommandError(str(problem)) from problem
    if problems := list(rule_problems(definition, folder)):
        raise CommandError("\n".join(str(problem) for problem in problems))
    return definition
