"""Codes of places as the Union writes them: inside the portal ISO 3166-1, outside EL for Greece (Interinstitutional
style guide, annex A5)."""

from __future__ import annotations

from submissions.catalogue import catalogue

SHOWN = {"GR": "EL"}


def place_code(code: str) -> str:
    return SHOWN.get(code, code)


def place_name(code: str, language: str) -> str:
    """Of a country or an area; the code itself where no list has it."""
    for name in ("reference_area", "country"):
        found = catalogue().code_lists[name].codes.get(code)
        if found is not None:
            return found.label[language]
    return code
