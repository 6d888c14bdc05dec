"""What the engine says, in words for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.reader import language
from reporting.comparability.adding import Total
from reporting.comparability.comparison import Comparison
from reporting.comparability.estimating import Estimate
from reporting.comparability.sets import Reason
from submissions.catalogue import catalogue
from submissions.presentation import hedged, number

MOST_NAMED = 5
"""More codes than these are not all named in a sentence."""


def label(list_id: str, code: str) -> str:
    codes = catalogue().code_lists[list_id].codes
    return codes[code].label[language()] if code in codes else code


def labels(list_id: str, codes: Iterable[str]) -> str:
    named = sorted({label(list_id, code) for code in codes if code})
    return ", ".join(named[:MOST_NAMED]) + (" …" if len(named) > MOST_NAMED else "")


def place(text: str) -> str:
    """A territory by its label, whichever list it stands in."""
    return next((label(name, text) for name in ("geo", "reference_area", "country") if text in codes_of(name)), text)


def days(start: str, end: str) -> str:
    first, last = (date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT") for day in (start, end))
    return f"{first} – {last}"


def codes_of(list_id: str) -> Iterable[str]:
    return catalogue().code_lists[list_id].codes


def because(comparison: Comparison) -> list[str]:
    """Why not, in one clause a reason; nothing where the answer is yes."""
    return in_clauses(comparison, (one for one in comparison.told if one.effect == "bars"))


def with_marks(comparison: Comparison) -> list[str]:
    """What must be said beside figures that may be put together."""
    return in_clauses(comparison, (one for one in comparison.told if one.effect == "marks"))


def in_clauses(comparison: Comparison, reasons: Iterable[Reason]) -> list[str]:
    given: dict[str, list[Reason]] = {}
    for one in reasons:
        given.setdefault("missing" if one.code == "not_filed" else one.code, []).append(one)
    return [clause(comparison, given[code]) for code, clause in CLAUSES.items() if code in given]


def units(comparison: Comparison, some: Sequence[Reason]) -> str:
    return _("units differ: %(units)s") % {"units": labels("unit", comparison.facts.units)}


def periods(comparison: Comparison, some: Sequence[Reason]) -> str:
    n = comparison.facts.periods
    return counted(
        n, ngettext("the figures cover %(n)s different period", "the figures cover %(n)s different periods", n)
    )


def places(comparison: Comparison, some: Sequence[Reason]) -> str:
    return _("territories differ: %(places)s") % {
        "places": ", ".join(place(one) if one else _("not stated") for one in comparison.facts.places)
    }


def definitions(comparison: Comparison, some: Sequence[Reason]) -> str:
    n = len(some)
    said = counted(n, ngettext("%(n)s figure differs in definition", "%(n)s figures differ in definition", n))
    return f"{said} ({flags})" if (flags := flags_of(some)) else said


def missing(comparison: Comparison, some: Sequence[Reason]) -> str:
    n = len({one.member for one in some} - set(comparison.facts.subset))
    n = n or len(some)
    return counted(n, ngettext("%(n)s figure is missing", "%(n)s figures are missing", n))


def flags_of(some: Iterable[Reason]) -> str:
    return labels("comparability_flag", (flag for one in some for flag in (one.detail or "").split(";")))


def remarks(comparison: Comparison, some: Sequence[Reason]) -> str:
    return _("to be read with: %(flags)s") % {"flags": flags_of(some)}


def counted(n: int, text: str) -> str:
    return text % {"n": n}


CLAUSES: Mapping[str, Callable[[Comparison, Sequence[Reason]], str]] = {
    "unit": units,
    "not_additive": lambda _c, _s: _("shares and periods of time are not added"),
    "overlap": lambda _c, _s: _("one thing may be counted in several of these figures"),
    "period": periods,
    "subject": lambda _c, _s: _("they answer different questions"),
    "source": lambda _c, _s: _("they come from different sources"),
    "version": lambda _c, s: counted(
        len(s),
        ngettext(
            "%(n)s figure comes from another version of the form and is not the same there",
            "%(n)s figures come from another version of the form and are not the same there",
            len(s),
        ),
    ),
    "territory": places,
    "members": lambda _c, _s: _("they do not count the same thing"),
    "unclear": lambda _c, s: counted(
        len(s),
        ngettext(
            "of %(n)s figure it is not clear which territory or service it covers",
            "of %(n)s figures it is not clear which territory or service they cover",
            len(s),
        ),
    ),
    "definition": definitions,
    "series_break": lambda _c, s: counted(
        len(s), ngettext("%(n)s figure breaks with those before", "%(n)s figures break with those before", len(s))
    ),
    "break": lambda _c, s: counted(
        len(s), ngettext("%(n)s figure breaks with those before", "%(n)s figures break with those before", len(s))
    ),
    "no_figure": lambda _c, s: counted(
        len(s), ngettext("%(n)s answer is no number", "%(n)s answers are no numbers", len(s))
    ),
    "missing": missing,
    "estimated": lambda _c, s: counted(len(s), ngettext("%(n)s figure is an estimate", "%(n)s figures are estimates", len(s))),
    "provisional": lambda _c, s: counted(
        len(s), ngettext("%(n)s figure is provisional", "%(n)s figures are provisional", len(s))
    ),
    "approximate": lambda _c, s: counted(
        len(s), ngettext("%(n)s figure is approximate", "%(n)s figures are approximate", len(s))
    ),
    "rounded": lambda _c, s: counted(len(s), ngettext("%(n)s figure is rounded", "%(n)s figures are rounded", len(s))),
    "bound": lambda _c, s: counted(
        len(s), ngettext("%(n)s figure is only a bound", "%(n)s figures are only bounds", len(s))
    ),
    "range": lambda _c, s: counted(len(s), ngettext("%(n)s figure is a range", "%(n)s figures are ranges", len(s))),
    "order": lambda _c, s: counted(
        len(s), ngettext("the place of %(n)s figure is not certain", "the places of %(n)s figures are not certain", len(s))
    ),
    "remark": remarks,
}  # fmt: skip
"""Reason -> a clause about all its observations; in the order in which they are told."""

SHORT: Mapping[str, Callable[[str], str]] = {
    "not_filed": lambda _d: _("nothing filed, or not accepted"),
    "missing": lambda d: "; ".join(filter(None, (label("obs_status", d[:1]), labels("reason", d[2:].split(";"))))),
    "not_applicable": lambda _d: _("cannot exist here"),
    "no_figure": lambda _d: _("no number"),
    "not_additive": lambda _d: _("a share or a period of time"),
    "overlap": lambda _d: _("overlaps others"),
    "unit": lambda d: _("other unit: %(what)s") % {"what": label("unit", d)},
    "subject": lambda _d: _("another question"),
    "source": lambda _d: _("another source"),
    "version": lambda _d: _("another version of the form"),
    "period": lambda d: _("other days: %(days)s") % {"days": days(*d.split("/"))},
    "territory": lambda d: _("other territory: %(what)s") % {"what": place(d) or _("not stated")},
    "members": lambda _d: _("counts something else"),
    "unclear": lambda _d: _("territory or service unclear"),
    "definition": lambda d: labels("comparability_flag", d.split(";")) or _("other definition"),
    "series_break": lambda _d: _("break in the series"),
    "order": lambda _d: _("place not certain"),
    "aggregate": lambda _d: _("stands for others that are here"),
    "repeated": lambda d: _("counted with another figure; this one: %(days)s") % {"days": days(*d.split("/"))},
    "approximate": lambda _d: _("approximate"),
    "bound": lambda _d: _("only a bound"),
}
"""Reason -> a few words about one observation, from its detail."""


@dataclass(frozen=True)
class Excluded:
    """One observation, or nobody's, that stays out."""

    who: str
    value: str
    why: str


