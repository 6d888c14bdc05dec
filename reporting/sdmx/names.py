"""Identifiers of SDMX: what our codes are called there, and in which version of the standard."""

from __future__ import annotations

from enum import StrEnum

from reporting.places import place_code
from submissions.catalogue import catalogue
from submissions.definition import Definition

AGENCY = "EC_CSA"
"""Maintains everything. Not registered with sdmx.org: `EC` and those of directorates-general are taken by others."""
NOT_APPLICABLE, NOT_STATED = "_Z", "_U"
"""Members of open dimensions: the data point has no such dimension; the filer left it out."""


class Standard(StrEnum):
    V21 = "2.1"
    V30 = "3.0"

    @property
    def list_version(self) -> str:
        """Version of code lists; their codes only ever grow."""
        return self.version("1")

    def version(self, text: str) -> str:
        """A definition's version as this standard writes them: `2024` -> `2024.0` in 2.1, `2024.0.0` in 3.0."""
        parts = 2 if self is Standard.V21 else 3
        return ".".join([*text.split("."), *["0"] * parts][: max(parts, text.count(".") + 1)])


def flow_id(definition: Definition) -> str:
    """Of dataflow, data structure and, with a prefix, of all that belongs to one definition."""
    return definition.return_id.upper()


def indicator(code: str) -> str:
    """A data point's code. Full stops separate the parts of SDMX keys, and hyphens are in no code, so nothing collides."""
    return code.replace(".", "-")


def eu_code(code: str) -> str:
    """EL for Greece; what is no country stays as it is."""
    return place_code(code) if code in catalogue().code_lists["country"].codes else code


def entity_code(code: str) -> str:
    """`dk` -> `DK`, `gr` -> `EL`, `google` -> `GOOGLE`."""
    return eu_code(code.upper())


def code_list_id(name: str) -> str:
    return f"CL_{name.upper()}"


def short_urn(kind: str, name: str, version: str) -> str:
    """`Dataflow=EC_CSA:PROVIDER_REPORT(2024.0)`."""
    return f"{kind}={AGENCY}:{name}({version})"
