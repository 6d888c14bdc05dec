"""What the documentation tells developers to do works as it stands: its commands, its verification, its client."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer
from standardwebhooks.webhooks import Webhook as Signer

from docs.examples import portal_client
from portal.models import ApiClient
from submissions import actions, publications
from submissions.actions import dispatching
from submissions.hooks import sending, signing
from submissions.models import Revision
from submissions.publications import load_periods
from tests.api.machines import client
from tests.conftest import read

ROOT = Path(__file__).parent.parent.parent
DOCS = (ROOT / "docs/api.md").read_text()
pytestmark = pytest.mark.django_db(transaction=True)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCS, re.M | re.S)


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch, live_server: LiveServer) -> LiveServer:
    """A portal that answers on a port and does its jobs at once; it sends no messages."""
    monkeypatch.setattr(dispatching, "dispatch", lambda job_id: actions.run_job(job_id=job_id))
    monkeypatch.setattr(sending, "dispatch", lambda delivery_id: None)
    publications.load_entities()
    load_periods()
    return live_server


@pytest.fixture
def made(at_work: LiveServer) -> tuple[ApiClient, str]:
    return client("google", sandbox=True)


def test_the_commands_of_the_documentation_lead_from_token_to_receipt(at_work, made, tmp_path) -> None:
    script = "set -euo pipefail\n" + "\n".join(f"{block}\necho" for block in blocks("sh"))
    place = {"PORTAL": at_work.url, "CLIENT_ID": made[0].client_id, "KEY": made[1], "no_proxy": "127.0.0.1,localhost"}

    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=os.environ | place, capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0, done.stderr
    refused = re.findall(r'"code":"(\w+)"', re.sub(r'"errors":\[.*?\]', "", done.stdout))
    assert refused == EXPECTED
    first = Revision.objects.get(receipt="TEST-PR-2025-google-1")
    assert first.content_hash in done.stdout
    assert (tmp_path / "findings.xlsx").read_bytes().startswith(b"PK")
    assert set(Revision.objects.values_list("receipt", flat=True)) == {
        f"TEST-PR-{name}"
        for name in ("2025-google-1", "2025-google-2", "2021-google-1", "2022-google-1", "2026-google-1")
    }


EXPECTED = ["not_found", "revision_exists"]
"""Problems that the documentation shows on its way: one of many filings, and a correction that names nothing."""


def test_the_verification_of_the_documentation_agrees_with_the_library() -> None:
    scope: dict[str, Any] = {}
    exec(blocks("python")[0], scope)  # noqa: S102 -- the code that the documentation shows
    is_genuine: Callable[..., bool] = scope["is_genuine"]
    secret, body, now = signing.new_secret(), '{"type": "revision.checked"}', scope["time"].time()
    headers = signing.headers([signing.new_secret(), secret], "msg_1", int(now), body)

    assert Signer(secret).verify(body, headers)
    assert is_genuine(secret, headers, body.encode())
    assert not is_genuine(secret, headers, body.encode() + b" ")
    assert not is_genuine(signing.new_secret(), headers, body.encode())
    assert not is_genuine(secret, headers | {"webhook-timestamp": str(int(now) - 600)}, body.encode())


def test_the_python_client_submits_checks_uploads_and_walks_lists(at_work, made, tmp_path) -> None:
    line = {"address": "data.images.eu", "value": 7}
    sent: list[tuple[int, int]] = []
    with portal_client.Portal(at_work.url, made[0].client_id, made[1]) as portal:
        assert portal.check("provider_report", "google", "2025", [line])["counts"]["error"] > 0
        revision = portal.submit("provider_report", "google", "2025", [line], key="first")
        assert portal.wait(revision["job"], every=0.05)["state"] == "checked"
        with pytest.raises(portal_client.Problem) as refused:
            portal.submit("provider_report", "google", "2025", [line | {"value": 8}])
        assert (refused.value.code, refused.value.status) == ("revision_exists", 409)

        file = tmp_path / "google.csv"
        file.write_bytes(read("provider_report/2022/google.csv"))
        upload = portal.upload(
            file, "provider_report", "google", "2022", progress=lambda done, size: sent.append((done, size))
        )
        filed = portal.wait(upload["job"], every=0.05)
        assert filed["receipt"]["source_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert sent == [(file.stat().st_size, file.stat().st_size)]
        file.write_bytes(b"address,value\n\xff,1\n")
        with pytest.raises(portal_client.Problem, match="unreadable"):
            portal.wait(portal.upload(file, "provider_report", "google", "2021")["job"], every=0.05)

        many = [
            portal_client.submission("provider_report", "google", year, [line]) for year in ("2021", "2025", "1999")
        ]
        assert [one["status"] for one in portal.bulk(many)] == [201, 200, 404]
        assert [one["status"] for one in portal.bulk(many, atomic=True)] == [424, 424, 404]
        assert [one["period"] for one in portal.each("/revisions/", page_size=1)] == ["2021", "2022", "2025"]
