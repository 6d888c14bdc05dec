"""Rates: told in every answer, counted for each client by itself, the same for all web processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from portal import rates
from tests.api.machines import client, with_token

PATH = "/api/v1/revisions/"
pytestmark = pytest.mark.usefixtures("entities")


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of the counters, which a test moves."""
    now = [1_800_000_015.0]
    monkeypatch.setattr(rates.time, "time", lambda: now[0])
    return now


def left(answer: Any) -> tuple[str, str]:
    return answer["RateLimit-Policy"], answer["RateLimit"]


def test_every_answer_tells_the_rate_and_what_is_left_of_it(settings, minute) -> None:
    settings.API_RATE_USER = "5/min"
    machine = with_token(client("dk"))

    answers = [
        machine.get(PATH),
        machine.get("/api/v1/revisions/999/"),
        machine.post(PATH, "{", content_type="text/plain"),
    ]

    assert [a.status_code for a in answers] == [200, 404, 415]
    assert [left(a) for a in answers] == [('"default";q=5;w=60', f'"default";r={r};t=45') for r in (4, 3, 2)]


def test_who_sends_too_much_is_told_when_to_come_back_and_others_go_on(settings, minute) -> None:
    settings.API_RATE_USER = "2/min"
    machine, other = with_token(client("dk")), with_token(client("nl"))

    answers = [machine.get(PATH) for _ in range(3)]

    assert [a.status_code for a in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "throttled"
    assert (answers[2]["Retry-After"], answers[2]["RateLimit"]) == ("45", '"default";r=0;t=45')
    assert answers[2]["Content-Type"] == "application/problem+json"
    assert other.get(PATH).status_code == 200
    minute[0] += 45
    assert machine.get(PATH).status_code == 200


def test_tokens_and_keys_cannot_be_guessed_at_any_speed(settings, minute) -> None:
    settings.API_RATE_ANONYMOUS = "3/min"
    guess = APIClient(headers={"Authorization": "Bearer guess"})

    assert [guess.get(PATH).status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    assert APIClient().post("/api/v1/token/", {"grant_type": "client_credentials"}).status_code == 429
    assert APIClient().get("/api/v1/definitions/").status_code == 429


def test_a_counter_that_is_away_stops_nobody(minute, monkeypatch) -> None:
    machine = with_token(client("dk"))
    monkeypatch.setattr(cache, "incr", lambda key: (_ for _ in ()).throw(ConnectionError))

    answer = machine.get(PATH)

    assert answer.status_code == 200
    assert answer["RateLimit"] == '"default";r=5999;t=45'


@pytest.mark.served
def test_processes_count_together(settings, minute) -> None:
    """On Redis no count is lost between connections, as several web processes have them."""
    assert settings.CACHES["default"]["BACKEND"].endswith("RedisCache")
    with ThreadPoolExecutor(8) as pool:
        used = sorted(rate.used for rate in pool.map(lambda _n: rates.count("user:1", "6000/min"), range(200)))

    assert used == list(range(1, 201))
