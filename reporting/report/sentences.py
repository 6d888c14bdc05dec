"""What the figures say, in sentences: never more than they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.reader import language
from reporting.comparability import Comparison, words
from reporting.report import sums
from reporting.report.cells import shown
from reporting.report.material import Line, Material
from reporting.report.outline import TableOutline
from reporting.report.rows import in_order
from reporting.report.tree import Block, Bullets, Caveats, Item, Paragraph
from submissions.catalogue import catalogue
from submissions.models import ReportingPeriod
from submissions.presentation import number


def listed(texts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *others, last = texts
    return _("%(first)s and %(last)s") % {"first": ", ".join(others), "last": last} if others else last


def count(n: int) -> str:
    return number(n, language())


def about(asked: TableOutline, periods: Sequence[ReportingPeriod], material: Material) -> Iterator[Block]:
    """Of what a table adds up: who gave it, whether it can be added, and what must be known of it."""
    for period in periods:
        labels = {
            code: catalogue().get(period.return_id, asked.version).points[code].label[language()]
            for code in asked.totals
        }
        if not asked.rows.startswith("entity"):
            labels = {code: label for code, label in labels.items() if sums.comparison(period, code, material)}
        else:
            yield from given(labels, period, material)
        yield from totals(labels, period, material)
        yield from remarks(labels, period, material)


# Who gave a figure ----------------------------------------------------------------------------------------


def given(labels: dict[str, str], period: ReportingPeriod, material: Material) -> Iterator[Block]:
    """How many gave each data point, and why the others did not; data points of which the same is true together."""
    alike: dict[tuple[int, tuple[tuple[str, tuple[str, ...]], ...]], list[str]] = {}
    owing = in_order(set(material.owing(period)), material)
    for code, label in labels.items():
        without = reasons(code, period, owing, material)
        lacking = tuple((reason, tuple(who)) for reason, who in without.items())
        alike.setdefault((len(owing) - sum(len(who) for _reason, who in lacking), lacking), []).append(label)
    for (n, lacking), points in alike.items():
        lead = ngettext(
            "%(points)s, %(period)s: %(n)s of %(all)s gave a figure.",
            "%(points)s, %(period)s: %(n)s of %(all)s gave a figure.",
            n,
        ) % {"points": listed(points), "period": period.label, "n": count(n), "all": count(len(owing))}  # fmt: skip
        items = [
            Item(_("%(reason)s: %(names)s") % {"reason": reason, "names": listed([material.name(one) for one in who])},
                 entities=tuple(who))
            for reason, who in lacking
        ]  # fmt: skip
        yield Bullets(_("%(lead)s No figure:") % {"lead": lead}, tuple(items)) if items else Paragraph(lead)


def reasons(code: str, period: ReportingPeriod, owing: Sequence[str], material: Material) -> dict[str, list[str]]:
    """Why there is no figure -> who gives none."""
    found: dict[str, list[str]] = {}
    lines: dict[str, list[Line]] = {}
    for line in material.by_code.get((period.return_id, material.version(period), period.label, code), ()):
        lines.setdefault(line.entity, []).append(line)
    for entity in owing:
        mine = lines.get(entity, [])
        if not any(line.figure for line in mine):
            why = shown(mine[0]) if mine else material.silence(entity, period.return_id, [period.label])
            found.setdefault(why, []).append(entity)
    return found


# Totals ---------------------------------------------------------------------------------------------------


def totals(labels: dict[str, str], period: ReportingPeriod, material: Material) -> Iterator[Block]:
    """The sum of each data point, or why there is none; data points refused for the same reasons together."""
    refused: dict[tuple[str, ...], list[str]] = {}
    for code, label in labels.items():
        found = sums.comparison(period, code, material)
        if found is None or found.expected < 2:
            continue
        if found.total is not None:
            yield Paragraph(added(found, label, period))
        else:
            refused.setdefault(tuple(words.because(found)), []).append(label)
            yield from map(Paragraph, instead(found, label))
    for why, points in refused.items():
        yield Paragraph(
            _("A total of %(points)s for %(period)s is not given because %(why)s.")
            % {"points": listed(points), "period": period.label, "why": "; ".join(why)}
        )


def added(found: Comparison, label: str, period: ReportingPeriod) -> str:
    assert found.total is not None  # noqa: S101 -- asked by the caller
    said = ngettext(
        "%(point)s, %(period)s: the figure of %(n)s comes to %(sum)s %(unit)s.",
        "%(point)s, %(period)s: the figures of %(n)s add up to %(sum)s %(unit)s.",
        found.counted,
    ) % {
        "point": label, "period": period.label, "n": count(found.counted), "sum": words.shown(found.total),
        "unit": unit_of(found),
    }  # fmt: skip
    marks = words.with_marks(found)
    return " ".join([said, _("Of these, %(marks)s.") % {"marks": "; ".join(marks)}]) if marks else said


def instead(found: Comparison, label: str) -> Iterator[str]:
    """What may be said where there is no total."""
    part, reference = found.subset_total, found.reference
    if part is not None and found.counted > 1 and reference is not None:
        days = (
            words.days(reference.start.isoformat(), reference.end.isoformat())
            if reference.start and reference.end
            else ""
        )
        yield _("%(point)s: %(n)s of %(all)s can be added, to %(sum)s %(unit)s (%(days)s).") % {
            "point": label, "n": count(found.counted), "all": count(found.expected), "sum": words.shown(part),
            "unit": unit_of(found), "days": days,
        }  # fmt: skip
    if found.filed_sum is not None and found.filed_sum.members > 1:
        yield _("%(point)s: the figures of %(n)s of %(all)s as they were filed, whatever they count and for whichever days,"
                " come to %(sum)s. That is no total.") % {
            "point": label, "n": count(found.filed_sum.members), "all": count(found.expected),
            "sum": number(found.filed_sum.value, language()),
        }  # fmt: skip


def unit_of(found: Comparison) -> str:
    return words.label("unit", found.reference.unit) if found.reference else ""


# What must be known ---------------------------------------------------------------------------------------


def remarks(labels: dict[str, str], period: ReportingPeriod, material: Material) -> Iterator[Block]:
    """Why figures that stand beside each other are not alike, where no sentence on the total has said it."""
    said: dict[str, list[str]] = {}
    for code, label in labels.items():
        beside, together = (sums.comparison(period, code, material, purpose) for purpose in ("chart", "add"))
        if beside is not None:
            told = set(words.because(together)) if together and not together.comparable else set()
            for clause in [*words.because(beside), *words.with_marks(beside)]:
                if clause not in told:
                    said.setdefault(clause, []).append(label)
    if said:
        yield Caveats(
            _("What must be known of these figures, %(period)s:") % {"period": period.label},
            tuple(_("%(points)s: %(clause)s") % {"points": listed(points), "clause": clause}
                  for clause, points in said.items()),
        )  # fmt: skip


def names(codes: Iterable[str], material: Material) -> str:
    return listed([material.name(code) for code in in_order(set(codes), material)])
