"""How figures and texts are shown, in the language of the page."""

from __future__ import annotations

from django import template

from portal.reader import language
from submissions.definition import Text
from submissions.presentation import in_language, number

register = template.Library()


@register.filter
def digits(value: float | None) -> str:
    """1234567 with thin spaces between thousands."""
    return number(value, language())


@register.filter
def words(text: Text) -> str:
    """A text of a definition in the language of the page."""
    return in_language(text)
