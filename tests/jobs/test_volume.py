"""Two hundred thousand observations take the same path as a hundred."""

from __future__ import annotations

import time

import pytest
from django.db.models import Sum

from submissions import actions
from submissions.models import Finding, Job, Observation, Revision
from tests.jobs import generated

pytestmark = [pytest.mark.served, pytest.mark.django_db(transaction=True)]
ROWS = 200_000


def test_200_000_observations_are_received_checked_and_stored(api, person) -> None:
    client = api(person("libra", "filer"))
    data, lines = generated.as_csv(ROWS), generated.lines(ROWS)
    begun = time.perf_counter()

    answer = client.generic("POST", "/api/v1/revisions/", data, "text/csv", QUERY_STRING=generated.HEAD)
    assert answer.status_code == 201
    assert actions.run_job(job_id=answer.json()["job"]["id"]) is True

    assert time.perf_counter() - begun < 30  # a guard; the figures are in benchmarks/
    revision = Revision.objects.get()
    broken = len(generated.cells()) // generated.BROKEN_EVERY
    assert (revision.state, revision.lines) == ("checked", ROWS)
    assert (revision.errors, revision.warnings, revision.infos, revision.not_evaluated) == (0, broken, 0, 0)
    assert sorted(Finding.objects.values_list("rule", flat=True)) == ["S-PRT-001"] * broken

    stored = Observation.objects.filter(revision=revision)
    assert stored.count() == ROWS
    for number in (0, 1, 12_345, 100_000, ROWS - 1):
        one = stored.get(line=number + 2)  # line 1 of the file is the header
        assert (one.address, one.value) == lines[number]
    for code in ("observed.locations", "displaced.locations", "removed.median_time"):
        filed = sum(float(value) for address, value in lines if address.startswith(code))
        assert stored.filter(code=code).aggregate(total=Sum("number"))["total"] == filed

    job = Job.objects.get()
    assert (job.state, job.stage, job.rows_done, job.rows_total) == ("succeeded", "done", ROWS, ROWS)
    assert set(job.seconds) == {"reading", "checking", "storing"}
    assert all(seconds > 0 for seconds in job.seconds.values())


def test_the_same_content_sent_again_is_recognised_at_that_size_too(api, person) -> None:
    client = api(person("libra", "filer"))
    data = generated.as_csv(ROWS)
    header, first, *rest = data.splitlines(keepends=True)

    answers = [
        client.generic("POST", "/api/v1/revisions/", body, "text/csv", QUERY_STRING=generated.HEAD)
        for body in (data, b"".join([header, *reversed(rest), first]))
    ]

    assert [a.status_code for a in answers] == [201, 200]
    assert answers[0].json()["receipt"] == answers[1].json()["receipt"]
    assert Revision.objects.count() == 1
