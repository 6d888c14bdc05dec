"""`manage.py check`: a broken definition is an error that names file and key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from submissions.definition import CODE, LANGUAGES, PLACEHOLDER, Definition, DefinitionError
from submissions.loading import load_catalogue
from submissions.rules import KINDS
from submissions.rules.cells import COMPARE, CONDITIONS

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


def unknown_words(params: dict[str, Any]) -> Iterator[str]:
    """Conditions and comparisons that nobody wrote."""
    if params.get("op", "==") not in COMPARE:
        yield f"unknown comparison '{params['op']}'"
    for entry in [*params.get("when", []), *params.get("then", [])]:
        for name, operands in entry.items():
            if name not in CONDITIONS:
                yield f"unknown condition '{name}'"
            elif name == "any":
                yield from unknown_words({"then": operands})


def rule_problems(definition: Definition, folder: Path) -> Iterator[DefinitionError]:
    """Kinds nobody wrote, operands nobody files, messages that lose a placeholder in translation."""
    file = folder / "rules.toml"
    for check in definition.checks:
        if check.kind not in KINDS:
            yield DefinitionError(file, f"{check.rule.code}.kind", f"there is no kind of rule '{check.kind}'")
        for word in strings(dict(check.params)):
            if "." in word and CODE.fullmatch(word) and word not in definition.points:
                yield DefinitionError(file, check.rule.code, f"unknown data point '{word}'")
        for name in unknown_words(dict(check.params)):
            yield DefinitionError(file, check.rule.code, name)
    for variable, list_id in definition.names.items():
        if list_id not in definition.code_lists:
            yield DefinitionError(file, f"names.{variable}", f"unknown code list '{list_id}'")
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
