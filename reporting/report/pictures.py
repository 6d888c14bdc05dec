"""The pictures of charts. A chart is drawn once, whichever process, page or file asks for it."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from django.core.cache import cache

from portal.reader import language
from reporting import charts
from reporting.charts import Bar
from reporting.report.tree import Chart

KEPT_SECONDS = 24 * 60 * 60
SCALE = 2
"""Pixels of a PNG for each of the SVG."""


def svg(chart: Chart) -> str:
    return drawn(chart.bars, language())


def png(chart: Chart) -> bytes:
    return rastered(svg(chart))


@lru_cache(maxsize=64)
def drawn(bars: tuple[Bar, ...], tongue: str) -> str:
    """Kept by what it shows, so that nothing has to be forgotten when figures change."""
    key = sha256(repr((tongue, bars)).encode()).hexdigest()
    return str(
        cache.get_or_set(f"report-chart-{key}", lambda: charts.svg(charts.bars(bars, charts.WIDE)), KEPT_SECONDS)
    )


@lru_cache(maxsize=64)
def rastered(picture: str) -> bytes:
    # Imported where it is used: once used, it hangs in a forked child.
    import vl_convert

    return bytes(vl_convert.svg_to_png(picture, scale=SCALE))
