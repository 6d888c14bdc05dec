"""Accepted figures as files: every attribute, the same lines in every format, for nobody but who may read them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.test import override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from portal.models import User
from reporting.exports import actions, reading, writing
from reporting.models import Export
from reporting.observed import ASKED, FILED, observed
from reporting.tasks import delete_expired_exports, reap_exports, write_export
from submissions import jobs
from submissions.actions import dispatching
from submissions.models import Observation, Revision
from submissions.workbook.safe import safe_text
from tests.pages.world import load, member, receipt, signed_in, text

pytestmark = pytest.mark.django_db
API = "/api/v1/exports/"


@pytest.fixture(autouse=True)
def kept_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Files lie in a folder of the test; hints to workers are noted."""
    handed: list[int] = []
    monkeypatch.setattr(dispatching, "hint", lambda task, key: handed.append(key))
    options = settings.STORAGES["exports"] | {"OPTIONS": {"location": tmp_path / "exports"}}
    with override_settings(STORAGES=settings.STORAGES | {"exports": options}):
        yield handed


@pytest.fixture
def filed(db: None) -> None:
    load("google 2022", "dk 2022", "gr 2022", "ncmec 2021")


def reader() -> User:
    return member("commission", "reader")


def download(user: User, kind: str, query: str = "") -> bytes:
    answer = signed_in(user).get(f"{API}observations.{kind}?{query}")
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def rows(user: User, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(download(user, "csv", query).decode())))


def places(found: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(row["revision"], row["line"]) for row in found}


def test_every_line_comes_with_all_that_was_filed_and_asked_its_receipt_and_the_time_it_was_accepted(filed) -> None:
    frame = observed(reader())

    found = rows(reader())

    assert len(found) == frame.height > 150
    assert {*FILED, *ASKED, "entity_name", "receipt", "decided_at", "label"} - {"return_id"} <= set(found[0])
    by_place = {(row["revision"], row["line"]): row for row in found}
    for line in frame.iter_rows(named=True):
        row = by_place[str(line["revision"]), str(line["line"])]
        for name in ("address", "value", "obs_status", "unit", "reason", "comment", "asked_unit", "period"):
            assert row[name] == safe_text(line[name]), name
    dk = next(row for row in found if row["entity"] == "dk")
    assert (dk["receipt"], dk["entity_name"], dk["return"]) == ("MS-2022-dk-1", "Denmark", "member_state_statistics")
    assert dk["decided_at"] == f"{receipt('MS-2022-dk-1').decided_at:%Y-%m-%dT%H:%M:%SZ}"


def test_every_format_holds_the_same_lines(filed) -> None:
    wanted = rows(reader(), "return=member_state_statistics")
    query = "return=member_state_statistics"

    as_json = json.loads(download(reader(), "json", query))
    as_ndjson = [json.loads(line) for line in download(reader(), "ndjson", query).splitlines()]
    parquet = pl.read_parquet(io.BytesIO(download(reader(), "parquet", query)))
    book = openpyxl.load_workbook(io.BytesIO(download(reader(), "xlsx", query)), read_only=True)
    head, *cells = book.worksheets[0].iter_rows(values_only=True)

    assert as_json == as_ndjson
    assert list(as_json[0]) == list(wanted[0]) == parquet.columns == list(head)
    for name in ("revision", "line", "address", "obs_status", "value"):
        told = [row[name] for row in wanted]
        assert [safe_text(str(row[name])) for row in as_json] == told
        assert [safe_text(str(value)) for value in parquet[name]] == told
        assert [safe_text(str(row[head.index(name)] or "")) for row in cells] == told


def test_the_union_writes_el_for_greece_and_inside_it_stays_gr(filed) -> None:
    found = rows(reader(), "return=reference_statistics&version=1&address=reference.reports")

    assert "EL" in {row["dim_country"] for row in found}
    assert "GR" not in {row["dim_country"] for row in found}
    assert {row["country"] for row in rows(reader(), "entity=gr")} == {"EL"}
    assert Observation.objects.filter(address="reference.reports[country=GR]").exists()


