"""Every dashboard: its question, its charts, its filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.boards import chosen_figure, claims, maps, measurements, panels, reference, sources, summed, years
from reporting.boards.asking import Asking, Need
from reporting.boards.making import ChartMaker, Filter
from reporting.rollups import reading

Words = str | Promise


@dataclass(frozen=True)
class Board:
    """Panels of the definitions that name this dashboard come first, then `charts`."""

    name: str
    title: Words
    question: Words
    charts: Sequence[ChartMaker] = ()
    filters: Sequence[Filter] = ()
    kept: bool = True
    """False where a page tells what changes without anything being accepted: it is made anew each time."""
    stirred: Callable[[], object] = lambda: None
    """What else than an acceptance changes the page: another answer, and it is made anew."""

    def makers(self, asking: Asking) -> list[ChartMaker]:
        return [*panels.makers(self.name, asking), *summed.makers(self.name, asking), *self.charts]

    def maker(self, chart: str, asking: Asking) -> ChartMaker | None:
        return next((one for one in self.makers(asking) if one.id == chart), None)

    def needs(self, asking: Asking) -> Iterable[Need]:
        return (need for maker in self.makers(asking) for need in maker.needs(asking))


BOARDS: dict[str, Board] = {
    board.name: board
    for board in [
        Board(
            "providers",
            _("Providers"),
            _("What do providers report: volumes, cases, complaints, errors?"),
            charts=[claims.CLAIMED, years.YEARS],
            filters=[chosen_figure.FIGURE_OF_YEARS],
        ),
        Board(
            "member-states",
            _("Member States"),
            _("What do Member States report: reports received, children identified, convictions?"),
            charts=[maps.MAP, years.YEARS],
            filters=[chosen_figure.FIGURE],
        ),
        Board(
            "reference",
            _("Reference"),
            _("What do the reference sources say, and how do national figures compare?"),
            charts=reference.CHARTS,
        ),
        Board(
            "measurements",
            _("Measurements"),
            _("Where is material hosted, and where does it move?"),
            charts=measurements.CHARTS,
            filters=[sources.SOURCE],
            stirred=reading.summed_so_far,
        ),
    ]
}


def tabs() -> list[tuple[str, Words]]:
    """Name and title of every dashboard, in the order of the tabs."""
    boards = [(board.name, board.title) for board in BOARDS.values()]
    return [("overview", _("Overview")), *boards, ("quality", _("Data quality"))]
