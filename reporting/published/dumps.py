"""Everything that is public in one file, written every night: CSV and JSON, described as a Frictionless data package,
with checksums. The same data gives the same bytes, so a night in which nothing changed makes no new file."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from reporting.published import copies, figures, register
from reporting.published.reports import reports
from reporting.published.serving import LICENCE_URL, attribution, csv_bytes
from reporting.released import released

FIXED = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive: with the real one, no two archives were ever the same."""
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
README = """Everything that the submissions portal has published under Regulation (EU) 2021/1232.

reports.csv                 every version of every published report, with the sha256 of its content
reports/<return>/<entity>/<period>/<number>.csv, .json, .txt
                            the report as filed; .txt is the canonical content, to which the sha256 belongs
statistics/<return>/<period>.csv, .json
                            statistics of the Member States as released; small counts of people are withheld
organisations.csv, .json    the register of organisations
datapackage.json            what each CSV file holds (Frictionless data package)
SHA256SUMS                  sha256 of every other file: sha256sum --check SHA256SUMS

Licence: CC BY 4.0, see LICENSE.txt.
"""
LICENSE = """Creative Commons Attribution 4.0 International (CC BY 4.0)
{url}

You may share and adapt this material, also commercially, if you name the source and say what you changed.
Source: {attribution}
"""


@dataclass(frozen=True)
class Entry:
    """One file of the archive; `columns` of a CSV file, for its description."""

    path: str
    data: bytes
    columns: Sequence[str] = ()


@dataclass(frozen=True)
class Dump:
    path: Path
    sha256: str
    size: int
    written_at: datetime

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def checksum_line(self) -> str:
        return f"{self.sha256}  {self.name}\n"


# What is in it ------------------------------------------------------------------------------------------------


def entries() -> Iterator[Entry]:
    """Every public file, in an order that hangs on nothing but the data."""
    found = sorted(reports(), key=lambda one: (one.period.return_id, one.entity.code, one.period.label))
    versions = [(report, version) for report in found for version in reversed(report.versions)]
    table = [copies.version_record(version) for _report, version in versions]
    yield Entry("reports.csv", csv_bytes(copies.VERSIONS_HEAD, table), copies.VERSIONS_HEAD)
    for report, version in versions:
        place = f"reports/{report.period.return_id}/{report.entity.code}/{report.period.label}/{version.number}"
        yield Entry(f"{place}.csv", copies.as_csv(version), copies.HEAD)
        yield Entry(f"{place}.json", copies.as_json(report, version))
        yield Entry(f"{place}.txt", copies.canonical(version))
    for (return_id, label), one in sorted(released().items()):
        yield Entry(f"statistics/{return_id}/{label}.csv", figures.as_csv(one), figures.HEAD)
        yield Entry(f"statistics/{return_id}/{label}.json", figures.as_json(one))
    yield Entry("organisations.csv", register.as_csv(), register.HEAD)
    yield Entry("organisations.json", register.as_json())


def described(some: Sequence[dict[str, Any]]) -> bytes:
    """The data package: name, licence, and every CSV file with its columns."""
    package = {
        "$schema": PROFILE,
        "name": "submissions-portal",
        "title": "Published reports, statistics and organisations under Regulation (EU) 2021/1232",
        "licenses": [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0", "path": LICENCE_URL}],
        "sources": [{"title": attribution()}],
        "resources": some,
    }
    return json.dumps(package, ensure_ascii=False, indent=1).encode()


def resource(entry: Entry, sha256: str) -> dict[str, Any]:
    return {
        "name": entry.path.removesuffix(".csv").replace("/", "-").lower(),
        "path": entry.path,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(entry.data),
        "hash": f"sha256:{sha256}",
        # Every cell is read as text: an answer is a number in one line and a sentence in the next.
        "schema": {"fields": [{"name": name, "type": "string"} for name in entry.columns]},
    }


def write(out: Path) -> None:
    """The archive. One file of it is in memory at a time."""
    sums: dict[str, str] = {}
    resources: list[dict[str, Any]] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(path: str, data: bytes) -> None:
            info = zipfile.ZipInfo(path, FIXED)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, data)
            sums[path] = hashlib.sha256(data).hexdigest()

        add("README.txt", README.encode())
        add("LICENSE.txt", LICENSE.format(url=LICENCE_URL, attribution=attribution()).encode())
        for entry in entries():
            add(entry.path, entry.data)
            resources += [resource(entry, sums[entry.path])] if entry.columns else []
        add("datapackage.json", described(resources))
        add("SHA256SUMS", "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(sums.items())).encode())


# Keeping them -------------------------------------------------------------------------------------------------


def folder() -> Path:
    return Path(settings.DUMPS_DIR)


def publish() -> Dump | None:
    """Write a dump, unless the last one says the same; keep the newest `DUMPS_KEPT`. Returns the new one."""
    folder().mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(suffix=".part", dir=folder())
    os.close(handle)
    temporary = Path(draft)
    try:
        with translation.override("en"):
            write(temporary)
        sha256 = sha256_of(temporary)
        if any(one.sha256 == sha256 for one in kept()[:1]):
            return None
        return keep(temporary, sha256)
    finally:
        temporary.unlink(missing_ok=True)


def keep(temporary: Path, sha256: str) -> Dump:
    """Renamed in one step, its checksum first: whoever sees the file sees it whole."""
    path = folder() / f"{timezone.now():%Y-%m-%dT%H%M%SZ}-{sha256[:8]}.zip"
    temporary.chmod(0o644)
    checksum = checksum_file(path)
    beside = checksum.with_suffix(".part")
    beside.write_text(f"{sha256}  {path.name}\n", encoding="ascii")
    beside.replace(checksum)
    temporary.replace(path)
    for old in kept()[settings.DUMPS_KEPT :]:
        old.path.unlink(missing_ok=True)
        checksum_file(old.path).unlink(missing_ok=True)
    return as_kept(path)


def checksum_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def sha256_of(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def kept() -> list[Dump]:
    """The newest first."""
    found = []
    for path in sorted(folder().glob("*.zip"), reverse=True) if folder().is_dir() else []:
        with suppress(FileNotFoundError):  # a newer dump has just pushed it out
            found.append(as_kept(path))
    return found


def named(name: str) -> Dump | None:
    return next((one for one in kept() if one.name == name), None)


def as_kept(path: Path) -> Dump:
    state = path.stat()
    sha256 = checksum_file(path).read_text(encoding="ascii").split()[0]
    return Dump(path, sha256, state.st_size, datetime.fromtimestamp(state.st_mtime, UTC))
