"""The first look at a file that came in: what it is, and whether it may be opened at all.

It streams, stops at the first reason to refuse, and unpacks no more than a megabyte at a time. What passes is opened
in a process of its own (`sandbox`).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from submissions.faults import gettext_noop
from submissions.sources import CSV, JSON, NDJSON, ODS, XLSX
from submissions.workbook import scan_ods, scan_xlsx
from submissions.workbook.archive import Archive
from submissions.workbook.refusals import refuse

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
HEAD = 64 * 1024
OTHERS = (
    (rb"%PDF", gettext_noop("a PDF")),
    (rb"\x89PNG|GIF8|\xff\xd8\xff|BM.{4}\0\0\0\0|II\*\0|MM\0\*", gettext_noop("a picture")),
    (rb"\s*<(?i:!doctype html|html|head|body)", gettext_noop("a web page")),
    (rb"\s*<\?xml|\s*<\w+:", gettext_noop("an XML file")),
    (rb"\{\\rtf", gettext_noop("a text document")),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ", gettext_noop("a packed archive")),
    (rb"....ftyp|RIFF|ID3|OggS|\x1aE\xdf\xa3", gettext_noop("a sound or a film")),
    (rb"MZ|\x7fELF", gettext_noop("a program")),
    (rb"SQLite format 3", gettext_noop("a database")),
)
SHEETS = (".xlsx", ".ods", ".xls", ".xlsm", ".xlsb")
ZIPPED = (
    ("word/", gettext_noop("a text document")),
    ("ppt/", gettext_noop("a presentation")),
    ("content.xml", gettext_noop("an OpenDocument file of another kind")),
)


def prescan(file: BinaryIO | Path, name: str) -> str:
    """The media type of a file that may be opened. `file` must be seekable; it is left at its start.
    Raises SourceError with the reason, and the way to mend it, for any other."""
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return prescan(opened, name)
    file.seek(0)
    head = file.read(HEAD)
    try:
        if head.startswith(b"PK"):
            return scan_zip(Archive(file))
        if head.startswith(OLE):
            raise refuse("encrypted" if holds(file, "EncryptedPackage".encode("utf-16-le")) else "old_excel")
        return text_type(head, name)
    finally:
        file.seek(0)


def scan_zip(archive: Archive) -> str:
    if "xl/workbook.xml" in archive.parts or "xl/workbook.bin" in archive.parts:
        scan_xlsx.scan(archive)
        return XLSX
    if "mimetype" in archive.parts and archive.whole("mimetype").strip() == ODS.encode():
        scan_ods.scan(archive)
        return ODS
    for start, kind in ZIPPED:
        if any(name.startswith(start) for name in archive.parts):
            raise refuse("unknown_file", kind=kind)
    raise refuse("unknown_file", kind=gettext_noop("a packed archive"))


def holds(file: BinaryIO, wanted: bytes) -> bool:
    file.seek(0)
    before = b""
    while piece := file.read(1024 * 1024):
        if wanted in before + piece:
            return True
        before = piece[-len(wanted) :]
    return False


def text_type(head: bytes, name: str) -> str:
    """CSV or JSON, by name and content. Whether it is UTF-8 throughout is seen when it is read."""
    suffix = Path(name).suffix.casefold()
    if not head:
        raise refuse("empty_file")
    for pattern, kind in OTHERS:
        if re.match(pattern, head, re.DOTALL):
            raise refuse("unknown_file", kind=kind)
    if suffix in SHEETS:
        raise refuse("not_a_workbook", name=name[:100])
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[1:2] == b"\0" or head[:1] == b"\0":
        raise refuse("utf16")
    if suffix in (".ndjson", ".jsonl"):
        return NDJSON
    if suffix == ".json":
        return JSON
    return NDJSON if re.match(rb"(?:\xef\xbb\xbf)?\s*\{", head) and suffix != ".csv" else CSV
