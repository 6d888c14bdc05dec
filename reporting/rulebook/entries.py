"""Rules as people and programs read them, wherever they are kept."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting import across
from reporting.across.kinds import KINDS as ACROSS_KINDS
from submissions.catalogue import catalogue
from submissions.definition import PLACEHOLDER, Clause, Definition, Rule, Text, expand
from submissions.rules import KINDS
from submissions.rules.plan import used_by

ACROSS, ACROSS_VERSION = "across", "1"
"""What stands for return and version of the rules across filings, which belong to none."""
ACROSS_TITLE: dict[str, str | Promise] = dict.fromkeys(("en", "da", "nl"), _("Across filings"))

PLACEHOLDERS: Mapping[str, str | Promise] = {
    "label": _("data point"),
    "value": _("value"),
    "unit": _("unit"),
    "expected_unit": _("unit that is asked"),
    "period_start": _("first day"),
    "period_end": _("last day"),
    "category": _("category"),
    "flag": _("flag"),
    "flagged": _("data points that need it"),
    "kinds": _("kinds of items"),
    "previous_kinds": _("kinds of items last year"),
}
"""What stands in a message until a finding fills it."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A rule of one version of a return."""

    return_id: str
    version: str
    title: Text
    rule: Rule
    versions: tuple[str, ...]
    """Of the return, that have a rule of this code, the oldest first."""
    definition: Definition | None = None
    """None for rules across filings."""

    @property
    def since(self) -> str:
        return self.versions[0]

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(clause.kind for clause in self.rule.clauses))

    def said(self, text: Text, language: str) -> str:
        """A text of the rule, its placeholders by what will stand there."""
        return PLACEHOLDER.sub(lambda found: f"‹{self.placeholder(found[1], language)}›", text[language])

    def placeholder(self, name: str, language: str) -> str:
        if self.definition and (listed := self.definition.names.get(name)):
            return self.definition.code_lists[listed].name[language]
        return str(PLACEHOLDERS.get(name, name.replace("_", " ")))

    def matches(self, words: str, language: str) -> bool:
        texts = (self.rule.message, self.rule.mend, self.rule.why)
        told = " ".join(
            [self.rule.code, self.rule.legal_ref, *self.kinds, *(self.said(text, language) for text in texts)]
        )
        return all(word in told.lower() for word in words.lower().split())

    def looks_at(self) -> dict[str, Text]:
        """Data points among its operands, with their labels."""
        if self.definition:
            codes = (code for check in expand(self.rule) for code in used_by(check, self.definition))
            return {code: self.definition.points[code].label for code in codes}
        labels = {code: point.label for d in catalogue().definitions.values() for code, point in d.points.items()}
        words = (word for check in expand(self.rule) for word in strings(check.params))
        return {word: labels[word] for word in words if word in labels}

    def repeats(self, clause: Clause, language: str) -> Iterator[tuple[str, str]]:
        """Loop variables of a clause, and what they run over, by its name."""
        for name, values in clause.repeat.items():
            listed = self.definition.names.get(name) if self.definition else None
            codes = catalogue().code_lists[listed].codes if listed else {}
            yield name, ", ".join(codes[v].label[language] if v in codes else v for v in values)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from strings(item)


def entries() -> list[Entry]:
    """Every rule: return by return and version by version in the order of the definitions, then those across filings."""
    found = [of_definition(definition) for definition in catalogue().definitions.values()]
    return [entry for some in [*found, of_across()] for entry in some]


def of_definition(definition: Definition) -> list[Entry]:
    versions = catalogue().versions(definition.return_id)
    return [
        Entry(
            definition.return_id, definition.version, definition.title, rule,
            tuple(d.version for d in versions if rule.code in d.rules), definition,
        )
        for rule in definition.rules.values()
    ]  # fmt: skip


def of_across() -> list[Entry]:
    title = {language: str(words) for language, words in ACROSS_TITLE.items()}
    return [Entry(ACROSS, ACROSS_VERSION, title, rule, (ACROSS_VERSION,)) for rule in across.rules().values()]


def find(return_id: str, version: str, code: str) -> Entry | None:
    wanted = (return_id, version, code)
    return next((one for one in entries() if (one.return_id, one.version, one.rule.code) == wanted), None)


def about(kind: str) -> str:
    """What a kind of rule holds, as its author says."""
    known, beyond = KINDS.get(kind), ACROSS_KINDS.get(kind)
    function = (known.line or known.cell or known.filing) if known else beyond.function if beyond else None
    return (inspect.getdoc(function) or "").replace("`", "")


def written(value: Any) -> str:
    """An operand as text."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {written(item)}" for name, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(
            f"({text})" if isinstance(item, Mapping) else text for item in value for text in [written(item)]
        )
    return str(value).lower() if isinstance(value, bool) else str(value)
