"""`/sdmx/` by itself: who reads what, in which format, what is chosen, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.utils import translation
from lxml import etree
from pysdmx.io import read_sdmx
from pysdmx.io.format import Format

from portal.models import User
from reporting.sdmx.components import attribute_ids, key_ids
from reporting.sdmx.figures import shaped
from reporting.sdmx.names import AGENCY, Standard, indicator
from reporting.sdmx.structures import artefacts
from reporting.sdmx.table import rows
from reporting.sdmx.writing import WRITERS, Layout
from submissions import publications
from submissions.catalogue import catalogue
from tests.pages.world import load, member

pytestmark = pytest.mark.django_db
MS = "MEMBER_STATE_STATISTICS"
CSV2 = "application/vnd.sdmx.data+csv;version=2.0.0"
SPECIFIC = "application/vnd.sdmx.structurespecificdata+xml"
LEGAL = re.compile(r"[A-Za-z0-9_@$\-]+")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def some(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Denmark, Greece and two providers have filed; the statistics for 2022 are released. For the module: tests roll back
    what they write."""
    with django_db_blocker.unblock(), transaction.atomic():
        load("dk 2022", "gr 2022", "google 2022", "meta 2022")
        publications.release_loaded()
        yield
        transaction.set_rollback(True)


Get = Callable[..., Any]


@pytest.fixture
def get(api: Callable[[User | None], Any]) -> Get:
    def ask(path: str, user: User | None = None, accept: str = CSV2) -> Any:
        return api(user).get(f"/sdmx/{path}", headers={"Accept": accept})

    return ask


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def table(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200, body(response)
    return list(csv.DictReader(io.StringIO(body(response).decode())))


def data(flow: str, query: str = "", version: str = "~") -> str:
    return f"3.0/data/dataflow/{AGENCY}/{flow}/{version}{query}"


# Who reads what ---------------------------------------------------------------------------------------------------


def test_without_a_token_one_reads_accepted_provider_reports_and_nothing_that_is_not_public(
    some: None, get: Get
) -> None:
    found = table(get(data("PROVIDER_REPORT", version="2021.0.0")))

    assert {row["RECEIPT"] for row in found} == {"PR-2022-google-1", "PR-2022-meta-1"}
    assert get(data("REFERENCE_STATISTICS")).status_code == 404


@pytest.mark.parametrize(("entity", "sees"), [("dk", {"DK"}), ("gr", {"EL"})])
def test_with_a_token_one_reads_what_one_may_see(entity: str, sees: set[str], some: None, get: Get) -> None:
    response = get(data(MS), member(entity, "filer"))

    assert {row["REPORTING_ENTITY"] for row in table(response)} == sees


@pytest.mark.parametrize("entity", ["google", "libra"])
def test_whom_nothing_of_a_return_concerns_reads_what_everybody_reads(entity: str, some: None, get: Get) -> None:
    assert table(get(data(MS), member(entity, "filer"))) == table(get(data(MS)))
    assert get(data("REFERENCE_STATISTICS"), member(entity, "filer")).status_code == 404


def test_a_session_counts_and_a_wrong_token_does_not(some: None) -> None:
    client = Client()
    client.force_login(member("dk", "filer"))

    mine = client.get(f"/sdmx/2.1/data/{MS}?format=csv")
    refused = Client().get(f"/sdmx/2.1/data/{MS}", headers={"Authorization": "Token nonsense"})

    assert {row["REPORTING_ENTITY"] for row in table(mine)} == {"DK"}
    assert mine["Cache-Control"] == "private, no-cache"
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
    assert etree.fromstring(refused.content)[0].get("code") == "110"


def test_as_of_gives_the_figures_as_they_stood(some: None, get: Get) -> None:
    user = member("commission", "reader")

    for who in (None, user):
        assert table(get(data(MS, f"?as_of={date.today()}"), who)) == table(get(data(MS), who))
        assert get(data(MS, "?as_of=2021-08-01"), who).status_code == 404
        assert get(data(MS, "?updatedAfter=2100-01-01T00:00:00+02:00"), who).status_code == 404


# What is chosen ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "entities"),
    [
        ("/A.DK.reports-total._Z._Z.*", {"DK"}),
        ("/A.DK+EL.reports-total...", {"DK", "EL"}),
        ("/A.DK.reports-total...,A.EL.reports-total...", {"DK", "EL"}),
        ("?c[REPORTING_ENTITY]=EL", {"EL"}),
        ("?c[REPORTING_ENTITY]=ne:EL&c[INDICATOR]=sw:reports", {"DK"}),
        ("?c[OBS_VALUE]=ge:10744%2Ble:10744", {"DK"}),
        ("?c[TIME_PERIOD]=ge:2021+le:2022", {"DK", "EL"}),
        ("?c[TIME_PERIOD]=gt:2022", None),
        ("/A.DK.nonsense...", None),
    ],
)
def test_keys_and_components_choose(query: str, entities: set[str] | None, some: None, get: Get) -> None:
    response = get(data(MS, query), member("commission", "reader"))

    if entities is None:
        assert response.status_code == 404
    else:
        assert {row["REPORTING_ENTITY"] for row in table(response)} == entities


