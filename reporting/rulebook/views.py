"""`/rules/`: what is asked, what is checked, why?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.reader import language, user_of
from reporting.rulebook import entries as rulebook
from reporting.rulebook.counts import NEVER, fired
from reporting.rulebook.entries import ACROSS, Entry
from submissions.catalogue import catalogue
from submissions.models import Severity
from submissions.presentation import in_language

FILTERS = ("return", "version", "severity", "topic", "kind")
PER_PAGE = 50


def counts_for(request: HttpRequest) -> bool:
    """The Commission sees how often a rule fired; the public does not."""
    return request.user.is_authenticated and request.user.access.commission


def facets(entry: Entry) -> dict[str, tuple[str, ...]]:
    return {
        "return": (entry.return_id,),
        "version": (entry.version,),
        "severity": (entry.rule.severity,),
        "topic": (entry.rule.topic,),
        "kind": entry.kinds,
    }


def chosen(found: Sequence[Entry], asked: dict[str, str], words: str) -> list[Entry]:
    wanted = {name: value for name, value in asked.items() if value}
    return [
        one
        for one in found
        if all(value in facets(one)[name] for name, value in wanted.items()) and one.matches(words, language())
    ]


@require_safe
@login_not_required
def rules(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    words = request.GET.get("q", "").strip()
    found = rulebook.entries()
    page = Paginator(chosen(found, asked, words), PER_PAGE).get_page(request.GET.get("page"))
    counted = counts_for(request)
    tallies = fired(user_of(request), page.object_list) if counted else {}
    context = {
        "heading": _("Rules"),
        "question": _("What is checked, and why?"),
        "filters": [(name, label, asked[name], options(found, name)) for name, label in labels()],
        "words": words,
        "page": page,
        "rows": [(one, shown(one), tallies.get(key(one), NEVER)) for one in page.object_list],
        "counted": counted,
        "query": urlencode({name: value for name, value in {**asked, "q": words}.items() if value}),
    }
    return render(request, "reporting/rules.html", context)


def key(entry: Entry) -> tuple[str, str, str]:
    return entry.return_id, entry.version, entry.rule.code


def labels() -> list[tuple[str, str]]:
    return [
        ("return", _("Return")), ("version", _("Version")), ("severity", _("Severity")), ("topic", _("Topic")),
        ("kind", _("Kind of rule")),
    ]  # fmt: skip


def options(found: Sequence[Entry], name: str) -> list[tuple[str, str]]:
    """Every value that a filter may take, with its name."""
    values = dict.fromkeys(value for one in found for value in facets(one)[name])
    return [(value, name_of(name, value, found)) for value in values if value]


def name_of(name: str, value: str, found: Sequence[Entry]) -> str:
    if name == "return":
        return in_language([one for one in found if one.return_id == value][-1].title)
    if name == "severity":
        return str(Severity(value).label)
    topics = catalogue().code_lists["rule_kind"].codes
    return topics[value].label[language()] if name == "topic" and value in topics else value


def shown(entry: Entry) -> dict[str, str]:
    rule, reader = entry.rule, language()
    texts = {"message": rule.message, "mend": rule.mend, "why": rule.why}
    return {name: entry.said(text, reader) for name, text in texts.items()} | {
        "topic": name_of("topic", rule.topic, []),
        "title": in_language(entry.title),
    }


@require_safe
@login_not_required
def rule(request: HttpRequest, return_id: str, version: str, code: str) -> HttpResponse:
    entry = rulebook.find(return_id, version, code)
    if entry is None:
        raise Http404
    said, counted = shown(entry), counts_for(request)
    context: dict[str, Any] = {
        "heading": code,
        "question": said["message"],
        "breadcrumb": [{"url": "/rules/", "label": _("Rules")}, {"url": "", "label": code}],
        "entry": entry,
        "said": said,
        "facts": facts(entry, said),
        "looks_at": [(address, in_language(label)) for address, label in entry.looks_at().items()],
        "clauses": [clause_rows(entry, place) for place in range(len(entry.rule.clauses))],
        "fired": fired(user_of(request), [entry]).get(key(entry), NEVER) if counted else None,
        "is_across": entry.return_id == ACROSS,
        "others": [other for other in entry.versions if other != version],
    }
    return render(request, "reporting/rule.html", context)


def facts(entry: Entry, said: dict[str, str]) -> list[tuple[str, str]]:
    own = [(_("Return"), said["title"])]
    if entry.definition:
        own += [(_("Version"), entry.version), (_("In the return since version"), entry.since)]
    return [
        *own,
        (_("Severity"), str(Severity(entry.rule.severity).label)),
        (_("Topic"), said["topic"]),
        (_("Legal ground"), entry.rule.legal_ref or (entry.definition.legal_ref if entry.definition else "")),
    ]


def clause_rows(entry: Entry, place: int) -> dict[str, Any]:
    clause = entry.rule.clauses[place]
    operands = [(name, rulebook.written(value)) for name, value in clause.params.items()]
    return {
        "kind": clause.kind,
        "about": rulebook.about(clause.kind),
        "operands": [*operands, *((f"{{{name}}}", told) for name, told in entry.repeats(clause, language()))],
    }
