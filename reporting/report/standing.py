"""Is the report ready? What stands in its way, as far as the portal can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reporting.models import Report, SectionText
from reporting.report.outline import outline
from reporting.report.tree import Bullets, Chart, Document, Paragraph, Section, Table
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
    text = any(isinstance(block, Paragraph) for block in section.blocks) and not left_to_people(section)
    return ", ".join(filter(None, said)) or (_("text") if text else _("nothing"))


def answer(hindrances: list[Hindrance]) -> str:
    return _("Not yet. What stands in its way:") if hindrances else _("Yes, as far as the portal can tell.")


@dataclass(frozen=True)
class Hindrance:
    """What stands in the way, and the pages where something can be done about it: (words, address)."""

    text: str
    links: tuple[tuple[str, str], ...] = ()


def hindrances(report: Report, duties: list[Duty], rows: list[SectionRow], today: bool) -> Iterator[Hindrance]:
    """What is missing, and what can still change."""
    missing = sum(not duty.filed for duty in duties if not duty.exempted)
    waiting = sum(duty.filed and not duty.accepted for duty in duties)
    unwritten = [one.section for one in rows if one.text is None and left_to_people(one.section)]
    who = (_("Who has filed and who has not"), section_url(report, "filed"))
    if missing:
        yield Hindrance(
            ngettext("%(n)s filing is missing.", "%(n)s filings are missing.", missing) % {"n": missing}, (who,)
        )
    if waiting:
        text = ngettext(
            "%(n)s filing was made, but is not accepted.", "%(n)s filings were made, but are not accepted.", waiting
        )
        yield Hindrance(text % {"n": waiting}, (() if missing else (who,)) + ((_("Review"), reverse("review")),))
    if unwritten:
        text = ngettext(
            "%(n)s section that people write is empty.", "%(n)s sections that people write are empty.", len(unwritten)
        )
        links = tuple((one.heading, section_url(report, one.id)) for one in unwritten)
        yield Hindrance(text % {"n": len(unwritten)}, links)
    if today:
        yield Hindrance(_("The day of the figures is not over; what is accepted today still comes in."))


def left_to_people(section: Section) -> bool:
    """Nothing is generated for it, and nothing stands beneath it."""
    return not outline().sections[section.id].blocks and not section.sections


def section_url(report: Report, section: str) -> str:
    return reverse("report-section", args=[report.pk, section])