def test_periods_the_first_of_a_series_and_what_hangs_on_it(some: None, get: Get) -> None:
    user = member("commission", "reader")
    old = f"2.1/data/{AGENCY},PROVIDER_REPORT,2021.0"
    every = table(get(old, user))

    first, bare = table(get(f"{old}?firstNObservations=1", user)), table(get(f"{old}?detail=dataonly", user))
    keys = read_sdmx(body(get(f"{old}?detail=serieskeysonly", user, "application/xml")).decode(), validate=False)

    series = {tuple(row[name] for name in key_ids(catalogue().get("provider_report", "2021"))) for row in every}
    assert len(first) == len(series) <= len(every)
    assert [row["OBS_VALUE"] for row in bare] == [row["OBS_VALUE"] for row in every]
    assert "OBS_STATUS" not in bare[0]
    assert keys.data[0].data.empty or len(keys.data[0].data) == len(series)
    assert table(get(f"{old}?startPeriod=2022-03&endPeriod=2022-Q2", user)) == every
    assert get(f"{old}?startPeriod=2023", user).status_code == 404


# Formats ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        (f"2.1/data/{MS}", "*/*", "application/vnd.sdmx.genericdata+xml;version=2.1"),
        (f"2.1/data/{MS}", "text/csv, application/xml;q=0.5", "application/vnd.sdmx.data+csv;version=1.0.0"),
        (f"2.1/data/{MS}", SPECIFIC, f"{SPECIFIC};version=2.1"),
        (data(MS), "text/html,application/xhtml+xml,application/xml;q=0.9", "application/vnd.sdmx.data+xml;version=3.0.0"),
        (data(MS), CSV2, CSV2),
        (data(MS, "?format=csv"), "*/*", CSV2),
        (data(MS), "application/json", None),
        ("3.0/structure/dataflow", "application/json", "application/vnd.sdmx.structure+json;version=2.0.0"),
        ("3.0/structure/dataflow", "", "application/vnd.sdmx.structure+xml;version=3.0.0"),
        ("2.1/dataflow", "application/vnd.sdmx.structure+xml;version=3.0.0", None),
    ],
)  # fmt: skip
def test_the_format_follows_what_is_asked_for(
    path: str, accept: str, media_type: str | None, some: None, get: Get
) -> None:
    response = get(path, accept=accept)

    assert (
        (response.status_code, response["Content-Type"]) == (200, media_type)
        if media_type
        else response.status_code == 406
    )
    assert "Accept" in response["Vary"].split(", ")
    assert not response.cookies


NASTY = 'It\'s "so" <b>&amp; 5 > 3\nnew line\ttab\x0bbell é'


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("series", [True, False])
def test_whatever_people_write_stays_what_it_is(form: Format, series: bool) -> None:
    definition = catalogue().get("provider_report", "2024")
    head = {"entity": "x", "start": date(2025, 1, 1), "end": date(2025, 12, 31)}
    head |= {"head_start": head["start"], "head_end": head["end"]}
    flagged = head | {"code": "errors.known.flagged", "address": "errors.known.flagged"}
    known = flagged | {"address": "errors.known.flagged[technology=PHOTODNA]"}
    figures = pl.DataFrame(
        [
            known | {"comment": NASTY, "number": 3.0, "value": "3"},
            flagged | {"comment": "=1+1", "number": 0.25, "value": "0.25"},
            head | {"code": "data.services", "address": "data.services", "comment": "", "value": "'Chat' & <Mail>"},
        ]
    )
    layout = Layout("PROVIDER_REPORT", "2024.0", key_ids(definition), attributes=attribute_ids(), series=series)
    if form is Format.DATA_SDMX_ML_3_0:
        layout = Layout("PROVIDER_REPORT", "2024.0.0", key_ids(definition), attributes=attribute_ids(), series=series)

    text = b"".join(WRITERS[form](layout, [rows(definition, shaped(figures))])).decode()

    plain = "csv" in form.value
    found = (
        list(csv.DictReader(io.StringIO(text)))
        if plain
        else read_sdmx(text, validate=True).data[0].data.to_dict("records")
    )
    legal = NASTY if plain else NASTY.replace("\x0b", "")
    wanted = {"PHOTODNA": ("3", legal), "_U": ("0.25", "'=1+1" if plain else "=1+1")}
    assert {
        row["TECHNOLOGY"]: (str(row["OBS_VALUE"]), row["COMMENT"]) for row in found if row["TECHNOLOGY"] != "_Z"
    } == wanted
    (worded,) = (row for row in found if row["TECHNOLOGY"] == "_Z")
    assert worded["TEXT_VALUE"] == "'Chat' & <Mail>"
    assert {row["TIME_PERIOD"] for row in found} == {"2025"}


# Structures -------------------------------------------------------------------------------------------------------


