"""What passes between the portal and the process that opens workbooks: byte strings, each after its length."""

from __future__ import annotations

from collections.abc import Iterable


def pack(parts: Iterable[bytes]) -> bytes:
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def unpack(data: bytes) -> list[bytes]:
    """Raises ValueError where the lengths do not fit."""
    parts, position = [], 0
    while position < len(data):
        size = int.from_bytes(data[position : position + 8], "big")
        position += 8
        if position + size > len(data):
            raise ValueError("cut short")
        parts.append(data[position : position + size])
        position += size
    return parts


class Fault(Exception):
    """Why a workbook cannot be used: a code, and values for the sentence that the portal has for it."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.told = {"code": code, "values": values}
