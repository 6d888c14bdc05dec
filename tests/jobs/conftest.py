"""For tests of jobs: the real broker, and a filing that waits to be checked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from submissions.models import Job
from tests.conftest import submission


@pytest.fixture
def filed(api, person) -> Callable[..., Job]:
    """A submission through the API, and its job."""

    def file(state: str = "dk", reports: int = 10744) -> Job:
        body = submission("member_state_statistics", state, "2025", {"address": "reports.total", "value": reports})
        answer = api(person(state, "filer")).post("/api/v1/revisions/", body, format="json")
        return Job.objects.select_related("revision__filing").get(pk=answer.json()["job"]["id"])

    return file
