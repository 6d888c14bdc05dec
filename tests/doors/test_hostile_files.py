"""Every hostile file at the door of a person and at the door of a machine: a clear answer, and nothing is left of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from submissions.models import Filing, Job, Observation, Revision, Source, Upload
from tests.conftest import run_jobs
from tests.pages.world import signed_in, start
from tests.workbook import hostile

FILES = list(hostile.files())
HEAD = {"return": "member_state_statistics", "entity": "dk", "period": "2025"}


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def kept_bytes() -> int:
    return sum(len(bytes(content)) for content in Upload.objects.values_list("content", flat=True))


@pytest.mark.django_db
def test_each_is_refused_with_its_own_code_and_nothing_of_it_is_kept(person, api, scratch) -> None:
    filer = person("dk", "filer")
    filing: Filing = start("member_state_statistics", "dk", "2025", filer)
    browser, machine = signed_in(filer), api(filer)

    for file in FILES:
        data = file.make()
        page = browser.post(f"/filings/{filing.pk}/upload/", {"file": SimpleUploadedFile(file.name, data)})
        sent = machine.post(
            "/api/v1/uploads/", {**HEAD, "file": SimpleUploadedFile(file.name, data)}, format="multipart"
        )
        assert page.status_code in (302, 422), (file.id, page.status_code)
        assert sent.status_code in (202, 400, 415, 422), (file.id, sent.status_code, sent.content[:300])
        run_jobs()
        codes = {fault["code"] for upload in Upload.objects.all() for fault in upload.faults}
        codes |= {error["code"] for error in sent.json().get("errors", [])}
        assert file.code in codes, (file.id, codes)
        assert set(Job.objects.values_list("state", flat=True)) <= {"succeeded"}, file.id
        assert kept_bytes() == 0, file.id
        Upload.objects.all().delete()
        assert list(scratch.iterdir()) == [], file.id

    assert (Revision.objects.count(), Source.objects.count(), Observation.objects.count()) == (0, 0, 0)
