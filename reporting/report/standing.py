"""Is the report ready? What stands in its way, as far as the portal can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.models import Report, SectionText
from reporting.report.tree import Bullets, Chart, Document, Section, Table
from submissions.duties import Duty


@dataclass(frozen=True)
class SectionRow:
    section: Section
    generated: str
    text: SectionText | None


def section_rows(document: Document, texts: Mapping[str, SectionText]) -> list[SectionRow]:
    return [SectionRow(one, generated(one), texts.get(one.id)) for one in document.all_sections()]


def generated(section: Section) -> str:
    """How much the portal has put into a section."""
    tables = sum(isinstance(block, Table) for block in section.blocks)
    charts = sum(isinstance(block, Chart) for block in section.blocks)
    lists = sum(isinstance(block, Bullets) for block in section.blocks)
    said = [
        ngettext("%(n)s table", "%(n)s tables", tables) % {"n": tables} if tables else "",
        ngettext("%(n)s chart", "%(n)s charts", charts) % {"n": charts} if charts else "",
        ngettext("%(n)s list", "%(n)s lists", lists) % {"n": lists} if lists else "",
    ]
    return ", ".join(filter(None, said)) or _("nothing")


def answer(hindrances: list[str]) -> str:
    return _("Not yet. What stands in its way:") if hindrances else _("Yes, as far as the portal can tell.")


def hindrances(report: Report, duties: list[Duty], rows: list[SectionRow], today: bool) -> Iterator[str]:
    """What is missing, and what can still change."""
    missing = sum(not duty.filed for duty in duties if not duty.exempted)
    waiting = sum(duty.filed and not duty.accepted for duty in duties)
    unwritten = [one for one in rows if not one.section.blocks or one.generated == _("nothing")]
    unwritten = [one for one in unwritten if one.text is None and not one.section.sections]
    if missing:
        yield ngettext("%(n)s filing is missing.", "%(n)s filings are missing.", missing) % {"n": missing}
    if waiting:
        yield ngettext(
            "%(n)s filing was made, but is not accepted.", "%(n)s filings were made, but are not accepted.", waiting
        ) % {"n": waiting}
    if unwritten:
        yield ngettext(
            "%(n)s section that people write is empty.", "%(n)s sections that people write are empty.", len(unwritten)
        ) % {"n": len(unwritten)}
    if today:
        yield _("The day of the figures is not over; what is accepted today still comes in.")
