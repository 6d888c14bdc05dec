"""What is asked, told to machines: definitions, code lists, JSON Schemas, the description of the API itself."""

from __future__ import annotations

import csv
import io
from typing import Any

import jsonschema
import pytest
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from reporting.api_urls import urlpatterns as of_reporting
from submissions import publications
from submissions.api.urls import urlpatterns
from submissions.catalogue import catalogue
from submissions.loading import read_rows
from tests.conftest import read

VERSIONS = sorted(catalogue().definitions)
PUBLISHED = [(row["return_id"], row["period"], row["entity"]) for row in read_rows(publications.FOLDER / "filings.csv")]
PERIODS = {
    (row["return_id"], row["label"]): row["version"]
    for row in read_rows(publications.FOLDER.parent / "definitions" / "periods.csv")
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def anybody() -> APIClient:
    return APIClient()


def schema(client: APIClient, return_id: str, version: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/definitions/{return_id}/{version}/schema.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/schema+json")
    return answer.json()


def as_submission(return_id: str, period: str, entity: str) -> dict[str, Any]:
    rows = csv.DictReader(io.StringIO(read(f"{return_id}/{period}/{entity}.csv").decode()))
    observations = [{name: text for name, text in row.items() if text} for row in rows]
    return {"return": return_id, "version": PERIODS[return_id, period], "entity": entity, "period": period,
            "observations": observations}  # fmt: skip


def test_every_version_of_every_return_is_listed(anybody) -> None:
    listed = anybody.get("/api/v1/definitions/").json()["results"]

    assert {(d["return"], d["version"]) for d in listed} == {
        ("provider_report", "2021"), ("provider_report", "2024"), ("member_state_statistics", "1"),
        ("reference_statistics", "1"), ("measurement_series", "1"),
    }  # fmt: skip
    assert len(listed) == 5
    assert all(set(d["title"]) == {"en", "da", "nl"} for d in listed)
    for definition in listed:
        assert anybody.get(definition["url"]).json()["fingerprint"] == definition["fingerprint"]
        assert anybody.get(definition["schema"]).status_code == 200


@pytest.mark.parametrize(("return_id", "version"), VERSIONS)
def test_a_definition_tells_every_data_point_and_every_rule_in_three_languages(anybody, return_id, version) -> None:
    definition = catalogue().get(return_id, version)

    body = anybody.get(f"/api/v1/definitions/{return_id}/{version}/").json()

    assert [p["address"] for p in body["data_point_list"]] == list(definition.points)
    assert [r["code"] for r in body["rule_list"]] == list(definition.rules)
    assert (body["data_points"], body["rules"]) == (len(definition.points), len(definition.rules))
    texts = [p["label"] for p in body["data_point_list"]] + [
        r[part] for r in body["rule_list"] for part in ("message", "mend", "why")
    ]
    assert all(set(text) == {"en", "da", "nl"} and all(text.values()) for text in texts)
    for name in body["code_lists"]:
        assert anybody.get(f"/api/v1/codelists/{name}/").status_code == 200


def test_the_standard_form_has_its_155_data_points(anybody) -> None:
    assert anybody.get("/api/v1/definitions/provider_report/2024/").json()["data_points"] == 155


def test_every_code_list_is_listed_and_readable_in_three_languages(anybody) -> None:
    listed = anybody.get("/api/v1/codelists/").json()["results"]

    assert {entry["id"] for entry in listed} == set(catalogue().code_lists)
    for entry in listed:
        body = anybody.get(f"/api/v1/codelists/{entry['id']}/").json()
        assert len(body["codes"]) == entry["codes"] > 0
        assert all(set(code["label"]) == {"en", "da", "nl"} and all(code["label"].values()) for code in body["codes"])


@pytest.mark.parametrize(("return_id", "version"), VERSIONS)
def test_the_json_schema_is_a_schema(anybody, return_id, version) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(anybody, return_id, version))


@pytest.mark.parametrize(("return_id", "period", "entity"), PUBLISHED)
def test_the_json_schema_accepts_what_was_published(anybody, return_id, period, entity) -> None:
    filing = as_submission(return_id, period, entity)

    validator = jsonschema.Draft202012Validator(schema(anybody, return_id, filing["version"]))

    assert [error.json_path for error in validator.iter_errors(filing)] == []


WRONG = {
    "a negative count": {"address": "reports.total", "value": -1},
    "decimals in a count": {"address": "reports.total", "value": 1.5},
    "words for a count": {"address": "reports.total", "value": "ten"},
    "an unknown address": {"address": "reports.grand_total", "value": 1},
    "an unknown dimension": {"address": "reports.total[country=DK]", "value": 1},
    "no address": {"value": 1},
    "an unknown status": {"address": "reports.total", "value": 1, "obs_status": "Z"},
    "a wrong unit": {"address": "reports.total", "value": 1, "unit": "accounts"},
    "an unknown qualifier": {"address": "reports.total", "value": 1, "qualifier": "roughly"},
    "an unknown flag": {"address": "reports.total", "value": 1, "flags": ["guessed"]},
    "an unknown field": {"address": "reports.total", "value": 1, "remark": "x"},
    "no object": "reports.total",
}


@pytest.mark.parametrize("line", WRONG.values(), ids=WRONG.keys())
def test_the_json_schema_refuses_a_wrong_observation(anybody, line) -> None:
    filing = as_submission("member_state_statistics", "2022", "dk")
    filing["observations"].append(line)

    validator = jsonschema.Draft202012Validator(schema(anybody, "member_state_statistics", "1"))

    assert {tuple(error.path)[:2] for error in validator.iter_errors(filing)} == {
        ("observations", len(filing["observations"]) - 1)
    }


@pytest.mark.parametrize("field", ["return", "entity", "period", "observations"])
def test_the_json_schema_refuses_a_submission_that_lacks_a_part(anybody, field) -> None:
    filing = as_submission("member_state_statistics", "2022", "dk")
    del filing[field]

    errors = list(jsonschema.Draft202012Validator(schema(anybody, "member_state_statistics", "1")).iter_errors(filing))

    assert [error.message for error in errors] == [f"'{field}' is a required property"]


# The API itself -------------------------------------------------------------------------------------------


def openapi(client: APIClient) -> dict[str, Any]:
    answer = client.get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    return answer.json()


def test_the_api_describes_itself_in_valid_openapi_3_1(anybody) -> None:
    description = openapi(anybody)

    assert description["openapi"].startswith("3.1")
    validate_schema(description)


def test_the_description_names_every_path(anybody) -> None:
    routes = {str(entry.pattern) for entry in [*urlpatterns, *of_reporting] if not str(entry.pattern).startswith("^")}
    simple = {route.replace("<int:", "{").replace("<slug:", "{").replace(">", "}") for route in routes}

    described = {path.removeprefix("/api/v1/").replace("{id}", "{pk}") for path in openapi(anybody)["paths"]}

    assert simple - {"schema/", "docs/"} == described


def test_the_page_of_the_api_lists_every_operation(anybody) -> None:
    page = anybody.get("/api/v1/docs/").content.decode()

    assert all(path in page for path in openapi(anybody)["paths"])
