"""Jobs: done once, never lost, never half; our own crash never becomes a finding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from django.conf import settings
from django.utils import timezone

from submissions import actions, jobs, validation
from submissions.actions import checking, dispatching
from submissions.models import Filing, Finding, Job, Observation, Revision
from submissions.tasks import reap_jobs
from submissions.validation import validate_together
from tests.conftest import run_jobs, submission
from tests.pages.world import file_csv, load

LOST = timedelta(seconds=settings.JOB_LOST_AFTER_SECONDS + 1)
ALIVE = timedelta(seconds=settings.JOB_LOST_AFTER_SECONDS - 5)


def quiet(job: Job, silence: timedelta = LOST, **fields: Any) -> None:
    """The last heartbeat lies back."""
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - silence, **fields)


def run(job: Job, attempt: int = 1) -> None:
    """A worker took the job."""
    Job.objects.filter(pk=job.pk).update(state="running", stage="reading", attempt=attempt, started_at=timezone.now())


def stored(job: Job) -> tuple[int, int]:
    return Observation.objects.filter(revision=job.revision).count(), Finding.objects.filter(
        revision=job.revision
    ).count()


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> None:
        raise ZeroDivisionError("a rule divides by nothing")

    monkeypatch.setattr(checking, "validate_together", broken)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Something happens once, while the rules are being checked."""

    def arrange(happening: Callable[[], None]) -> None:
        def slow(*args: Any) -> Any:
            monkeypatch.setattr(checking, "validate_together", validate_together)
            happening()
            return validate_together(*args)

        monkeypatch.setattr(checking, "validate_together", slow)

    return arrange


def test_a_job_is_claimed_only_once(filed) -> None:
    job = filed()

    first, second = jobs.claim(job.pk), jobs.claim(job.pk)

    assert (first.job_id, first.revision_id, first.attempt) == (job.pk, job.revision_id, 1)
    assert second is None
    job.refresh_from_db()
    assert (job.state, job.stage, job.attempt) == ("running", "reading", 1)
    assert job.started_at is not None


def test_a_finished_job_is_not_done_again(filed) -> None:
    job = filed()
    assert actions.run_job(job_id=job.pk) is True
    before = stored(job)

    assert actions.run_job(job_id=job.pk) is False

    assert stored(job) == before
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == ("succeeded", 1, "")


def test_a_crashing_rule_puts_the_job_back_and_stores_nothing(filed, crash) -> None:
    job = filed()

    with pytest.raises(ZeroDivisionError):
        actions.run_job(job_id=job.pk)

    job.refresh_from_db()
    assert (job.state, job.stage, job.attempt, job.finished_at) == ("queued", "waiting", 1, None)
    assert job.error == "ZeroDivisionError: a rule divides by nothing"
    assert stored(job) == (0, 0)
    assert Revision.objects.get().state == "received"


def test_a_panic_below_python_puts_the_job_back_too(filed, monkeypatch) -> None:
    def panic(*_args: Any) -> None:
        raise pl.exceptions.PanicException("not implemented")

    monkeypatch.setattr(validation, "plan", panic)
    job = filed()

    with pytest.raises(RuntimeError):
        actions.run_job(job_id=job.pk)

    job.refresh_from_db()
    assert (job.state, job.attempt) == ("queued", 1)
    assert job.error == "RuntimeError: Polars panicked: not implemented"


def test_a_correction_that_keeps_a_single_figure_is_judged(entities, person) -> None:
    load("be 2022")
    filer, filing = person("be", "filer"), Filing.objects.get()

    revision = file_csv(filing, b"address,value\nreports.total,5\n", filer, replaces=1, reason="A slip.")

    assert revision.state == "checked"
    restated = set(revision.findings.filter(rule="M-PRV-007").values_list("address", flat=True))
    stood = Observation.objects.filter(revision__number=1, number__isnull=False).values_list("address", flat=True)
    assert restated == set(stood)


