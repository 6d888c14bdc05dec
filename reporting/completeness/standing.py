"""Duties with what their filings answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from portal.models import User
from reporting.completeness.asked import blocking_rules, demands, read_codes
from reporting.completeness.content import ANSWERS, REMARKS, REVISIONS, Content, Contents, Section, contents
from reporting.rollups.summing import long_returns
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.duties import Duty, duties
from submissions.models import Finding, Observation, Revision

CONTENT_LABELS = {
    "complete": _("Complete"),
    "partial": _("Partial"),
    "nil": _("Nil, with reason"),
    "nil_without_reason": _("Nil, without reason"),
    "unchecked": _("Not checked yet"),
}
SECTION_LABELS = CONTENT_LABELS | {"nothing_asked": _("Not asked")}


@dataclass(frozen=True)
class Standing:
    """One duty, and what was filed for it."""

    duty: Duty
    content: Content | None = None
    """None where nothing was filed, or it is not checked yet."""

    @property
    def definition(self) -> Definition:
        """The version that the filing was made in; that of the period where there is none."""
        revision, period = self.duty.revision, self.duty.period
        return catalogue().get(period.return_id, revision.version) if revision else period.definition

    @property
    def content_state(self) -> str:
        """A key of CONTENT_LABELS; empty where nothing was filed."""
        if self.content:
            return self.content.state
        return "unchecked" if self.duty.filed else ""

    @property
    def content_label(self) -> str:
        return str(CONTENT_LABELS[self.content_state]) if self.content_state else ""

    @cached_property
    def sections(self) -> list[tuple[int, str, Section | None]]:
        """(category, state, counts) of every category: a key of SECTION_LABELS, or the state of the duty where there is
        no filing to look into."""
        if not self.content:
            state = self.content_state or self.duty.state
            return [(number, state, None) for number in self.definition.categories]
        counted = {section.category: section for section in self.content.sections}
        nothing = [
            Section(number, 0, 0, 0, 0, (), ()) for number in self.definition.categories if number not in counted
        ]
        every = sorted([*self.content.sections, *nothing], key=lambda section: section.category)
        return [(s.category, self.content.state if self.content.nil and s.asked else s.state, s) for s in every]

    @property
    def partial_sections(self) -> list[int]:
        return [number for number, state, _section in self.sections if state == "partial"]


@dataclass(frozen=True)
class Picture:
    """Duties as they stand, or stood on a day."""

    standings: list[Standing]
    cells: pl.DataFrame
    """What every checked filing among them answers, columns `content.CELLS`."""


def picture(user: User, *, on: date | None = None, only: Iterable[Duty] | None = None) -> Picture:
    """What this user may see of it. At most three queries more than `duties`, whatever the size."""
    found = duties(user, on=on) if only is None else list(only)
    checked = [duty.revision for duty in found if duty.revision and duty.revision.checked_at]
    read = contents_of(user, checked, found)
    standings = [Standing(duty, read.by_revision.get(duty.revision.pk) if duty.revision else None) for duty in found]
    return Picture(standings, read.cells)


def contents_of(user: User, revisions: Sequence[Revision], found: Iterable[Duty]) -> Contents:
    returns = {duty.filing.pk: duty.period.return_id for duty in found if duty.filing}
    rows = [(revision.pk, returns[revision.filing_id], revision.version) for revision in revisions]
    definitions = [catalogue().get(*version) for version in sorted({row[1:] for row in rows})]
    frame = pl.DataFrame(rows, schema=REVISIONS, orient="row")
    keys = [revision.pk for revision in revisions]
    return contents(definitions, frame, answers(user, frame, definitions), remarks(user, keys, definitions))


def answers(user: User, revisions: pl.DataFrame, definitions: Iterable[Definition]) -> pl.DataFrame:
    """Columns ANSWERS. The lines of what stands, accepted or not: what is complete is asked of all that was filed. Two
    queries: short filings are read whole, as they lie; of long ones only the data points that completeness looks at."""
    long = long_returns()
    codes = set().union(*(read_codes(one) for one in definitions if one.return_id in long))
    brief, lengthy = (
        revisions.filter(pl.col("return_id").is_in(long) == is_long)["revision"].to_list() for is_long in (False, True)
    )
    lines = (
        Observation.objects.visible_to(user)
        .annotate(reasoned=truth(~Q(reason="") | ~Q(comment="")), yes=truth(Q(value="1")))
        .order_by()
        .values_list("revision_id", "code", "obs_status", "reasoned", "yes")
    )
    rows = [*lines.filter(revision__in=brief), *lines.filter(revision__in=lengthy, code__in=codes).distinct()]
    return pl.DataFrame(rows, schema=ANSWERS, orient="row")


def truth(condition: Q) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(condition, output_field=BooleanField())


def remarks(user: User, revisions: Sequence[int], definitions: Sequence[Definition]) -> pl.DataFrame:
    """Columns REMARKS: what leaves a line unusable, and what rules with a condition find lacking. Of a long series with
    many faults only those of the data points that are looked at are read."""
    blocking = set().union(*map(blocking_rules, definitions))
    asking = {rule for one in definitions for rule in demands(one)["rule"]}
    rows = (
        Finding.objects.visible_to(user)
        .filter(Q(rule__in=blocking, line__isnull=False) & lines_of(definitions) | Q(rule__in=asking))
        .filter(revision__in=revisions, blocked_by="")
        .order_by().values_list("revision_id", "rule", "address", "related")
    )  # fmt: skip
    named = [
        (revision, rule, address.partition("[")[0], rule in blocking)
        for revision, rule, main, related in rows
        for address in ([main] if rule in blocking else [main, *related])
    ]
    return pl.DataFrame(named, schema=REMARKS, orient="row")


def lines_of(definitions: Sequence[Definition]) -> Q:
    """Findings that stand against lines of the data points that completeness looks at."""
    points = [one.points[code] for one in definitions for code in read_codes(one)]
    found = Q(address__in={point.code for point in points})
    for code in sorted({point.code for point in points if point.dimensions}):
        found |= Q(address__startswith=f"{code}[")
    return found
