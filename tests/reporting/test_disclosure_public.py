"""Disclosure control where it counts: the files that anybody can fetch, attacked with everything that was ever published."""

from __future__ import annotations

import csv
import io
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from reporting.disclosure import PROTECTS, SMALL
from submissions import actions, publications
from submissions.catalogue import catalogue
from submissions.models import Observation, Release, ReportingPeriod
from tests.pages.world import file_csv, load, member, receipt, signed_in, start, tables, text
from tests.reporting.attack import Bound, equation, pinned, ranges

pytestmark = pytest.mark.django_db
MS = "member_state_statistics"
Cell = tuple[str, str, str, str]
"""Entity, address, first and last day."""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def release(label: str, return_id: str = MS) -> Release:
    return actions.release_statistics(
        period=ReportingPeriod.objects.get(return_id=return_id, label=label), by=member("commission", "reviewer")
    )


def file_and_accept(entity: str, label: str, lines: Mapping[str, Any], reason: str = "") -> None:
    """Figures by address; a value is a number, or the fields of a line."""
    user = member(entity, "filer")
    written = io.StringIO()
    head = ["address", "value", "obs_status", "period", "comment"]
    rows = csv.DictWriter(written, head, restval="")
    rows.writeheader()
    for address, value in lines.items():
        given = value if isinstance(value, list) else [value]
        rows.writerows(
            {"address": address, "obs_status": "A", **(one if isinstance(one, dict) else {"value": one})}
            for one in given
        )
    filing = start(MS, entity, label, user)
    correction = {"replaces": filing.latest.number, "reason": reason} if filing.latest else {}
    revision = file_csv(filing, written.getvalue().encode(), user, **correction)
    actions.decide_revision(
        revision=revision,
        decision="accept_with_reservations",
        reason="For the test.",
        by=member("commission", "reviewer"),
    )


def fetch_csv(label: str) -> list[dict[str, str]]:
    response = Client().get(f"/published/statistics/{MS}/{label}.csv")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode())))


# The attack -------------------------------------------------------------------------------------------------------


class Reader:
    """Keeps every file that was ever published, and knows besides which figures a correction left as they were."""

    def __init__(self) -> None:
        self.known: dict[tuple[Any, ...], float] = {}
        self.hidden: dict[tuple[Any, ...], str] = {}
        self.terms: list[dict[tuple[Any, ...], int]] = []

    def keep(self, rows: Sequence[Mapping[str, Any]], truth: Mapping[Cell, float]) -> None:
        names: dict[Cell, tuple[Any, ...]] = {}
        for row in rows:
            cell = (row["entity"], row["address"], row["start"], row["end"])
            if row["entity"] == "EU":
                names[cell] = (*cell, row["sum_of"], len(self.terms))
            elif row["conf_status"] == "C" or row["value"] not in ("", None):
                names[cell] = (*cell, truth[cell])
            else:
                continue
            if row["conf_status"] == "C":
                assert row["value"] in ("", None) and not row["comment"] and not row["low"] and not row["high"]  # noqa: PT018
                self.hidden[names[cell]] = row["withheld"]
            else:
                self.known[names[cell]] = float(row["value"])
        self.terms += self.over_states(rows, names)
        self.terms += list(self.parts(names, truth))
        self.terms += list(self.over_time(names, truth))

    def over_states(self, rows: Sequence[Mapping[str, Any]], names: Mapping[Cell, Any]) -> list[dict[Any, int]]:
        found = []
        for row in rows:
            if row["entity"] == "EU":
                days = (row["start"], row["end"])
                parts = [names[entity, row["address"], *days] for entity in row["sum_of"].split(";")]
                found.append({names["EU", row["address"], *days]: 1, **dict.fromkeys(parts, -1)})
        return found

    def parts(self, names: Mapping[Cell, Any], truth: Mapping[Cell, float]) -> Iterator[dict[Any, int]]:
        """Every whole with all its parts that are told apart alike, where that is true."""
        points = catalogue().get(MS, "1").points
        wholes: dict[tuple[str, str], set[str]] = defaultdict(set)
        for point in points.values():
            if point.part_of and not point.dimensions:
                wholes[point.part_of, "+".join(point.attributes)].add(point.code)
        for (whole, _by), codes in wholes.items():
            for entity, address, *days in list(names):
                parts = [(entity, code, *days) for code in codes if (entity, code, *days) in names]
                whole_there = address == whole and parts and entity != "EU"
                if whole_there and truth[entity, whole, *days] == sum(truth[one] for one in parts):
                    yield {names[entity, whole, *days]: 1, **{names[one]: -1 for one in parts}}

    def over_time(self, names: Mapping[Cell, Any], truth: Mapping[Cell, float]) -> Iterator[dict[Any, int]]:
        """A period and two others that fill it, where their figures do."""
        by_figure: dict[tuple[str, str], list[Cell]] = defaultdict(list)
        for cell in names:
            by_figure[cell[0], cell[1]].append(cell)
        for cells in by_figure.values():
            for whole, first, second in itertools.permutations(cells, 3):
                fills = first[2] == whole[2] and second[3] == whole[3] and next_day(first[3]) == second[2]
                if fills and whole[0] != "EU" and truth[whole] == truth[first] + truth[second]:
                    yield {names[whole]: 1, names[first]: -1, names[second]: -1}

    def attack(self, threshold: int = 5) -> None:
        """Nothing that is withheld follows from the equations; nor do they leave it a single value."""
        assert not set(self.known) & set(self.hidden)
        rows = [equation(terms, self.known) for terms in self.terms]
        bounds = {name: Bound(1, threshold - 1) if why == SMALL else Bound() for name, why in self.hidden.items()}
        assert pinned(rows) == {}
        for name, (low, high) in ranges(rows, bounds).items():
            assert low != high, name
            if self.hidden[name] == SMALL:
                assert (low, high) == (1, threshold - 1), name


