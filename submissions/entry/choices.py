"""Options and boxes of code lists. A page shows thousands of them, so they are written here and not by a template."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from submissions.definition import Definition

Choice = tuple[str, str]
"""Code and label, both escaped."""


@lru_cache(maxsize=512)
def choices(definition: Definition, list_id: str, language: str) -> tuple[Choice, ...]:
    codes = definition.code_lists[list_id].codes.values()
    return tuple((escape(code.id), escape(code.label[language])) for code in codes)


@lru_cache(maxsize=64)
def statuses(definition: Definition, language: str, missing: bool) -> tuple[Choice, ...]:
    """With a value, but for the normal one; or without."""
    named = dict(choices(definition, "obs_status", language))
    return tuple((code, named[code]) for code in (definition.missing if missing else definition.valued) if code != "A")


def options(known: Iterable[Choice], chosen: str | None) -> SafeString:
    """`<option>` elements; what was chosen and is not known is offered as it is written. None: nothing is chosen."""
    picked = None if chosen is None else escape(chosen)
    written = [
        f'<option value="{code}" selected>{label}</option>'
        if code == picked
        else f'<option value="{code}">{label}</option>'
        for code, label in with_unknown(known, (picked or "",))
    ]
    return mark_safe("".join(written))  # noqa: S308 -- every part is escaped


def boxes(known: Iterable[Choice], chosen: Iterable[str], name: str, kind: str = "checkbox") -> SafeString:
    """Boxes with their labels; what was ticked and is not known stays, as it is written."""
    ticked, named = tuple(escape(code) for code in chosen), escape(name)
    written = [
        f'<label><input type="{kind}" name="{named}" value="{code}"{" checked" if code in ticked else ""}> {label}</label>'
        for code, label in with_unknown(known, ticked)
    ]
    return mark_safe("".join(written))  # noqa: S308 -- every part is escaped


def with_unknown(known: Iterable[Choice], chosen: Iterable[str]) -> list[Choice]:
    listed = list(known)
    codes = {code for code, _label in listed}
    return [*listed, *((code, code) for code in chosen if code and code not in codes)]
