"""Everything that is public in one file: whole, the same for the same data, and with nothing that is withheld."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation

from reporting.published import dumps
from reporting.published.tasks import publish_dump
from tests.pages.world import load, tables, text
from tests.reporting.test_disclosure_public import MS, Reader, children, file_and_accept, release, truth
from tests.reporting.test_disclosure_public import small_states as small_states  # a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DUMPS_DIR = tmp_path / "dumps"
    return settings.DUMPS_DIR


def publish() -> dumps.Dump:
    made = dumps.publish()
    assert made is not None
    return made


def files(dump: dumps.Dump) -> dict[str, bytes]:
    with zipfile.ZipFile(dump.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_dump_holds_what_the_addresses_answer_and_its_checksums_are_right(entities: Any, tmp_path: Path) -> None:
    load("google 2025", "dk 2022", "nl 2022")
    release("2022")
    found = files(publish())

    for path, address in {
        "reports/provider_report/google/2025/1.csv": "provider_report/google/2025/1/report.csv",
        "reports/provider_report/google/2025/1.json": "provider_report/google/2025/1/report.json",
        "reports/provider_report/google/2025/1.txt": "provider_report/google/2025/1/report.txt",
        f"statistics/{MS}/2022.csv": f"statistics/{MS}/2022.csv",
        f"statistics/{MS}/2022.json": f"statistics/{MS}/2022.json",
        "organisations.csv": "organisations.csv",
        "organisations.json": "organisations.json",
    }.items():
        assert found.pop(path) == Client().get(f"/published/{address}").content, path
    assert set(found) == {"README.txt", "LICENSE.txt", "reports.csv", "datapackage.json", "SHA256SUMS"}
    assert b"CC BY 4.0" in found["LICENSE.txt"]
    with zipfile.ZipFile(dumps.kept()[0].path) as archive:
        archive.extractall(tmp_path / "out")
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout.count(": OK")) == (0, 11)


def test_the_data_package_describes_every_table_as_it_is(entities: Any) -> None:
    load("google 2025")
    found = files(publish())

    package = json.loads(found["datapackage.json"])

    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert {one["path"] for one in package["resources"]} == {name for name in found if name.endswith(".csv")}
    assert len({one["name"] for one in package["resources"]}) == len(package["resources"])
    for one in package["resources"]:
        data = found[one["path"]]
        head = next(csv.reader(io.StringIO(data.decode())))
        assert [field["name"] for field in one["schema"]["fields"]] == head
        assert (one["bytes"], one["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")


def test_the_same_data_gives_the_same_bytes_and_no_new_file(entities: Any, folder: Path) -> None:
    load("google 2025")
    first = publish()
    with translation.override("nl"):
        assert dumps.publish() is None
        assert publish_dump() is None
    written = io.StringIO()
    call_command("publish_dump", stdout=written)
    assert written.getvalue() == "Nothing has changed since the last dump.\n"
    assert sorted(path.name for path in folder.iterdir()) == [first.name, f"{first.name}.sha256"]

    load("meta 2022")

    assert publish().sha256 != first.sha256


def test_only_the_newest_dumps_are_kept(entities: Any, folder: Path, settings: Any, monkeypatch: Any) -> None:
    settings.DUMPS_KEPT = 2
    made, now = [], timezone.now()
    for day, receipt in enumerate(("google 2025", "meta 2022", "x 2021")):
        load(receipt)
        monkeypatch.setattr(timezone, "now", lambda day=day: now + timedelta(days=day))
        made.append(publish())

    assert [one.sha256 for one in dumps.kept()] == [made[2].sha256, made[1].sha256]
    assert len(list(folder.iterdir())) == 4


def test_a_dump_that_fails_leaves_nothing_behind(entities: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load("google 2025")
    before = publish()
    load("meta 2022")
    monkeypatch.setattr(dumps, "LICENSE", "{missing}")

    with pytest.raises(KeyError):
        dumps.publish()

    assert [one.name for one in dumps.kept()] == [before.name]
    assert len(list(folder.iterdir())) == 2


def test_dumps_are_listed_and_fetched_with_a_checksum_that_holds(entities: Any) -> None:
    load("google 2025")
    made = publish()
    page = Client().get("/published/dumps/")
    assert tables(page)[0][1][0] == made.name
    assert made.sha256 in text(page)

    answer = Client().get(f"/published/dumps/{made.name}")

    data = b"".join(answer.streaming_content)
    assert hashlib.sha256(data).hexdigest() == made.sha256
    assert (answer["Content-Type"], answer["ETag"], int(answer["Content-Length"])) == (
        "application/zip", f'"{made.sha256}"', len(data),
    )  # fmt: skip
    assert ("Cookie" in answer.get("Vary", ""), dict(answer.cookies)) == (False, {})
    assert Client().get(f"/published/dumps/{made.name}", headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert Client().get(f"/published/dumps/{made.name}.sha256").content.decode() == f"{made.sha256}  {made.name}\n"


@pytest.mark.parametrize("name", ["nothing.zip", "..%2f..%2fportal.sqlite3", "nothing.zip.sha256"])
def test_no_other_file_can_be_fetched(entities: Any, folder: Path, name: str) -> None:
    assert Client().get(f"/published/dumps/{name}").status_code == 404


def test_nobody_can_compute_a_small_count_from_all_dumps_together(small_states: None) -> None:
    reader = Reader()
    release("2025")
    first = files(publish())
    reader.keep(statistics(first), truth())
    file_and_accept("fi", "2025", children(3, 66), reason="37 girls were counted twice.")
    release("2025")
    second = files(publish())
    reader.keep(statistics(second), truth())

    reader.attack()

    assert len(reader.hidden) > 20
    for found in (first, second):
        figures = json.loads(found[f"statistics/{MS}/2025.json"])["figures"]
        assert [(one["entity"], one["address"], one["withheld"]) for one in figures] == [
            (row["entity"], row["address"], row["withheld"]) for row in statistics(found)
        ]
        assert all(one["value"] is None for one in figures if one["withheld"])
        assert not [name for name in found if name.startswith("reports/")]


def statistics(found: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(found[f"statistics/{MS}/2025.csv"].decode())))