def test_a_job_that_crashes_every_time_fails_visibly_and_is_no_finding(filed, crash, api, person) -> None:
    job = filed()
    for _attempt in range(settings.JOB_MAX_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            actions.run_job(job_id=job.pk)

    assert actions.run_job(job_id=job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("failed", settings.JOB_MAX_ATTEMPTS)
    assert job.finished_at is not None
    assert "a rule divides by nothing" in job.error
    assert stored(job) == (0, 0)
    revision = Revision.objects.get()
    assert (revision.state, revision.checked_at, revision.errors) == ("received", None, 0)
    shown = api(person("dk", "filer")).get(f"/api/v1/jobs/{job.pk}/").json()
    assert (shown["state"], shown["result"]) == ("failed", None)
    quiet(job)
    assert jobs.reap(pytest.fail) == 0


def test_a_crash_that_passes_leaves_no_trace_in_the_verdict(filed, monkeypatch) -> None:
    job = filed()
    with monkeypatch.context() as broken:
        broken.setattr(checking, "validate_together", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.run_job(job_id=job.pk)

    assert run_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == ("succeeded", 2, "")
    assert Revision.objects.get().state == "checked"


def test_a_job_without_a_heartbeat_is_handed_out_again(filed) -> None:
    job, handed = filed(), []
    run(job)
    quiet(job)

    assert jobs.reap(handed.append) == 1

    assert handed == [job.pk]
    job.refresh_from_db()
    assert (job.state, job.stage, job.attempt) == ("queued", "waiting", 1)
    assert run_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.attempt) == ("succeeded", 2)


def test_a_job_with_a_heartbeat_is_left_alone(filed) -> None:
    job = filed()
    run(job)
    quiet(job, ALIVE)

    assert jobs.reap(pytest.fail) == 0

    job.refresh_from_db()
    assert job.state == "running"


def test_a_waiting_job_is_handed_out_when_its_hint_is_old_and_then_not_at_once_again(filed) -> None:
    job, handed = filed(), []

    assert jobs.reap(handed.append) == 0
    quiet(job)
    assert [jobs.reap(handed.append) for _ in range(3)] == [1, 0, 0]

    assert handed == [job.pk]
    assert Job.objects.get().state == "queued"


def test_a_job_whose_worker_is_lost_at_every_attempt_fails_visibly(filed) -> None:
    job = filed()
    run(job, settings.JOB_MAX_ATTEMPTS)
    quiet(job)

    assert jobs.reap(pytest.fail) == 0

    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "The worker was lost at every attempt.")
    assert job.finished_at is not None
    assert Revision.objects.get().state == "received"


def test_the_reaper_leaves_finished_jobs_alone(filed) -> None:
    job = filed()
    assert run_jobs() == 1
    quiet(job)

    assert jobs.reap(pytest.fail) == 0
    assert Job.objects.get().state == "succeeded"


def test_a_heartbeat_shows_progress_and_stops_when_the_job_is_given_away(filed) -> None:
    job = filed()
    mine = jobs.claim(job.pk)
    mine.stage, mine.rows_done, mine.rows_total = "storing", 40, 100
    quiet(job)

    assert jobs.beat(mine) is True
    job.refresh_from_db()
    assert (job.stage, job.rows_done, job.rows_total) == ("storing", 40, 100)
    assert timezone.now() - job.heartbeat_at < timedelta(seconds=5)

    Job.objects.update(attempt=2)
    assert jobs.beat(mine) is False


def test_a_slow_worker_whose_job_was_given_away_stores_nothing(filed, meanwhile) -> None:
    job = filed()

    def given_away_and_done() -> None:
        quiet(job)
        assert jobs.reap(lambda pk: None) == 1
        assert actions.run_job(job_id=job.pk) is True
        job.refresh_from_db()
        after.append((job.state, job.attempt, job.finished_at, stored(job)))

    after: list[Any] = []
    meanwhile(given_away_and_done)

    assert actions.run_job(job_id=job.pk) is False

    job.refresh_from_db()
    assert [(job.state, job.attempt, job.finished_at, stored(job))] == after
    assert (job.state, job.attempt, job.error) == ("succeeded", 2, "")
    assert stored(job)[0] == 1
    positions = list(Finding.objects.values_list("position", flat=True))
    assert positions == list(range(len(positions)))


def test_a_slow_worker_stores_nothing_while_another_is_at_work(filed, meanwhile) -> None:
    job = filed()

    def given_away() -> None:
        quiet(job)
        assert jobs.reap(lambda pk: None) == 1
        assert jobs.claim(job.pk) is not None

    meanwhile(given_away)

    assert actions.run_job(job_id=job.pk) is False

    job.refresh_from_db()
    assert (job.state, job.attempt) == ("running", 2)
    assert stored(job) == (0, 0)
    assert Revision.objects.get().state == "received"


def test_a_revision_withdrawn_while_it_is_checked_stays_withdrawn(filed, meanwhile, person) -> None:
    job = filed()
    meanwhile(
        lambda: actions.withdraw_revision(revision=job.revision, reason="Too early.", by=person("dk", "filer")) and None
    )

    assert actions.run_job(job_id=job.pk) is True

    revision = Revision.objects.get()
    assert (revision.state, revision.decision_reason) == ("withdrawn", "Too early.")
    assert revision.checked_at is not None
    assert stored(job)[0] == 1


@pytest.fixture
def three(filed) -> dict[str, Job]:
    """Filings of three states that wait to be checked."""
    return {state: filed(state, reports) for state, reports in (("dk", 10744), ("se", 12), ("nl", -1))}


def states() -> dict[str, str]:
    return dict(Job.objects.order_by("pk").values_list("revision__filing__obligation__entity__code", "state"))


def test_small_checks_that_wait_are_done_together_each_with_its_own_verdict(three) -> None:
    assert actions.run_job(job_id=three["dk"].pk) is True

    assert states() == {"dk": "succeeded", "se": "succeeded", "nl": "succeeded"}
    assert [actions.run_job(job_id=job.pk) for job in three.values()] == [False] * 3
    for state, job in three.items():
        revision = Revision.objects.with_names().select_related("source").get(job=job)
        alone = checking.judge(revision.filing, checking.canonical_lines(revision))
        found = list(Finding.objects.filter(revision=revision).values_list("rule", "address", "line", "value"))
        assert found == [(f.rule, f.address, f.line, f.value) for f in alone.findings], state
        assert {name: getattr(revision, name) for name in checking.counts(alone)} == checking.counts(alone)
        assert (revision.state, revision.checked_at is None) == ("checked", False)
        job.refresh_from_db()
        assert (job.stage, job.attempt, job.rows_done, job.rows_total) == ("done", 1, 1, 1)
    values = dict(Observation.objects.values_list("revision__filing__obligation__entity__code", "value"))
    assert values == {"dk": "10744", "se": "12"}  # the one of NL cannot be used: there are no -1 reports


def test_a_check_that_crashes_keeps_none_beside_it_from_its_verdict(three, monkeypatch) -> None:
    def broken(definition: Any, filed: Any) -> Any:
        if "se" in [context.head.entity for _lines, context in filed]:
            raise ZeroDivisionError("a rule divides by nothing")
        return validate_together(definition, filed)

    monkeypatch.setattr(checking, "validate_together", broken)

    assert actions.run_job(job_id=three["dk"].pk) is True

    assert states() == {"dk": "succeeded", "se": "queued", "nl": "succeeded"}
    three["se"].refresh_from_db()
    assert (three["se"].stage, three["se"].attempt) == ("waiting", 1)
    assert three["se"].error == "ZeroDivisionError: a rule divides by nothing"
    assert stored(three["se"]) == (0, 0)
    assert stored(three["dk"])[0] == 1


def test_a_check_given_away_while_others_are_done_with_it_is_stored_once(three, meanwhile) -> None:
    def given_away_and_done() -> None:
        quiet(three["se"])
        assert jobs.reap(lambda pk: None) == 1
        assert actions.run_job(job_id=three["se"].pk) is True

    meanwhile(given_away_and_done)

    assert actions.run_job(job_id=three["dk"].pk) is True

    assert states() == {"dk": "succeeded", "se": "succeeded", "nl": "succeeded"}
    three["se"].refresh_from_db()
    assert three["se"].attempt == 2
    assert [stored(job)[0] for job in three.values()] == [1, 1, 0]


def test_a_large_filing_is_checked_by_itself(three) -> None:
    Job.objects.filter(pk=three["nl"].pk).update(rows_total=jobs.SMALL + 1)

    assert actions.run_job(job_id=three["dk"].pk) is True

    assert states() == {"dk": "succeeded", "se": "succeeded", "nl": "queued"}
    assert actions.run_job(job_id=three["nl"].pk) is True


def test_without_a_broker_the_filing_still_gets_its_receipt_and_is_handed_out_later(
    api, person, monkeypatch, real_broker, django_capture_on_commit_callbacks
) -> None:
    sent: list[list[int]] = []

    def away(name: str, args: list[int]) -> None:
        raise OSError("the broker is away")

    monkeypatch.setattr(dispatching.app, "send_task", away)
    body = submission("member_state_statistics", "dk", "2025", {"address": "reports.total", "value": 5})
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        answer = api(person("dk", "filer")).post("/api/v1/revisions/", body, format="json")

    assert len(callbacks) == 1
    assert (answer.status_code, answer.json()["receipt"]["number"]) == (201, "MS-2025-dk-1")
    job = Job.objects.get()
    assert job.state == "queued"

    quiet(job)
    assert reap_jobs() == 1  # the broker is still away
    assert Job.objects.get().state == "queued"
    quiet(job)
    monkeypatch.setattr(dispatching.app, "send_task", lambda name, args: sent.append(args))
    assert reap_jobs() == 1
    assert sent == [[job.pk]]
    assert run_jobs() == 1
    assert Revision.objects.get().state == "checked"
