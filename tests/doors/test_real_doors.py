"""A real filing of each return through each door as its users open it: one content, one hash, the same findings."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from portal.access import Role
from portal.models import Membership, User
from submissions import actions, publications
from submissions.canonical import raw_frame
from submissions.models import Filing, Finding, Obligation, ReportingPeriod, Revision
from submissions.sources import XLSX
from submissions.workbook.writing import write_workbook
from tests.conftest import run_jobs
from tests.pages.browser import fields_of
from tests.pages.world import form_data, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_static_files")]
FILED = [
    "provider_report/2025/google",
    "provider_report/2022/meta",
    "member_state_statistics/2022/dk",
    "reference_statistics/2022/ncmec",
    "measurement_series/2021/libra",
]
Line = dict[str, str]


@pytest.fixture
def plain_static_files(settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


class Filer:
    """Somebody who files and signs for an entity, by every door."""

    def __init__(self, user: User, machine: Any, filing: Filing, data: bytes) -> None:
        self.user, self.machine, self.filing, self.data = user, machine, filing, data
        self.browser: Client = signed_in(user)
        rows = csv.DictReader(io.StringIO(data.decode()))
        self.lines: list[Line] = [{name: text for name, text in row.items() if text} for row in rows]

    @property
    def head(self) -> dict[str, str]:
        head = self.filing.head
        return {"return": head.return_id, "entity": head.entity, "period": head.period}

    def workbook(self) -> bytes:
        out = io.BytesIO()
        frame = raw_frame(self.lines)
        write_workbook(
            out, self.filing.definition, self.filing.head, entity_name="X", language="nl", observations=frame
        )
        return out.getvalue()

    def by_json(self) -> None:
        self.post("/api/v1/revisions/", json.dumps(self.head | {"observations": self.lines}), "application/json", 201)

    def by_csv(self) -> None:
        self.post("/api/v1/revisions/", self.data, "text/csv", 201, self.head)

    def by_ndjson(self) -> None:
        text = "\n".join(json.dumps(line) for line in self.lines)
        self.post("/api/v1/revisions/", text, "application/x-ndjson", 201, self.head)

    def by_bulk(self) -> None:
        body = json.dumps({"filings": [self.head | {"observations": self.lines}]})
        self.post("/api/v1/revisions/bulk/", body, "application/json", 200)

    def by_sent_workbook(self) -> None:
        self.post("/api/v1/uploads/", self.workbook(), XLSX, 202, self.head)

    def by_page_workbook(self) -> None:
        file = SimpleUploadedFile("filled.xlsx", self.workbook())
        answer = self.browser.post(f"/filings/{self.filing.pk}/upload/", {"file": file})
        assert answer.status_code == 302, answer.content
        assert run_jobs() == 1
        upload = self.filing.uploads.get()
        self.sign(f"?upload={upload.pk}")

    def by_form(self) -> None:
        """A draft of an API client is opened in the form; every section is sent as it stands, then it is signed."""
        actions.save_draft(filing=self.filing, observations=self.lines, edition=None, by=self.user)
        for category in self.filing.definition.categories:
            place = f"/filings/{self.filing.pk}/edit/{category}/"
            answer = self.browser.post(place, fields_of(self.browser.get(place)))
            assert answer.status_code == 302, answer.content
        self.sign("")

    def sign(self, query: str) -> None:
        place = f"/filings/{self.filing.pk}/sign/{query}"
        page = self.browser.get(place)
        html = page.content.decode()
        answered = {f"text-{key}": "As published." for key in re.findall(r'name="text-(\w+)"', html)}
        ticks = {"errors_known": "on", "certified": "on", "name": "Somebody"}
        answer = self.browser.post(place, form_data(page) | answered | ticks)
        assert answer.status_code == 302, answer.content

    def post(self, path: str, body: Any, media_type: str, expected: int, query: dict[str, str] | None = None) -> None:
        answer = self.machine.post(path, body, content_type=media_type, query_params=query)
        assert answer.status_code == expected, answer.content


@pytest.fixture
def filer(entities, api) -> Callable[[str], Filer]:
    def make(name: str) -> Filer:
        return_id, label, code = name.split("/")
        user = User.objects.create_user(f"all-doors@{code}.test")
        for role in (Role.FILER, Role.SIGNATORY):
            Membership.objects.create(user=user, entity=entities[code], role=role)
        obligation = Obligation.objects.select_related("entity").get(entity=entities[code], return_id=return_id)
        period = ReportingPeriod.objects.get(return_id=return_id, label=label)
        filing = actions.start_filing(obligation=obligation, period=period, by=user)
        return Filer(user, api(user), filing, (publications.FOLDER / f"{name}.csv").read_bytes())

    return make


DOORS: dict[str, Callable[[Filer], None]] = {
    name.removeprefix("by_"): door for name, door in vars(Filer).items() if name.startswith("by_")
}


def through(door: Callable[[Filer], None], filer: Filer) -> tuple[str, list[Any]]:
    """The hash on the receipt and every finding but for its place, of a filing that is then undone."""
    with transaction.atomic():
        door(filer)
        run_jobs()
        revision = Revision.objects.get(filing=filer.filing)
        assert revision.checked_at is not None
        found = Finding.objects.filter(revision=revision).values_list(
            "rule", "severity", "address", "field", "value", "related", "params", "blocked_by"
        )
        seen = revision.content_hash, sorted(map(str, found))
        transaction.set_rollback(True)
    return seen


@pytest.mark.parametrize("name", FILED)
def test_every_door_gives_the_same_receipt_and_the_same_findings(filer, name) -> None:
    somebody = filer(name)
    seen = {door_name: through(door, somebody) for door_name, door in DOORS.items()}

    assert set(seen) == {"json", "csv", "ndjson", "bulk", "sent_workbook", "page_workbook", "form"}
    assert {digest for digest, _ in seen.values()} == {seen["json"][0]}
    for door_name, (_, found) in seen.items():
        assert found == seen["json"][1], door_name
