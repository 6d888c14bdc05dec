"""Figures as bars, with their totals or why there are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting import charts, figures, totals
from reporting.boards.filled import Filled, long_table, sheet
from reporting.boards.shapes import Chart
from reporting.comparability.knowledge import knowledge


def chart(filled: Filled) -> Chart:
    unit = filled.asking.unit
    rows = [row for row in filled.rows if not unit or row.missing or row.filed.unit == unit]
    drawn = bars(rows)
    board = compared(filled)
    return Chart(
        id=filled.panel.id,
        title=filled.title,
        alt=alternative(filled.title, rows),
        unit=", ".join(dict.fromkeys(row.unit_label for row in rows if row.number is not None)),
        source=filled.source,
        caveats=tuple(capfirst(one) for one in totals.caveats(filled.panel, board)) if board else (),
        table=long_table(rows),
        specification=partial(charts.bars, drawn) if drawn else None,
        note=more(*charts.left_out(drawn)),
        totals=tuple(totals.totals(filled.panel, board)) if board else (),
        sheet=partial(sheet, rows),
    )


def compared(filled: Filled) -> totals.Board | None:
    """The comparisons behind totals and caveats, of all panels of bars of a page at once; None where only the chart is
    drawn."""
    asking = filled.asking
    if asking.drawing:
        return None
    return asking.once("totals", lambda _asking: board(filled))


def board(filled: Filled) -> totals.Board:
    period, asking = filled.period, filled.asking
    beside = [
        panel
        for panel in period.definition.panels.values()
        if panel.chart == "bars" and panel.dashboard == filled.panel.dashboard and not panel.sums
    ]
    codes = {panel.id: [point.code for point in period.definition.points_of(panel)] for panel in beside}
    # A file holds one panel, and the others were not read.
    read = [panel for panel in beside if asking.has(period.return_id, codes[panel.id], [period.label])]
    frame = asking.frame(
        period.return_id, codes=[code for panel in read for code in codes[panel.id]], periods=[period.label]
    )
    return totals.board(read, period, frame, asking.owed(period))


def more(names: int, columns: int = 0) -> str:
    """What a chart leaves out, in a sentence or two."""
    said = []
    if names:
        said.append(
            ngettext("%(n)s more stands in the table alone.", "%(n)s more stand in the table alone.", names)
            % {"n": names}
        )
    if columns:
        said.append(
            ngettext(
                "%(n)s more data point stands in the table alone.",
                "%(n)s more data points stand in the table alone.",
                columns,
            )
            % {"n": columns}
        )
    return " ".join(said)


def bars(rows: Sequence[figures.Row]) -> list[charts.Bar]:
    """Rows with a value; a member that stands for others only where none of them is there."""
    wholes = knowledge().wholes({row.member for row in rows if row.number is not None})
    some = [row for row in rows if row.number is not None and row.member not in wholes]
    times = Counter((row.member, row.address) for row in some)
    several = len({row.point for row in some}) > 1
    split = any(row.what for row in some)
    return [
        charts.Bar(
            name(row, times[row.member, row.address] > 1),
            row.point if several else "",
            row.unit_label,
            row.number or 0,
            row.shown,
            apart=split,
        )
        for row in some
    ]


def name(row: figures.Row, several: bool) -> str:
    """Who, what, and on which days where there are several figures of one thing."""
    days = f"{row.filed.start:%Y-%m-%d} – {row.filed.end:%Y-%m-%d}" if several else ""
    return " – ".join(part for part in (row.member_name, row.what, days) if part)


def alternative(title: str, rows: Sequence[figures.Row]) -> str:
    """What the chart shows, in a sentence."""
    figured = [row for row in rows if row.number is not None]
    top = max(figured, key=lambda row: row.number or 0, default=None)
    if top is None:
        return title
    return _("%(title)s. %(n)s figures; the largest is %(value)s %(unit)s (%(who)s). The table beneath has them all.") % {
        "title": title, "n": len(figured), "value": top.shown, "unit": top.unit_label, "who": top.member_name,
    }  # fmt: skip
