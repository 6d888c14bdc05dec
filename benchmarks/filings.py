"""Filings of 155 points by the API: how soon the receipt is there, and how many a second are fully checked, with two web
processes and one worker on this machine (which the load generator and PostgreSQL share)."""

from __future__ import annotations

import http.client
import json
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from statistics import median, quantiles
from typing import Any

from jsonschema import Draft202012Validator
from knox.models import AuthToken

from benchmarks.portal import process, processor_seconds, until, worker
from portal.access import Role
from portal.models import Membership, ReportingEntity, User
from submissions import publications
from submissions.api.definitions import json_schema
from submissions.catalogue import catalogue
from submissions.models import Job, Obligation
from submissions.sources import from_csv

RETURN, PERIOD = "provider_report", "2025"
FILINGS, CLIENTS = 900, 4
UNHURRIED = 100


def run() -> None:
    providers = many_providers(FILINGS + UNHURRIED)
    observations = google()
    with web() as port, worker():
        alone = [file(port, provider, observations)[0] for provider in providers[:UNHURRIED]]
        until(all_checked, 60)
        begun, before = time.perf_counter(), processor_seconds()
        with ThreadPoolExecutor(CLIENTS) as pool:
            busy = [
                seconds for seconds, _ in pool.map(lambda one: file(port, one, observations), providers[UNHURRIED:])
            ]
        received = time.perf_counter() - begun
        until(all_checked, 300)
        checked = time.perf_counter() - begun
        spent = {part: seconds - before[part] for part, seconds in processor_seconds().items()}
    report(alone, busy, received, checked, spent, peer(observations))


def many_providers(count: int) -> list[tuple[str, str]]:
    """Made-up providers, each with a client of its own: code and token."""
    codes = [f"made-up-{number}" for number in range(count)]
    entities = ReportingEntity.objects.bulk_create(
        ReportingEntity(code=code, kind="provider", name_en=code, name_da=code, name_nl=code) for code in codes
    )
    users = User.objects.bulk_create(User(email=f"client@{code}.invalid", name=code) for code in codes)
    Membership.objects.bulk_create(
        Membership(user=user, entity=entity, role=Role.FILER) for user, entity in zip(users, entities, strict=True)
    )
    Obligation.objects.bulk_create(
        Obligation(entity=entity, return_id=RETURN, since=date(2025, 1, 1)) for entity in entities
    )
    return [(code, str(AuthToken.objects.create(user)[1])) for code, user in zip(codes, users, strict=True)]


def google() -> list[dict[str, Any]]:
    """A real filing of the standard form, as JSON observations."""
    lines = from_csv((publications.FOLDER / RETURN / PERIOD / "google.csv").read_bytes())
    rows = lines.drop("line", "extra").iter_rows(named=True)
    return [{name: text for name, text in row.items() if text} for row in rows]


@contextmanager
def web() -> Iterator[int]:
    """Two web processes, as in the served mode."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with process(
        "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--worker-class", "gthread",
        "--threads", "4", API_RATE_USER="1000000/min",
    ):  # fmt: skip
        until(lambda: answers(port), 60)
        yield port


def answers(port: int) -> bool:
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        client.request("GET", "/health/")
        return client.getresponse().status == 200
    except OSError:
        return False


def file(port: int, provider: tuple[str, str], observations: list[dict[str, Any]]) -> tuple[float, int]:
    """Seconds from the request to the receipt, and the number of the revision."""
    code, key = provider
    body = json.dumps({"return": RETURN, "entity": code, "period": PERIOD, "observations": observations})
    headers = {"Authorization": f"Token {key}", "Content-Type": "application/json"}
    begun = time.perf_counter()
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    client.request("POST", "/api/v1/revisions/", body, headers)
    answer = client.getresponse()
    content = answer.read()
    client.close()
    assert answer.status == 201, content
    return time.perf_counter() - begun, json.loads(content)["id"]


def all_checked() -> bool:
    return not Job.objects.filter(state__in=["queued", "running"]).exists()


def peer(observations: list[dict[str, Any]]) -> float:
    """Filings a second that jsonschema validates in this process, against the published schema; nothing is stored."""
    validator = Draft202012Validator(json_schema(catalogue().get(RETURN, "2024"), "en"))
    filing = {"return": RETURN, "entity": "google", "period": PERIOD, "observations": observations}
    begun = time.perf_counter()
    for _ in range(20):
        list(validator.iter_errors(filing))
    return 20 / (time.perf_counter() - begun)


def report(
    alone: list[float],
    busy: list[float],
    received: float,
    checked: float,
    spent: dict[str, float],
    other: float,
) -> None:
    print(
        f"\n155-point filings by the API, two web processes, one worker, {os.cpu_count()} CPUs shared with load and database"
    )
    for name, seconds in (("one after another", alone), (f"{CLIENTS} at once", busy)):
        p95 = quantiles(seconds, n=20)[-1]
        print(f"receipt, {name:35}{median(seconds) * 1000:8.0f} ms median {p95 * 1000:8.0f} ms p95   goal p95 < 80 ms")
    print(f"{'received':44}{FILINGS / received:8.1f} filings/s")
    print(f"{'fully checked':44}{FILINGS / checked:8.1f} filings/s   goal >= 60")
    for part, seconds in spent.items():
        print(f"{'processor time: ' + part:44}{seconds / FILINGS * 1000:8.1f} ms a filing")
    print(f"{'jsonschema, validates only, no server':44}{other:8.1f} filings/s")
