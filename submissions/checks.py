"""`manage.py check`: a broken definition is an error that names file and key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from submissions.definition import CODE, LANGUAGES, PLACEHOLDER, Definition, DefinitionError, load_catalogue
from submissions.rules import KINDS

OPERAND_WORDS = {"answered_under"}
"""Conditions whose operand is a prefix of addresses, not an address."""


def strings(value: Any, key: str = "") -> Iterator[str]:
    """Every string among the operands of a check that could be an address."""
    if isinstance(value, str) and key not in OPERAND_WORDS:
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from strings(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, key)


def rule_problems(definition: Definition, folder: Path) -> Iterator[DefinitionError]:
    """Kinds nobody wrote, operands nobody files, messages that lose a placeholder in translation."""
    file = folder / "rules.toml"
    for check in definition.checks:
        if check.kind not in KINDS:
            yield DefinitionError(file, f"{check.rule.code}.kind", f"there is no kind of rule '{check.kind}'")
        for word in strings(dict(check.params)):
            if "." in word and CODE.fullmatch(word) and word not in definition.points:
                yield DefinitionError(file, check.rule.code, f"unknown data point '{word}'")
    for rule in definition.rules.values():
        for name, text in (("message", rule.message), ("mend", rule.mend)):
            wanted = set(PLACEHOLDER.findall(text["en"]))
            for language in LANGUAGES:
                if set(PLACEHOLDER.findall(text[language])) != wanted:
                    yield DefinitionError(
                        file, f"{rule.code}.{name}.{language}", "its {placeholders} differ from English"
                    )


@register()
def definitions_are_sound(**kwargs: Any) -> list[CheckMessage]:
    root = Path(settings.DEFINITIONS_DIR)
    try:
        catalogue = load_catalogue(root)
    except DefinitionError as problem:
        return [Error(str(problem), id="submissions.E001")]
    return [
        Error(str(problem), id="submissions.E002")
        for definition in catalogue.definitions.values()
        for problem in rule_problems(definition, root / definition.id)
    ]