def test_dimensions_are_columns_where_all_lines_have_one_definition(filed) -> None:
    assert "dim_country" in rows(reader(), "return=reference_statistics")[0]
    assert not any(name.startswith("dim_") for name in rows(reader())[0])


def test_what_a_spreadsheet_would_take_for_a_formula_begins_with_an_apostrophe(filed) -> None:
    first = Observation.objects.filter(revision__receipt="MS-2022-dk-1").order_by("line")[0]
    where = {"revision_id": first.revision_id, "line": first.line}
    Observation.objects.filter(**where).update(comment='=HYPERLINK("http://x")', value="-5", obs_status="A")

    (row,) = [one for one in rows(reader(), "entity=dk") if one["line"] == str(first.line)]
    (plain,) = [one for one in json.loads(download(reader(), "json", "entity=dk")) if one["line"] == first.line]

    assert (row["comment"], row["value"]) == ('\'=HYPERLINK("http://x")', "-5")
    assert plain["comment"] == '=HYPERLINK("http://x")'


def test_line_breaks_quotes_and_empty_text_come_out_as_they_were_filed(filed) -> None:
    first = Observation.objects.filter(revision__receipt="MS-2022-dk-1").order_by("line")[0]
    odd = 'one, "two"\r\nthree\n\tfour\\N;ø'
    Observation.objects.filter(revision=first.revision_id, line=first.line).update(comment=odd, unit="")

    (row,) = [one for one in json.loads(download(reader(), "json", "entity=dk")) if one["line"] == first.line]

    assert (row["comment"], row["unit"], row["low"]) == (odd, "", None)


@pytest.mark.parametrize(
    ("query", "only"),
    [
        ("return=provider_report", lambda row: row["entity"] == "google"),
        ("entity=DK&entity=gr", lambda row: row["entity"] in ("dk", "gr")),
        ("period=2021", lambda row: row["period"] == "2021"),
        ("address=reports", lambda row: row["code"].startswith("reports")),
        ("address=reference.reports[country=A", lambda row: row["address"].startswith("reference.reports[country=A")),
        ("status=L&status=O", lambda row: row["obs_status"] in ("L", "O")),
        ("version=2021", lambda row: row["version"] == "2021"),
    ],
)
def test_filters_leave_out_what_they_say_and_nothing_else(query, only, filed) -> None:
    expected = {(row["revision"], row["line"]) for row in rows(reader()) if only(row)}

    assert places(rows(reader(), query)) == expected != set()


def test_on_an_earlier_day_other_figures_stood(filed) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Revision.objects.filter(receipt="MS-2022-dk-1").update(decided_at=timezone.now() - timedelta(days=2))

    assert {row["entity"] for row in rows(reader(), f"as_of={yesterday}")} == {"dk"}


@pytest.mark.parametrize(
    ("who", "seen"),
    [(("dk", "filer"), {"dk"}), (("ie-dpc", "reader"), {"google"}), (("meta", "filer"), set()), (("", ""), set())],
)
def test_everybody_takes_away_what_they_may_read_and_no_more(who, seen, filed) -> None:
    user = member(*who)

    assert {row["entity"] for row in rows(user)} == seen
    assert json.loads(download(user, "json")) != [] or not seen


