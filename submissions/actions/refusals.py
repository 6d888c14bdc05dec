"""Why a request cannot be done."""

from __future__ import annotations


class Refused(Exception):
    """The request cannot be done; `code` is stable, the message is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Conflict(Refused):
    """Somebody was faster, or this was done before with other content."""
