"""Codes of places as the Union writes them: inside the portal ISO 3166-1, outside EL for Greece (Interinstitutional
style guide, annex A5)."""

from __future__ import annotations

import re

from submissions.catalogue import catalogue

GEO = re.compile(r"Eurostat GEO=(\w+)")


def place_code(code: str) -> str:
    """ISO 3166-1 as the Union writes it; the list of areas says which differ."""
    area = catalogue().code_lists["area"].codes.get(code)
    found = GEO.search(area.equivalent) if area else None
    return found[1] if found else code


def place_name(code: str, language: str) -> str:
    """Of a country or an area; the code itself where no list has it."""
    for name in ("reference_area", "country"):
        found = catalogue().code_lists[name].codes.get(code)
        if found is not None:
            return found.label[language]
    return code