@pytest.mark.parametrize(
    "query",
    [
        "return=nonsense",
        "version=1999",
        "status=X",
        "address=nonsense",
        "as_of=tomorrow",
        "as_of=2999-01-01",
        "entity=%00",
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(query, filed) -> None:
    answer = signed_in(reader()).get(f"{API}observations.csv?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"


def test_pieces_however_small_give_the_same_file(filed, monkeypatch) -> None:
    whole = download(reader(), "csv")
    monkeypatch.setattr(reading, "FIRST_PIECE", 7)
    monkeypatch.setattr(reading.frames, "__defaults__", (20, None))

    assert download(reader(), "csv") == whole


def test_a_workbook_goes_on_in_a_further_sheet(filed, monkeypatch) -> None:
    monkeypatch.setattr(writing, "SHEET_ROWS", 60)
    whole = rows(reader())

    book = openpyxl.load_workbook(io.BytesIO(download(reader(), "xlsx")), read_only=True)

    sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    assert [len(sheet) - 1 for sheet in sheets][:-1] == [60] * (len(sheets) - 1)
    assert sum(len(sheet) - 1 for sheet in sheets) == len(whole)
    assert {sheet[0] for sheet in sheets} == {tuple(whole[0])}


def test_a_reader_who_goes_away_leaves_no_statement_open(filed, monkeypatch) -> None:
    monkeypatch.setattr(reading, "FIRST_PIECE", 7)
    closed: list[int] = []
    monkeypatch.setattr(reading, "give_back_connection", lambda: closed.append(1))
    answer = signed_in(reader()).get(f"{API}observations.csv")
    pieces = iter(answer.streaming_content)

    next(pieces), next(pieces)
    answer.close()

    assert closed == [1]  # given back before the piece went out, and no further piece was read
    assert list(pieces) == []


# Files that a worker writes --------------------------------------------------------------------------------


def asked_for(client: APIClient, **body: Any) -> dict[str, Any]:
    answer = client.post(API, {"kind": "csv"} | body, format="json")
    assert answer.status_code == 202, answer.json()
    assert answer["Location"] == f"{API}{answer.json()['id']}/"
    found: dict[str, Any] = answer.json()
    return found


def test_a_worker_writes_the_file_and_only_who_asked_for_it_has_it(
    filed, api, kept_apart, django_capture_on_commit_callbacks
) -> None:
    client = api(reader())
    with django_capture_on_commit_callbacks(execute=True):
        asked = asked_for(client, **{"return": "member_state_statistics"})
    assert (asked["state"], asked["link"], kept_apart) == ("queued", None, [asked["id"]])

    assert write_export(asked["id"]) is True
    done = client.get(f"{API}{asked['id']}/").json()

    assert (done["state"], done["rows_done"]) == ("succeeded", done["rows_total"])
    told = b"".join(client.get(done["link"]).streaming_content)
    assert told == download(reader(), "csv", "return=member_state_statistics")
    assert done["size"] == len(told)
    other = api(member("commission", "reviewer"))
    assert other.get(done["link"]).status_code == other.get(f"{API}{asked['id']}/").status_code == 404
    assert client.get(done["link"][:-2] + "xx").status_code == 404
    assert client.get(done["link"].partition("?")[0]).status_code == 404


def test_a_file_holds_what_stood_when_it_was_asked_for(filed, api) -> None:
    asked = asked_for(api(reader()), entity=["dk", "gr"])
    Revision.objects.get(receipt="MS-2022-gr-1").filing.__class__.objects.filter(
        current__receipt="MS-2022-gr-1"
    ).update(current=None)

    write_export(asked["id"])

    link = api(reader()).get(f"{API}{asked['id']}/").json()["link"]
    told = b"".join(api(reader()).get(link).streaming_content).decode()
    assert {row["entity"] for row in csv.DictReader(io.StringIO(told))} == {"dk", "gr"}


def test_who_may_no_longer_read_all_of_it_does_not_get_it(filed, api) -> None:
    user = reader()
    asked = asked_for(api(user))
    write_export(asked["id"])
    link = api(user).get(f"{API}{asked['id']}/").json()["link"]
    user.memberships.all().delete()

    assert api(User.objects.get(pk=user.pk)).get(link).status_code == 404


def test_a_worker_that_was_lost_is_followed_by_another_and_the_slow_one_stores_nothing(filed, api, kept_apart) -> None:
    asked = asked_for(api(reader()))
    slow = jobs.claim_work(Export, asked["id"])
    assert slow is not None
    Export.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))

    assert (reap_exports(), kept_apart[-1]) == (1, asked["id"])
    assert write_export(asked["id"]) is True
    with pytest.raises(jobs.LostClaim):
        actions.write_and_store(slow)

    export = Export.objects.get()
    assert (export.attempt, export.state) == (2, "succeeded")
    assert storages["exports"].listdir("")[1] == [export.file]


def test_what_crashes_is_tried_again_and_fails_visibly(filed, api, monkeypatch) -> None:
    asked = asked_for(api(reader()))
    monkeypatch.setattr(actions, "FORMATS", {})

    for attempt in range(1, settings.JOB_MAX_ATTEMPTS + 1):
        with pytest.raises(KeyError):
            write_export(asked["id"])
        assert Export.objects.get().attempt == attempt

    assert (Export.objects.get().state, Export.objects.get().error) == ("failed", "KeyError: 'csv'")
    assert "failed on our side" in text(signed_in(reader()).get("/exports/"))


def test_files_are_deleted_when_their_time_is_over_and_so_is_what_nobody_knows(filed, api) -> None:
    for _ in range(2):
        asked = asked_for(api(reader()), entity=["dk"])
        write_export(asked["id"])
    storage = storages["exports"]
    old = timezone.now() - timedelta(hours=settings.EXPORT_HOURS, minutes=1)
    Export.objects.filter(pk=asked["id"]).update(finished_at=old)

    assert delete_expired_exports() == 1

    assert storage.listdir("")[1] == [Export.objects.get().file]


def test_one_user_has_so_many_files_at_a_time(filed, api, monkeypatch) -> None:
    monkeypatch.setattr(actions, "MOST_FILES", 1)
    asked_for(api(reader()))

    refused = api(reader()).post(API, {"kind": "csv"}, format="json")

    assert (refused.status_code, refused.json()["code"], Export.objects.count()) == (422, "too_many_exports", 1)


def test_a_file_that_must_be_whole_first_is_written_by_a_worker_where_it_is_large(filed, settings) -> None:
    settings.EXPORT_AT_ONCE = 10

    refused = signed_in(reader()).get(f"{API}observations.parquet")

    assert (refused.status_code, refused.json()["code"]) == (422, "export_too_large")
    assert len(download(reader(), "csv").splitlines()) > 150
    page = signed_in(reader()).get("/exports/").content.decode()
    assert "observations.csv" in page
    assert "observations.parquet" not in page


# The page ---------------------------------------------------------------------------------------------------


def test_the_page_says_how_much_it_is_and_keeps_the_choice_in_its_links(filed) -> None:
    page = signed_in(reader()).get("/exports/?return=member_state_statistics&entity=dk")

    assert "1 accepted filing, " in text(page)
    assert "/api/v1/exports/observations.csv?return=member_state_statistics&amp;entity=dk" in page.content.decode()


def test_a_file_is_asked_for_on_the_page_and_thrown_away_there(filed) -> None:
    client = signed_in(member("dk", "filer"))
    client.post("/exports/?entity=dk", {"kind": "xlsx"})
    export = Export.objects.get()
    assert (export.kind, export.query) == ("xlsx", "entity=dk")
    assert 'hx-trigger="every 1s"' in client.get(f"/exports/{export.pk}/").content.decode()
    write_export(export.pk)
    page = client.get("/exports/").content.decode()
    assert f"/api/v1/exports/{export.pk}/file/?signature=" in page

    assert signed_in(reader()).post(f"/exports/{export.pk}/discard/").status_code == 404
    assert Export.objects.count() == 1
    client.post(f"/exports/{export.pk}/discard/")

    assert (Export.objects.count(), storages["exports"].listdir("")[1]) == (0, [])


def test_the_page_without_figures_says_how_it_fills(db) -> None:
    assert "No accepted figures here" in text(signed_in(member()).get("/exports/"))