def next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def truth() -> dict[Cell, float]:
    """What the Commission knows: accepted figures of every period."""
    rows = Observation.objects.current().filter(revision__filing__period__return_id=MS, number__isnull=False)
    return {
        (entity, address, start.isoformat(), end.isoformat()): number
        for entity, address, start, end, number in rows.values_list(
            "revision__filing__obligation__entity__code", "address", "start", "end", "number"
        )
    }


def children(female: int, male: int, total: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "children.total": female + male if total is None else total, "children.female": female, "children.male": male, **more,
    }  # fmt: skip


SMALL_STATES = {
    "at": children(3, 21), "be": children(12, 30), "dk": children(1, 1), "ee": children(0, 4), "fi": children(40, 66),
    "ie": children(2, 9), "lt": children(0, 0), "nl": children(18, 55), "se": children(8, 4),
}  # fmt: skip


@pytest.fixture
def small_states(entities: Any) -> None:
    """Nine Member States, many with few children; besides convictions and halves of a year."""
    for entity, lines in SMALL_STATES.items():
        file_and_accept(entity, "2025", {
            **lines, "reports.total": 1000, "convictions.persons": len(entity) + lines["children.male"] // 3,
            "convictions.persons_final": 1,
            "children.age.0_12": lines["children.female"], "children.age.13_15": lines["children.male"],
            "children.safeguarded": [
                {"value": 9, "period": "2025-01-01/2025-12-31"}, {"value": 7, "period": "2025-01-01/2025-06-30"},
                {"value": 2, "period": "2025-07-01/2025-12-31"},
            ],
        })  # fmt: skip


def test_nobody_can_compute_a_small_count_from_all_files_that_were_ever_published(small_states: None) -> None:
    reader = Reader()
    release("2025")
    reader.keep(fetch_csv("2025"), truth())
    reader.attack()

    file_and_accept("fi", "2025", children(3, 66), reason="37 girls were counted twice.")
    file_and_accept("pt", "2025", children(2, 30))
    release("2025")
    reader.keep(fetch_csv("2025"), truth())
    reader.attack()

    assert {"fi", "pt"} <= {name[0] for name in reader.hidden}
    assert sum(name[0] == "EU" for name in reader.known) >= 4
    assert len(reader.hidden) > 20


