"""What the form needs to name its places."""

from __future__ import annotations

import json

from django import template

from submissions.entry.lines import Line
from submissions.entry.rows import anchor as anchor_of
from submissions.presentation import ShownFinding

register = template.Library()


@register.filter
def anchor(address: str) -> str:
    """The `id` of an address on a page."""
    return anchor_of(address)


@register.filter
def as_json(value: Line | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False)


@register.filter
def about(found: ShownFinding) -> str:
    """Which finding an explanation is for."""
    finding = found.finding
    return as_json([finding.rule, finding.address, found.subject])
