"""The description of the API: complete, with an example of every body that is what the schema beside it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from submissions.api.problems import REFUSALS
from tests.api.machines import client, with_token

DOCS = Path(__file__).parent.parent.parent / "docs/api.md"
SPREADSHEETS = ("spreadsheetml", "opendocument")


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def operations(description: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in description["paths"].values() for operation in path.values()]


def bodies(operation: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Where, media type, and content of each body of an operation; spreadsheets have no example in text."""
    found = [("request", operation.get("requestBody", {})), *operation["responses"].items()]
    return [
        (where, media_type, content)
        for where, body in found
        for media_type, content in body.get("content", {}).items()
        if not any(word in media_type for word in SPREADSHEETS)
    ]


def test_the_generator_has_nothing_to_complain_of(description) -> None:
    assert not GENERATOR_STATS, (GENERATOR_STATS._warn_cache, GENERATOR_STATS._error_cache)


def test_every_body_has_an_example_that_is_what_its_schema_says(description) -> None:
    missing, wrong = [], []
    for operation in operations(description):
        for where, media_type, content in bodies(operation):
            name = f"{operation['operationId']} {where} {media_type}"
            if "examples" not in content:
                missing.append(name)
                continue
            schema = content["schema"] | {"components": description["components"]}
            for example in content["examples"].values():
                errors = jsonschema.Draft202012Validator(schema).iter_errors(example["value"])
                wrong += [f"{name}: {error.json_path} {error.message[:200]}" for error in errors]
    assert missing == []
    assert wrong == []


def test_every_operation_says_what_it_does_and_what_rates_it_tells(description) -> None:
    for operation in operations(description):
        assert operation["description"]
        assert all({"RateLimit", "RateLimit-Policy"} <= set(r["headers"]) for r in operation["responses"].values())
        assert {"429", "406"} <= set(operation["responses"])


def test_both_ways_to_authenticate_are_described(description) -> None:
    schemes = description["components"]["securitySchemes"]
    assert schemes["client"]["flows"]["clientCredentials"]["tokenUrl"] == "/api/v1/token/"
    assert schemes["person"]["name"] == "Authorization"
    filing = next(o for o in operations(description) if o["operationId"] == "revisions_file")
    assert [next(iter(way)) for way in filing["security"]] == ["client", "person", "cookieAuth"]


def test_the_example_of_a_check_is_what_the_check_says_today(description, entities) -> None:
    check = next(o for o in operations(description) if o["operationId"] == "check")
    sent = check["requestBody"]["content"]["application/json"]["examples"]["real"]["value"]

    answer = with_token(client("dk")).post("/api/v1/check/", sent, format="json").json()

    shown = check["responses"]["200"]["content"]["application/json"]["examples"]["real"]["value"]
    assert answer["counts"] == shown["counts"]
    assert answer["findings"][:2] == shown["findings"]


def test_the_documentation_lists_every_problem_and_no_other() -> None:
    table = DOCS.read_text().partition("## Problems")[2].partition("\n## ")[0]
    listed = {
        (code, int(status))
        for status, codes in re.findall(r"^\| (\d{3}) \| ([^|]+) \|", table, re.M)
        for code in re.findall(r"`(\w+)`", codes)
    }
    sources = (path.read_text() for path in (DOCS.parent.parent / "submissions").rglob("*.py") if path.name not in FORM)
    raised = {code for text in sources for code in re.findall(r"""(?:Refused|Conflict|Problem)\(\s*"(\w+)",""", text)}

    assert {(code, status) for code, status in listed if code in REFUSALS} == set(REFUSALS.items())
    assert {code for code, _status in listed} >= raised - ON_PAGES


FORM = {"granting.py", "releasing.py", "signing.py", "starting.py"}
ON_PAGES = {"draft_gone", "filed_already", "too_many_lines"}
"""Refusals that only who works in the form can meet, and the modules that refuse nobody else."""


def test_the_page_of_the_api_lists_every_operation(db, description) -> None:
    page = APIClient().get("/api/v1/docs/").content.decode()

    assert all(path in page for path in description["paths"])