def test_every_name_is_one_that_sdmx_allows_and_stands_once() -> None:
    for standard in Standard:
        found = artefacts(standard)
        assert len({one.short_urn for one in found}) == len(found)
        for one in found:
            ids = [item.id for item in getattr(one, "items", ())]
            assert len(set(ids)) == len(ids)
            assert [name for name in (one.id, *ids) if not LEGAL.fullmatch(name)] == []
    assert indicator("a.b_c") != indicator("a_b.c")


def test_texts_stand_in_every_language_in_every_format(get: Get) -> None:
    for path in ("2.1/codelist/EC_CSA/CL_QUALIFIER", "3.0/structure/codelist/EC_CSA/CL_QUALIFIER"):
        names = etree.fromstring(body(get(path, accept="application/xml"))).iterfind(
            ".//{*}Code[@id='rounded']/{*}Name"
        )
        assert [(name.values()[0], name.text) for name in names] == [
            ("en", "Rounded"),
            ("da", "Afrundet"),
            ("nl", "Afgerond"),
        ]
    (codes,) = json.loads(body(get(path, accept="application/json")))["data"]["codelists"]
    assert {"en": "Rounded", "da": "Afrundet", "nl": "Afgerond"} in [code["names"] for code in codes["codes"]]


def test_greece_is_el_and_open_dimensions_say_what_is_missing() -> None:
    lists = {one.id: [code.id for code in one.items] for one in artefacts(Standard.V30) if one.id.startswith("CL_")}

    assert "EL" in lists["CL_COUNTRY"]
    assert "GR" not in lists["CL_COUNTRY"]
    assert lists["CL_TECHNOLOGY"][-2:] == ["_Z", "_U"]


def test_a_new_data_point_is_there_by_itself(tmp_path: Path, get: Get) -> None:
    folder = tmp_path / "definitions"
    shutil.copytree(settings.DEFINITIONS_DIR, folder)
    points = folder / "measurement_series_1" / "data_points.csv"
    points.write_text(points.read_text().replace("\nmethod.changes,", "\nmethod.new_thing,", 1))

    with override_settings(DEFINITIONS_DIR=folder):
        found = body(get("2.1/codelist/EC_CSA/CL_MEASUREMENT_SERIES_INDICATOR", accept="*/*"))

    assert b'id="method-new_thing"' in found
    assert b'id="method-changes"' not in found


@pytest.mark.parametrize(
    ("references", "kinds"),
    [
        ("none", {"Dataflow"}),
        ("children", {"Dataflow", "DataStructure"}),
        ("descendants", {"Dataflow", "DataStructure", "Codelist", "ConceptScheme"}),
        ("conceptscheme", {"Dataflow", "ConceptScheme"}),
        ("parents", {"Dataflow"}),
    ],
)
def test_references_come_along(references: str, kinds: set[str], get: Get) -> None:
    found = etree.fromstring(body(get(f"2.1/dataflow/{AGENCY}/{MS}/latest?references={references}", accept="*/*")))

    assert {etree.QName(one).localname for one in found.iterfind("{*}Structures/*/*")} == kinds


# Refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (data("NONSENSE"), 404, "100"),
        (data(MS, version="7.0.0"), 404, "100"),
        (f"3.0/data/dataflow/OTHER/{MS}/~", 404, "100"),
        (data("PROVIDER_REPORT", version="*"), 400, "140"),
        (data(MS, "/A.DK"), 400, "140"),
        (data(MS, "?c[NONSENSE]=1"), 400, "140"),
        (data(MS, "?c[LOW]=ge:x"), 400, "140"),
        (data(MS, "?startPeriod=2022"), 400, "140"),
        (data(MS, "?includeHistory=true"), 501, "501"),
        (data(MS, "?dimensionAtObservation=INDICATOR"), 501, "501"),
        (f"2.1/data/{MS}?startPeriod=2022-13", 400, "140"),
        (f"2.1/data/{MS}?firstNObservations=0", 400, "140"),
        (f"2.1/data/{MS}?as_of=2022-99-99", 400, "140"),
        (f"2.1/data/{MS}?detail=some", 400, "140"),
        (f"2.1/data/{MS}/all/OTHER", 404, "100"),
        ("2.1/codelist/EC_CSA/CL_NONSENSE", 404, "100"),
        ("2.1/nonsense/EC_CSA", 404, "100"),
        ("3.0/structure/dataflow?references=some", 400, "140"),
        ("3.0/structure/dataflow?x=1", 400, "140"),
    ],
)  # fmt: skip
def test_a_wrong_request_gets_the_error_and_nothing_else(
    path: str, status: int, code: str, some: None, get: Get
) -> None:
    response, in_json = get(path, accept="application/xml"), get(path, accept="application/json")

    error = etree.fromstring(response.content)
    (message,) = error
    assert (response.status_code, etree.QName(error).localname, message.get("code")) == (status, "Error", code)
    assert message[0].text
    assert set(json.loads(in_json.content)) == {"meta", "errors"}
    assert response["Cache-Control"] == "no-store"


def test_nothing_is_written_here(some: None) -> None:
    assert Client().post(f"/sdmx/2.1/data/{MS}").status_code == 405
