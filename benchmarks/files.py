"""Large files from upload to stored findings, beside a peer that only validates them, and beside the floor that reading
and COPY set on the same machine."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl
from django.db import connection
from frictionless import Resource, Schema, fields, validate
from python_calamine import CalamineWorkbook
from rest_framework.test import APIClient

from benchmarks import generated
from benchmarks.portal import done, peak_memory, timed, token, worker
from submissions import actions
from submissions.bulk import copy, in_order
from submissions.canonical import FIELDS
from submissions.models import Observation, Revision
from submissions.sources import CSV, XLSX

ROUNDS = 3
STAGES = ("receive", "reading", "checking", "storing")
FILES = (
    ("series.xlsx", XLSX, generated.write_xlsx, 100_000, 3.0),
    ("series.csv", CSV, generated.write_csv, 1_000_000, 8.0),
)
"""Name, media type, how it is made, rows, seconds it may take."""


def run() -> None:
    client = APIClient(headers={"Authorization": f"Token {token('libra')}"})
    with tempfile.TemporaryDirectory() as folder, worker() as process:
        for name, media_type, write, rows, goal in FILES:
            path = Path(folder) / name
            rounds = []
            for number in range(1, ROUNDS + 1):
                write(path, rows, number)
                rounds.append(one_round(client, path, media_type, rows))
            report(path, rows, goal, rounds, floor(path), timed(lambda path=path: peer(path)))
        print(f"{'peak memory of the worker':44}{peak_memory(process.pid):8.0f} MB   goal < 800")


def one_round(client: APIClient, path: Path, media_type: str, rows: int) -> dict[str, float]:
    """Seconds of each stage. The first file begins a filing, the others correct it."""
    last = Revision.objects.filter(filing__obligation__entity__code="libra").order_by("-number").first()
    head = generated.HEAD + (f"&replaces={last.number}&reason=Next+round." if last else "")
    data = path.read_bytes()
    begun = time.perf_counter()
    answer = client.generic("POST", "/api/v1/uploads/", data, media_type, QUERY_STRING=head)
    received = time.perf_counter() - begun
    assert answer.status_code == 202, answer.content
    job = done(answer.json()["job"]["id"])
    total = time.perf_counter() - begun
    assert job.upload is not None
    assert Observation.objects.filter(revision=job.upload.revision_id).count() == rows, job.upload.faults
    return {"receive": received, **job.seconds, "upload to stored findings": total}


# The floor and the peer -------------------------------------------------------------------------------------


def floor(path: Path) -> dict[str, float]:
    read: Callable[[], Any] = (
        (lambda: CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False))
        if path.suffix == ".xlsx"
        else (lambda: pl.read_csv(path, infer_schema=False))
    )
    revision = Revision.objects.order_by("-pk")[0]
    stored = actions.canonical_lines(Revision.objects.with_names().select_related("source").get(pk=revision.pk))
    observations = actions.observation_rows(revision.pk, stored)
    return {
        "bare read": median(timed(read) for _ in range(ROUNDS)),
        "bare COPY, all indexes": median(timed(lambda: bare_copy(observations)) for _ in range(ROUNDS)),
    }


def bare_copy(rows: pl.DataFrame) -> None:
    names = ", ".join(connection.ops.quote_name(name) for name in rows.columns)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute(
            f"CREATE TABLE bare (LIKE {Observation._meta.db_table} INCLUDING DEFAULTS "
            "INCLUDING INDEXES INCLUDING CONSTRAINTS)"
        )
    copy(f"COPY bare ({names}) FROM STDIN", in_order(rows, ["revision_id", "line"]))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare")


def peer(path: Path) -> None:
    """frictionless, told of the same columns; it reads and validates, and stores nothing."""
    schema = Schema(
        fields=[
            fields.StringField(name=name) if name not in ("value",) else fields.AnyField(name=name) for name in FIELDS
        ]
    )
    said = validate(Resource(path=path.name, basepath=str(path.parent), schema=schema), limit_errors=100_000)
    assert not said.errors, said.errors


def report(
    path: Path, rows: int, goal: float, rounds: list[dict[str, float]], least: dict[str, float], other: float
) -> None:
    total = median(seconds["upload to stored findings"] for seconds in rounds)
    print(
        f"\n{rows:,} rows, {path.suffix[1:]}, {path.stat().st_size / 1e6:.1f} MB, {ROUNDS} rounds, {os.cpu_count()} CPUs"
    )
    for stage in (*STAGES, "upload to stored findings"):
        middle = median(seconds[stage] for seconds in rounds)
        print(f"{stage:44}{middle:8.2f} s {rows / middle:13,.0f} rows/s")
    print(f"{'goal':44}{goal:8.2f} s")
    for name, seconds in least.items():
        print(f"{'floor: ' + name:44}{seconds:8.2f} s {rows / seconds:13,.0f} rows/s")
    print(f"{'frictionless, validates only':44}{other:8.2f} s   {other / total:.1f} times as long as the portal")
