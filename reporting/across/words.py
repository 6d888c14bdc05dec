"""Findings across filings in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from reporting.across.catalogue import rules
from reporting.across.found import Found
from submissions.catalogue import catalogue
from submissions.messages import Words
from submissions.presentation import number


def in_words(found: Found, language: str, names: Mapping[str, str] | None = None) -> Words:
    """Numbers as people write them; countries by their name, and sources where `names` gives that of their code."""
    rule = rules()[found.rule]
    label = catalogue().get(found.return_id, found.version).label_of(found.address, language)
    said = {
        name: number(round(value, 2) if value < 100 else round(value), language)
        for name, value in found.numbers.items()
    }
    countries = catalogue().code_lists["area"].codes
    words = dict(found.params)
    if words.get("country") in countries:
        words["country"] = countries[words["country"]].label[language]
    if "source" in words:
        words["source"] = (names or {}).get(words["source"], words["source"])
    values = {"label": label, **words, **said}
    return Words(
        label,
        rule.message[language].format(**values),
        rule.mend[language].format(**values),
        rule.why[language],
        rule.legal_ref,
    )
