"""What was filed, by whom and for when; what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.completeness.standing import Standing
from reporting.quality.missing import Missing, missing
from reporting.report.material import Material
from reporting.report.rows import in_order
from reporting.report.sentences import count, listed, names
from reporting.report.tree import Block, Bullets, Item, Paragraph
from submissions.models import ReportingPeriod
from submissions.presentation import in_language

STANDS: tuple[tuple[Callable[[Standing], bool], Callable[[], str]], ...] = (
    (lambda one: one.duty.accepted, lambda: _("Accepted")),
    (lambda one: one.duty.filed and not one.duty.accepted, lambda: _("Filed, but not accepted by that day")),
    (lambda one: one.duty.exempted, lambda: _("Exempted")),
    (lambda one: one.duty.state == "expected", lambda: _("Not due by that day")),
    (lambda one: True, lambda: _("Nothing filed")),
)
"""How a duty stands, the first that is true, and its words."""


def filed(material: Material) -> Iterator[Block]:
    yield Paragraph(
        _("This report rests on what was filed in the portal and accepted. All figures stand as at the end of %(day)s.")
        % {"day": date_format(material.as_of, "DATE_FORMAT")}
    )
    for period in material.periods:
        standings = [one for one in material.picture.standings if one.duty.period == period]
        yield period_filed(period, standings, material)


def period_filed(period: ReportingPeriod, standings: list[Standing], material: Material) -> Bullets:
    grouped: dict[str, list[str]] = {}
    for one in standings:
        words = next(words() for fits, words in STANDS if fits(one))
        grouped.setdefault(words, []).append(one.duty.obligation.entity.code)
    accepted = sum(one.duty.accepted for one in standings)
    lead = ngettext(
        "%(title)s, %(period)s (%(days)s): %(n)s filing of %(all)s that are owed is accepted.",
        "%(title)s, %(period)s (%(days)s): %(n)s filings of %(all)s that are owed are accepted.",
        accepted,
    ) % {
        "title": in_language(period.definition.title), "period": period.label, "days": days(period),
        "n": count(accepted), "all": count(len(standings)),
    }  # fmt: skip
    items = tuple(
        Item(_("%(what)s: %(names)s") % {"what": what, "names": names(who, material)}, entities=tuple(who))
        for what, who in grouped.items()
    )
    return Bullets(lead, items, id=f"filed-{period.return_id}-{period.label}")


def days(period: ReportingPeriod) -> str:
    first, last = (date_format(day, "SHORT_DATE_FORMAT") for day in (period.start, period.end))
    return f"{first} – {last}"


# What is missing ------------------------------------------------------------------------------------------


def lacking(material: Material) -> list[Missing]:
    """Statutory data points that somebody lacks in the periods of the report."""
    if "missing" not in material.kept:
        material.kept["missing"] = missing(material.picture, material.frame)
    found: list[Missing] = material.kept["missing"]
    return found


def not_given(material: Material) -> Iterator[Block]:
    """Filings without any figure, and how much of what the law names is missing."""
    for period in material.periods:
        standings = [one for one in material.picture.standings if one.duty.period == period]
        yield from nil(period, standings, material)
        rows = [one for one in lacking(material) if (one.return_id, one.period) == (period.return_id, period.label)]
        if rows:
            yield statutory(period, rows, material)
    if not lacking(material):
        yield Paragraph(_("Every figure that the law names was filed."))


def nil(period: ReportingPeriod, standings: list[Standing], material: Material) -> Iterator[Block]:
    for state, text in (
        ("nil", _("%(title)s, %(period)s: filed without figures, with a reason: %(names)s.")),
        ("nil_without_reason", _("%(title)s, %(period)s: filed without figures and without a reason: %(names)s.")),
    ):
        who = [one.duty.obligation.entity.code for one in standings if one.content_state == state]
        if who:
            title = in_language(period.definition.title)
            yield Paragraph(text % {"title": title, "period": period.label, "names": names(who, material)})


def statutory(period: ReportingPeriod, rows: list[Missing], material: Material) -> Bullets:
    answers = sum(row.lacking for row in rows)
    unsaid = sum(len(row.no_reason) + len(row.unusable) + len(row.not_filed) for row in rows)
    lead = ngettext(
        "%(title)s, %(period)s: %(n)s answer that the law names is missing, %(unsaid)s without a reason.",
        "%(title)s, %(period)s: %(n)s answers that the law names are missing, %(unsaid)s of them without a reason.",
        answers,
    ) % {
        "title": in_language(period.definition.title), "period": period.label, "n": count(answers), "unsaid": count(unsaid),
    }  # fmt: skip
    return Bullets(lead, tuple(Item(text) for text in by_entity(rows, material)))


def by_entity(rows: list[Missing], material: Material) -> Iterator[str]:
    """Who lacks how many answers."""
    lacks: dict[str, int] = {}
    for row in rows:
        for who in (*row.reasons.values(), row.no_reason, row.unusable, row.not_filed):
            for entity in who:
                lacks[entity] = lacks.get(entity, 0) + 1
    by_number: dict[int, list[str]] = {}
    for entity in in_order(set(lacks), material):
        by_number.setdefault(lacks[entity], []).append(material.name(entity))
    for n, who in sorted(by_number.items(), reverse=True):
        yield ngettext("%(n)s answer: %(names)s", "%(n)s answers: %(names)s", n) % {"n": count(n), "names": listed(who)}
