"""What an .ods may not hold, found while its parts stream by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from submissions.workbook.archive import Archive
from submissions.workbook.cells import Box, letters
from submissions.workbook.refusals import refuse

PARTS = (
    (r"^(basic|scripts|dialogs)/.", "macros"),
    (r"^(pictures|media)/.|\.(png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|mp4|mp3|avi|mov|wav)$", "pictures"),
    (r"^object|^.*\.bin$", "embedded_objects"),
)
KNOWN = re.compile(
    r"mimetype|(content|styles|meta|settings)\.xml|meta-inf/(manifest|documentsignatures)\.xml|manifest\.rdf|layout-cache"
    r"|configurations2/[\w/.]*|thumbnails/thumbnail\.png|[\w /-]+/"
)
THUMBNAIL, LARGEST_THUMBNAIL, LONGEST_SIDE = "Thumbnails/thumbnail.png", 64 * 1024, 512
TAGS = (
    (re.compile(rb"<(?:script:event-listener|office:script)[\s>]"), "macros"),
    (re.compile(rb"<(?:draw:image|office:binary-data|draw:fill-image|style:background-image\s[^>]*href)[\s=>]"), "pictures"),
    (re.compile(rb"<(?:draw:object|draw:object-ole|draw:plugin|draw:applet|draw:floating-frame)[\s>]"), "embedded_objects"),
    (
        re.compile(rb"<(?:table:table-source|table:cell-range-source|table:dde-link|office:dde-source|table:database-source-\w+)"
                   rb"[\s>]"),
        "external_links",
    ),
)  # fmt: skip
TAG = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)(?=[\s/>])([^>]*)>")
NAMED = re.compile(rb"table:name=[\"']([^\"']*)")
COLUMNS = re.compile(rb"number-columns-repeated=[\"']([0-9]+)")
ROWS = re.compile(rb"number-rows-repeated=[\"']([0-9]+)")
YES_OR_NO = re.compile(rb"table:formula=[\"']of:=(?:TRUE|FALSE)\(\)[\"']")
"""How LibreOffice writes yes and no."""
SPANNED = re.compile(rb"number-rows-spanned=[\"']([0-9]+)")


def scan(archive: Archive) -> None:
    """Raises SourceError with the first reason not to take this workbook."""
    for name in archive.parts:
        look_at_name(name)
    if "content.xml" not in archive.parts:
        raise refuse("broken_zip", problem="no content inside")
    if "META-INF/manifest.xml" in archive.parts and b"encryption-data" in archive.whole("META-INF/manifest.xml"):
        raise refuse("encrypted")
    for name in archive.parts:
        if name == "content.xml":
            scan_content(archive.blocks(name))
        elif name == THUMBNAIL:
            look_at_thumbnail(b"".join(archive.pieces(name)))
        elif name.endswith(".xml"):
            for block in archive.blocks(name):
                look_at_tags(block, name)
        else:
            for _ in archive.pieces(name):
                pass


def look_at_name(name: str) -> None:
    lower = name.casefold()
    for pattern, code in PARTS:
        if name != THUMBNAIL and re.search(pattern, lower):
            raise refuse(code, part=name)
    if not KNOWN.fullmatch(lower):
        raise refuse("unexpected_part", part=name)


def look_at_thumbnail(data: bytes) -> None:
    """LibreOffice adds a small image of the first page; a larger one is a picture."""
    sides = [int.from_bytes(data[at : at + 4], "big") for at in (16, 20)]
    if not data.startswith(b"\x89PNG") or len(data) > LARGEST_THUMBNAIL or max(sides) > LONGEST_SIDE:
        raise refuse("pictures", part=THUMBNAIL)


def look_at_tags(block: bytes, name: str) -> None:
    for pattern, code in TAGS:
        if pattern.search(block):
            raise refuse(code, part=name)


def scan_content(blocks: Iterable[bytes]) -> None:
    tables = Tables()
    for block in blocks:
        look_at_tags(block, "content.xml")
        tables.over(block)


class Tables:
    """Follows rows and cells; repeated ones count as often as they stand."""

    def __init__(self) -> None:
        self.box = Box("")
        self.row = self.column = 0
        self.repeated = 0
        """How often the row stands that is being followed; 0 before the first."""

    def over(self, block: bytes) -> None:
        for tag in TAG.finditer(block):
            kind, told = tag[1], tag[2]
            if kind == b"table":
                name = NAMED.search(told)
                self.box = Box(unescape(name[1].decode("utf-8", "replace")) if name else "")
                self.row = self.repeated = 0
            elif kind == b"table-row":
                self.row += self.repeated
                self.repeated = number_in(ROWS, told)
                self.column = 0
            else:
                self.cell(told)

    def cell(self, told: bytes) -> None:
        times = number_in(COLUMNS, told)
        if b"office:value" in told or b"table:formula" in told or not told.endswith(b"/"):
            self.look_at(told)
            self.box.hold(self.row + self.repeated - 1, self.column + times - 1)
        self.column += times

    def look_at(self, told: bytes) -> None:
        cell = f"{letters(self.column)}{self.row + 1}"
        if b"table:formula" in told and not YES_OR_NO.search(told):
            raise refuse("formula", sheet=self.box.sheet, cell=cell)
        if b'calcext:value-type="error"' in told:
            raise refuse("error_cell", sheet=self.box.sheet, cell=cell)
        if b'office:value-type="percentage"' in told:
            raise refuse("percent_cell", sheet=self.box.sheet, cell=cell)
        if number_in(SPANNED, told) > 1:
            below = f"{cell}:{letters(self.column)}{self.row + number_in(SPANNED, told)}"
            raise refuse("merged_cells", sheet=self.box.sheet, cell=below)


def number_in(pattern: re.Pattern[bytes], told: bytes) -> int:
    found = pattern.search(told)
    return int(found[1]) if found else 1
