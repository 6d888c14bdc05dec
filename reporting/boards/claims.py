"""What is claimed for technologies of detection, beside the error ratios that providers filed for them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from reporting import figures
from reporting.boards.asking import Asking, Need
from reporting.boards.making import ChartMaker
from reporting.boards.shapes import Cell, Chart, Column, Row, Table
from submissions.catalogue import catalogue
from submissions.definition import DataPoint, split_address
from submissions.models import ReportingPeriod
from submissions.presentation import in_language

FILE = Path(__file__).parent / "data" / "technology_claims.csv"
"""One line a claim, as it was published: `operator` and `value` as printed, in percent; `base` in three languages."""
CLAIMS: Mapping[str, str | Promise] = {
    "accuracy": gettext_lazy("Accuracy"),
    "precision": pgettext_lazy("of a technology", "Precision"),
    "false_positive_rate": gettext_lazy("Rate of false positives"),
}
OPERATORS = {"=": "", "~": "≈ ", "<=": "≤ ", ">=": "≥ "}
RETURN = "provider_report"


@dataclass(frozen=True)
class Claim:
    technology: str
    detects: tuple[str, ...]
    """Codes of `detection`."""
    what: str
    value: str
    unit: str
    base: Mapping[str, str]
    said_by: str
    year: str
    document: str

    @property
    def source(self) -> str:
        return f"{self.said_by}, {self.year} ({self.document})"


@lru_cache(maxsize=1)
def claims() -> tuple[Claim, ...]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Claim(
                line["technology"],
                tuple(line["detects"].split(";")),
                line["claim"],
                OPERATORS[line["operator"]] + line["value"],
                line["unit"],
                {language: line[f"base_{language}"] for language in ("en", "da", "nl")},
                line["source"],
                line["year"],
                line["document"],
            )
            for line in csv.DictReader(lines)
        )


def ratios(period: ReportingPeriod) -> list[DataPoint]:
    """Percentages of errors that are filed for each technology."""
    panel = period.definition.panels.get("errors")
    shown = period.definition.points_of(panel) if panel else []
    return [point for point in shown if point.value_type == "percentage" and "technology" in point.dimensions]


def needs(asking: Asking) -> Iterable[Need]:
    period = asking.at()
    if period is not None:
        yield Need(RETURN, frozenset(point.code for point in ratios(period)), frozenset([period.label]))


def make(asking: Asking) -> Chart | None:
    period = asking.at()
    if period is None:
        return None
    [need] = needs(asking)
    frame = asking.frame(RETURN, codes=need.codes, periods=need.periods).filter(pl.col("valued"))
    filed: dict[str, list[figures.Row]] = {}
    for row in figures.rows(frame, ratios(period), asking.names, asking.language):
        filed.setdefault(split_address(row.address)[1].get("technology", ""), []).append(row)
    return Chart(
        id="claims",
        title=_("Technologies: what is claimed for them, beside the error ratios filed, %(period)s (percent)")
        % {"period": period.label},
        alt="",
        unit=figures.unit_named("percent", asking.language),
        source=_("%(filed)s Claims: as published by those who are named beside them.")
        % {"filed": asking.source(in_language(period.definition.title), period.label)},
        caveats=(
            _("Claims come from makers and others, for tests of their own; filed ratios come from one provider's use."),
            _(
                "Accuracy, precision and rates of false positives are ratios of different things. Neither proves the other."
            ),
        ),
        table=table(filed, asking.language),
        specification=None,
    )


def table(filed: Mapping[str, Sequence[figures.Row]], language: str) -> Table:
    columns = (
        Column(_("Technology")), Column(_("What is claimed")), Column(_("Claimed"), _("percent")), Column(_("Of what")),
        Column(_("Who says so")), Column(_("Error ratios that providers filed for it")),
    )  # fmt: skip
    names = catalogue().code_lists["technology"].codes
    claimed: dict[str, list[Claim | None]] = {}
    for claim in claims():
        claimed.setdefault(claim.technology, []).append(claim)
    for code in filed:
        claimed.setdefault(code, [None])
    found = []
    for code, some in claimed.items():
        name = names[code].label[language] if code in names else code or _("Technology not stated")
        found += [table_row(name, claim, filed.get(code, ()), language) for claim in some]
    return Table(columns, tuple(sorted(found, key=lambda row: row[0].text.casefold())))


def table_row(name: str, claim: Claim | None, filed: Sequence[figures.Row], language: str) -> Row:
    said = (
        (
            Cell(str(CLAIMS[claim.what])),
            Cell(claim.value, float(claim.value.lstrip("≈≤≥ "))),
            Cell(claim.base[language]),
            Cell(claim.source),
        )
        if claim
        else (Cell(_("no claim known"), missing=True), Cell(""), Cell(""), Cell(""))
    )
    ratios = "; ".join(f"{row.entity_name}, {row.point}: {row.shown}" for row in filed)
    return (Cell(name), *said, Cell(ratios) if ratios else Cell(_("none filed"), missing=True))


CLAIMED = ChartMaker("claims", make, needs, gettext_lazy("Technologies: claims beside filed ratios"))
