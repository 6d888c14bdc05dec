"""What goes wrong on the way of a file: clicks at the same moment, a line that breaks, a worker that is killed."""

from __future__ import annotations

import re
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from submissions.models import Filing, Finding, Job, Observation, Revision, Source, Upload
from tests.conftest import run_jobs
from tests.jobs import generated
from tests.jobs.processes import beat, wait_for, worker
from tests.pages.world import form_data, load, member, signed_in, start, text

ROWS = 200_000
GOOD = b"address,value,obs_status\nreports.total,10744,P\n"


@pytest.fixture
def filing(transactional_db: None) -> Filing:
    load()
    return start("member_state_statistics", "dk", "2025", member("dk", "signatory"))


def send(browser: Client, filing: Filing, data: bytes, name: str = "dk.csv") -> Any:
    return browser.post(f"/filings/{filing.pk}/upload/", {"file": SimpleUploadedFile(name, data)})


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Every task in a thread and on a connection of its own, let go at the same moment."""
    gate = threading.Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=20)
            return task()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def to_sign(browser: Client, filing: Filing) -> tuple[str, dict[str, str]]:
    """Where the waiting file is signed, and what the form would send."""
    place = f"/filings/{filing.pk}/sign/?upload={Upload.objects.get().pk}"
    answer = browser.get(place)
    explained = {f"text-{key}": "So." for key in re.findall(r'name="text-(\w+)"', answer.content.decode())}
    return place, form_data(answer) | explained | {"certified": "on", "errors_known": "on", "name": "Ane Ås"}


@pytest.mark.served
@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_sign_at_once_give_one_revision_and_the_same_receipt(filing) -> None:
    browser = signed_in(member("dk", "signatory"))
    send(browser, filing, GOOD)
    run_jobs()
    place, form = to_sign(browser, filing)
    clients = [signed_in(member("dk", "signatory")) for _ in range(2)]

    answers = at_once(*(lambda client=client: client.post(place, form) for client in clients))

    revision = Revision.objects.get()
    assert [(a.status_code, a.headers.get("Location")) for a in answers] == [
        (302, f"/revisions/{revision.pk}/receipt/")
    ] * 2
    assert (Source.objects.count(), Job.objects.filter(revision=revision).count()) == (1, 1)


@pytest.mark.served
@pytest.mark.django_db(transaction=True)
def test_two_people_who_sign_different_files_at_once_leave_one_revision_and_lose_none_unseen(filing) -> None:
    browser = signed_in(member("dk", "signatory"))
    send(browser, filing, GOOD)
    run_jobs()
    place, form = to_sign(browser, filing)

    def replace() -> Any:
        return send(signed_in(member("dk", "filer")), filing, GOOD.replace(b"10744", b"1"), "other.csv")

    signed, replaced = at_once(lambda: browser.post(place, form), replace)

    assert replaced.status_code == 302
    if signed.status_code == 302:
        assert Revision.objects.get().lines == 1
    else:  # the other file was there first: nothing was signed in its place
        assert signed.status_code in (404, 409)
        assert Revision.objects.count() == 0
    assert Upload.objects.filter(name="other.csv").exists()


def cut_off(server: str, cookie: str, path: str, data: bytes) -> None:
    """Sends half of a multipart body and hangs up."""
    boundary = "frontier"
    head = (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="dk.csv"\r\n'
            f"Content-Type: text/csv\r\n\r\n").encode()  # fmt: skip
    address = urlsplit(server)
    with socket.create_connection((address.hostname, address.port), timeout=20) as line:
        line.sendall(
            f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {cookie}\r\n"
            f"Content-Type: multipart/form-data; boundary={boundary}\r\nContent-Length: {len(head) + len(data) * 2}\r\n"
            f"\r\n".encode()
            + head
            + data
        )
        line.shutdown(socket.SHUT_WR)
        line.settimeout(20)
        while line.recv(65536):
            pass


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_in_the_middle_of_an_upload_leaves_nothing_and_the_next_one_works(
    filing, tmp_path, settings, caplog
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    browser = signed_in(member("dk", "filer"))
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    server = LiveServer("127.0.0.1")
    try:
        # More than Django keeps in memory, so that half a file lies on the disk when the line breaks.
        cut_off(server.url, cookie, f"/filings/{filing.pk}/upload/", GOOD + b"reports.total,1,A\n" * 300_000)
    finally:
        server.stop()

    assert (Upload.objects.count(), Job.objects.count(), Revision.objects.count()) == (0, 0, 0)
    assert list(tmp_path.iterdir()) == []
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
    assert send(browser, filing, GOOD).status_code == 302
    assert run_jobs() == 1
    assert "1 line was read for Denmark, 2025." in text(browser.get(f"/uploads/{Upload.objects.get().pk}/"))


@pytest.mark.served
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_reads_a_file_loses_nothing_and_doubles_nothing(real_broker, tmp_path: Path) -> None:
    load()
    signatory = member("libra", "signatory")
    libra = start("measurement_series", "libra", "2025", signatory)
    browser = signed_in(signatory)

    with worker(tmp_path) as first, beat(tmp_path):
        place = send(browser, libra, generated.as_csv(ROWS), "counts.csv")["Location"]
        wait_for(lambda: Job.objects.filter(state="running", stage__in=["reading", "checking"]).first(), 60)
        first.send_signal(signal.SIGKILL)
        assert first.wait(timeout=30) == -signal.SIGKILL
    assert Job.objects.get().state == "running"
    assert "about" not in text(browser.get(place))
    assert not Upload.objects.get().is_read

    with worker(tmp_path), beat(tmp_path):
        wait_for(lambda: Job.objects.filter(state="succeeded").first(), 60, every=0.2)

    job, upload = Job.objects.get(), Upload.objects.get()
    broken = len(generated.cells()) // generated.BROKEN_EVERY
    assert (job.attempt, job.rows_done, job.error) == (2, ROWS, "")
    assert (upload.lines, upload.errors, upload.warnings) == (ROWS, 0, broken)
    assert (Revision.objects.count(), Observation.objects.count(), Finding.objects.count()) == (0, 0, 0)
    assert "200 000 lines were read for LIBRA" in text(browser.get(place))
