"""The pictures of charts, each drawn once a process and language."""

from __future__ import annotations

from functools import lru_cache

from portal.reader import language
from reporting import charts
from reporting.charts import Bar
from reporting.report.tree import Chart


def svg(chart: Chart) -> str:
    return drawn_svg(chart.bars, language())


def png(chart: Chart) -> bytes:
    return drawn_png(chart.bars, language())


@lru_cache(maxsize=64)
def drawn_svg(bars: tuple[Bar, ...], _language: str) -> str:
    return charts.svg(charts.bars(bars, charts.WIDE))


@lru_cache(maxsize=64)
def drawn_png(bars: tuple[Bar, ...], _language: str) -> bytes:
    return charts.png(charts.bars(bars, charts.WIDE))
