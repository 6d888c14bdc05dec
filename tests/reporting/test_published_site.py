"""The start page, the register of organisations, statistics as pictures, the catalogue for data portals."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, XSD

from reporting.published import catalogue as published_catalogue
from reporting.published.catalogue import DCATAP, SPDX
from submissions import actions
from tests.pages.world import file_csv, load, member, signed_in, start, tables, text
from tests.reporting.test_disclosure_public import MS, children, file_and_accept, release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def get(path: str) -> Any:
    return Client().get(path)


# The start page ---------------------------------------------------------------------------------------------------


def test_an_empty_portal_says_what_will_be_here(db: None) -> None:
    assert "Nothing is published yet Reports of providers appear here once the European Commission" in text(get("/"))
    assert "No report is published yet Reports appear here once" in text(get("/published/"))
    assert "No organisation is named yet" in text(get("/published/organisations/"))
    assert "No archive yet The first one is written in the coming night." in text(get("/published/dumps/"))


def test_the_start_page_tells_what_was_published_last_and_leads_there(entities: Any) -> None:
    load("google 2025")
    for entity, found in (("dk", 30), ("nl", 50), ("se", 20)):
        file_and_accept(entity, "2025", {"reports.total": 100 * found, **children(found, 10)})
    assert "children" not in text(get("/"))
    release("2025")

    page = get("/")

    assert (
        "Reports of online child sexual abuse received, 2025: 10 000 reports in all 3 Member States that filed."
        in text(page)
    )
    assert "Children identified, 2025: 130 children in all 3 Member States that filed." in text(page)
    assert "1 report of a provider is published, the newest by Google for 2025." in text(page)
    for address in (f"/published/statistics/{MS}/2025/", "/published/", f"/published/statistics/{MS}/2025/reports.svg"):
        assert f'"{address}?language=en"' in page.content.decode()
        assert get(address).status_code == 200


# Pictures ---------------------------------------------------------------------------------------------------------


def test_a_picture_draws_what_can_be_compared_and_nothing_that_is_withheld(entities: Any) -> None:
    for entity, found in (("dk", 2), ("nl", 50), ("se", 20), ("fi", 40)):
        file_and_accept(entity, "2025", {"children.total": found})
    odd = {"value": 98765, "period": "2025-01-01/2025-03-31"}
    file_and_accept("ie", "2025", {"children.total": odd})
    release("2025")

    drawn = get(f"/published/statistics/{MS}/2025/children.svg")

    assert (drawn["Content-Type"], drawn.get("Vary", "").find("Cookie")) == ("image/svg+xml", -1)
    rows = csv.DictReader(io.StringIO(get(f"/published/statistics/{MS}/2025.csv").content.decode()))
    withheld = {row["entity"]: bool(row["withheld"]) for row in rows if row["address"] == "children.total"}
    names = {"dk": "Denmark", "nl": "Netherlands", "se": "Sweden", "fi": "Finland", "ie": "Ireland"}
    assert {code for code, name in names.items() if name in drawn.content.decode()} == {
        code for code in ("dk", "nl", "se", "fi") if not withheld[code]
    }
    assert withheld["dk"]
    assert not withheld["nl"]
    assert get(f"/published/statistics/{MS}/2025/nothing.svg").status_code == 404


# The register -----------------------------------------------------------------------------------------------------


def register() -> list[tuple[str, ...]]:
    rows = csv.DictReader(io.StringIO(get("/published/organisations.csv").content.decode()))
    return [(row["organisation"], row["role"], row["entity"], row["country"], row["period"]) for row in rows]


def test_the_register_names_who_received_data_from_whom_in_which_year(entities: Any) -> None:
    load("google 2025", "meta 2022")
    file_and_accept("gr", "2025", {"reports.by_organisation[organisation=ncmec]": 7})
    user = member("microsoft", "filer")
    lines = b'address,value,obs_status,reason\nsharing.ncmec,0,A,\nsharing.eu_centre,,M,\nsharing.other,"INHOPE; ECPAT",A,\n'
    revision = file_csv(start("provider_report", "microsoft", "2025", user), lines, user)
    assert register() == [
        ("NCMEC", "recipient", "google", "IE", "2025"), ("NCMEC", "recipient", "meta", "IE", "2022"),
    ]  # fmt: skip

    actions.decide_revision(
        revision=revision,
        decision="accept_with_reservations",
        reason="For the test.",
        by=member("commission", "reviewer"),
    )
    release("2025")

    assert register() == [
        ("ECPAT", "recipient", "microsoft", "IE", "2025"), ("INHOPE", "recipient", "microsoft", "IE", "2025"),
        ("ncmec", "source", "gr", "EL", "2025"), ("ncmec", "recipient", "google", "IE", "2025"),
        ("ncmec", "recipient", "meta", "IE", "2022"),
    ]  # fmt: skip
    told = get("/published/organisations.json").json()["organisations"]
    assert [(one["name"], len(one["named_by"])) for one in told] == [("ECPAT", 1), ("INHOPE", 1), ("ncmec", 3)]
    rows = tables(get("/published/organisations/"))[0]
    assert ["Greece", "2025 , Statistics", "sent reports", "Reports per organisation"] in rows
    assert ["Google", "2025 , Google", "received data", "Data shared with NCMEC"] in rows


# The catalogue ----------------------------------------------------------------------------------------------------

MANDATORY = {
    DCAT.Catalog: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher],
    DCAT.Dataset: [DCTERMS.title, DCTERMS.description],
    DCAT.Distribution: [DCAT.accessURL],
    FOAF.Agent: [FOAF.name],
    SPDX.Checksum: [SPDX.algorithm, SPDX.checksumValue],
}
"""DCAT-AP 3.0, properties that an entity of a class must have."""
AUTHORITY = "http://publications.europa.eu/resource/authority/"


@pytest.fixture
def catalogue(entities: Any) -> Graph:
    load("google 2025", "meta 2022", "dk 2022", "nl 2022")
    release("2022")
    return Graph().parse(data=get("/published/catalogue.ttl").content, format="turtle")


def test_the_catalogue_has_every_property_that_dcat_ap_demands(catalogue: Graph) -> None:
    for kind, wanted in MANDATORY.items():
        found = list(catalogue.subjects(RDF.type, kind))
        assert found
        for one in found:
            assert [name for name in wanted if (one, name, None) not in catalogue] == [], one
    datasets = set(catalogue.subjects(RDF.type, DCAT.Dataset))
    assert set(catalogue.objects(None, DCAT.dataset)) == datasets
    assert {str(catalogue.value(one, DCTERMS.identifier)) for one in datasets} == {
        "provider_report-google-2025", "provider_report-meta-2022", f"{MS}-2022", "organisations", "dumps",
    }  # fmt: skip
    assert set(catalogue.objects(None, DCAT.distribution)) == set(catalogue.subjects(RDF.type, DCAT.Distribution))
    for one in datasets:
        assert URIRef("http://data.europa.eu/eli/reg/2021/1232/oj") in set(
            catalogue.objects(one, DCATAP.applicableLegislation)
        )
        assert {title.language for title in catalogue.objects(one, DCTERMS.title)} == {"en", "da", "nl"}  # type: ignore[attr-defined]
        assert str(catalogue.value(one, DCAT.theme)).startswith(AUTHORITY)


def test_what_the_catalogue_points_to_is_there_and_is_what_it_says(catalogue: Graph) -> None:
    for copy in catalogue.subjects(RDF.type, DCAT.Distribution):
        answer = get(str(catalogue.value(copy, DCAT.downloadURL)).removeprefix("http://testserver"))
        assert answer.status_code == 200
        assert str(catalogue.value(copy, DCAT.mediaType)).endswith("/" + answer["Content-Type"].partition(";")[0])
        assert catalogue.value(copy, DCTERMS.license) == URIRef(f"{AUTHORITY}licence/CC_BY_4_0")
    for page in (*catalogue.objects(None, DCAT.landingPage), *catalogue.objects(None, DCTERMS.conformsTo)):
        assert get(str(page).removeprefix("http://testserver")).status_code == 200
    time = next(catalogue.subjects(RDF.type, DCTERMS.PeriodOfTime))
    assert {catalogue.value(time, name).datatype for name in (DCAT.startDate, DCAT.endDate)} == {XSD.date}  # type: ignore[union-attr]


def test_the_catalogue_says_the_same_in_three_forms(catalogue: Graph) -> None:
    for ending, form in (("rdf", "xml"), ("jsonld", "json-ld")):
        other = Graph().parse(data=get(f"/published/catalogue.{ending}").content, format=form)
        assert isomorphic(other, catalogue)


def test_the_same_catalogue_has_the_same_etag_in_whatever_order_it_was_made(catalogue: Graph, monkeypatch: Any) -> None:
    path = "/published/catalogue.ttl"
    first, there = get(path), published_catalogue.datasets()
    monkeypatch.setattr(published_catalogue, "datasets", lambda: [*reversed(there)])
    published_catalogue.document.cache_clear()

    again = get(path)

    assert (again["ETag"], first["ETag"][:2]) == (first["ETag"], "W/")
    assert Client().get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert {type(one) for triple in catalogue for one in triple} == {URIRef, Literal}


# How much it takes ------------------------------------------------------------------------------------------------


def test_public_pages_take_the_same_queries_however_much_is_published(entities: Any) -> None:
    load("google 2025", "cz 2022", "es 2022", "it 2022", "bg 2022")
    release("2022")
    paths = ("/", "/published/organisations/", "/published/organisations.csv", "/published/catalogue.ttl")
    counted = []
    for more in ("meta 2022", "x 2021", "x 2022"):
        load(more)
        get("/published/statistics/")  # what was released is worked out once a process
        published_catalogue.document.cache_clear()
        counted.append([queries(path) for path in paths])

    assert counted == [[3, 5, 5, 4]] * 3


def queries(path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert get(path).status_code == 200
    return len(captured)


def test_who_is_signed_in_is_led_to_work_from_the_start_page(entities: Any) -> None:
    assert "Go to my work" in text(signed_in(member("google", "filer")).get("/"))
