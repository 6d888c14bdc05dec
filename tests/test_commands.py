"""Commands of `manage.py` for people who run the portal."""

from __future__ import annotations

import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.models import User
from submissions.models import Job, Revision
from tests.conftest import submission

FORM = Path(settings.DEFINITIONS_DIR) / "provider_report_2024"


def said(*command: object) -> str:
    out = StringIO()
    call_command(*(str(word) for word in command), stdout=out)
    return out.getvalue()


@pytest.mark.pure
def test_check_definition_names_what_a_sound_folder_holds() -> None:
    assert said("check_definition", FORM).startswith("provider_report_2024: 155 data points, 78 rules, fingerprint ")


@pytest.mark.pure
@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("data_points.csv", ",images,", ",picture,", "data_points.csv: data.images.eu.unit: unknown unit 'picture'"),
        ("rules.toml", 'kind = "alike"', 'kind = "alikes"', "there is no kind of rule 'alikes'"),
        ("rules.toml", "sharing.ncmec", "sharing.ncmek", "unknown data point 'sharing.ncmek'"),
    ],
)
def test_check_definition_names_file_and_key_of_a_fault(
    tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    folder = tmp_path / "provider_report_2024"
    shutil.copytree(FORM, folder)
    (folder / file).write_text((folder / file).read_text().replace(old, new, 1))
    with pytest.raises(CommandError) as refused:
        said("check_definition", folder)
    assert told in str(refused.value)
    assert str(folder / file) in str(refused.value)


def test_reap_jobs_hands_out_what_waits_too_long(api, person, no_broker: list[int]) -> None:
    answer = api(person("dk", "filer")).post(
        "/api/v1/revisions/", submission("member_state_statistics", "dk", "2025"), format="json"
    )
    job = answer.json()["job"]["id"]
    no_broker.clear()
    assert said("reap_jobs") == "0 jobs handed out.\n"
    Job.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    assert said("reap_jobs") == "1 jobs handed out.\n"
    assert no_broker == [job]


def test_demo_users_are_made_in_demo_mode_only(entities, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError):
        said("make_demo_users")
    assert User.objects.count() == 0
    settings.DEMO = True
    monkeypatch.setenv("DEMO_PASSWORD", "a-password-of-the-test")
    assert "reviewer@commission.example" in said("make_demo_users")
    assert User.objects.get(email="filer@dk.example").check_password("a-password-of-the-test")


@pytest.mark.django_db
def test_generated_filings_are_filed_checked_and_accepted_once_and_say_that_they_are_generated() -> None:
    for expected in ("4 generated filings.", "0 generated filings."):
        assert said("load_generated", "--entities", 2, "--years", 2, "--seed", 3).strip() == expected

    made = Revision.objects.filter(filing__obligation__entity__code__startswith="generated-")
    assert {(r.state.removesuffix("_with_reservations"), r.note) for r in made} == {
        ("accepted", "Generated; nobody filed this.")
    }
    assert all("not real" in r.filing.entity.name for r in made)
    assert set(made.values_list("filing__period__label", flat=True)) == {"2001", "2002"}


@pytest.mark.django_db
def test_generated_filings_do_not_come_among_those_that_people_made(api, person) -> None:
    body = submission("member_state_statistics", "dk", "2025", {"address": "reports.total", "value": 5})
    api(person("dk", "filer")).post("/api/v1/revisions/", body, format="json")

    with pytest.raises(CommandError, match="filings that people made"):
        said("load_generated", "--entities", 2, "--years", 1)

    assert Revision.objects.count() == 1
