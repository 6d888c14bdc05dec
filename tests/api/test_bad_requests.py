"""A request that cannot be read is refused with a stable code and the place, never with a server error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from rest_framework.test import APIClient

from submissions.models import Filing, Revision
from tests.conftest import run_jobs, submission

DK = ("member_state_statistics", "dk", "2025")
HEAD = "return=member_state_statistics&entity=dk&period=2025"
GOOD = submission(*DK, {"address": "reports.total", "value": 5})
DOORS = ["/api/v1/check/", "/api/v1/revisions/"]


@pytest.fixture
def filer(api, person) -> APIClient:
    return api(person("dk", "filer"))


def send(client: APIClient, path: str, body: Any, media_type: str = "application/json", query: str = "") -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.generic("POST", path, data, media_type, QUERY_STRING=query)


def problem(answer: HttpResponse) -> dict[str, Any]:
    """The problem details, after a look at what all of them share."""
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert set(body) == {"type", "title", "status", "detail", "code", "errors"}
    assert (body["type"], body["status"]) == (f"urn:problem:{body['code']}", answer.status_code)
    assert body["title"]
    assert body["detail"]
    assert all(set(error) == {"pointer", "address", "code", "detail"} for error in body["errors"])
    return body


def places(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["code"], error["pointer"]) for error in body["errors"]]


def nothing_filed() -> bool:
    return not Filing.objects.exists() and not Revision.objects.exists()


REQUIRED = [("required", f"/{field}") for field in ("return", "entity", "period")]
BODIES = {
    "an empty body": (b"", 400, "unreadable", [("empty", "")]),
    "an empty object": ({}, 400, "invalid", REQUIRED),
    "no JSON": (b"{return:", 400, "unreadable", [("not_json", "")]),
    "cut off": (json.dumps(GOOD)[:-10].encode(), 400, "unreadable", [("not_json", "")]),
    "no UTF-8": (b'{"return": "\xff"}', 400, "unreadable", [("not_utf8", "")]),
    "a list": ([], 400, "unreadable", [("not_an_object", "")]),
    "a number": (b"5", 400, "unreadable", [("not_an_object", "")]),
    "NaN": (b'{"observations": [{"value": NaN}]}', 400, "unreadable", [("not_a_number", "")]),
    "Infinity": (b'{"observations": [{"value": -Infinity}]}', 400, "unreadable", [("not_a_number", "")]),
    "nesting without end": (b"[" * 200_000, 400, "unreadable", [("too_deep", "")]),
    "no entity": ({k: v for k, v in GOOD.items() if k != "entity"}, 400, "invalid", [("required", "/entity")]),
    "an empty period": (GOOD | {"period": ""}, 400, "invalid", [("required", "/period")]),
    "an entity that is a list": (GOOD | {"entity": ["dk"]}, 400, "invalid",
                                  [("required", "/entity"), ("not_text", "/entity")]),
    "fields nobody reads": (GOOD | {"remark": 1, "a": 2}, 400, "invalid",
                            [("unknown_field", "/a"), ("unknown_field", "/remark")]),
    "observations in an object": (GOOD | {"observations": {}}, 400, "unreadable", [("not_a_list", "/observations")]),
    "observations of null": (GOOD | {"observations": None}, 400, "unreadable", [("not_a_list", "/observations")]),
    "no observations": ({k: v for k, v in GOOD.items() if k != "observations"}, 400, "unreadable",
                        [("not_a_list", "/observations")]),
    "observations that are no objects": (GOOD | {"observations": [{}, 5, None]}, 400, "unreadable",
                                         [("not_an_object", "/observations/1"), ("not_an_object", "/observations/2")]),
    "a word for a number": (GOOD | {"replaces": "first"}, 400, "invalid", [("invalid", "/replaces")]),
    "a raised two for a number": (GOOD | {"replaces": "²"}, 400, "invalid", [("invalid", "/replaces")]),
    "a number without end": (GOOD | {"replaces": "9" * 5000}, 400, "invalid", [("invalid", "/replaces")]),
    "a reason that is no text": (GOOD | {"reason": {"a": 1}}, 400, "invalid", [("not_text", "/reason")]),
    "a version of another time": (GOOD | {"version": "2"}, 422, "other_version", []),
    "an unknown return": (GOOD | {"return": "tax_return"}, 404, "not_found", []),
    "an unknown period": (GOOD | {"period": "1999"}, 404, "not_found", []),
    "an unknown entity": (GOOD | {"entity": "atlantis"}, 404, "not_found", []),
    "the entity of somebody else": (GOOD | {"entity": "nl"}, 404, "not_found", []),
    "an entity with a NUL": (GOOD | {"entity": "d\0k"}, 400, "invalid", [("not_text", "/entity")]),
    "a reason with half a character": (GOOD | {"reason": "\ud800"}, 400, "invalid", [("not_text", "/reason")]),
    "a key twice": (b'{"return": "a", "return": "b"}', 400, "unreadable", [("key_twice", "")]),
}  # fmt: skip


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(("body", "status", "code", "errors"), BODIES.values(), ids=BODIES.keys())
def test_a_body_that_cannot_be_read_is_refused_with_its_faults(filer, path, body, status, code, errors) -> None:
    answer = send(filer, path, body)

    assert answer.status_code == status
    found = problem(answer)
    assert found["code"] == code
    assert places(found) == errors
    assert nothing_filed()


FILES = {
    "an empty file": (b"", "empty"),
    "blank lines": (b"\n \n", "empty"),
    "no column address": (b"code,value\nreports.total,5\n", "no_address_column"),
    "semicolons": (b"address;value\nreports.total;5\n", "no_address_column"),
    "a column twice": (b"address,value,value\nreports.total,5,6\n", "column_twice"),
    "a line too wide": (b"address,value\nreports.total,5\nreports.cases,1,234\n", "too_many_columns"),
    "an open quote": (b'address,value\nreports.total,"5\n', "not_csv"),
    "no UTF-8 in a line": (b"address,value\nreports.total,\xff\n", "not_utf8"),
    "no UTF-8 in the header": (b"address,v\xe6rdi\nreports.total,5\n", "not_utf8"),
    "line ends of another age": (b"address,value\rreports.total,5\r", "not_csv"),
    "a header without end": (b"address," + b"v" * 200_000 + b"\nreports.total,5\n", "not_csv"),
}


@pytest.mark.parametrize(("data", "code"), FILES.values(), ids=FILES.keys())
def test_a_file_that_cannot_be_read_is_refused(filer, data, code) -> None:
    answer = send(filer, "/api/v1/revisions/", data, "text/csv", HEAD)

    assert answer.status_code == 400
    body = problem(answer)
    assert body["code"] == "unreadable"
    assert [error["code"] for error in body["errors"]] == [code]
    assert nothing_filed()


def test_the_line_of_the_file_is_named(filer) -> None:
    answer = send(filer, "/api/v1/check/", FILES["a line too wide"][0], "text/csv", HEAD)

    assert problem(answer)["detail"].startswith("Line 3 has 3 columns, the header has 2.")


def test_a_file_needs_its_head_in_the_query(filer) -> None:
    answer = send(filer, "/api/v1/revisions/", b"address,value\n", "text/csv", "return=member_state_statistics")

    assert answer.status_code == 400
    assert places(problem(answer)) == REQUIRED[1:]


@pytest.mark.parametrize("media_type", ["text/plain", "multipart/form-data; boundary=x", "application/xml"])
def test_other_media_types_are_refused(filer, media_type) -> None:
    answer = send(filer, "/api/v1/revisions/", GOOD, media_type)

    assert answer.status_code == 415
    assert problem(answer)["code"] == "unsupported_media_type"
    assert nothing_filed()


@pytest.mark.parametrize("number", ["1e400", "1e999999999", "-1e999999999", "1e9999999999999999999", "1e-999999999"])
def test_a_number_of_absurd_size_is_a_finding_not_a_server_error(filer, number) -> None:
    body = json.dumps(GOOD).replace(": 5", f": {number}").encode()

    answer = send(filer, "/api/v1/check/", body)

    assert answer.status_code == 200
    assert ("M-FMT-004", "reports.total") in {(f["rule"], f["address"]) for f in answer.json()["findings"]}


def test_a_figure_beyond_all_floating_point_numbers_is_a_finding(filer) -> None:
    answer = send(filer, "/api/v1/check/", submission(*DK, {"address": "reports.total", "value": "9" * 400}))

    assert answer.status_code == 200
    assert "reports.total" in {f["address"] for f in answer.json()["findings"] if f["severity"] == "error"}


@pytest.mark.parametrize("depth", range(900, 1000, 3))
def test_a_value_nested_near_the_limit_never_breaks_the_server(filer, depth) -> None:
    body = json.dumps(GOOD).replace(": 5", ": " + "[" * depth + "]" * depth).encode()

    assert send(filer, "/api/v1/check/", body).status_code in (200, 400)


TEXTS = ["a\0b", "\ud800", "\udfff\ud83d", "\u202e", "x" * 100_000]


@pytest.mark.parametrize("text", TEXTS, ids=["NUL", "half a pair", "pairs reversed", "right to left", "long"])
@pytest.mark.parametrize("field", ["address", "value", "obs_status", "unit", "reason", "comment", "re\0mark"])
def test_any_text_in_any_field_gets_a_receipt_and_a_verdict_or_a_refusal(filer, field, text) -> None:
    answer = send(
        filer, "/api/v1/revisions/", submission(*DK, {"address": "reports.total", "value": 5} | {field: text})
    )

    if answer.status_code == 201:
        assert run_jobs() == 1
        assert filer.get(answer["Location"]).json()["state"] == "checked"
        assert filer.get(answer["Location"] + "findings/").status_code == 200
        assert filer.get(answer["Location"] + "observations/").status_code == 200
    else:
        assert answer.status_code == 400
        assert problem(answer)["code"] == "unreadable"


@pytest.mark.parametrize("text", TEXTS[:3], ids=["NUL", "half a pair", "pairs reversed"])
def test_any_text_in_a_draft_is_kept_or_refused(filer, text) -> None:
    filing = filer.post("/api/v1/filings/", dict(zip(("return", "entity", "period"), DK, strict=True)), format="json")
    path = f"/api/v1/filings/{filing.json()['id']}/draft/"
    body = json.dumps({"observations": [{"address": "reports.total", "comment": text}]})

    answer = filer.generic("PUT", path, body, "application/json")

    if answer.status_code == 200:
        assert filer.get(path).status_code == 200
    else:
        assert answer.status_code == 400
        assert problem(answer)["code"] == "unreadable"


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_an_idempotency_key_has_1_to_200_characters(filer, key) -> None:
    answer = filer.post("/api/v1/revisions/", GOOD, format="json", headers={"Idempotency-Key": key})

    assert (answer.status_code, problem(answer)["code"]) == (400, "bad_idempotency_key")
    assert nothing_filed()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/revisions/999999/", 404, "not_found"),
        ("GET", f"/api/v1/revisions/{10**30}/", 404, "not_found"),
        ("GET", f"/api/v1/jobs/{10**30}/", 404, "not_found"),
        ("POST", f"/api/v1/revisions/{10**30}/decision/", 400, "invalid"),
        ("GET", "/api/v1/filings/999999/draft/", 404, "not_found"),
        ("GET", "/api/v1/revisions/?cursor=x", 404, "not_found"),
        ("GET", "/api/v1/revisions/?state=lost", 400, "invalid"),
        ("GET", "/api/v1/revisions/?entity=%00", 400, "invalid"),
        ("GET", "/api/v1/definitions/provider_report/1999/", 404, "not_found"),
        ("GET", "/api/v1/codelists/nothing/", 404, "not_found"),
        ("DELETE", "/api/v1/revisions/", 405, "method_not_allowed"),
        ("GET", "/api/v1/check/", 405, "method_not_allowed"),
        ("GET", "/api/v1/nothing/", 404, "not_found"),
    ],
)
def test_other_refusals_are_problems_too(filer, method, path, status, code) -> None:
    answer = filer.generic(method, path)

    assert answer.status_code == status
    assert problem(answer)["code"] == code


def test_without_a_token_nothing_is_read_or_filed(api, entities) -> None:
    stranger = api(None)
    forged = APIClient(headers={"Authorization": "Token " + "0" * 64})

    for client in (stranger, forged):
        for answer in (client.get("/api/v1/revisions/"), send(client, "/api/v1/revisions/", GOOD)):
            assert answer.status_code == 401
            assert answer["WWW-Authenticate"] == "Bearer"
            assert problem(answer)["code"] in ("not_authenticated", "authentication_failed")
    assert nothing_filed()
