"""Rows of tables, written in one go: a template that asks for each attribute of each cell takes ten times as long."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from reporting.boards.shapes import Cell

register = template.Library()


@register.filter
def table_row(row: Sequence[Cell]) -> SafeString:
    """`<tr>` of cells; the first one names it."""
    first, *others = row
    parts = [f'<tr><th scope="row">{content(first)}</th>']
    for cell in others:
        numeric = cell.number is not None and not cell.missing
        parts.append(f'<td class="num">{content(cell)}</td>' if numeric else f"<td>{content(cell)}</td>")
    return mark_safe("".join([*parts, "</tr>"]))  # noqa: S308 -- every text went through `conditional_escape`


def content(cell: Cell) -> str:
    text: str = conditional_escape(cell.text)
    if cell.missing:
        text = f'<span class="missing">{text}</span>'
    elif cell.href:
        text = f'<a href="{conditional_escape(cell.href)}">{text}</a>'
    before = "<br>" if cell.text else ""
    return text + "".join(f'{before}<span class="muted">{conditional_escape(note)}</span>' for note in cell.notes)


@register.simple_tag
def state(key: str, label: object, compact: bool = False) -> SafeString:
    """`components/state.html`, for tables of many states: each is rendered once a process."""
    return state_rendered(key, str(label), compact)


@lru_cache(maxsize=1024)
def state_rendered(key: str, label: str, compact: bool) -> SafeString:
    return render_to_string("components/state.html", {"state": key, "label": label, "compact": compact})