def test_the_json_withholds_the_same_and_says_why_in_words(small_states: None) -> None:
    release("2025")
    rows = fetch_csv("2025")

    answer = Client().get(f"/published/statistics/{MS}/2025.json").json()

    assert answer["withheld"] == {
        SMALL: "withheld: fewer than 5", PROTECTS: "withheld to protect another figure",
    }  # fmt: skip
    assert [(one["entity"], one["address"], one["start"], one["withheld"]) for one in answer["figures"]] == [
        (row["entity"], row["address"], row["start"], row["withheld"]) for row in rows
    ]
    reader = Reader()
    reader.keep(answer["figures"], truth())
    reader.attack()


def test_the_published_filings_of_2022_cannot_be_pinned_either(published: Any) -> None:
    release("2022")
    reader = Reader()
    reader.keep(fetch_csv("2022"), truth())

    reader.attack()

    small = {(name[0], name[1]) for name, why in reader.hidden.items() if why == SMALL}
    assert small == {
        ("se", "children.male"), ("lv", "children.female"), ("gr", "children.total"), ("ee", "convictions.count"),
    }  # fmt: skip
    assert {name[1] for name in reader.known if name[0] == "EU"} >= {
        "children.total",
        "children.female",
        "reports.total",
    }


# Halves, gaps, words ----------------------------------------------------------------------------------------------


def withheld(label: str = "2025") -> dict[tuple[str, str, str], str]:
    return {(r["entity"], r["address"], r["start"]): r["withheld"] for r in fetch_csv(label) if r["withheld"]}


def test_what_the_days_between_leave_is_guarded_too(entities: Any) -> None:
    """Eighteen until September and twenty in the year leave two for the rest, which nobody filed."""
    file_and_accept("dk", "2025", {"children.total": [
        {"value": 20, "period": "2025-01-01/2025-12-31"}, {"value": 18, "period": "2025-01-01/2025-09-30"}]})  # fmt: skip

    release("2025")

    assert withheld() == {("dk", "children.total", "2025-01-01"): PROTECTS}
    assert sum(row["withheld"] == PROTECTS for row in fetch_csv("2025")) == 1


def test_a_small_figure_of_a_period_that_only_others_tell_takes_another_along(entities: Any) -> None:
    """51 children in 2025 follow from 101 in two years and 50 in the first, and 48 of them are boys."""
    file_and_accept("ie", "2025", {
        "children.total": [{"value": 101, "period": "2024-01-01/2025-12-31"}, {"value": 50, "period": "2024-01-01/2024-12-31"}],
        "children.female": {"value": 3, "period": "2025-01-01/2025-12-31"},
        "children.male": {"value": 48, "period": "2025-01-01/2025-12-31"},
    })  # fmt: skip

    release("2025")

    assert withheld() == {
        ("ie", "children.female", "2025-01-01"): SMALL, ("ie", "children.total", "2024-01-01"): PROTECTS,
    }  # fmt: skip


def test_no_sentence_repeats_what_is_withheld(entities: Any) -> None:
    file_and_accept(
        "dk", "2025", children(3, 20, **{"reports.total": {"value": 77, "comment": "Three girls among them."}})
    )
    file_and_accept("se", "2025", {"reports.total": {"value": 78, "comment": "Nothing small here."}})

    release("2025")

    page = Client().get(f"/published/statistics/{MS}/2025/")
    assert [row["comment"] for row in fetch_csv("2025") if row["address"] == "reports.total"][:2] == [
        "",
        "Nothing small here.",
    ]
    assert "Three girls" not in page.content.decode()
    assert "Nothing small here." in text(page)
    rows = [row for table in tables(page) for row in table]
    assert ["Denmark", "withheld: fewer than 5", "children", "reporting period", ""] in rows
    assert ["Denmark", "withheld to protect another figure", "children", "reporting period", ""] in rows


