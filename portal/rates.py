"""How many requests a user, a client or an address may send to the API in a time, counted for all web processes
together, and told in every answer (RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers).

A fixed window: the first request begins it, so a counter needs one atomic step and nothing is read and written back.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

log = logging.getLogger(__name__)
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Rate:
    """Where somebody stands in the running window."""

    quota: int
    window: int
    """Seconds."""
    used: int
    reset: int
    """Seconds until the window ends."""

    @property
    def exceeded(self) -> bool:
        return self.used > self.quota

    @property
    def headers(self) -> dict[str, str]:
        left = max(0, self.quota - self.used)
        return {
            "RateLimit-Policy": f'"default";q={self.quota};w={self.window}',
            "RateLimit": f'"default";r={left};t={self.reset}',
        }


def count(who: str, rate: str) -> Rate:
    """Count one request of `who` at a rate such as 300/min."""
    quota, _slash, unit = rate.partition("/")
    window = SECONDS[unit[0]]
    now = time.time()
    number, passed = divmod(now, window)
    key = f"rate:{who}:{int(number)}"
    try:
        used = 1 if cache.add(key, 1, timeout=window + 1) else cache.incr(key)
    except Exception:  # whatever the cache's library raises: who files must not wait for a counter that is away
        log.warning("the cache does not count requests", exc_info=True)
        used = 1
    return Rate(int(quota), window, used, max(1, round(window - passed)))


class Throttle(BaseThrottle):
    """Users and clients by themselves, all others by their address."""

    def allow_request(self, request: Request, view: object) -> bool:
        known = bool(request.user and request.user.is_authenticated)
        who = f"user:{request.user.pk}" if known else f"address:{self.get_ident(request)}"
        self.rate = count(who, settings.API_RATE_USER if known else settings.API_RATE_ANONYMOUS)
        request._request.rate = self.rate  # type: ignore[attr-defined]  # for RateHeaders
        return not self.rate.exceeded

    def wait(self) -> float:
        return self.rate.reset


class RateHeaders:
    """Tells the rate in every answer of the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/api/"):
            rate = getattr(request, "rate", None)
            for name, value in (rate.headers if rate else {}).items():
                response[name] = value
        return response
