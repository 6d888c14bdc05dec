"""Four eyes: a person cannot file past them with a token; a machine files under the key it was given."""

from __future__ import annotations

import pytest

from portal.models import ReportingEntity
from submissions.models import Draft, Filing, Revision
from tests.api.machines import client, with_token
from tests.conftest import submission

pytestmark = pytest.mark.django_db
FILED = submission("member_state_statistics", "dk", "2025", {"address": "reports.total", "value": "1"})


@pytest.fixture(autouse=True)
def four_eyes(entities) -> None:
    ReportingEntity.objects.filter(code="dk").update(four_eyes=True)


@pytest.mark.parametrize("role", ["filer", "signatory"])
def test_a_person_with_a_token_is_sent_to_the_page_and_nothing_is_filed(api, person, role) -> None:
    answer = api(person("dk", role)).post("/api/v1/revisions/", FILED, format="json")

    assert (answer.status_code, answer.json()["code"]) == (422, "four_eyes")
    assert (Revision.objects.count(), Filing.objects.count()) == (0, 0)


def test_a_draft_may_be_saved_but_not_filed_by_its_author(api, person) -> None:
    filer = api(person("dk", "filer"))
    filing = filer.post("/api/v1/filings/", {key: FILED[key] for key in ("return", "entity", "period")}, format="json")
    path = f"/api/v1/filings/{filing.json()['id']}/"
    filer.put(path + "draft/", {"observations": FILED["observations"]}, format="json")

    answer = filer.post(path + "submit/", {}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (422, "four_eyes")
    assert Draft.objects.get().observations == FILED["observations"]
    assert not Revision.objects.exists()


def test_a_client_files_under_its_key(entities) -> None:
    answer = with_token(client("dk")).post("/api/v1/revisions/", FILED, format="json")

    assert answer.status_code == 201
