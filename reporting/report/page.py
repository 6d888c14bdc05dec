"""The report as HTML: inside a page of the portal, or as a file of its own that loads nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from reporting.report import pictures
from reporting.report.tree import Chart, Document


@dataclass(frozen=True)
class Part:
    """A heading or block; `src`: where its picture comes from."""

    kind: str
    block: Any
    src: str = ""


def parts(document: Document, source: Callable[[Chart], str]) -> list[Part]:
    return [Part(one.kind, one, source(one) if isinstance(one, Chart) else "") for one in document.parts()]


def report_html(document: Document) -> bytes:
    """A file with its pictures and its style inside."""
    context = {"document": document, "parts": parts(document, inside), "style": STYLE}
    return render_to_string("reporting/report_file.html", context).encode()


def inside(chart: Chart) -> str:
    svg = pictures.svg(chart)
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


STYLE = """
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 Arial, sans-serif; color: #26324b; }
table { width: 100%; margin: 1rem 0; border-collapse: collapse; font-size: .8rem; line-height: 1.35; }
caption { padding-bottom: .4rem; font-size: 1rem; font-weight: bold; text-align: left; }
th, td { padding: .25rem .4rem; border-bottom: 1px solid #c2c6cc; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { background: #eef0f3; }
.num { text-align: right; font-variant-numeric: tabular-nums; }
.caveats { padding-left: 1rem; border-left: 4px solid #f29527; font-size: .9rem; }
figure { margin: 1rem 0; } figcaption { font-weight: bold; } img { max-width: 100%; height: auto; }
@media print { thead { display: table-header-group; } tr, figure { break-inside: avoid; } h2, h3, h4 { break-after: avoid; } }
"""
