"""Published reports: by provider and year, every accepted version, found by their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Max, Q

from portal.models import ReportingEntity
from reporting.published.revisions import public_revisions
from submissions.catalogue import catalogue
from submissions.models import Explanation, Filing, Observation, ReportingPeriod, Revision, subject
from submissions.models.revision import RevisionQuerySet
from submissions.presentation import in_language

MOST_WORDS = 8
"""More words than this say no more about a report; each costs the database a look through all lines."""


@dataclass(frozen=True)
class Report:
    """What one body reported for one period."""

    versions: tuple[Revision, ...]
    """Every accepted revision, the newest first."""

    @property
    def newest(self) -> Revision:
        return self.versions[0]

    @property
    def filing(self) -> Filing:
        return self.newest.filing

    @property
    def entity(self) -> ReportingEntity:
        return self.filing.entity

    @property
    def period(self) -> ReportingPeriod:
        return self.filing.period

    @property
    def changed(self) -> datetime:
        assert self.newest.decided_at is not None  # noqa: S101 -- accepted
        return self.newest.decided_at

    def before(self, version: Revision) -> Revision | None:
        """The version that this one replaced."""
        return next((one for one in self.versions if one.number < version.number), None)


def readable() -> RevisionQuerySet:
    """What a page shows of public revisions; bytes of sources are left where they are."""
    return (
        public_revisions()
        .select_related("filing__obligation__entity", "filing__period", "source")
        .defer("source__deflated", "source__canonical", "statement", "decision_reason")
        .order_by("-filing__period__start", "filing__obligation__entity__code", "filing", "-number")
    )


def reports(**only: str) -> list[Report]:
    """The newest period first. `only` filters as a query does. One query."""
    found = groupby(readable().filter(**only), key=lambda revision: revision.filing_id)
    return [Report(tuple(versions)) for _filing, versions in found]


def report_of(return_id: str, entity: str, label: str) -> Report | None:
    """The report at an address, if it is public."""
    found = reports(
        filing__period__return_id=return_id, filing__obligation__entity__code=entity, filing__period__label=label
    )
    return found[0] if found else None


def said_last(report: Report) -> datetime:
    """When the report was accepted last, or anything was said of it, published or not: a reader who asks for what is new
    must also learn that something was taken back."""
    last = report.filing.explanations.aggregate(last=Max("written_at"))["last"]
    return max(filter(None, (report.changed, last)))


# Words --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hit:
    """A report with the lines of its newest version in which all the words stand; none where its name has them."""

    report: Report
    lines: tuple[Observation, ...]


def search(among: Sequence[Report], words: str) -> list[Hit]:
    """Reports whose name holds all the words, or one of whose lines does. At most one query."""
    sought = words.casefold().split()[:MOST_WORDS]
    if not sought:
        return [Hit(report, ()) for report in among]
    lines: dict[int, list[Observation]] = {}
    for line in Observation.objects.filter(told(sought), revision__in=[report.newest.pk for report in among]):
        lines.setdefault(line.revision_id, []).append(line)
    return [
        Hit(report, tuple(lines.get(report.newest.pk, ())))
        for report in among
        if report.newest.pk in lines or all(word in named(report) for word in sought)
    ]


def told(sought: Iterable[str]) -> Q:
    """All words in the answer of one line, its address, or the label of its data point."""
    query = Q()
    for word in sought:
        codes = {
            point.code
            for definition in catalogue().definitions.values()
            if definition.public
            for point in definition.points.values()
            if word in in_language(point.label).casefold()
        }
        query &= Q(value__icontains=word) | Q(comment__icontains=word) | Q(address__icontains=word) | Q(code__in=codes)
    return query


def named(report: Report) -> str:
    title = in_language(report.newest.definition.title)
    return f"{title} {report.entity} {report.entity.code} {report.period.label} {report.newest.receipt}".casefold()


# Explanations -------------------------------------------------------------------------------------------------


def explanations(version: Revision) -> list[Explanation]:
    """What the filer says of findings of this version, and agreed to publish."""
    agreed = version.filing.explanations.filter(publish=True)
    by_finding = {(one.rule, one.address, one.subject): one for one in agreed}
    if not by_finding:
        return []
    findings = version.findings.filter(rule__in={rule for rule, _address, _subject in by_finding})
    standing = dict.fromkeys((finding.rule, finding.address, subject(finding)) for finding in findings)
    return [by_finding[key] for key in standing if key in by_finding]
