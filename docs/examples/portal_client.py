"""A small client of the portal's API. Needs httpx; everything else is the standard library.

portal = Portal("https://portal.example.eu", client_id, key)
revision = portal.submit("provider_report", "google", "2026", observations)
revision = portal.wait(revision["job"])
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import httpx

Json = dict[str, Any]
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".ndjson": "application/x-ndjson",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}


class Problem(Exception):
    """The portal refused (RFC 9457): `code` is stable, `errors` names the places."""

    def __init__(self, body: Json) -> None:
        super().__init__(f"{body['code']}: {body['detail']}")
        self.code: str = body["code"]
        self.status: int = body["status"]
        self.errors: list[Json] = body["errors"]


class Portal:
    """One client of one portal. Fetches its tokens itself, and waits where the portal asks it to."""

    def __init__(self, address: str, client_id: str, key: str, *, scope: str = "", language: str = "en") -> None:
        self.http = httpx.Client(base_url=f"{address}/api/v1", headers={"Accept-Language": language}, timeout=120)
        self.credentials = (client_id, key)
        self.scope = scope
        self.kept, self.token_ends = "", 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.http.close()

    def submit(
        self,
        return_id: str,
        entity: str,
        period: str,
        observations: Sequence[Json],
        *,
        replaces: int | None = None,
        reason: str = "",
        key: str | None = None,
    ) -> Json:
        """File; a correction names the revision it replaces. Returns the revision with its receipt; the same content
        again gives the first one."""
        body = submission(return_id, entity, period, observations, replaces=replaces, reason=reason)
        return self.send("POST", "/revisions/", json=body, headers=idempotency(key)).json()

    def check(self, return_id: str, entity: str, period: str, observations: Sequence[Json]) -> Json:
        """Judge without filing: `counts`, `findings`, `computed`."""
        return self.send("POST", "/check/", json=submission(return_id, entity, period, observations)).json()

    def bulk(self, filings: Sequence[Json], *, atomic: bool = False) -> list[Json]:
        """File up to 500 (see `submission`). Each result has `status` and either `revision` or `problem`."""
        answer = self.send("POST", "/revisions/bulk/", json={"filings": list(filings), "atomic": atomic}, also=(422,))
        return answer.json()["results"]

    def upload(
        self,
        path: Path,
        return_id: str,
        entity: str,
        period: str,
        *,
        key: str | None = None,
        progress: Callable[[int, int], None] | None = None,
        **correction: str,
    ) -> Json:
        """Send a file of any size. `progress` hears how many bytes of how many are sent. Returns the upload; wait for
        its job."""
        head = {"return": return_id, "entity": entity, "period": period} | correction
        size = path.stat().st_size
        headers = {"Content-Type": MEDIA_TYPES[path.suffix.lower()], "Content-Length": str(size)} | idempotency(key)
        with path.open("rb") as file:
            content = in_parts(file, size, progress or (lambda sent, total: None))
            return self.send("POST", "/uploads/", params=head, content=content, headers=headers, again=False).json()

    def wait(self, job: Json, *, progress: Callable[[Json], None] | None = None, every: float = 1.0) -> Json:
        """Follow a job to its end. Returns the revision. Raises Problem if the file could not be filed."""
        while job["state"] in ("queued", "running"):
            time.sleep(every)
            job = self.send("GET", f"/jobs/{job['id']}/").json()
            if progress:
                progress(job)
        if job["problem"]:
            raise Problem(job["problem"])
        if job["result"] is None:
            raise RuntimeError(f"Job {job['id']} failed; the portal's operators see why.")
        return self.send("GET", job["result"].removeprefix("/api/v1")).json()

    def each(self, path: str, **filters: Any) -> Iterator[Json]:
        """Every entry of a list such as `/revisions/`, page after page."""
        answer = self.send("GET", path, params=filters).json()
        yield from answer["results"]
        while answer["next"]:
            answer = self.send("GET", answer["next"]).json()
            yield from answer["results"]

    def send(
        self, method: str, path: str, *, also: Sequence[int] = (), again: bool = True, **more: Any
    ) -> httpx.Response:
        """A request with a token. Raises Problem for a refusal whose status is not in `also`."""
        more["headers"] = {**(more.get("headers") or {}), "Authorization": f"Bearer {self.token()}"}
        answer = self.http.request(method, path, **more)
        if answer.status_code == 429 and again:
            time.sleep(float(answer.headers["Retry-After"]))
            return self.send(method, path, also=also, again=False, **more)
        if answer.status_code >= 400 and answer.status_code not in also:
            raise Problem(answer.json())
        return answer

    def token(self) -> str:
        """The token in use, or a new one shortly before it ends."""
        if time.monotonic() > self.token_ends:
            form = {"grant_type": "client_credentials"} | ({"scope": self.scope} if self.scope else {})
            answer = self.http.post("/token/", data=form, auth=self.credentials)
            answer.raise_for_status()
            self.kept = answer.json()["access_token"]
            self.token_ends = time.monotonic() + answer.json()["expires_in"] - 60
        return self.kept


def submission(return_id: str, entity: str, period: str, observations: Sequence[Json], **more: Any) -> Json:
    """What the API takes for one filing; `more`: replaces, reason, idempotency_key."""
    head = {"return": return_id, "entity": entity, "period": period, "observations": list(observations)}
    return head | {name: value for name, value in more.items() if value}


def idempotency(key: str | None) -> dict[str, str]:
    return {"Idempotency-Key": key} if key else {}


def in_parts(file: BinaryIO, size: int, progress: Callable[[int, int], None], part: int = 1 << 20) -> Iterator[bytes]:
    sent = 0
    while data := file.read(part):
        yield data
        sent += len(data)
        progress(sent, size)
