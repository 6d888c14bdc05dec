"""What the other files of facts on COM(2023) 797 say more than its tables: each in the tree, as it was printed.

Not filed by design, and so not told: shares and sums that were worked out afterwards (`recomputed_…`, the row
`computed_sum`), figures of 2010 and 2019 and those without an end year (no period of this report), the share of files
confirmed by people (not printed), a safeguard that no provider is named for, and remarks in other words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from reporting.comparability import words
from reporting.report.tree import Bullets, Document, Figure, Paragraph, Table
from submissions import publications
from submissions.catalogue import catalogue
from submissions.definition import split_address
from submissions.presentation import number
from tests.reporting.report import document, rows

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]

NOT_ACCEPTED = {"MT", "PT", "RO"}
"""States whose filing holds nothing at all and was returned: no figure of theirs counts."""
YEARS = ("2021", "2022")
Told = list[tuple[Figure, str]]
"""Every filed figure, and the words of the cell or line that shows it."""


@pytest.fixture(scope="module")
def made(published_portal: list[publications.Loaded]) -> Document:
    with translation.override("en"):
        return document()


@pytest.fixture(scope="module")
def told(made: Document) -> Told:
    return list(everything(made))


def everything(made: Document) -> Iterator[tuple[Figure, str]]:
    for block in made.blocks():
        if isinstance(block, Table):
            yield from ((figure, cell.text) for row in block.rows for cell in row.cells for figure in cell.figures)
        if isinstance(block, Bullets):
            yield from ((figure, item.text) for item in block.items for figure in item.figures)


def shown(told: Told, entity: str, code: str, period: str = "", **members: str) -> list[tuple[Figure, str]]:
    """Figures of a data point with at least these members, each once."""
    found = {}
    for figure, text in told:
        there = (figure.entity, figure.address.split("[")[0]) == (entity, code) and period in ("", figure.period)
        if there and members.items() <= split_address(figure.address)[1].items():
            found.setdefault((figure.period, figure.address, figure.start, figure.end), (figure, text))
    return list(found.values())


def says(figure: Figure, text: str, **expected: Any) -> bool:
    """The figure is as printed, and so is what stands in the report."""
    return {name: getattr(figure, name) for name in expected} == expected and figure.shown in text


def value(text: str) -> float | None:
    return float(text) if text else None


def days(fact: dict[str, str]) -> dict[str, date]:
    """Those of a figure, where they were printed."""
    if not (fact["period_start"] and fact["period_end"]):
        return {}
    return {name: date.fromisoformat(fact[f"period_{name}"]) for name in ("start", "end")}


# Providers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fact", rows("provider_volumes"), ids=lambda f: f"{f['provider']}-{f['reference_year']}-{f['content_type']}-{f['geo_scope']}"
)  # fmt: skip
def test_volumes_are_told_as_printed(fact, told) -> None:
    members = {"item_kind": fact["content_type"], "geo": fact["geo_scope"]} if fact["content_type"] else {}
    [(figure, text)] = shown(told, fact["provider"].lower(), "data.volume.content", fact["reference_year"], **members)
    if fact["value"]:
        exactly = {"number": value(fact["value"]), "unit": fact["content_type"], "qualifier": fact["qualifier"]}
        assert says(figure, text, obs_status="A", **exactly, **days(fact))
    else:
        status = {"not_available": "L", "not_reported": "O"}[fact["qualifier"]]
        assert says(figure, text, number=None, obs_status=status, **days(fact))


KINDS = {"a_user_account": "USER_ACCOUNT", "b_content_metadata": "CONTENT_METADATA", "c_potential_victim": "POTENTIAL_VICTIM",
         "d_abuse_operations": "ABUSE_OPERATIONS"}  # fmt: skip


@pytest.mark.parametrize(("kind", "point"), [("content", "data.content.type"), ("traffic", "data.traffic.type")])
def test_kinds_of_data_are_told_with_those_who_process_them(kind, point, made) -> None:
    [block] = [one for one in made.blocks() if getattr(one, "id", "") == point]
    told = {(item.key, entity) for item in block.items for entity in item.entities if item.key != "O"}
    facts = [fact for fact in rows("provider_data_types") if fact["data_class"] == kind]
    assert told == {(KINDS.get(fact["type_code"], fact["type_code"]), fact["provider"].lower()) for fact in facts}


ABSENT = {"not_reported": "O", "not_available": "OL"}
"""What is printed for a missing count -> the statuses it may be filed with."""
RATES = {"reinstated_vs_appeals": "appeals", "reinstated_vs_suspended": "suspended", "moderation_reversals": "appeals"}
COUNTS = {"confirmed_vs_reviewed": ("errors.confirmed", "errors.reviewed")}


@pytest.mark.parametrize(
    "fact", rows("provider_reversal_rates"),
    ids=lambda f: f"{f['provider']}-{f['reference_year']}-{f['rate_code']}-{f['unit_basis']}",
)  # fmt: skip
def test_rates_and_the_counts_behind_them_are_told_as_printed(fact, told) -> None:
    entity, year, unit = fact["provider"].lower(), fact["reference_year"], fact["unit_basis"]
    part, whole = COUNTS.get(fact["rate_code"], ("errors.reversals", "errors.reversal_base"))
    over = {"denominator": RATES[fact["rate_code"]]} if fact["rate_code"] in RATES else {}
    for code, name, members in ((part, "numerator", {}), (whole, "denominator", over)):
        [(figure, text)] = shown(told, entity, code, year, item_kind=unit, **members)
        if fact[name]:
            exactly = {"number": value(fact[name]), "unit": unit, "qualifier": fact[f"{name}_qualifier"]}
            assert says(figure, text, **exactly, **days(fact))
        else:
            assert figure.obs_status in ABSENT[fact[f"{name}_qualifier"]]
            assert says(figure, text, number=None, **days(fact))
    rates = shown(told, entity, "errors.reversal_rate", year, item_kind=unit, **over) if over else []
    if fact["published_percent"]:
        [(figure, text)] = rates
        percent = float(fact["published_percent"])
        exactly = {"number": percent, "unit": "percent", "qualifier": "rounded" if percent else "exact"}
        assert says(figure, text, **exactly, **days(fact))
    else:
        assert [figure.number for figure, _text in rates] in ([], [None])


LIMITS = {"fixed": "FIXED", "maximum": "MAXIMUM", "event_based": "EVENT_BASED", "usual": "USUAL", "none": "NONE"}
ANSWERS = {"yes": ("1", "A"), "not_stated": ("", "O"), "not_applicable": ("", "M")}


@pytest.mark.parametrize("fact", rows("provider_retention"), ids=lambda f: f"{f['provider']}-{f['data_category']}")
def test_retention_is_told_as_printed(fact, told) -> None:
    """A period tied to an event or without end has no number and says so in words."""
    entity, about = fact["provider"].lower(), {"data_category": fact["data_category"].upper()}
    periods = shown(told, entity, "retention.period", **about)
    limits = shown(told, entity, "retention.limit", limit_type=LIMITS[fact["limit_type"]], **about)
    assert {figure.period for figure, _text in periods} == {figure.period for figure, _text in limits} == set(YEARS)
    for figure, text in periods:
        assert says(figure, text, number=value(fact["period"]), unit=fact["unit"], obs_status="A")
        assert words.label("unit", fact["unit"]) in text if fact["period"] else fact["unit"] not in text
    counted = shown(told, entity, "retention.counted_from", **about)
    stated = fact["counted_from"] != "not_stated"
    assert {figure.obs_status for figure, _text in counted} == {"A" if stated else "O"}
    if stated:
        assert all(f"start_event={fact['counted_from'].upper()}" in figure.address for figure, _text in counted)
    extended, status = ANSWERS[fact["extension"]]
    for figure, text in shown(told, entity, "retention.extension", **about):
        assert says(figure, text, value=extended, obs_status=status)
    assert len(shown(told, entity, "retention.handling", **about)) == len(YEARS)


@pytest.mark.parametrize("fact", rows("provider_recipients"), ids=lambda f: f"{f['provider']}-{f['period_label']}")
def test_recipients_are_told_with_days_and_notification(fact, told) -> None:
    """The start of the first stretch is printed as July or August, and so not filed; that is said beside the name."""
    entity, end = fact["provider"].lower(), date.fromisoformat(fact["period_end"])
    [(shared, text)] = shown(told, entity, "sharing.organisation", str(end.year), organisation=fact["recipient"])
    [(notified, said)] = shown(told, entity, "sharing.notified", str(end.year), organisation=fact["recipient"])
    assert (fact["data_shared"], fact["article_7_1_notified"]) == ("yes", "yes")
    assert shared.end == notified.end == end
    assert notified.value == "1"
    assert "Yes" in said
    if fact["period_start"]:
        assert shared.start == date.fromisoformat(fact["period_start"])
    else:
        assert "start printed as July or August" in text


# Member States and reference ------------------------------------------------------------------------------


REASONS = {"no_reason_given": ""}
BY_UNIT = {"convictions_not_persons"}
"""A flag of the printed table that the unit of the filed figure says."""


@pytest.mark.parametrize("fact", rows("ms_convictions"), ids=lambda f: f"{f['country']}-{f['period_label']}")
def test_convictions_are_told_with_days_flags_and_reasons(fact, made, told) -> None:
    country = fact["country"].lower()
    counts, persons = (shown(told, country, code) for code in ("convictions.count", "convictions.persons"))
    if fact["country"] in NOT_ACCEPTED:
        assert (fact["qualifier"], counts, persons) == ("not_reported", [], [])
        cell = made.tables()["convictions-2022"].cell(fact["country"], "col_convictions")
        assert cell.text == "filed, but not accepted"
    elif fact["value"]:
        [(figure, text)] = [one for one in counts if says(*one, **days(fact))]
        assert says(figure, text, number=value(fact["value"]), unit="convictions", qualifier=fact["qualifier"])
        assert set(filter(None, fact["comparability_flags"].split(";"))) - BY_UNIT == set(
            filter(None, figure.flags.split(";"))
        )
    else:
        [(figure, text)] = persons
        assert counts == []
        assert says(figure, text, number=None, reason=REASONS.get(fact["reason_code"], fact["reason_code"]))


@pytest.mark.parametrize("fact", rows("ncmec_country"), ids=lambda f: f"{f['row_type']}-{f['country']}")
def test_reference_figures_are_told_by_country(fact, made, told) -> None:
    country, publisher = fact["country"], "ncmec"
    if fact["row_type"] == "computed_sum":
        sums = " ".join(block.text for block in made.blocks() if isinstance(block, Paragraph))
        assert all(f"add up to {number(float(fact[f'reports_{year}']), 'en')} reports" in sums for year in YEARS)
        return
    for year in YEARS:
        [(figure, text)] = shown(told, publisher, "reference.reports", year, country=country)
        assert says(
            figure, text, number=value(fact[f"reports_{year}"]), unit="reports", qualifier="exact", own_days=False
        )
        shares = shown(told, publisher, "reference.report_share", year, country=country)
        printed = fact[f"share_{year}_published"]
        assert [one[0].number for one in shares] == ([float(printed)] if printed else [])
        assert all(says(*one, unit="percent", qualifier="rounded") for one in shares)
    if fact["population_share_published"]:
        [(figure, text)] = shown(told, "population", "reference.population_share", country=country)
        assert says(figure, text, number=value(fact["population_share_published"]), unit="percent", qualifier="rounded")


HERE = [fact for fact in rows("ncmec_context") if fact["year"] in YEARS]
POINTS = {"reports_to_ncmec": "context.reports", "items_in_reports": "context.items", "report_class": "context.reports",
          "reports_sent_by_ncmec": "reference.reports", "reports_received_by_bka": "reference.national_publication"}  # fmt: skip


@pytest.mark.parametrize("fact", HERE, ids=lambda f: f["row_id"])
def test_the_world_around_the_figures_is_told_as_printed(fact, told) -> None:
    publisher = "bka" if fact["indicator"].endswith("_bka") else "ncmec"
    code = POINTS[fact["indicator"]]
    members = {"country": fact["scope"]} if code.startswith("reference") else {
        "area": fact["scope"], "breakdown": fact["breakdown"]}  # fmt: skip
    if fact["value"]:
        [(figure, text)] = shown(told, publisher, code, fact["year"], **members)
        assert says(figure, text, number=value(fact["value"]), unit=fact["unit"], qualifier=fact["qualifier"])
    shares = shown(told, "ncmec", "context.report_share", fact["year"], **members)
    printed = fact["published_percent"]
    assert [figure.number for figure, _text in shares] == ([float(printed)] if printed else [])
    assert all(says(figure, text, unit="percent", qualifier="rounded") for figure, text in shares)


# Technologies ---------------------------------------------------------------------------------------------


KINDS_OF_CLAIMS = {"accuracy": "Accuracy", "precision": "Precision", "false_positive_rate": "Rate of false positives"}
DETECTED = {"grooming": "solicitation"}
SIGNS = {"=": "", "~": "≈ ", "<=": "≤ ", ">=": "≥ "}
CLAIMED = [fact for fact in rows("technologies")
           if fact["claim_type"] in KINDS_OF_CLAIMS and not fact["name"].startswith("(")]  # fmt: skip


@pytest.mark.parametrize("fact", CLAIMED, ids=lambda f: f["row_id"])
def test_a_claim_on_how_well_a_technology_works_is_told_as_a_claim(fact, made) -> None:
    """Fractions are told in percent. A claim for tools of a class, and claims on their use, are none for a technology."""
    table = made.tables()["claims"]
    names = catalogue().code_lists["detection"].codes
    amount = float(fact["claim_value"]) * (100 if fact["claim_unit"] == "fraction" else 1)
    printed = f"{amount:.9f}".rstrip("0").rstrip(".")
    [row] = [one for one in table.rows if one.label == fact["name"]
             and one.cells[1].text == f"{KINDS_OF_CLAIMS[fact['claim_type']]}, {fact['claim_base']}"
             and one.cells[2].text == SIGNS[fact["claim_operator"]] + printed]  # fmt: skip
    detects, _what, _claimed, unit, source, year, named = (cell.text for cell in row.cells)
    assert detects == "; ".join(names[DETECTED.get(one, one)].label["en"] for one in fact["detects"].split(";"))
    assert (unit, year, named) == ("percent", fact["claim_year"], "nobody")
    assert source.startswith(fact["claim_source"])


def test_claims_are_said_to_be_neither_filed_nor_checked(made) -> None:
    [section] = [one for one in made.all_sections() if one.id == "technologies"]
    [warning] = [block.text for block in section.blocks if isinstance(block, Paragraph)]
    assert warning.startswith("What others claim for technologies is not filed and was not checked.")
