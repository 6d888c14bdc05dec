"""What a dashboard is put together from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from reporting.boards.asking import Asking, Need
from reporting.boards.shapes import Chart


def nothing(asking: Asking) -> Iterable[Need]:
    return ()


@dataclass(frozen=True)
class ChartMaker:
    """`make` gives None where there is nothing to show; the page then says `title` and `empty`, or nothing where
    `empty` is. `needs` names what `make` reads, so that a page reads it for all its charts at once."""

    id: str
    make: Callable[[Asking], Chart | None]
    needs: Callable[[Asking], Iterable[Need]] = nothing
    title: str | Promise = ""
    empty: str | Promise = ""


@dataclass(frozen=True)
class Filter:
    """One more thing to choose on a dashboard: `options` are values and words; the first one stands where nothing is
    chosen. The choice is `asking.choices[name]`, empty where nothing was chosen."""

    name: str
    label: str | Promise
    options: Callable[[Asking], Sequence[tuple[str, str]]]
