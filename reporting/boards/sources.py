"""Which measurement source a dashboard shows: sources count the same places, so their figures are never added."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from reporting.boards.asking import Asking
from reporting.boards.making import Filter
from reporting.rollups import reading
from reporting.rollups.reading import Standing
from submissions.presentation import number

RETURN = "measurement_series"
HEDGE = "≈ "


def standing(asking: Asking) -> list[Standing]:
    """The filings whose figures count, of all periods and of the entities asked for."""
    found = asking.once(f"measurements {asking.as_of}", lambda one: reading.standing(one.user, RETURN, one.as_of))
    return [one for one in found if not asking.entities or one.entity in asking.entities]


def of_period(asking: Asking) -> list[Standing]:
    """The largest first."""
    return [one for one in standing(asking) if one.period == asking.period]


def options(asking: Asking) -> Sequence[tuple[str, str]]:
    """The largest of the period first, then those that filed nothing for it."""
    there = {one.entity: one.name for one in of_period(asking)}
    return list((there | {code: name for code, name in asking.names.items() if code not in there}).items())


def chosen(asking: Asking) -> Standing | None:
    """The filing of the source asked for, else of the one with most lines."""
    wanted = asking.choices.get("source", "")
    found = of_period(asking)
    return next((one for one in found if one.entity == wanted), found[0] if found and not wanted else None)


SOURCE = Filter("source", gettext_lazy("Source"), options)


def years(asking: Asking) -> list[Standing]:
    """What the chosen source filed for each of the years asked for, the first year first."""
    mine, labels = chosen(asking), {period.label for period in asking.years}
    return [one for one in standing(asking) if mine and one.entity == mine.entity and one.period in labels]


def sums(asking: Asking, codes: Sequence[str], over: Sequence[str]) -> pl.DataFrame:
    """Sums of the chosen filing; see `reading.sums`. One query for all data points that are summed over the same."""
    mine = chosen(asking)
    wanted = [mine.revision] if mine else []
    found = asking.once(f"sums {','.join(over)}", lambda one: reading.sums(one.user, wanted, (), over))
    return found.filter(pl.col("code").is_in(codes))


def shown(row: dict[str, object], language: str) -> str:
    """A sum in words, with its hedge."""
    total = row["total"]
    if not isinstance(total, int | float):
        return _("no figure that may be added")
    return f"{HEDGE if row['hedged'] else ''}{number(float(total), language)}"


REMARKS = (
    ngettext_lazy(
        "%(n)s line is not in the sums: it has no figure, or counts other days or something else.",
        "%(n)s lines are not in the sums: they have no figure, or count other days or something else.",
        "n",
    ),
    ngettext_lazy("%(n)s line of the sums is no exact figure.", "%(n)s lines of the sums are no exact figures.", "n"),
    ngettext_lazy("%(n)s line of the sums is an estimate.", "%(n)s lines of the sums are estimates.", "n"),
    ngettext_lazy("%(n)s line of the sums is provisional.", "%(n)s lines of the sums are provisional.", "n"),
)


def remarks(found: pl.DataFrame) -> tuple[str, ...]:
    """What the sums leave out or rest on."""
    counted = found.select(pl.col("lines", "added", "hedged", "estimated", "provisional").sum())
    lines, added, *others = counted.row(0)
    return tuple(words % {"n": n} for words, n in zip(REMARKS, (lines - added, *others), strict=True) if n)


def added_months() -> str:
    return _("Monthly counts are added: a location that was seen in two months counts twice.")


def one_source() -> str:
    return _("One source alone: other sources look at the same places, so their counts are never added.")
