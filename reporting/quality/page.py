"""What the page of the report holds: every figure and place of what is asked about, or the first of each where much is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from portal.models import User
from portal.reader import language
from reporting.quality.classes import rule_of
from reporting.quality.report import CHAPTERS, Chapter, Quality, Scope, quality, rules_broken
from reporting.quality.told import title, told
from submissions.models import Obligation, ReportingPeriod
from submissions.presentation import number

FIRST_ROWS, FIRST_PLACES = 3, 3
"""Figures of each period, and places of each rule, while all returns or periods are asked about."""
PLACES, PLACES_OF_ONE = 40, 1000
"""Places of each rule in one period, and of a rule that is asked about alone; the JSON has all."""
EVERYTHING = Scope()
Choices = tuple[list[tuple[str, str]], list[tuple[str, str]], list[tuple[str, str]]]


@dataclass(frozen=True)
class Asked:
    scope: Scope = EVERYTHING
    chapter: Chapter = "missing"
    rule: str = ""
    """Of the findings: `return/version/code`, or empty: all rules."""
    as_of: date | None = None

    @property
    def one_rule(self) -> tuple[str, str, str]:
        return_id, version, code = self.rule.split("/")
        return return_id, version, code

    @property
    def of_one_period(self) -> bool:
        return bool(self.scope.return_id and self.scope.period)

    @property
    def sums_of_one(self) -> bool:
        """A sum is over everybody who owes a figure."""
        return self.chapter == "sums" and bool(self.scope.entity)

    @property
    def listed(self) -> tuple[int, int | None]:
        """Places and rows, as `told` takes them."""
        if self.rule:
            return PLACES_OF_ONE, None
        return (PLACES, None) if self.of_one_period else (FIRST_PLACES, FIRST_ROWS)

    @property
    def held(self) -> dict[str, object]:
        """As the query string has it; empty values are left out."""
        return self.filters | {"chapter": self.chapter} if self.chapter != CHAPTERS[0] else self.filters

    @property
    def filters(self) -> dict[str, object]:
        """The same but for the chapter."""
        scope = self.scope
        told = {"return": scope.return_id, "period": scope.period, "entity": scope.entity, "as_of": self.as_of}
        return {name: value for name, value in told.items() if value}

    def without(self, *names: str) -> str:
        """The query string but for these, to which more is added."""
        return urlencode({name: value for name, value in self.held.items() if name not in names})


def known_rule(rule: str) -> bool:
    try:
        rule_of(*Asked(rule=rule).one_rule)
    except (KeyError, ValueError):
        return False
    return True


def found(user: User, asked: Asked) -> Quality:
    if asked.rule:
        return Quality(asked.scope, classes=rules_broken(user, asked.scope, asked.as_of, asked.one_rule))
    return quality(user, asked.scope, asked.as_of, [asked.chapter])


def content_of(asked: Asked, choices: Choices, report: Quality) -> str:
    """HTML."""
    context: dict[str, Any] = {
        "asked": asked,
        "filters": fields(asked, choices),
        "chapters": [(chapter, title, address(asked, chapter)) for chapter, title in titles().items()],
        "heading": titles()[asked.chapter],
        "query": asked.without(),
        "others": asked.without("return", "period"),
        "programs": urlencode(asked.filters),
        "told": told(report, *asked.listed),
        "sentence": "" if asked.rule or asked.sums_of_one else summary(asked.chapter, report),
    }
    return render_to_string("reporting/quality_content.html", context)


def titles() -> dict[Chapter, str]:
    return {
        "missing": _("Which figures are missing, and why"),
        "sums": _("Which figures cannot be added, and why"),
        "findings": _("Which figures contradict each other, last year or the reference"),
    }


def address(asked: Asked, chapter: Chapter) -> str:
    """Of a chapter, with the same choices."""
    return "?" + urlencode(Asked(asked.scope, chapter, as_of=asked.as_of).held)


def fields(asked: Asked, choices: Choices) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Name, label, value and options of each."""
    values = (asked.scope.return_id, asked.scope.period, asked.scope.entity)
    labels = (_("Return"), _("Period"), _("Entity"))
    return list(zip(("return", "period", "entity"), labels, values, choices, strict=True))


def choices_for(user: User) -> Choices:
    """Returns, periods and entities that this user may ask about. Two queries."""
    owed = list(Obligation.objects.visible_to(user).select_related("entity"))
    returns = sorted({one.return_id for one in owed})
    labels = ReportingPeriod.objects.filter(return_id__in=returns).order_by("-start").values_list("label", flat=True)
    entities = sorted({(one.entity.code, one.entity.name) for one in owed}, key=lambda one: one[1])
    return [(one, title(one)) for one in returns], [(one, one) for one in dict.fromkeys(labels)], entities


def summary(chapter: Chapter, report: Quality) -> str:
    """The answer of a chapter in a sentence."""
    sentences: dict[Chapter, tuple[str, dict[str, int]]] = {
        "missing": (
            _("%(lacking)s answers that the law names are missing, %(unsaid)s of them without a reason or unusable."),
            {
                "lacking": sum(one.lacking for one in report.missing),
                "unsaid": sum(len(one.no_reason) + len(one.unusable) for one in report.missing),
            },
        ),
        "sums": (
            _("%(refused)s of %(all)s counts cannot be added over all who owe them."),
            {"refused": len(report.refused), "all": len(report.together)},
        ),
        "findings": (
            _("%(rules)s rules found something in %(places)s places; %(explained)s are explained."),
            {
                "rules": len(report.classes),
                "places": sum(len(one.occurrences) for one in report.classes),
                "explained": sum(one.explained for one in report.classes),
            },
        ),
    }
    sentence, counts = sentences[chapter]
    return sentence % {name: number(count, language()) for name, count in counts.items()}
