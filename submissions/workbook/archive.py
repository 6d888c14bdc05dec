"""The zip around a workbook, read as a stream and believed in nothing.

Sizes are those that really come out, not those the headers tell; parts may not overlap, stand twice, or leave the
folder. Memory stays at about a megabyte, whatever is inside.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from submissions.workbook.refusals import refuse

MEGABYTE = 1024 * 1024
MOST_PARTS = 1_000
MOST_DIRECTORY = MEGABYTE
MOST_BYTES = 1_000 * MEGABYTE
MOST_RATIO = 200
"""A part may grow so many times when unpacked, once it is larger than SMALL."""
SMALL = 8 * MEGABYTE
MOST_WHOLE = 8 * MEGABYTE
"""A part that is looked at as a whole is not larger."""
LONGEST_TEXT = 2 * MEGABYTE
"""Between two tags."""
PIECE = 64 * 1024
BLOCK = MEGABYTE
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
LOCAL = struct.Struct("<4sHHHHHIIIHH")
ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)[\"']")
ELEMENT = re.compile(rb"<[^?!\s]")
DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Archive:
    """The parts of a zip. Raises SourceError for anything that no spreadsheet program would write."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.size = file.seek(0, os.SEEK_END)
        self.unpacked = 0
        self.check_directory()
        try:
            with zipfile.ZipFile(file) as found:
                self.parts = {part.filename: part for part in found.infolist()}
                listed = found.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as problem:
            raise refuse("broken_zip", problem=str(problem)[:100]) from problem
        self.check_names(listed)
        self.check_places(listed)

    def check_directory(self) -> None:
        """Before the directory is read: that it is small."""
        self.file.seek(max(0, self.size - 66_000))
        tail = self.file.read()
        at = tail.rfind(END)
        if at < 0 or len(tail) < at + 22:
            raise refuse("broken_zip", problem="no directory of its parts")
        entries, length = struct.unpack("<HI", tail[at + 10 : at + 16])
        if entries > MOST_PARTS or length > MOST_DIRECTORY or END_64 in tail[max(0, at - 20) : at]:
            raise refuse("too_many_parts", most=MOST_PARTS)

    def check_names(self, listed: list[zipfile.ZipInfo]) -> None:
        if len(listed) > MOST_PARTS:
            raise refuse("too_many_parts", most=MOST_PARTS)
        seen: set[str] = set()
        for part in listed:
            name = part.orig_filename
            steps = name.split("/")
            if ".." in steps or name.startswith("/") or re.search(r"[\\:\x00-\x1f]", name):
                raise refuse("unsafe_path", part=ascii(name)[:100])
            if name.casefold() in seen:
                raise refuse("part_twice", part=ascii(name)[:100])
            seen.add(name.casefold())
            if part.flag_bits & 1:
                raise refuse("encrypted")
            if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise refuse("broken_zip", problem=f"{ascii(name)[:100]} is packed in an unusual way")
        if sum(part.file_size for part in listed) > MOST_BYTES:
            raise refuse("zip_bomb", part=f"{sum(part.file_size for part in listed) // MEGABYTE} MB")

    def check_places(self, listed: list[zipfile.ZipInfo]) -> None:
        """Each part lies behind the one before; parts that share bytes are a bomb."""
        end = 0
        for part in sorted(listed, key=lambda part: part.header_offset):
            if part.header_offset < end:
                raise refuse("zip_bomb", part=ascii(part.filename)[:100])
            end = self.start(part) + part.compress_size
            if end > self.size:
                raise refuse("broken_zip", problem=f"{ascii(part.filename)[:100]} is cut short")

    def start(self, part: zipfile.ZipInfo) -> int:
        """Where the packed bytes begin: behind the local header, which must name the same part."""
        self.file.seek(part.header_offset)
        header = self.file.read(LOCAL.size)
        if len(header) < LOCAL.size:
            raise refuse("broken_zip", problem=f"{ascii(part.filename)[:100]} is cut short")
        signature, *_, name_length, extra_length = LOCAL.unpack(header)
        name = self.file.read(name_length).decode("utf-8" if part.flag_bits & 0x800 else "cp437", "replace")
        if signature != b"PK\x03\x04" or name != part.orig_filename:
            raise refuse("broken_zip", problem=f"{ascii(part.filename)[:100]} has two names")
        return part.header_offset + LOCAL.size + name_length + extra_length

    def pieces(self, name: str) -> Iterator[bytes]:
        """What really comes out of a part, at most BLOCK bytes at a time."""
        part, came = self.parts[name], 0
        for piece in self.inflated(part):
            came += len(piece)
            self.unpacked += len(piece)
            grown = came > SMALL and came > MOST_RATIO * max(1, part.compress_size)
            if grown or self.unpacked > MOST_BYTES or came > part.file_size:
                raise refuse("zip_bomb", part=ascii(name)[:100])
            yield piece
        if came != part.file_size:
            raise refuse("broken_zip", problem=f"{ascii(name)[:100]} is cut short")

    def inflated(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        if part.compress_type == zipfile.ZIP_STORED:
            yield from self.packed(part)
            return
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for source in self.packed(part):
                while source:
                    yield inflater.decompress(source, BLOCK)
                    source = inflater.unconsumed_tail
            yield inflater.flush()
        except zlib.error as problem:
            raise refuse("broken_zip", problem=f"{ascii(part.filename)[:100]}: {problem}") from problem
        if not inflater.eof:
            raise refuse("broken_zip", problem=f"{ascii(part.filename)[:100]} is cut short")

    def packed(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        self.file.seek(self.start(part))
        left = part.compress_size
        while left and (source := self.file.read(min(PIECE, left))):
            left -= len(source)
            yield source

    def blocks(self, name: str) -> Iterator[bytes]:
        """The XML of a part in blocks that never split a tag, checked for what XML here may not hold."""
        carried, prolog = b"", True
        for piece in self.pieces(name):
            if b"\0" in piece:
                raise refuse("part_not_utf8", part=name)
            joined = carried + piece
            cut = max(0, joined.rfind(b"<"))
            block, carried = joined[:cut], joined[cut:]
            if len(carried) > LONGEST_TEXT:
                raise refuse("zip_bomb", part=ascii(name)[:100])
            if block:
                prolog = prolog and still_prolog(block, name)
                yield block
        if prolog:
            still_prolog(carried, name)
        yield carried

    def whole(self, name: str) -> bytes:
        if self.parts[name].file_size > MOST_WHOLE:
            raise refuse("zip_bomb", part=ascii(name)[:100])
        return b"".join(self.blocks(name))


def still_prolog(block: bytes, name: str) -> bool:
    """Whether the root element is yet to come. A document type can only stand before it."""
    if (said := ENCODING.search(block)) and said[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
        raise refuse("part_not_utf8", part=name)
    if DECLARATION.search(block):
        raise refuse("document_type", part=name)
    return ELEMENT.search(block) is None
