"""Figures of a dashboard: the accepted observations of a panel for one period, as rows for chart, table and download."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.models import User
from reporting.comparability.knowledge import knowledge
from submissions.catalogue import catalogue
from submissions.definition import Definition, Panel, split_address
from submissions.models import Observation, ReportingPeriod
from submissions.presentation import code_label, missing_words, notes, number, shown_value


@dataclass(frozen=True)
class Row:
    """One observation as a dashboard shows it."""

    entity: str
    entity_name: str
    address: str
    code: str
    dims: str
    point: str
    what: str
    """Dimension members in words."""
    member: str
    """What the chart sets side by side: the entity, or the member of the first dimension."""
    member_name: str
    number: float | None
    shown: str
    """The value in words: with its hedge, or the reason why there is none."""
    missing: bool
    unit: str
    unit_label: str
    qualifier: str
    obs_status: str
    start: date
    end: date
    own_period: bool
    reason: str
    flags: str
    comment: str
    notes: tuple[str, ...]
    revision_id: int


@dataclass(frozen=True)
class Figure:
    definition: Definition
    panel: Panel
    period: ReportingPeriod
    rows: tuple[Row, ...]

    @property
    def key(self) -> str:
        return f"{self.definition.return_id}/{self.panel.id}/{self.period.label}"

    @property
    def with_value(self) -> list[Row]:
        return [row for row in self.rows if row.number is not None]


def panels(dashboard: str, period: ReportingPeriod) -> list[Panel]:
    return [panel for panel in period.definition.panels.values() if panel.dashboard == dashboard]


def periods(dashboard: str) -> list[ReportingPeriod]:
    """Periods with something to show on a dashboard, newest first."""
    returns = {
        d.return_id for d in catalogue().definitions.values() for p in d.panels.values() if p.dashboard == dashboard
    }
    filed = ReportingPeriod.objects.filter(return_id__in=returns, filings__current__isnull=False)
    return list(filed.distinct().order_by("-start"))


def figure(panel: Panel, period: ReportingPeriod, user: User, language: str) -> Figure:
    """The panel's accepted observations of the period that this user may see. One query."""
    definition = period.definition
    codes = [point.code for point in definition.points.values() if point.panel == panel.id]
    observations = (
        Observation.objects.current()
        .visible_to(user)
        .filter(code__in=codes, revision__filing__period=period)
        .select_related("revision__filing__obligation__entity")
    )
    order = {code: place for place, code in enumerate(codes)}
    rows = [row(definition, panel, observation, language) for observation in observations]
    rows.sort(key=lambda r: (order[r.code], r.unit, r.missing, -(r.number or 0), r.member_name))
    return Figure(definition, panel, period, tuple(rows))


def row(definition: Definition, panel: Panel, observation: Observation, language: str) -> Row:
    entity = observation.revision.filing.entity
    point = definition.points[observation.code]
    _code, members = split_address(observation.address)
    axis = next(iter(members), "") if not panel.entity_axis else ""
    named = {name: definition.member_label(name, member, language) for name, member in members.items()}
    missing = observation.obs_status in definition.missing
    return Row(
        entity=entity.code,
        entity_name=entity.name,
        address=observation.address,
        code=observation.code,
        dims=",".join(f"{k}={v}" for k, v in members.items() if k != axis),
        point=point.label[language],
        what=", ".join(label for name, label in named.items() if name != axis),
        member=members.get(axis, entity.code),
        member_name=named.get(axis, entity.name),
        number=None if missing else observation.number,
        shown=missing_words(definition, observation, language)
        if missing
        else shown_value(definition, observation, point, language),
        missing=missing,
        unit=observation.unit,
        unit_label=code_label(definition, "unit", observation.unit, language),
        qualifier=observation.qualifier,
        obs_status=observation.obs_status,
        start=observation.start,
        end=observation.end,
        own_period=observation.own_period > 0,
        reason=observation.reason,
        flags=observation.flags,
        comment=observation.comment,
        notes=tuple(notes(definition, observation, language)),
        revision_id=observation.revision_id,
    )


# Reference beside Member States ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """One Member State: what it filed, and what the clearing house says it sent there."""

    country: str
    name: str
    filed: Row | None
    sent: dict[str, float]
    population_share: float | None
    language: str

    @property
    def sent_shown(self) -> list[str]:
        return [number(value, self.language) for value in self.sent.values()]


REFERENCE_YEARS = ("2021", "2022")
COUNTRY_POINTS = ("reference.reports", "reference.population_share")


def reference_beside_member_states(user: User, language: str, period: str = "2022") -> list[Beside]:
    """Reports filed by each Member State for `period` beside the reference counts by country. Two queries."""
    member_states = Observation.objects.current().visible_to(user).filter(
        code="reports.total",
        revision__filing__period__return_id="member_state_statistics",
        revision__filing__period__label=period,
    )  # fmt: skip
    filed = {}
    for observation in member_states.select_related("revision__filing__obligation__entity", "revision__filing__period"):
        definition = observation.revision.definition
        country = observation.revision.filing.entity.country
        filed[country] = row(definition, definition.panels["reports"], observation, language)
    sent: dict[str, dict[str, float]] = {}
    shares: dict[str, float] = {}
    reference = Observation.objects.current().visible_to(user).filter(
        code__in=COUNTRY_POINTS, revision__filing__period__return_id="reference_statistics", number__isnull=False
    )  # fmt: skip
    for code, address, value, label in reference.values_list(
        "code", "address", "number", "revision__filing__period__label"
    ):
        country = split_address(address)[1].get("country", "")
        if value is None:
            continue
        if code == "reference.population_share":
            shares[country] = value
        elif label in REFERENCE_YEARS:
            sent.setdefault(country, {})[label] = value
    names = catalogue().code_lists["area"].codes
    wholes = knowledge().wholes(set(sent))
    return [
        Beside(
            country,
            names[country].label[language] if country in names else country,
            filed.get(country),
            {year: sent[country].get(year, 0) for year in REFERENCE_YEARS},
            shares.get(country),
            language,
        )
        for country in sorted(sent, key=lambda c: -sent[c].get("2022", 0))
        if country not in wholes
    ]
