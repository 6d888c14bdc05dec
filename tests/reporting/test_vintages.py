"""What changed between two days: which figures, by whom, when and why; and a series of one figure over the periods."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.models import User
from reporting.exports import reading
from reporting.exports.asking import Asked
from reporting.series import figures
from reporting.vintages import comparing
from reporting.vintages.comparing import vintages
from submissions import actions
from submissions.models import Revision
from tests.conftest import read
from tests.pages.world import file_csv, load, member, receipt, signed_in, text

pytestmark = pytest.mark.django_db
API = "/api/v1/vintages/"
TODAY = timezone.localdate()
WEEK_AGO, YESTERDAY = TODAY - timedelta(days=7), TODAY - timedelta(days=1)


def reviewer() -> User:
    return member("commission", "reviewer")


def accepted(number: str, days_ago: int) -> Revision:
    """The revision as if it had been accepted then."""
    Revision.objects.filter(receipt=number).update(decided_at=timezone.now() - timedelta(days=days_ago))
    return receipt(number)


def correct(number: str, change: Any, reason: str, days_ago: int = 2) -> Revision:
    """A correction of a published filing by its filer, accepted by a reviewer."""
    before = receipt(number)
    entity, period = before.filing.entity.code, before.filing.period.label
    source = read(f"{before.filing.period.return_id}/{period}/{entity}.csv").decode()
    filer = member(entity, "filer")
    after = file_csv(before.filing, change(source).encode(), filer, replaces=before.number, reason=reason)
    decision = "accept_with_reservations" if after.errors else "accept"
    actions.decide_revision(revision=after, decision=decision, reason="Seen and kept.", by=reviewer())
    return accepted(after.receipt, days_ago)


def rewritten(source: str) -> str:
    """One figure changed, one gone, one added."""
    rows = list(csv.DictReader(io.StringIO(source)))
    total = next(row for row in rows if row["address"] == "reports.total")
    total["value"], total["comment"] = "81", "Counted again."
    rows = [row for row in rows if row["address"] != "children.total"]
    rows.append(dict.fromkeys(rows[0], "") | {"address": "reports.by_organisation[organisation=NCMEC]", "value": "7"})
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture
def corrected(db: None) -> Revision:
    load("dk 2022", "se 2022", "google 2022")
    for number in ("MS-2022-dk-1", "MS-2022-se-1", "PR-2022-google-1"):
        accepted(number, 30)
    return correct("MS-2022-dk-1", rewritten, "Late reports were counted.")


def changes(user: User, since: date, until: date, **asked: Any) -> dict[str, tuple[str, str, str]]:
    """By address: kind, value before, value after."""
    found = vintages(user, since, until, Asked(**asked)).rows
    return {row["address"]: (row["kind"], row["was_value"], row["value"]) for row in found.iter_rows(named=True)}


def test_a_correction_tells_what_it_changed_added_and_took_away(corrected) -> None:
    found = changes(reviewer(), WEEK_AGO, TODAY)

    assert found["reports.total"][0] == "changed"
    assert found["reports.total"][2] == "81"
    assert found["reports.by_organisation[organisation=NCMEC]"] == ("added", None, "7")
    assert found["children.total"][::2] == ("gone", None)
    assert {kind for kind, *_ in found.values()} == {"changed", "added", "gone"}
    assert len(found) == 3


def test_between_days_on_which_the_same_stood_nothing_changed_and_no_line_is_read(corrected, monkeypatch) -> None:
    monkeypatch.setattr(comparing, "frames", lambda _wanted, sizes: pytest.fail("read") if sizes else iter(()))

    assert changes(reviewer(), YESTERDAY, TODAY) == {}
    assert changes(reviewer(), TODAY - timedelta(days=20), WEEK_AGO) == {}


def test_only_the_revisions_that_differ_are_read(corrected, monkeypatch) -> None:
    read_of: list[int] = []
    frames = reading.frames
    monkeypatch.setattr(
        comparing, "frames", lambda wanted, sizes: frames(wanted, (read_of.extend(pk for pk, _ in sizes), sizes)[1])
    )

    changes(reviewer(), WEEK_AGO, TODAY)

    assert set(read_of) == {receipt("MS-2022-dk-1").pk, corrected.pk}


def test_what_is_accepted_for_the_first_time_is_added_whole(corrected) -> None:
    found = changes(reviewer(), TODAY - timedelta(days=60), WEEK_AGO, entities=("se",))

    assert {kind for kind, *_ in found.values()} == {"added"}
    assert len(found) == receipt("MS-2022-se-1").observations.values("address").distinct().count()


def test_two_corrections_between_the_days_are_one_change(corrected) -> None:
    second = corrected.filing
    source = rewritten(read("member_state_statistics/2022/dk.csv").decode()).replace(",81,", ",82,")
    after = file_csv(second, source.encode(), member("dk", "filer"), replaces=2, reason="Once more.")
    decision = "accept_with_reservations" if after.errors else "accept"
    actions.decide_revision(revision=after, decision=decision, reason="Seen.", by=reviewer())

    found = vintages(reviewer(), WEEK_AGO, TODAY, Asked())

    (pair,) = found.moved.values()
    assert (pair.then and pair.then.number, pair.now.number) == (1, 3)
    assert changes(reviewer(), WEEK_AGO, TODAY)["reports.total"][2] == "82"


def test_the_page_says_what_changed_by_whom_when_and_why(corrected) -> None:
    page = signed_in(reviewer()).get(f"/vintages/?from={WEEK_AGO}&to={TODAY}")

    said = text(page)
    assert "the figures of 1 filing changed. Figures changed: 1; added: 1; gone: 1." in said
    assert "Late reports were counted." in said
    assert "Seen and kept." in said
    assert "filer of dk" in said
    assert "reviewer of commission" in said
    assert "81 Reports" in said or "81 reports" in said
    only = text(signed_in(reviewer()).get(f"/vintages/?from={WEEK_AGO}&to={TODAY}&kind=gone"))
    assert "children.total" in only
    assert "reports.total" not in only


def test_the_page_says_so_where_nothing_changed_or_the_days_make_no_sense(corrected) -> None:
    assert "Nothing changed between these days" in text(signed_in(reviewer()).get(f"/vintages/?from={YESTERDAY}"))
    wrong = signed_in(reviewer()).get(f"/vintages/?from={TODAY}&to={WEEK_AGO}")
    assert (wrong.status_code, "lies before the earlier" in text(wrong)) == (400, True)


def test_the_table_to_take_away_holds_both_sides_and_who_decided(corrected) -> None:
    answer = signed_in(reviewer()).get(f"/vintages.csv?from={WEEK_AGO}&to={TODAY}")

    found = {row["address"]: row for row in csv.DictReader(io.StringIO(answer.content.decode()))}
    total = found["reports.total"]
    assert (total["kind"], total["value"], total["fields"]) == ("changed", "81", "value;comment")
    assert (total["was_receipt"], total["receipt"]) == ("MS-2022-dk-1", "MS-2022-dk-2")
    assert (total["reason_of_correction"], total["submitted_by"]) == ("Late reports were counted.", "filer of dk")


def test_programs_of_the_commission_read_the_same_page_by_page(corrected, api) -> None:
    client = api(reviewer())
    first = client.get(f"{API}?from={WEEK_AGO}&to={TODAY}&page_size=2").json()
    second = client.get(first["next"]).json()

    assert first["counts"] == {"added": 1, "gone": 1, "changed": 1}
    assert [one["kind"] for one in first["results"] + second["results"]] == ["changed", "added", "gone"]
    assert (first["results"][1]["was"], second["results"][0]["now"], second["next"]) == (None, None, None)
    assert first["results"][0]["now"]["value"] == "81"
    assert client.get(f"{API}?cursor=nonsense").status_code == 404
    assert api(member("dk", "filer")).get(API).status_code == 404


def test_it_takes_the_same_queries_however_many_filings_changed(corrected) -> None:
    def queries(since: date) -> int:
        with CaptureQueriesContext(connection) as captured:
            vintages(user, since, TODAY, Asked())
        return len(captured)

    user = reviewer()
    user.access  # noqa: B018 -- read once a request
    assert queries(WEEK_AGO) == queries(TODAY - timedelta(days=60)) <= 3


# Series -----------------------------------------------------------------------------------------------------


def series(client: Any, **given: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/series/", given)
    assert answer.status_code == 200, answer.json()
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_a_series_holds_the_figures_of_a_data_point_by_entity_and_period(corrected, api) -> None:
    found = series(api(reviewer()), **{"return": "member_state_statistics", "address": "reports.total"})

    assert list(dict.fromkeys(one["entity"] for one in found)) == ["dk", "se"]
    (dk,) = [one for one in found if one["entity"] == "dk"]
    assert (dk["value"], dk["receipt"], dk["relation"], dk["breaks"]) == ("81", "MS-2022-dk-2", "same", False)
    then = series(
        api(reviewer()),
        **{"return": "member_state_statistics", "address": "reports.total", "entity": "dk", "as_of": str(WEEK_AGO)},
    )
    assert [one["receipt"] for one in then] == ["MS-2022-dk-1"]


def test_pages_of_a_series_put_together_are_the_series(corrected, api, monkeypatch) -> None:
    load("ncmec 2010", "ncmec 2021")
    monkeypatch.setattr(reading, "FIRST_PIECE", 5)
    client = api(reviewer())
    asked = {"return": "reference_statistics", "address": "reference.reports"}
    whole = series(client, **asked)
    address, found = "/api/v1/series/?return=reference_statistics&address=reference.reports&page_size=4", []
    while address:
        answer = client.get(address).json()
        assert len(answer["results"]) <= 4
        found += answer["results"]
        address = answer["next"]

    assert found == whole
    assert len(whole) > 5


def test_the_bridge_leads_from_the_older_version_and_marks_where_the_series_breaks(db, api) -> None:
    load("google 2022", "meta 2022", "google 2025")
    asked = {"return": "provider_report", "address": "errors.known.false_positive_ratio"}
    client = api(reviewer())

    plain, bridged = series(client, **asked), series(client, **asked, bridge="true")

    assert {one["version"] for one in plain} == {"2024"}
    older = [one for one in bridged if one["version"] == "2021"]
    assert {(one["code"], one["relation"], one["breaks"]) for one in older} == {
        ("errors.reversal_rate", "not_comparable", True)
    }
    assert [one for one in bridged if one["version"] == "2024"] == plain


def test_what_the_bridge_calls_equal_does_not_break_the_series(db) -> None:
    asked = Asked("provider_report", address="data.images.eu")
    told = {
        address: figures.relation(asked, "2021", "data.volume.content", address, bridge=True)
        for address in (
            "data.volume.content[item_kind=images,geo=EU]",
            "data.volume.content[item_kind=content_items,geo=EU]",
            "data.volume.content[item_kind=images,geo=UNCLEAR]",
        )
    }

    assert list(told.values()) == ["equal", "sum_of", ""]


@pytest.mark.parametrize("query", ["", "return=provider_report", "return=provider_report&address=reports.total"])
def test_a_series_needs_a_data_point_of_its_return(query, entities, api) -> None:
    assert api(reviewer()).get(f"/api/v1/series/?{query}").status_code == 400


def test_a_filer_reads_the_own_series_and_no_other(corrected, api) -> None:
    asked = {"return": "member_state_statistics", "address": "reports.total"}

    assert {one["entity"] for one in series(api(member("se", "filer")), **asked)} == {"se"}
