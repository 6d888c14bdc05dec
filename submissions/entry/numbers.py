"""Numbers as people type them in their language: `1 234`, `1.234,5`, `ca 90 000`, `> 500`, `100-200`, `12,5 %`.

What can mean one thing only is taken. What is hedged, or could be read in two ways, is understood but must be asked.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from submissions.datatypes import NUMBER

DECIMAL_MARK = {"en": ".", "da": ",", "nl": ","}
THIN = "\u202f"
PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
"""A number as canonical content writes it, but for zeros at its end."""
GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(?:([ .,'])[0-9]{3})(?:\1[0-9]{3})*")
AMBIGUOUS = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
"""One mark before exactly three digits: thousands in one language, decimals in another."""
RANGE = re.compile(r"(.*[0-9])\s*[-–—]\s*([0-9].*)")
HEDGES = (
    ("approximate", r"~|≈|±|(?:ca|circa|cirka|about|around|approx|approximately|roughly|some|omkring|omtrent|ongeveer"
                    r"|rond|zo'n|plusminus)\b\.?"),
    ("lower_bound", r">|(?:more than|over|mere end|meer dan)\b"),
    ("upper_bound", r"<|(?:almost|less than|under|næsten|mindre end|bijna|minder dan)\b"),
)  # fmt: skip


@dataclass(frozen=True)
class Understood:
    """What was typed, in the fields of an observation."""

    value: str = ""
    qualifier: str = ""
    low: str = ""
    high: str = ""
    sure: bool = True
    """False where a person must confirm it."""

    @property
    def fields(self) -> dict[str, str]:
        return {"value": self.value, "qualifier": self.qualifier, "low": self.low, "high": self.high}


def understand(typed: str, language: str, value_type: str) -> Understood | None:
    """What a number means, or None where it means nothing to us; it then stays as it was typed."""
    text = spaced(typed)
    if value_type == "percentage":
        text = text.removesuffix("%").rstrip()
    for qualifier, words in HEDGES:
        if hedge := re.match(words, text, re.IGNORECASE):
            value = digits(text[hedge.end() :].strip(), language, value_type)
            return Understood(value[0], qualifier, sure=False) if value else None
    if number := digits(text, language, value_type):
        return Understood(number[0], sure=number[1])
    if ends := RANGE.fullmatch(text):
        low, high = (digits(end, language, value_type) for end in ends.groups())
        return Understood("", "range", low[0], high[0], sure=False) if low and high else None
    return None


def spaced(typed: str) -> str:
    """Every kind of white space as one blank; signs and apostrophes in their plain form."""
    text = (
        unicodedata.normalize("NFC", typed)
        .replace("\N{MINUS SIGN}", "-")
        .replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )
    return " ".join(text.split())


def digits(text: str, language: str, value_type: str) -> tuple[str, bool] | None:
    """Digits with a point before decimals, and whether that is the only way to read them."""
    mark = DECIMAL_MARK[language]
    if AMBIGUOUS.fullmatch(text):
        decimal = text.replace(",", ".")
        grouped = text.replace(".", "").replace(",", "")
        if value_type == "count":
            return grouped, mark not in text
        return (decimal, mark in text) if mark in text or value_type == "percentage" else (grouped, True)
    whole, decimals = text, ""
    if split := re.fullmatch(r"(.*[0-9])([.,])([0-9]+)", text):
        head, sign, tail = split.groups()
        if sign not in head and (not GROUPED.fullmatch(text) or " " in head):
            whole, decimals = head, f".{tail}"
    if GROUPED.fullmatch(whole):
        whole = re.sub(r"[ .,']", "", whole)
    number = whole + decimals
    return (number, True) if re.match(NUMBER, number) and number.isascii() else None


def shown(value: str, language: str) -> str:
    """A number for a field: thin spaces between thousands, the decimal mark of the language; other text as it is."""
    if not (PLAIN.fullmatch(value) and re.match(NUMBER, value)):
        return value.replace("\n", " ")
    whole, _point, decimals = value.partition(".")
    grouped = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", THIN, whole)
    return f"{grouped}{DECIMAL_MARK[language]}{decimals}" if decimals else grouped


def question(value: str, language: str, value_type: str) -> Understood | None:
    """What to ask about a value that was kept as it was typed; None where there is nothing to ask."""
    understood = understand(value, language, value_type)
    if understood is None or understood.value == value:
        return None
    readable = re.match(NUMBER, value) is not None
    return None if readable and understood.sure else understood
