"""Findings in words: message and mending hint from the rule's texts, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from submissions.definition import Definition


class Found(Protocol):
    """A finding, fresh from the judge or kept in the database."""

    @property
    def rule(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def blocked_by(self) -> str: ...


@dataclass(frozen=True)
class Words:
    label: str
    message: str
    mend: str
    why: str
    legal_ref: str


BLOCKED = {
    "en": "Not evaluated because of finding {finding}; it will be once that is mended.",
    "da": "Ikke vurderet på grund af fundet {finding}; det sker, når det er rettet.",
    "nl": "Niet beoordeeld vanwege bevinding {finding}; dat gebeurt zodra die is hersteld.",
}


class Lenient(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def in_words(definition: Definition, finding: Found, language: str) -> Words:
    """Placeholders are filled with names in the reader's language; a rule keeps its texts for ever."""
    rule = definition.rules[finding.rule]
    label = definition.label_of(finding.address, language)
    values = Lenient(label=label)
    for name, value in finding.params.items():
        if name != "numbers":
            values[name] = named(definition, name, str(value), language)
    message = rule.message[language].format_map(values)
    if finding.blocked_by:
        message = BLOCKED[language].format(finding=finding.blocked_by)
    return Words(label, message, rule.mend[language].format_map(values), rule.why[language], rule.legal_ref)


LISTS = {
    "unit": "unit",
    "expected_unit": "unit",
    "flag": "comparability_flag",
    "kinds": "item_kind",
    "previous_kinds": "item_kind",
}
"""Placeholders whose values are codes, and the list that names them."""


def named(definition: Definition, name: str, value: str, language: str) -> str:
    """A placeholder's value for people: codes by their label, addresses by theirs."""
    if name == "flagged":
        return ", ".join(definition.label_of(address, language) for address in value.split(";"))
    if name == "category" and value.isdigit():
        return value
    codes = definition.code_lists[definition.names.get(name) or LISTS.get(name) or "unit"].codes
    if name not in LISTS and name not in definition.names:
        return value
    return ", ".join(
        found.label[language] if (found := codes.get(code) or codes.get(code.upper())) else code
        for code in value.split(";")
    )
