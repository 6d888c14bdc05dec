"""The one generator: from filings and the texts of people to the tree of a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.models import User
from reporting.models import Report
from reporting.report import annexes, answers, drawing, scope, sentences, series, technologies
from reporting.report.material import Material, material
from reporting.report.outline import SectionOutline, outline
from reporting.report.tables import periods_of, table
from reporting.report.tree import Block, Document, Paragraph, Section, Staff, Table
from submissions.models import ReportingPeriod
from submissions.presentation import in_language

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
Made = dict[str, list[tuple[Table, list[ReportingPeriod]]]]
"""By the name that the outline gives them: tables, each with its periods."""


def of_report(report: Report, user: User) -> Document:
    """The report as it is now: the figures of its day, the last texts of its sections."""
    texts = {section: one.text for section, one in report.current_texts().items()}
    with translation.override(report.language):
        return generate(report.title, list(report.periods.all()), report.as_of, texts, user)


def generate(
    title: str, periods: Sequence[ReportingPeriod], as_of: date, texts: Mapping[str, str], user: User
) -> Document:
    """In the language that is active. The same periods, day and texts give the same tree."""
    found = material(user, periods, as_of)
    made = numbered(found)
    chapters = [one for one in outline().beneath("") if not one.annex]
    last = [one for one in outline().beneath("") if one.annex]
    sections = [section(one, str(n), made, texts, found, user) for n, one in enumerate(chapters, 1)]
    sections += [
        section(one, _("Annex %(number)s") % {"number": ROMAN[n]}, made, texts, found, user)
        for n, one in enumerate(last)
    ]
    subtitle = _("Regulation (EU) 2021/1232, Article 9. Figures as at the end of %(day)s.") % {
        "day": date_format(as_of, "DATE_FORMAT")
    }
    return Document(title, subtitle, translation.get_language() or "en", as_of, tuple(sections))


def numbered(found: Material) -> Made:
    """All tables, with their numbers in the order in which sections show them."""
    made: Made = {}
    number = 0
    for block in (block for one in outline().sections.values() for block in one.blocks if "table" in block):
        asked = outline().tables[block["table"]]
        made[asked.id] = []
        for periods in periods_of(asked, found):
            one = table(asked, periods, found)
            number += asked.numbered and bool(one.rows)
            if one.rows:
                made[asked.id].append((replace(one, number=number) if asked.numbered else one, periods))
    return made


def section(
    asked: SectionOutline, number: str, made: Made, texts: Mapping[str, str], found: Material, user: User
) -> Section:
    beneath = tuple(
        section(one, f"{number}.{n}", made, texts, found, user) for n, one in enumerate(outline().beneath(asked.id), 1)
    )
    written = [
        Staff(text.strip()) for text in texts.get(asked.id, "").replace("\r\n", "\n").split("\n\n") if text.strip()
    ]
    generated = [one for block in asked.blocks for one in blocks(block, made, found, user)]
    nothing = [] if asked.blocks or beneath or written else [Paragraph(_("This section is not written yet."))]
    return Section(asked.id, number, in_language(asked.title), (*written, *generated, *nothing), beneath)


def blocks(asked: Mapping[str, Any], made: Made, found: Material, user: User) -> Iterator[Block]:
    """What one block of the outline becomes."""
    if "scope" in asked:
        yield from {"filed": scope.filed, "missing": scope.not_given}[asked["scope"]](found)
    elif "table" in asked:
        for one, periods in made[asked["table"]]:
            yield one
            yield from sentences.about(outline().tables[asked["table"]], periods, found)
    elif "chart" in asked:
        yield from charts(asked["chart"], made)
    elif "answers" in asked:
        yield from answers.answers(asked["answers"], asked["of"], found)
    elif "technologies" in asked:
        yield from technologies.named(found)
    elif "claims" in asked:
        yield from technologies.claimed(found)
    elif "series" in asked:
        yield from series.series(asked["series"], found)
    else:
        yield from {"quality": annexes.quality, "sources": annexes.sources}[asked["annex"]](user, found)


def charts(name: str, made: Made) -> Iterator[Block]:
    asked = outline().charts[name]
    every = {table_name: [one for one, _periods in some] for table_name, some in made.items()}
    for own, periods in made[asked.table]:
        one = drawing.chart(asked, own, every, periods[0].label)
        if one is not None:
            yield one
