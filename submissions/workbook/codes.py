"""Codes as people meet them in the drop-downs of a workbook, behind a dash their label, and back to the code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from submissions.definition import Code, DataPoint, Definition

DASH = " – "
YES_NO = (Code("1", {"en": "Yes", "da": "Ja", "nl": "Ja"}), Code("0", {"en": "No", "da": "Nej", "nl": "Nee"}))
FIELD_LISTS = {
    "obs_status": ("obs_status",),
    "unit": ("unit",),
    "qualifier": ("qualifier",),
    "reason": ("reason", "reason_period"),
    "flags": ("comparability_flag",),
}
"""Fields that hold codes, and the lists these come from."""
MANY = ("reason", "flags")
"""Fields that hold several codes, joined by semicolons."""


@dataclass(frozen=True)
class Vocabulary:
    """The codes of one drop-down, and what people may write instead of them."""

    codes: Mapping[str, Code]
    labels: Mapping[str, str]
    """Label in any language, folded -> code. A label that two codes share means neither."""

    def entry(self, code: str, language: str) -> str:
        return f"{code}{DASH}{self.codes[code].label[language]}"

    def entries(self, language: str) -> list[str]:
        return [self.entry(code, language) for code in self.codes]

    def read(self, text: str) -> str:
        """The code that a cell means: an entry, a bare code or a label. Other text stays as it is."""
        bare = text.strip()
        before = bare.partition(DASH)[0].strip()
        for code in (bare, before):
            if code in self.codes:
                return code
        return self.labels.get(bare.casefold(), text)

    def read_many(self, text: str) -> str:
        whole = self.read(text)
        return whole if whole in self.codes else ";".join(self.read(part) for part in text.split(";"))

    def show(self, text: str, language: str) -> str:
        """Codes joined by semicolons as entries; text with anything else in it stays as it is."""
        parts = text.split(";")
        return "; ".join(self.entry(part, language) for part in parts) if set(parts) <= set(self.codes) else text


def vocabulary(codes: Mapping[str, Code]) -> Vocabulary:
    labels: dict[str, str | None] = {}
    for code in codes.values():
        for label in set(code.label.values()):
            folded = label.strip().casefold()
            labels[folded] = code.id if labels.get(folded, code.id) == code.id else None
    return Vocabulary(codes, {label: code for label, code in labels.items() if code})


@lru_cache(maxsize=256)
def of_lists(definition: Definition, *lists: str) -> Vocabulary:
    return vocabulary({code.id: code for name in lists for code in definition.code_lists[name].codes.values()})


def of_field(definition: Definition, field: str) -> Vocabulary:
    return of_lists(definition, *FIELD_LISTS[field])


@lru_cache(maxsize=64)
def of_states(definition: Definition) -> Vocabulary:
    """The statuses that the definition takes."""
    known = definition.code_lists["obs_status"].codes
    return vocabulary({code: known[code] for code in (*definition.valued, *definition.missing)})


def of_value(definition: Definition, point: DataPoint) -> Vocabulary | None:
    """What the value of a data point is chosen from, if from anything."""
    if point.value_type == "boolean":
        return of_yes_no()
    return of_lists(definition, point.code_list) if point.code_list else None


@lru_cache(maxsize=1)
def of_yes_no() -> Vocabulary:
    return vocabulary({code.id: code for code in YES_NO})


def of_dimension(definition: Definition, dimension: str) -> Vocabulary | None:
    code_list = definition.dimensions[dimension].code_list
    return of_lists(definition, code_list) if code_list else None


@lru_cache(maxsize=64)
def of_points(definition: Definition) -> Vocabulary:
    """The data points themselves, as the address column of an open sheet offers them."""
    return vocabulary({point.code: Code(point.code, point.label) for point in definition.points.values()})
