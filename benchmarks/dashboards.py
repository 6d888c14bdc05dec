"""Dashboards, completeness, data quality and the CSV export over ten million figures, for a reader at the Commission:
every page and chart with an empty cache, then from the cache."""

from __future__ import annotations

import http.client
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from statistics import median

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken

from benchmarks.portal import peak_memory, process, timed, until
from portal.access import Role
from portal.models import User
from portal.settling import settle
from reporting import charts
from submissions.models import Observation

ENTITIES, YEARS, ROWS = 40, 10, 98_000
"""With ten measurement sources: 400 filings of forms, and 100 series of 98,000 lines."""
ROUNDS = 20
EXPORTED = 1_000_000
PAGES = {
    "/dashboards/overview/": 300,
    "/dashboards/providers/": 300,
    "/dashboards/member-states/": 300,
    "/dashboards/reference/": 300,
    "/dashboards/measurements/?period=2010": 300,
    "/completeness/": 300,
    "/completeness/measurement_series/2010/": 300,
    "/dashboards/quality/": 300,
    "/dashboards/quality/?chapter=sums": 300,
    "/dashboards/quality/?chapter=findings": 300,
    "/dashboards/quality/?return=member_state_statistics&period=2010": 300,
    "/dashboards/quality/?return=member_state_statistics&period=2010&chapter=sums": 300,
    "/dashboards/quality/?return=member_state_statistics&period=2010&chapter=findings": 300,
}
"""Address -> milliseconds that 95 of 100 may take without a cache; charts 300, anything from the cache 50."""
CHART, CACHED = 300, 50


def run() -> None:
    fill()
    connection.cursor().execute("ANALYZE")
    print(
        f"\nDashboards, {Observation.objects.count():,} figures, {os.cpu_count()} CPUs, {ROUNDS} rounds, milliseconds"
    )
    print(f"{'':76}{'no cache':^18}{'cached':^18}")
    print(f"{'page':58}{'queries':>8}{'processor':>10}{'p50':>9}{'p95':>9}{'p50':>9}{'p95':>9}  goal")
    client = Client(headers={"Host": "localhost"})
    client.force_login(reader())
    for page in PAGES:
        fetch(client, page)
    settle()  # as a web process does
    for page, goal in PAGES.items():
        content = measured(client, page, goal)
        for chart in charts_of(content):
            measured(client, chart, CHART)
    export()


def fill() -> None:
    if not Observation.objects.exists():
        call_command("load_published", verbosity=0)
        seconds = timed(lambda: call_command("load_generated", entities=ENTITIES, years=YEARS, rows=ROWS, verbosity=0))
        print(f"\n{'filed, checked, accepted and summed up':44}{seconds:8.1f} s")


def reader() -> User:
    return User.objects.filter(memberships__role=Role.REVIEWER).order_by("pk")[0]


def charts_of(content: str) -> list[str]:
    """Addresses of the charts that the page shows on a desk."""
    return [unescape(address) for address in re.findall(r'<img src="(/dashboards/[^"]+)"', content)]


def measured(client: Client, address: str, goal: int) -> str:
    """Prints the row of an address, with the processor time of this process where nothing is cached; gives its answer."""
    fetch(client, address)  # what a process reads once: templates, definitions, the renderer
    forget()
    with CaptureQueriesContext(connection) as captured:
        fetch(client, address)
        queries = len(captured)
    spent = time.process_time()
    fresh = [milliseconds(lambda: fetch(client, address), before=forget) for _ in range(ROUNDS)]
    spent = 1000 * (time.process_time() - spent) / ROUNDS
    kept = [milliseconds(lambda: fetch(client, address)) for _ in range(ROUNDS)]
    shown = address if len(address) < 58 else address[:54] + "…"
    times = "".join(f"{value:9.0f}" for some in (fresh, kept) for value in (median(some), percentile(some)))
    print(f"{shown:58}{queries:8}{spent:10.0f}{times}  {goal}, {CACHED}", flush=True)
    return fetch(client, address)


def forget() -> None:
    """Pages, and drawings."""
    cache.clear()
    charts.render.cache_clear()


def fetch(client: Client, address: str) -> str:
    answer = client.get(address, secure=True)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def milliseconds(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    before()
    return 1000 * timed(work)


def percentile(values: list[float]) -> float:
    """The one that 95 of 100 do not exceed."""
    return sorted(values)[max(0, -(-95 * len(values) // 100) - 1)]


# The export -----------------------------------------------------------------------------------------------


def export() -> None:
    """A million rows of CSV from a web process: when the first comes, how many a second, and what it costs in memory."""
    token = str(AuthToken.objects.create(reader())[1])
    with web() as (port, pid):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        before, begun = resident(pid), time.perf_counter()
        client.request(
            "GET", "/api/v1/exports/observations.csv?return=measurement_series",
            headers={"Authorization": f"Token {token}", "Host": "localhost"},
        )  # fmt: skip
        answer = client.getresponse()
        if answer.status != 200:
            print(f"\nexport: {answer.status} {answer.read(300)!r}")
            return
        rows = answer.read(1).count(b"\n")
        first, early, most = time.perf_counter() - begun, before, before
        while rows < EXPORTED and (chunk := answer.read(1 << 20)):
            rows += chunk.count(b"\n")
            most = max(most, resident(pid))
            if rows < EXPORTED / 10:
                early = most
        seconds = time.perf_counter() - begun
        client.close()
        print(f"\n{'CSV export, first byte':44}{first:8.2f} s   goal < 1")
        print(f"{'rows':44}{rows:8,}     {rows / seconds:,.0f} rows/s, goal >= 100,000")
        print(f"{'memory of the web process, before':44}{before:8.0f} MB")
        print(f"{'… most while the first tenth was sent':44}{early:8.0f} MB")
        print(f"{'… most while it was sent':44}{most:8.0f} MB   (peak of its life {peak_memory(pid):.0f} MB)")


@contextmanager
def web() -> Iterator[tuple[int, int]]:
    """Port and process of one web worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with process(
        "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--worker-class", "gthread", "--threads",
        "4", HTTPS="false",
    ) as parent:  # fmt: skip
        until(lambda: answers(port), 60)
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        yield port, int(children[0])


def answers(port: int) -> bool:
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        client.request("GET", "/health/", headers={"Host": "localhost"})
        return client.getresponse().status == 200
    except OSError:
        return False


def resident(pid: int) -> float:
    """MB that a process holds now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