def test_the_commission_and_the_state_itself_see_every_figure(entities: Any) -> None:
    load("se 2022")
    release("2022")
    assert ("se", "children.male", "2022-01-01") in withheld("2022")
    revision = receipt("MS-2022-se-1")

    for user in (member("commission", "reader"), member("se", "reader")):
        page = text(signed_in(user).get(f"/revisions/{revision.pk}/"))
        assert "withheld" not in page
        api = signed_in(user).get(f"/api/v1/revisions/{revision.pk}/observations/?limit=200").json()
        assert {o["address"]: o["value"] for o in api["results"]}["children.male"] in (4, "4")
    figures = (
        signed_in(member("commission", "reader"))
        .get("/dashboards/member-states/children.csv?period=2022")
        .content.decode()
    )
    assert "children.male,Boys,4," in figures


def test_a_threshold_of_zero_publishes_everything(settings: Any, entities: Any) -> None:
    settings.DISCLOSURE_THRESHOLD = 0
    file_and_accept("dk", "2025", children(3, 20))
    release("2025")

    assert withheld() == {}


def test_only_what_is_accepted_and_released_is_public(entities: Any) -> None:
    assert Client().get(f"/published/statistics/{MS}/2025.csv").status_code == 404
    file_and_accept("dk", "2025", children(30, 20))
    assert Client().get(f"/published/statistics/{MS}/2025.json").status_code == 404
    assert "Nothing is published yet" in text(Client().get("/published/statistics/"))

    release("2025")
    user = member("se", "filer")
    file_csv(start(MS, "se", "2025", user), b"address,value,obs_status\nchildren.total,55,A\n", user)
    file_and_accept("nl", "2025", children(44, 33))

    assert {row["entity"] for row in fetch_csv("2025")} == {"dk"}


# Releasing --------------------------------------------------------------------------------------------------------


def test_a_reviewer_publishes_once_what_was_accepted_and_nobody_else_may(entities: Any) -> None:
    file_and_accept("dk", "2025", children(30, 20))
    period = ReportingPeriod.objects.get(return_id=MS, label="2025")
    reader, reviewer = (signed_in(member("commission", role)) for role in ("reader", "reviewer"))
    assert "Publish 2025" in text(reviewer.get("/releases/"))
    assert "Publish 2025" not in text(reader.get("/releases/"))

    refused = reader.post(f"/releases/{period.pk}/", follow=True)
    done = reviewer.post(f"/releases/{period.pk}/", follow=True)
    again = reviewer.post(f"/releases/{period.pk}/", follow=True)

    assert "Only reviewers of the Commission may publish statistics." in text(refused)
    assert "Published. Everybody can read these statistics now." in text(done)
    assert "Nothing was accepted since the last release." in text(again)
    assert Release.objects.count() == 1


def test_figures_of_a_return_that_is_no_statistics_are_not_released(published: Any) -> None:
    with pytest.raises(actions.Refused) as refused:
        release("2022", "provider_report")

    assert refused.value.code == "not_published"


# Caching ----------------------------------------------------------------------------------------------------------


def test_anybody_gets_the_same_answer_without_a_session_and_caches_may_keep_it(published: Any) -> None:
    publications.release_loaded()
    addresses = ["/published/statistics/", f"/published/statistics/{MS}/2022/?language=da",
                 f"/published/statistics/{MS}/2022.csv", f"/published/statistics/{MS}/2022.json"]  # fmt: skip
    for address in addresses:
        anonymous = Client().get(address)
        signed = signed_in(member("commission", "reviewer")).get(address)

        assert anonymous.content == signed.content
        assert anonymous["Cache-Control"] == signed["Cache-Control"] == "public, max-age=300"
        assert "Cookie" not in signed.get("Vary", "")
        assert anonymous.cookies == {}
        assert Client().get(address, headers={"If-None-Match": anonymous["ETag"]}).status_code == 304
    assert Client().get("/published/statistics/?language=xx").status_code == 404


def test_a_page_that_was_made_before_takes_one_query_for_files_and_two_for_the_page(published: Any) -> None:
    publications.release_loaded()
    for address, most in ((f"/published/statistics/{MS}/2022.csv", 1), (f"/published/statistics/{MS}/2022/", 3)):
        Client().get(address)
        with CaptureQueriesContext(connection) as captured:
            Client().get(address)
        assert len(captured) == most
