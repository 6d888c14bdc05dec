"""The public register of organisations that act against child sexual abuse (Art. 7 of Regulation (EU) 2021/1232): who
named which, in which year, as it follows from accepted filings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.models import ReportingEntity
from reporting.places import place_code
from reporting.published.revisions import public_revisions
from reporting.published.serving import csv_bytes, json_bytes, licence
from reporting.released import released
from reporting.statistics import Line
from submissions.catalogue import catalogue
from submissions.definition import Definition, Naming, split_address
from submissions.models import Observation
from submissions.presentation import in_language

HEAD = ("organisation", "role", "entity", "name", "country", "return", "version", "period", "address", "label")
NOT_APPLICABLE = "M"


@dataclass(frozen=True)
class Named:
    """An organisation is named in one line of a filing."""

    organisation: str
    role: str
    entity: ReportingEntity
    definition: Definition
    period: str
    address: str

    @property
    def did(self) -> str:
        """What the organisation did, as who files says."""
        return {"recipient": _("received data"), "source": _("sent reports")}[self.role]

    @property
    def label(self) -> str:
        return in_language(self.definition.points[split_address(self.address)[0]].label)


@dataclass(frozen=True)
class Organisation:
    name: str
    named: tuple[Named, ...]


def organisations() -> list[Organisation]:
    """By name. Spellings that differ only by capitals are one organisation. Providers count with the newest version of
    each report, Member States with what was released."""
    found: dict[str, list[Named]] = defaultdict(list)
    for named in [*in_reports(), *in_statistics()]:
        found[named.organisation.casefold()].append(named)
    for some in found.values():
        some.sort(key=lambda one: (one.definition.return_id, one.entity.code, one.period, one.address))
    return [Organisation(some[0].organisation, tuple(some)) for _name, some in sorted(found.items())]


def in_reports() -> Iterator[Named]:
    codes = {naming.point for definition in catalogue().definitions.values() for naming in definition.namings}
    newest = Observation.objects.current().filter(revision__in=public_revisions(), code__in=codes)
    names = "revision__filing__obligation__entity", "revision__filing__period"
    for line in newest.select_related(*names).order_by("revision", "line"):
        filing = line.revision.filing
        yield from named_in(line, line.revision.definition, filing.entity, filing.period.label)


def in_statistics() -> Iterator[Named]:
    entities = {entity.code: entity for entity in ReportingEntity.objects.all()}
    for one in released().values():
        for line in one.lines:
            yield from named_in(line, one.definition, entities[line.entity], one.label)


def named_in(line: Observation | Line, definition: Definition, entity: ReportingEntity, period: str) -> Iterator[Named]:
    for naming in definition.namings:
        if naming.point == line.code:
            for name in names_by(naming, definition, line.address, line.value, line.obs_status):
                yield Named(name, naming.role, entity, definition, period, line.address)


def names_by(naming: Naming, definition: Definition, address: str, value: str, status: str) -> list[str]:
    """The organisations that one line names, in the words of the reader where a code list has them."""
    if naming.dimension:
        member = split_address(address)[1].get(naming.dimension, "")
        return [called(definition, member)] if member and status != NOT_APPLICABLE else []
    if status not in definition.valued:
        return []
    if naming.organisation:
        return [called(definition, naming.organisation)] if value == "1" else []
    return [called(definition, name.strip()) for name in value.split(";") if name.strip()]


def called(definition: Definition, name: str) -> str:
    code = definition.code_lists["organisation"].codes.get(name)
    return in_language(code.label) if code else name


def records(found: Iterable[Organisation]) -> list[dict[str, Any]]:
    return [
        {
            "organisation": one.name,
            "role": named.role,
            "entity": named.entity.code,
            "name": named.entity.name,
            "country": place_code(named.entity.country),
            "return": named.definition.return_id,
            "version": named.definition.version,
            "period": named.period,
            "address": named.address,
            "label": named.label,
        }
        for one in found
        for named in one.named
    ]


def as_csv() -> bytes:
    return csv_bytes(HEAD, records(organisations()))


def as_json() -> bytes:
    found = [
        {
            "name": one.name,
            "named_by": [{k: v for k, v in row.items() if k != "organisation"} for row in records([one])],
        }
        for one in organisations()
    ]
    return json_bytes({"licence": licence(), "organisations": found})
