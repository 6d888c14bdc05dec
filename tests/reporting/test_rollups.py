"""Sums of long filings: the same as adding the lines by hand, made after acceptance, kept with their revision."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone

from portal.models import User
from reporting.models import Rollup, SummedRevision
from reporting.rollups import reading, tasks
from reporting.rollups.summing import sum_revision, unsummed
from submissions import actions
from submissions.actions import dispatching
from submissions.models import Observation, Revision
from tests.pages.world import file_csv, start
from tests.reporting.measured import SERIES, accepted

pytestmark = pytest.mark.django_db
LOCATIONS = ["observed.locations"]


@pytest.fixture
def filer(person) -> User:
    return person("libra", "filer")


@pytest.fixture
def reviewer(person) -> User:
    return person("commission", "reviewer")


def by_member(user: User, revision: Revision, code: str, *over: str) -> dict[str, dict[str, object]]:
    return {row["members"]: row for row in reading.sums(user, [revision.pk], [code], over).to_dicts()}


def test_sums_are_what_adding_the_lines_by_hand_gives_and_tell_what_they_leave_out(filer, reviewer) -> None:
    revision = accepted("libra", filer, reviewer)

    sum_revision(revision.pk)

    countries = by_member(reviewer, revision, "observed.locations", "hosting_country")
    asked = ("lines", "added", "hedged", "provisional", "total")
    assert {place: tuple(row[name] for name in asked) for place, row in countries.items()} == {
        "NL": (2, 2, 0, 1, 150.0),
        "GR": (3, 1, 1, 0, 30.0),  # one figure covers half a month, and one was not collected
    }
    months = by_member(reviewer, revision, "observed.locations", "month")
    assert {month: row["total"] for month, row in months.items()} == {
        "2025-01": 130.0,
        "2025-02": 50.0,
        "2025-03": None,
    }
    pairs = by_member(reviewer, revision, "displaced.locations", "hosting_country", "moved_to")
    assert {place: row["total"] for place, row in pairs.items()} == {"NL,DE": 4.0, "NL,GR": 20.0}


def test_a_median_is_in_no_sum(filer, reviewer) -> None:
    sum_revision(accepted("libra", filer, reviewer).pk)

    assert set(Rollup.objects.values_list("code", flat=True)) == {
        "observed.locations",
        "removed.locations",
        "displaced.locations",
    }


def test_made_again_they_are_the_same_and_of_what_is_not_accepted_there_are_none(filer, reviewer) -> None:
    revision = accepted("libra", filer, reviewer)
    rows = Rollup.objects.order_by("over", "code", "members", "obs_status").values_list(
        "over", "code", "members", "obs_status", "lines", "total"
    )
    sum_revision(revision.pk)
    first = list(rows)

    sum_revision(revision.pk)

    assert list(rows) == first
    later = file_csv(
        revision.filing, SERIES.replace(",100,", ",90,").encode(), filer, replaces=1, reason="Counted again."
    )
    assert sum_revision(later.pk) == 0
    assert SummedRevision.objects.count() == 1


def test_an_acceptance_hints_a_worker_after_the_commit_and_the_sweep_finds_what_the_broker_lost(
    filer, reviewer, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    told: list[tuple[str, int]] = []
    monkeypatch.setattr(dispatching, "hint", lambda task, key: told.append((task, key)))
    with django_capture_on_commit_callbacks(execute=True):
        revision = accepted("libra", filer, reviewer)
    assert (tasks.sum_up.name, revision.pk) in told
    assert list(unsummed()) == [revision.pk]

    assert tasks.sweep() == 1
    assert (list(unsummed()), tasks.sweep()) == ([], 0)


def test_the_acceptance_of_a_return_without_long_series_hints_nobody(
    person, reviewer, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    told: list[str] = []
    monkeypatch.setattr(dispatching, "hint", lambda task, key: told.append(task))
    filer = person("dk", "filer")
    data = b"address,value\nreports.total,5\n"
    with django_capture_on_commit_callbacks(execute=True):
        revision = file_csv(start("member_state_statistics", "dk", "2025", filer), data, filer)
        actions.decide_revision(revision=revision, decision="accept_with_reservations", reason="A test.", by=reviewer)

    assert tasks.sum_up.name not in told
    assert list(unsummed()) == []


def test_sums_of_other_dimensions_are_made_again(filer, reviewer) -> None:
    revision = accepted("libra", filer, reviewer)
    sum_revision(revision.pk)
    SummedRevision.objects.update(asked="what an older definition asked")

    assert list(unsummed()) == [revision.pk]


def test_as_of_an_earlier_day_the_sums_are_those_of_the_revision_that_counted_then(filer, reviewer) -> None:
    first = accepted("libra", filer, reviewer)
    yesterday = timezone.localdate() - timedelta(days=1)
    noon = timezone.make_aware(datetime.combine(yesterday, datetime.min.time())) + timedelta(hours=12)
    Revision.objects.filter(pk=first.pk).update(decided_at=noon)
    second = accepted("libra", filer, reviewer, SERIES.replace(",100,", ",90,"), replaces=1, reason="Counted again.")
    assert tasks.sweep() == 2

    def total(day: object) -> tuple[int, object]:
        [one] = reading.standing(reviewer, "measurement_series", day)
        row = reading.sums(reviewer, [one.revision], LOCATIONS, ["month"]).filter(month="2025-01").to_dicts()[0]
        return one.revision, row["total"]

    assert total(yesterday) == (first.pk, 130.0)
    assert total(None) == (second.pk, 120.0)


def test_others_see_no_sums(filer, reviewer, person) -> None:
    revision = accepted("libra", filer, reviewer)
    sum_revision(revision.pk)
    stranger = person("google", "filer")

    assert reading.standing(stranger, "measurement_series") == []
    assert reading.sums(stranger, [revision.pk], LOCATIONS, ["month"]).is_empty()
    assert not reading.sums(filer, [revision.pk], LOCATIONS, ["month"]).is_empty()


def test_a_panel_that_sums_over_an_unknown_dimension_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "measurement_series_1"
    shutil.copytree(Path(settings.DEFINITIONS_DIR) / folder.name, folder)
    file = folder / "definition.toml"
    file.write_text(file.read_text().replace('sums = [["hosting_country"]', 'sums = [["hosting_planet"]', 1))

    with pytest.raises(CommandError, match=r"panel\.hot_spots\.sums: unknown dimension 'hosting_planet'"):
        call_command("check_definition", folder)


# Generated volume -----------------------------------------------------------------------------------------


def test_generated_series_have_as_many_lines_as_asked_and_are_accepted_and_summed_once() -> None:
    def made() -> str:
        out = StringIO()
        call_command("load_generated", entities=0, years=2, rows=700, sources=2, seed=5, stdout=out)
        return out.getvalue()

    assert made() == "4 generated filings.\n"
    revisions = Revision.objects.filter(filing__obligation__entity__code__startswith="generated-measurement-")
    assert {(r.state, r.lines, r.errors, r.warnings, r.note) for r in revisions} == {
        ("accepted", 700, 0, 0, "Generated; nobody filed this.")
    }
    assert Observation.objects.filter(revision__in=revisions).count() == 4 * 700
    assert SummedRevision.objects.count() == 4
    for code in ("observed.locations", "removed.locations", "displaced.locations"):
        lines = Observation.objects.filter(code=code, revision__in=revisions).aggregate(n=Sum("number"))["n"]
        assert Rollup.objects.filter(code=code, over="hosting_country").aggregate(n=Sum("total"))["n"] == lines > 0

    assert made() == "0 generated filings.\n"
    assert Observation.objects.filter(revision__in=revisions).count() == 4 * 700
