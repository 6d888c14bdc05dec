"""May these figures be added? Yes, or no with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.figures import Row

NOT_ADDED = {"percent", "days", "months", "years"}
"""Units whose sum means nothing."""


@dataclass(frozen=True)
class Total:
    """The sum of comparable figures, or why there is none."""

    value: float | None
    reasons: tuple[str, ...] = ()


def total(rows: Sequence[Row], expected: int) -> Total:
    """The sum of `rows`, one data point of several members, out of `expected` members; refused where units, periods,
    definitions or territories differ, where figures are missing or only a bound is given."""
    given = [row for row in rows if row.number is not None]
    reasons = []
    if len({row.unit for row in given}) > 1:
        reasons.append(_("units differ: %(units)s") % {"units": ", ".join(sorted({row.unit_label for row in given}))})
    if any(row.unit in NOT_ADDED for row in given):
        reasons.append(_("shares and periods of time are not added"))
    periods = {(row.start, row.end) for row in given}
    if len(periods) > 1:
        reasons.append(
            ngettext(
                "the figures cover %(n)s different period", "the figures cover %(n)s different periods", len(periods)
            )
            % {"n": len(periods)}
        )
    if len({row.dims for row in given}) > 1:
        reasons.append(_("they do not count the same thing in the same territory"))
    differing = [row for row in given if row.obs_status == "D"]
    if differing:
        reasons.append(
            ngettext("%(n)s figure differs in definition", "%(n)s figures differ in definition", len(differing))
            % {"n": len(differing)}
        )
    bounds = [row for row in given if row.qualifier in ("lower_bound", "upper_bound", "range")]
    if bounds:
        reasons.append(
            ngettext("%(n)s figure is only a bound", "%(n)s figures are only bounds", len(bounds)) % {"n": len(bounds)}
        )
    missing = expected - len({row.member for row in given})
    if missing > 0:
        reasons.append(ngettext("%(n)s figure is missing", "%(n)s figures are missing", missing) % {"n": missing})
    if reasons or not given:
        return Total(None, tuple(reasons))
    return Total(sum(row.number or 0 for row in given))
