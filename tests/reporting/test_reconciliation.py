"""Rules across filings: where each fires, what is just not enough, and what they find in the published filings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from portal.models import User
from reporting.across import Found, World, across, findings, in_words, rules, world_of
from reporting.across.catalogue import FILE, read_rules
from reporting.across.world import OWED, expected
from reporting.observed import FILED, observed, with_definitions
from submissions.definition import LANGUAGES, PLACEHOLDER, DefinitionError
from submissions.publications import Loaded

MS, RS, PR = "member_state_statistics", "reference_statistics", "provider_report"
VERSION = {MS: "1", RS: "1", PR: "2021"}
YEAR = "2025-01-01/2025-12-31"
NAMED = "reports.source.ncmec"
ITEMS = "cases.identified[item_kind=content_items,geo=EU]"
IN_THREADS = "cases.identified[item_kind=content_items,geo=EU_THREAD]"
UNION = "context.items[area=EU,breakdown=images_and_videos]"


@dataclass(frozen=True)
class Line:
    entity: str
    return_id: str
    address: str
    number: float | None
    period: str = YEAR
    status: str = "A"
    reason: str = ""


def dk(address: str, number: float | None, period: str = YEAR, status: str = "A", reason: str = "") -> Line:
    return Line("dk", MS, address, number, period, status, reason)


def of(entity: str, address: str, number: float, period: str = YEAR, status: str = "A") -> Line:
    return Line(entity, MS, address, number, period, status)


def reference(address: str, number: float, period: str = YEAR, entity: str = "source") -> Line:
    return Line(entity, RS, address, number, period)


def provider(address: str, number: float, entity: str = "mail") -> Line:
    return Line(entity, PR, address, number)


def sent(number: float, period: str = YEAR) -> Line:
    return reference("reference.reports[country=DK]", number, period)


def people(**shares: float) -> list[Line]:
    return [reference(f"reference.population_share[country={code}]", share) for code, share in shares.items()]


def world(lines: list[Line], owing: str = "", whole: bool = True) -> World:
    """Filings for the year 2025 or, in the reference, for the year the line names; `owing` owe the statistics."""
    filings = list(dict.fromkeys((one.return_id, one.entity, label(one)) for one in lines))
    rows = [row(one, place, filings.index((one.return_id, one.entity, label(one)))) for place, one in enumerate(lines)]
    frame = pl.DataFrame(rows, schema=FILED, orient="row")
    owed = [(MS, "2025", entity) for entity in owing.split()]
    return World(with_definitions(frame), pl.DataFrame(owed, schema=OWED, orient="row"), whole)


def label(one: Line) -> str:
    return one.period[:4] if one.return_id == RS else "2025"


def row(one: Line, place: int, filing: int) -> dict[str, Any]:
    start, end = (date.fromisoformat(day) for day in one.period.split("/"))
    year = int(label(one))
    told: dict[str, Any] = {
        "revision": filing, "filing": filing, "entity": one.entity, "country": one.entity[:2].upper(),
        "return_id": one.return_id, "version": VERSION[one.return_id], "period": str(year),
        "head_start": date(year, 1, 1), "head_end": date(year, 12, 31), "line": place, "address": one.address,
        "code": one.address.partition("[")[0], "value": "" if one.number is None else f"{one.number:g}",
        "number": one.number, "low": None, "high": None, "obs_status": one.status, "start": start, "end": end,
        "own_period": 2, "unit": "", "qualifier": "", "reason": one.reason, "flags": "", "comment": "",
    }  # fmt: skip
    return {name: told[name] for name in FILED}


def where(rule: str, found: list[Found]) -> set[tuple[str, str]]:
    return {(one.entity, one.address) for one in found if one.rule == rule}


FIVE = ["aa", "bb", "cc", "dd", "ee"]
EQUAL = people(AA=20, BB=20, CC=20, DD=20, EE=20)


def filed(*numbers: float, code: str = "reports.total") -> list[Line]:
    return [of(entity, code, number) for entity, number in zip(FIVE, numbers, strict=True)]


@dataclass(frozen=True)
class Case:
    rule: str
    breaks: list[Line]
    at: tuple[str, str]
    holds: list[Line]

    def __str__(self) -> str:
        return self.rule


HALF = "2025-01-01/2025-07-02"
CASES = [
    Case("X-REF-001", [dk("reports.total", 499), sent(1000)], ("dk", "reports.total"),
         [dk("reports.total", 500), sent(1000)]),
    Case("X-REF-001", [dk("reports.total", 2001), sent(1000)], ("dk", "reports.total"),
         [dk("reports.total", 2001, status="D"), sent(1000)]),
    Case("X-REF-001", [dk("reports.total", 250, HALF), sent(1000)], ("dk", "reports.total"),
         [dk("reports.total", 252, HALF), sent(1000)]),
    Case("X-REF-001", [dk("reports.total", 1, "2024-07-03/2025-12-31"), sent(1000)], ("dk", "reports.total"),
         [dk("reports.total", 1, "2023-12-31/2025-12-30"), sent(1000)]),
    Case("X-REF-002", [dk("reports.total", 0), sent(1)], ("dk", "reports.total"), [dk("reports.total", 0), sent(0)]),
    Case("X-REF-002", [dk("reports.total", None, status="L", reason="no_legal_basis"), sent(5)], ("dk", "reports.total"),
         [dk("reports.total", None, status="Q", reason="not_public"), sent(5)]),
    Case("X-REF-003", [dk("reports.total", 1020), sent(1000)], ("dk", "reports.total"),
         [dk("reports.total", 1021), sent(1000)]),
    Case("X-REF-003", [dk("reports.total", 1000), sent(1000)], ("dk", "reports.total"),
         [dk("reports.total", 1000), dk(NAMED, None, status="L"), sent(1000)]),
    Case("X-REF-004", [dk("reports.month_lowest", 49), sent(1200)], ("dk", "reports.month_lowest"),
         [dk("reports.month_lowest", 51), dk("reports.month_highest", 199), sent(1200)]),
    Case("X-REF-005", [dk("reports.total", 111), reference("reference.national_publication[country=DK]", 100)],
         ("dk", "reports.total"), [dk("reports.total", 110), reference("reference.national_publication[country=DK]", 100)]),
    Case("X-REF-005", [dk("reports.total", None, status="L", reason="no_legal_basis"),
                       reference("reference.national_publication[country=DK]", 100)], ("dk", "reports.total"),
         [dk("reports.total", None, status="L", reason="not_available_yet"),
          reference("reference.national_publication[country=DK]", 100)]),
    Case("X-POP-001", [*filed(601, 100, 100, 100, 100), *EQUAL], ("aa", "reports.total"),
         [*filed(599, 100, 100, 100, 100), *EQUAL]),
    Case("X-POP-001", [*filed(5, 30, 30, 30, 30, code="children.total"), *EQUAL], ("aa", "children.total"),
         [*filed(1, 20, 20, 20, 20, code="children.total"), *EQUAL]),
    Case("X-PRO-001", [provider(IN_THREADS, 101), reference(UNION, 100)], ("mail", IN_THREADS),
         [provider(IN_THREADS, 100), reference(UNION, 100)]),
    Case("X-PRO-002", [provider(ITEMS, 40), provider(ITEMS, 9, "chat"), reference(UNION, 100)], ("", ITEMS),
         [provider(ITEMS, 40), provider(ITEMS, 10, "chat"), reference(UNION, 100)]),
    Case("X-SUM-001", [dk("reports.total", 5), of("nl", "reports.total", 5, HALF)], ("", "reports.total"),
         [dk("reports.total", 5), of("nl", "reports.total", 5)]),
    Case("X-SUM-001", [dk("children.total", 5), of("nl", "children.total", 5, status="D")], ("", "children.total"),
         [dk("children.total", 5), of("nl", "children.total", 5, status="E")]),
    Case("X-SUM-002", [dk("children.total", 10), dk("children.female", 6), dk("children.male", 3)], ("", "children.total"),
         [dk("children.total", 10), dk("children.female", 6), dk("children.male", 3), dk("children.unstated", 1)]),
    Case("X-SUM-002", [dk("children.total", 10), of("nl", "children.female", 9)], ("", "children.total"),
         [dk("children.total", 10), dk("children.female", 10)]),
    Case("X-SUM-003", filed(41, 10, 10, 10, 10), ("", "reports.total"), filed(40, 10, 10, 10, 10)),
    Case("X-TWO-001", [sent(5, YEAR), Line("source", RS, "reference.reports[country=DK]", 6, YEAR)],
         ("source", "reference.reports[country=DK]"), [sent(5), sent(6, "2024-01-01/2024-12-31")]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_fires_at_the_figure_or_round_that_breaks_it(case: Case) -> None:
    found = findings(world(case.breaks, owing="dk nl" if case.rule == "X-SUM-001" else ""))
    assert where(case.rule, found) == {case.at}
    for one in found:
        for language in LANGUAGES:
            words = in_words(one, language)
            assert words.message
            assert not {"{", "}"} & set(words.message + words.mend)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rule_is_silent_just_inside_its_bounds(case: Case) -> None:
    assert where(case.rule, findings(world(case.holds, owing="dk nl" if case.rule == "X-SUM-001" else ""))) == set()


def test_every_rule_has_a_case_and_none_is_an_error() -> None:
    assert {case.rule for case in CASES} == set(rules())
    assert {rule.severity for rule in rules().values()} == {"warning", "info"}


def test_messages_have_the_same_placeholders_in_every_language() -> None:
    for rule in rules().values():
        assert {frozenset(PLACEHOLDER.findall(rule.message[language])) for language in LANGUAGES} == {
            frozenset(PLACEHOLDER.findall(rule.message["en"]))
        }


def test_a_rule_of_a_kind_nobody_wrote_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "rules.toml"
    copy.write_text(
        FILE.read_text(encoding="utf-8").replace('kind = "said_once"', 'kind = "said_twice"'), encoding="utf-8"
    )
    with pytest.raises(DefinitionError, match="said_twice"):
        read_rules(copy)


# Prorating ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "comes_to", "inside", "least", "touched"),
    [("2021-01-01/2022-12-31", 730 + 1095, 1, 1825, 1825),
     ("2021-12-31/2022-01-02", 2 + 3 + 3, 1, 0, 1825),
     ("2020-12-31/2021-01-01", 2 + 2, 0.5, 0, 730),
     ("2024-01-01/2024-01-02", 3 + 3, 0, 0, 0)],
)  # fmt: skip
def test_a_yearly_count_is_prorated_by_day_and_days_outside_take_the_nearest_year(
    period: str, comes_to: float, inside: float, least: float, touched: float
) -> None:
    here = world(
        [dk("reports.total", 1, period), sent(730, "2021-01-01/2021-12-31"), sent(1095, "2022-01-01/2022-12-31")]
    )
    (told,) = expected(
        here.figures(["reports.total"]), here.series("reference.reports"), pl.lit("country=DK")
    ).iter_rows(named=True)
    assert told["expected"] == pytest.approx(comes_to)
    assert (told["inside"], told["least"], told["touched"]) == (inside, least, touched)


def test_days_between_two_years_of_a_series_belong_to_the_nearer_one() -> None:
    lines = [sent(365, "2019-01-01/2019-12-31"), sent(730, "2021-01-01/2021-12-31")]
    here = world([dk("reports.total", 1, "2020-01-01/2020-12-31"), *lines])
    (told,) = expected(
        here.figures(["reports.total"]), here.series("reference.reports"), pl.lit("country=DK")
    ).iter_rows(named=True)
    assert told["expected"] == pytest.approx(183 * 1 + 183 * 2)


def test_the_line_with_most_days_inside_the_period_stands_for_the_figure_though_it_has_no_value() -> None:
    lines = [dk("children.total", 9), dk("children.female", None, status="L"), dk("children.female", 4, HALF)]
    assert [one.numbers for one in findings(world(lines)) if one.rule == "X-SUM-002"] == [
        {"whole": 9, "parts": 0, "rest": 9}
    ]


def test_sums_over_a_round_are_not_judged_by_who_sees_only_part_of_it() -> None:
    part = world([dk("reports.total", 499), sent(1000)], owing="dk nl", whole=False)
    assert {one.rule for one in findings(part)} == {"X-REF-001"}


def test_a_figure_that_nobody_has_is_missing_from_all_who_owe_a_filing() -> None:
    (told,) = findings(world([dk("convictions.persons", None, status="O")], owing="dk nl"))
    assert (told.rule, told.numbers) == ("X-SUM-001", {"periods": 0, "differing": 0, "missing": 2, "filed": 0})


def test_a_round_names_how_many_are_missing() -> None:
    (told,) = [one for one in findings(world([dk("reports.total", 5)], owing="dk nl se")) if one.rule == "X-SUM-001"]
    assert told.numbers == {"periods": 1, "differing": 0, "missing": 2, "filed": 1}
    assert (told.of_round, told.period) == (True, "2025")


# The published filings ------------------------------------------------------------------------------------

FAR_FROM_THE_REFERENCE = {"bg", "cy", "cz", "dk", "es", "fi", "gr", "it", "lt", "pl", "sk"}


def test_the_published_filings_are_found_where_they_disagree(
    published: list[Loaded], person: Callable[..., User], django_assert_num_queries: Any
) -> None:
    reader = User.objects.get(pk=person("commission", "reviewer").pk)
    assert reader.access.commission
    with django_assert_num_queries(6):
        found = across(reader)
    assert Counter(one.rule for one in found) == {
        "X-REF-001": 11, "X-REF-002": 2, "X-REF-003": 1, "X-REF-004": 1, "X-REF-005": 1, "X-POP-001": 12,
        "X-PRO-001": 1, "X-PRO-002": 2, "X-SUM-001": 4, "X-SUM-002": 1, "X-SUM-003": 2,
    }  # fmt: skip
    assert {one.entity for one in found if one.rule == "X-REF-001"} == FAR_FROM_THE_REFERENCE
    assert across(reader) == found


def test_what_no_rule_looks_at_is_not_read_and_changes_nothing(
    published: list[Loaded], person: Callable[..., User]
) -> None:
    reader = person("commission", "reviewer")
    read, everything = world_of(reader), observed(reader)

    assert len(read.observations) < len(everything)
    assert findings(read) == findings(World(everything, read.owed))


def test_the_sum_of_children_that_does_not_close_says_by_how_much(
    published: list[Loaded], person: Callable[..., User]
) -> None:
    (children,) = [one for one in across(person("commission", "reviewer")) if one.rule == "X-SUM-002"]
    assert children.numbers == {"whole": 4922, "parts": 3156 + 700 + 159, "rest": 907}
    assert in_words(children, "en").message == (
        "Children identified: the parts by gender make 4\u202f015 of 4\u202f922 in the EU; 907 are left open."
    )


def test_a_filer_sees_nothing_of_the_others(published: list[Loaded], person: Callable[..., User]) -> None:
    assert across(person("dk", "filer")) == []
