"""Why a request gets no answer, as SDMX tells it."""

from __future__ import annotations


class Fault(Exception):
    """`code`: of SDMX (100 no results, 140 syntax, 500, 501); `status`: of HTTP."""

    def __init__(self, status: int, code: int, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


CODES = {400: 140, 401: 110, 403: 150, 404: 100, 406: 140, 413: 130, 501: 501}
"""HTTP status -> SDMX code."""


def fault(status: int, text: str) -> Fault:
    return Fault(status, CODES.get(status, 500 if status >= 500 else 1000 + status), text)