def excluded(comparison: Comparison, names: Mapping[str, str]) -> list[Excluded]:
    """Every observation that stays out, with all its reasons."""
    told: dict[tuple[str, int | None], list[str]] = {}
    for one in comparison.told:
        if one.effect in ("bars", "out"):
            told.setdefault((one.member, one.row), []).append(SHORT[one.code](one.detail or ""))
    found = sorted(told.items(), key=lambda item: (names.get(item[0][0], item[0][0]), item[0][1] or 0))
    return [Excluded(names.get(member, member), filed(comparison, row), "; ".join(why)) for (member, row), why in found]


def filed(comparison: Comparison, row: int | None) -> str:
    """The number of an observation with its hedge; empty where there is none."""
    value, qualifier = comparison.figure(row) if row is not None else (None, "")
    return "" if value is None else hedged(number(value, language()), qualifier)


def shown(total: Total) -> str:
    """A total with its hedge, or the bounds it lies between."""
    if total.value is not None:
        return hedged(number(total.value, language()), total.qualifier)
    low, high = number(total.low, language()), number(total.high, language())
    if total.low is not None and total.high is not None:
        return f"{low} – {high}"
    return f"> {low}" if total.low is not None else f"< {high}" if total.high is not None else ""


def assumptions(estimate: Estimate) -> list[str]:
    """What an estimate rests on."""
    said = [
        _("Every figure is spread evenly over the days it covers, and its mean per day is taken for each day of %(days)s.")
        % {"days": days(estimate.start.isoformat(), estimate.end.isoformat())},
        _("Low and high: no day had less than the mean divided by %(spread)s, or more than the mean times %(spread)s, and the"
          " days that a figure covers add up to it.") % {"spread": f"{estimate.spread:g}"},
        _("%(members)s of %(expected)s are in it; nothing is put in for the others.")
        % {"members": estimate.members, "expected": estimate.expected},
    ]  # fmt: skip
    if estimate.hedged:
        said.append(_("Approximate figures are taken as they stand."))
    return said
