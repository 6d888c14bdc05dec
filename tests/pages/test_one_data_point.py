"""One line in one file is a new data point everywhere: definition, schema, check, filing, page, dashboard, download."""

from __future__ import annotations

import csv
import filecmp
import io
import shutil
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings
from rest_framework.test import APIClient

from submissions.actions import decide_revision
from submissions.catalogue import catalogue
from submissions.models import Draft
from tests.conftest import last_revision, run_jobs, submission
from tests.pages.world import load, member, signed_in, start, tables, text

pytestmark = pytest.mark.django_db
NAME = "member_state_statistics_1/data_points.csv"
DEFINITION = "/api/v1/definitions/member_state_statistics/1/"
POINT = {
    "code": "reports.anonymous_tips", "category": "2", "value_type": "count", "unit": "reports", "required": "optional",
    "basis": "voluntary", "panel": "reports", "label_en": "Anonymous tips", "label_da": "Anonyme tip",
    "label_nl": "Anonieme tips", "group_en": "Total", "group_da": "I alt", "group_nl": "Totaal",
    "help_en": "Tips whose sender is not known.", "help_da": "Tip, hvis afsender ikke er kendt.",
    "help_nl": "Tips waarvan de afzender niet bekend is.",
}  # fmt: skip
TIPS = {"address": "reports.anonymous_tips", "value": 4321, "obs_status": "A", "unit": "reports"}


@pytest.fixture(autouse=True)
def definitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Path:
    """A copy of the definitions with one more line; the portal reads it under its new path, so no cache is in the way."""
    folder = tmp_path / "definitions"
    shutil.copytree(settings.DEFINITIONS_DIR, folder)
    file = folder / NAME
    before = file.read_text(encoding="utf-8")
    columns = next(csv.reader(io.StringIO(before)))
    line = io.StringIO()
    csv.DictWriter(line, columns, lineterminator="\n").writerow(POINT)
    file.write_text(before + line.getvalue(), encoding="utf-8")
    monkeypatch.setattr(settings, "DEFINITIONS_DIR", folder)
    load()
    return folder


@pytest.fixture
def api() -> APIClient:
    client = APIClient()
    client.force_authenticate(member("dk", "filer"))
    return client


def filed(*observations: dict) -> dict:
    return submission("member_state_statistics", "dk", "2025", *observations)


def test_exactly_one_file_differs_by_one_line(definitions, monkeypatch) -> None:
    monkeypatch.undo()
    original = Path(settings.DEFINITIONS_DIR)
    files = sorted(path.relative_to(original) for path in original.rglob("*") if path.is_file())

    differing = [str(name) for name in files if not filecmp.cmp(original / name, definitions / name, shallow=False)]

    assert differing == [NAME]
    assert sorted(path.relative_to(definitions) for path in definitions.rglob("*") if path.is_file()) == files
    lines = [len((folder / NAME).read_text(encoding="utf-8").splitlines()) for folder in (original, definitions)]
    assert lines[1] - lines[0] == 1


def test_the_definition_and_its_page_name_it_in_three_languages(api, client) -> None:
    points = {point["address"]: point for point in api.get(DEFINITION).json()["data_point_list"]}

    point = points["reports.anonymous_tips"]
    assert (point["type"], point["unit"], point["required"]) == ("count", "reports", "optional")
    assert point["label"] == {"en": "Anonymous tips", "da": "Anonyme tip", "nl": "Anonieme tips"}
    for language, label in point["label"].items():
        page = client.get("/definitions/member_state_statistics/1/", headers={"Accept-Language": language})
        assert f"{label} reports.anonymous_tips" in {row[0] for table in tables(page) for row in table}


def test_the_schema_takes_a_submission_with_it_and_refuses_a_misspelt_one(api) -> None:
    schema = api.get(f"{DEFINITION}schema.json").json()
    validator = jsonschema.Draft202012Validator(schema)

    assert list(validator.iter_errors(filed(TIPS))) == []
    assert [list(e.path) for e in validator.iter_errors(filed(TIPS | {"address": "reports.anonymous_tip"}))] == [
        ["observations", 0]
    ]


def test_the_check_judges_it_like_any_other_count(api) -> None:
    def findings(value: object) -> list[tuple[str, str]]:
        answer = api.post("/api/v1/check/", filed(TIPS | {"value": value}), format="json")
        assert answer.status_code == 200
        return [(f["address"], f["severity"]) for f in answer.json()["findings"] if f["address"] == TIPS["address"]]

    assert findings(4321) == []
    assert findings(-5) == [("reports.anonymous_tips", "error")]
    assert findings("many") == [("reports.anonymous_tips", "error")]


def test_it_is_asked_in_the_form_kept_judged_and_counted_as_progress() -> None:
    filer = member("dk", "filer")
    filing, client = start("member_state_statistics", "dk", "2025", filer), signed_in(filer)
    address = f"/filings/{filing.pk}/edit/2/"
    assert "Anonymous tips Tips whose sender is not known." in text(client.get(address))

    client.post(address, {"value.0.reports.anonymous_tips": "-4,321"})

    page = client.get(address)
    assert Draft.objects.get(filing=filing).observations == [{"address": TIPS["address"], "value": "-4321"}]
    assert 'value="-4\u202f321"' in page.content.decode()
    assert "Error Anonymous tips:" in text(page)
    assert "1 error answered 1/3" in text(page)


def test_filed_checked_and_accepted_it_stands_on_the_page_the_dashboard_and_in_the_download(api) -> None:
    assert api.post("/api/v1/revisions/", filed(TIPS), format="json").status_code == 201
    assert run_jobs() == 1
    revision, reviewer = last_revision(), member("commission", "reviewer")
    decision = "accept_with_reservations" if revision.errors else "accept"
    decide_revision(revision=revision, decision=decision, reason="The rest is missing.", by=reviewer)
    client = signed_in(reviewer)

    page = client.get(f"/revisions/{revision.pk}/")
    assert ["Anonymous tips reports.anonymous_tips", "4 321", "reports"] in [row[:3] for row in tables(page)[0]]
    board = client.get("/dashboards/member-states/?period=2025")
    assert [row[:4] for row in tables(board)[0][1:]] == [["Denmark", "Anonymous tips", "4 321", "reports"]]
    assert "Anonymous tips No total: 26 figures are missing." in text(board)
    answer = client.get("/dashboards/member-states/reports.csv?period=2025")
    [row] = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (row["entity"], row["address"], row["label"], row["value"]) == (
        "dk",
        "reports.anonymous_tips",
        "Anonymous tips",
        "4321",
    )
    chart = client.get("/dashboards/member-states/reports.svg?period=2025").content.decode()
    assert "4\u202f321" in chart


def test_without_the_line_nobody_knows_it(api, monkeypatch) -> None:
    monkeypatch.undo()

    assert "reports.anonymous_tips" not in catalogue().get("member_state_statistics", "1").points
    answer = api.post("/api/v1/check/", filed(TIPS), format="json").json()
    assert [f["severity"] for f in answer["findings"] if f["address"] == TIPS["address"]] == ["error"]
