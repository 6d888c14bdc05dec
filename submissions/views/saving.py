"""Saving a section as it was typed, and what two people answered differently."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from django.http import HttpRequest

from portal.reader import language, user_of
from submissions import actions
from submissions.definition import LANGUAGES
from submissions.entry.fields import in_dispute, read_section, with_section
from submissions.entry.lines import Line, plain
from submissions.models import DraftSection, Filing
from submissions.views.standing import lines_by_address


@dataclass
class Saved:
    """What became of a page that was sent."""

    problem: str = ""
    """Why nothing was saved; empty where it was."""
    mine: dict[str, list[Line]] = field(default_factory=dict)
    """Addresses where the page goes on showing what its reader typed."""
    disputed: dict[str, DraftSection | None] = field(default_factory=dict)
    """Addresses that two people answered differently, with the other save."""


def save_page(request: HttpRequest, filing: Filing, category: int) -> Saved:
    """Save the rows of the page; where nothing can be saved, keep what was typed for the page."""
    sent = dict(request.POST.lists())
    try:
        saved = actions.save_section(
            filing=filing, category=category, observations=typed(request, filing, category),
            edition=number(request.POST.get("edition")), by=user_of(request),
        )  # fmt: skip
        keep_explanations(request, filing)
    except actions.Refused as refusal:
        read = read_section(filing.definition, category, sent, language_sent(request))
        return Saved(refusal.message, lines_by_address(read))
    mine = {clash.address: plain(filing.definition, clash.mine) for clash in saved.conflicts}
    disputed: dict[str, DraftSection | None] = {clash.address: clash.save for clash in saved.conflicts}
    disputed |= unsettled(request, filing)
    mine |= {address: typed_at(request, filing, category, address) for address in disputed if address not in mine}
    return Saved("", mine, disputed)


def typed(request: HttpRequest, filing: Filing, category: int) -> list[Line]:
    """The whole section: the rows of the page as they were sent, the others as they stood when it was made."""
    base = (
        DraftSection.objects.filter(
            draft__filing=filing, category=category, edition__lte=number(request.POST.get("edition"))
        )
        .order_by("-edition")
        .first()
    )
    sent = dict(request.POST.lists())
    return with_section(filing.definition, category, base.observations if base else [], sent, language_sent(request))


def language_sent(request: HttpRequest) -> str:
    """The language the page was written in: numbers are read by it."""
    sent = request.POST.get("language", "")
    return sent if sent in LANGUAGES else language()


def number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def unsettled(request: HttpRequest, filing: Filing) -> dict[str, DraftSection | None]:
    """Addresses whose two answers were shown before and between which nobody chose yet, with the other save."""
    sent = dict(request.POST.lists())
    asked = {name.removeprefix("conflict."): values for name, values in sent.items() if name.startswith("conflict.")}
    waiting = {address: number(values[-1]) for address, values in asked.items()
               if in_dispute(sent, address) and f"choice.{address}" not in sent}  # fmt: skip
    saves = DraftSection.objects.filter(draft__filing=filing, edition__in=waiting.values()).select_related("saved_by")
    by_edition = {save.edition: save for save in saves} if waiting else {}
    return {address: by_edition.get(edition) for address, edition in waiting.items()}


def typed_at(request: HttpRequest, filing: Filing, category: int, address: str) -> list[Line]:
    """What the fields of an address in dispute say."""
    sent = {
        name: values
        for name, values in request.POST.lists()
        if name.endswith(f".{address}") and "conflict." not in name
    }
    return [
        line
        for line in read_section(filing.definition, category, sent, language_sent(request))
        if line["address"] == address
    ]


def keep_explanations(request: HttpRequest, filing: Filing) -> None:
    """What was written beside warnings; `about.<n>` names the warning."""
    answers = []
    for name, about in request.POST.items():
        turn = name.removeprefix("about.")
        if name == turn:
            continue
        try:
            rule, address, subject = json.loads(str(about))
        except (ValueError, TypeError):
            continue
        if rule in filing.definition.rules:
            text = request.POST.get(f"text.{turn}", "").replace("\r\n", "\n")
            answers.append(actions.Answer(rule, str(address), str(subject), text, f"publish.{turn}" in request.POST))
    if answers:
        actions.explain_all(filing=filing, answers=answers, by=user_of(request))
