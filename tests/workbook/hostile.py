"""Files that nobody should send, each with what the portal says to it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.workbook.builders import (
    HEADER,
    MAIN,
    ODS_HEADER,
    ODS_START,
    RELATION,
    RELATIONS,
    TYPES,
    WORKBOOK,
    ods,
    sheet_xml,
    table_xml,
    text_cell,
    xlsx,
    zipped,
)

FAR = "A sheet may use 60 columns and 4,000,000 cells. Delete the rows and columns that hold no figures."
ANEW = "Open it, save it anew, and send that."
AS_VALUES = "Copy the results and paste them as values, then save again."
FIGURES_ONLY = "The portal takes figures and text only: delete it and save again."
WITHOUT_MACROS = "Save it as Excel workbook (.xlsx) or OpenDocument spreadsheet (.ods) without them."
UNREADABLE = (
    "The workbook cannot be opened: it is damaged, or not built as its name says. Open it, save it anew as .xlsx or .ods, "
    "and send that."
)
SEND = "Send a workbook (.xlsx, .ods), CSV or newline-delimited JSON."


@dataclass(frozen=True)
class Refused:
    name: str
    make: Callable[[], bytes]
    code: str
    told: str
    """The sentence, or how it begins where an ellipsis ends it."""

    @property
    def id(self) -> str:
        return f"{self.code}-{self.name}"


def row(*cells: str, number: int = 2) -> str:
    return sheet_xml(f'{HEADER}<row r="{number}">{"".join(cells)}</row>')


GOOD = row(text_cell("A2", "reports.total"), '<c r="B2"><v>5</v></c>')
ODS_CELL = '<table:table-cell office:value-type="float" office:value="5"/>'


def ods_row(*cells: str) -> str:
    return f"{ODS_HEADER}<table:table-row>{''.join(cells)}</table:table-row>"


# Odd zips -------------------------------------------------------------------------------------------------


def ole(*inside: bytes) -> bytes:
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + b"".join(inside)


def with_flags(data: bytes, flags: int) -> bytes:
    """The same zip with these flags on every part."""
    parts = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = parts.find(signature)
        while at >= 0:
            struct.pack_into("<H", parts, at + offset, flags)
            at = parts.find(signature, at + 4)
    return bytes(parts)


def packed_by(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive, zipfile.ZipFile(io.BytesIO(xlsx(GOOD))) as good:
        for name in good.namelist():
            archive.writestr(name, good.read(name))
    return out.getvalue()


def corrupt() -> bytes:
    data = bytearray(xlsx(sheet_xml(HEADER * 50)))
    at = data.find(b"xl/worksheets/sheet1.xml") + 24
    data[at + 5 : at + 25] = b"\xff" * 20
    return bytes(data)


def twice() -> bytes:
    out = io.BytesIO(xlsx(GOOD))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("XL/Worksheets/sheet1.xml", GOOD)
    return out.getvalue()


def blanks(megabytes: int) -> bytes:
    """A sheet of so many blanks; the packed bytes of one megabyte are laid one behind the other."""
    start, end = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode(), b"</sheetData></worksheet>"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    one = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    last = packer.compress(end) + packer.flush()
    return with_part(
        "xl/worksheets/sheet1.xml", first + one * megabytes + last, len(start) + megabytes * 2**20 + len(end)
    )


def with_part(name: str, packed: bytes, told: int) -> bytes:
    """A zip whose part holds these packed bytes and tells this size."""
    crc = 0
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(packed), told, len(name), 0)
    start = xlsx("", without=[name])
    at = start.rfind(b"PK\x05\x06")
    entries, size, offset = struct.unpack("<HII", start[at + 10 : at + 20])
    directory = start[offset : offset + size] + struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(packed), told, len(name), 0, 0, 0, 0, 0, offset
    ) + name.encode()  # fmt: skip
    begin = offset + len(local) + len(name) + len(packed)
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, entries + 1, entries + 1, len(directory), begin, 0)
    return start[:offset] + local + name.encode() + packed + directory + end


def lying(told: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return with_part("xl/worksheets/sheet1.xml", packer.compress(GOOD.encode()) + packer.flush(), told)


def overlapping() -> bytes:
    """Two names for the same packed bytes."""
    data = bytearray(xlsx(GOOD, {"xl/worksheets/sheet2.xml": "<x/>"}))
    central = data.rfind(b"PK\x01\x02")
    first = data.find(b"PK\x01\x02")
    data[central + 42 : central + 46] = data[first + 42 : first + 46]
    return bytes(data)


LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="0.0%"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>'
)
DRAWING = '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">{}</xml>'


def external(kind: str) -> str:
    told = RELATION.format(id="rId9", kind=kind, to="file:///c:/other.xlsx").replace("/>", ' TargetMode="External"/>')
    return RELATIONS.format(told)


def hidden(state: str) -> bytes:
    return xlsx(GOOD, {"xl/workbook.xml": WORKBOOK.replace('sheetId="1"', f'sheetId="1" state="{state}"')})


def files() -> Iterator[Refused]:
    yield from kinds()
    yield from zips()
    yield from contents_of_xlsx()
    yield from sheets_of_xlsx()
    yield from contents_of_ods()
    yield from texts()


def kinds() -> Iterator[Refused]:
    def other(name: str, data: bytes, kind: str) -> Refused:
        return Refused(name, lambda: data, "unknown_file", f"This is {kind}, not a table of figures. {SEND}")

    yield Refused("nothing.xlsx", lambda: b"", "empty_file", "The file is empty.")
    yield other("report.xlsx", b"%PDF-1.7\n%\xe2\xe3", "a PDF")
    yield other("chart.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture")
    yield other("photo.csv", b"\xff\xd8\xff\xe0\0\x10JFIF", "a picture")
    yield other("export.xls", b"\n<!DOCTYPE html><html><table>", "a web page")
    yield other("flat.xlsx", b'<?xml version="1.0"?><Workbook/>', "an XML file")
    yield other("data.csv", b"\x1f\x8b\x08\0", "a packed archive")
    yield other("film.xlsx", b"\0\0\0\x18ftypmp42", "a sound or a film")
    yield other("tool.xlsx", b"MZ\x90\0", "a program")
    yield other("letter.xlsx", zipped({"word/document.xml": "<a/>"}), "a text document")
    yield other("slides.xlsx", zipped({"ppt/presentation.xml": "<a/>"}), "a presentation")
    yield other("things.xlsx", zipped({"a.txt": "a"}), "a packed archive")
    yield other(
        "letter.ods",
        zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}),
        "an OpenDocument file of another kind",
    )
    yield Refused(
        "figures.xlsx", lambda: b"address,value\n", "not_a_workbook",
        "The file is named figures.xlsx, but what it holds is no workbook. Open it in a spreadsheet program and save it as "
        ".xlsx or .ods.",
    )  # fmt: skip
    yield Refused(
        "old.xls", ole, "old_excel", "This is a workbook of the old format .xls. Save it as Excel workbook (.xlsx)."
    )
    locked = "The workbook is protected by a password for opening. Save it without one."
    yield Refused("locked.xlsx", lambda: ole("EncryptedPackage".encode("utf-16-le")), "encrypted", locked)
    yield Refused("zip-locked.xlsx", lambda: with_flags(xlsx(GOOD), 1), "encrypted", locked)
    yield Refused(
        "binary.xlsb", lambda: zipped({"xl/workbook.bin": b"\0"}), "binary_excel",
        "This is a binary workbook (.xlsb). Save it as Excel workbook (.xlsx).",
    )  # fmt: skip


def zips() -> Iterator[Refused]:
    def broken(name: str, make: Callable[[], bytes], problem: str) -> Refused:
        return Refused(
            name, make, "broken_zip", f"The workbook is damaged ({problem}). {ANEW}".replace("Open it,", "Open it,")
        )

    def bomb(name: str, make: Callable[[], bytes], part: str = "'xl/worksheets/sheet1.xml'") -> Refused:
        return Refused(
            name, make, "zip_bomb",
            f"Unpacked, the workbook is far larger than any filing ({part}). Copy the figures to a new workbook.",
        )  # fmt: skip

    yield broken("cut.xlsx", lambda: xlsx(GOOD)[:900], "no directory of its parts")
    yield broken("corrupt.xlsx", corrupt, "…")
    yield broken("headless.xlsx", lambda: xlsx(GOOD, without=["xl/_rels/workbook.xml.rels"]), "no workbook inside")
    yield broken(
        "bzip2.xlsx", lambda: packed_by(zipfile.ZIP_BZIP2), "'[Content_Types].xml' is packed in an unusual way"
    )
    yield broken("lzma.xlsx", lambda: packed_by(zipfile.ZIP_LZMA), "'[Content_Types].xml' is packed in an unusual way")
    yield broken("boasting.xlsx", lambda: lying(10**6), "'xl/worksheets/sheet1.xml' is cut short")
    yield bomb("modest.xlsx", lambda: lying(10))
    yield bomb("blanks.xlsx", lambda: blanks(990))
    yield bomb("two-gigabytes.xlsx", lambda: blanks(2000), "2000 MB")
    yield bomb("overlapping.xlsx", overlapping, "'xl/worksheets/sheet2.xml'")
    yield Refused(
        "parts.xlsx", lambda: xlsx(GOOD, {f"xl/worksheets/s{n}.xml": "<a/>" for n in range(1200)}), "too_many_parts",
        "The workbook is made of more than 1000 parts. Copy the figures to a new workbook.",
    )  # fmt: skip
    yield Refused("twice.xlsx", twice, "part_twice",
                  f"The workbook holds the part 'XL/Worksheets/sheet1.xml' twice. {ANEW}")  # fmt: skip
    for name in ("../../etc/passwd", "/etc/passwd", "xl\\..\\evil.xml", "c:evil.xml"):
        yield Refused(f"path-{len(name)}.xlsx", lambda name=name: xlsx(GOOD, {name: "x"}), "unsafe_path",  # type: ignore[misc]
                      f"The workbook holds a part with an unsafe name ({name!a}). {ANEW}")  # fmt: skip


def contents_of_xlsx() -> Iterator[Refused]:
    def part(name: str, code: str, told: str, text: str | bytes = "<a/>") -> Refused:
        return Refused(name.rpartition("/")[2], lambda: xlsx(GOOD, {name: text}), code, told)

    def macros(where: str) -> str:
        return f"The workbook holds macros ({where}). {WITHOUT_MACROS}"

    def picture(where: str) -> str:
        return f"The workbook holds a picture ({where}). {FIGURES_ONLY}"

    def embedded(where: str) -> str:
        return f"The workbook holds an embedded object ({where}). {FIGURES_ONLY}"

    def outside(where: str) -> str:
        return f"The workbook draws on other files or connections ({where}). Break the links, keep the values, and save again."

    for name in ("xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"):
        yield part(name, "macros", macros(name))
    yield part(
        "[Content_Types].xml", "macros", macros("[Content_Types].xml"),
        TYPES.replace("spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"),
    )  # fmt: skip
    for name in ("xl/media/image1.png", "docProps/thumbnail.jpeg"):
        yield part(name, "pictures", picture(name))
    blip = '<xdr:pic xmlns:xdr="x" xmlns:a="a" xmlns:r="r"><a:blip r:embed="rId1"/></xdr:pic>'
    yield part("xl/drawings/drawing1.xml", "pictures", picture("xl/drawings/drawing1.xml"), blip)
    image = DRAWING.format('<v:shape><v:imagedata o:relid="rId1"/></v:shape>')
    yield part("xl/drawings/vmlDrawing1.vml", "pictures", picture("xl/drawings/vmlDrawing1.vml"), image)
    button = DRAWING.format('<x:ClientData ObjectType="Button"><x:FmlaMacro>Run</x:FmlaMacro></x:ClientData>')
    yield part("xl/drawings/vmlDrawing2.vml", "macros", macros("xl/drawings/vmlDrawing2.vml"), button)
    for name in ("xl/embeddings/oleObject1.bin", "xl/embeddings/workbook.xlsx", "xl/activeX/activeX1.xml"):
        yield part(name, "embedded_objects", embedded(name))
    for name in ("xl/externalLinks/externalLink1.xml", "xl/connections.xml", "xl/queryTables/queryTable1.xml"):
        yield part(name, "external_links", outside(name))
    name = "xl/worksheets/_rels/sheet1.xml.rels"
    yield part(name, "external_links", outside(name), external("externalLinkPath"))
    for name in ("xl/nested.zip", "xl/charts/chart1.xml", "xl/pivotCache/pivotCacheDefinition1.xml"):
        told = f"The workbook holds more than cells ({name}). Copy the figures to a new workbook, as values."
        yield part(name, "unexpected_part", told)
    said = "declares entities of its own, which no spreadsheet program writes. Open the workbook, save it anew, and send that."
    yield part("xl/sharedStrings.xml", "document_type", f"The part xl/sharedStrings.xml {said}",
               f"{LAUGHS}]><sst><si><t>&j;</t></si></sst>")  # fmt: skip
    yield part("xl/styles.xml", "document_type", f"The part xl/styles.xml {said}",
               '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><styleSheet>&e;</styleSheet>')  # fmt: skip


def sheets_of_xlsx() -> Iterator[Refused]:
    def sheet(name: str, xml: str | bytes, code: str, told: str, **parts: str) -> Refused:
        wanted = {key.replace("__", "/") + ".xml": text for key, text in parts.items()}
        return Refused(f"{name}.xlsx", lambda: xlsx("", {**wanted, "xl/worksheets/sheet1.xml": xml}), code, told)

    def formula(name: str, xml: str, cell: str = "B2") -> Refused:
        return sheet(name, xml, "formula", f"Sheet Data, cell {cell} holds a formula. {AS_VALUES}")

    def far(name: str, xml: str, cell: str) -> Refused:
        return sheet(name, xml, "far_cell", f"Sheet Data has something in cell {cell}, far from all figures. {FAR}")

    yield formula("formula", row('<c r="B2"><f>1+1</f><v>2</v></c>'))
    yield formula("shared-formula", row('<c r="B2"><f t="shared" si="0"/><v>2</v></c>'))
    yield formula("quoted-formula", row("<c r='B2'><f ca='1'>NOW()</f><v>2</v></c>"))
    yield formula("prefixed-formula", row('<x:c r="B2"><x:f>1</x:f></x:c>'))
    many = "".join(f'<row r="{n}">{text_cell(f"A{n}", "x" * 60)}</row>' for n in range(2, 40_000))
    yield formula(
        "late-formula", sheet_xml(f'{HEADER}{many}<row r="40001"><c r="C40001"><f>A1</f></c></row>'), "C40001"
    )
    yield sheet(
        "error", row('<c r="B2" t="e"><v>#N/A</v></c>'), "error_cell",
        "Sheet Data, cell B2 holds an error such as #N/A instead of a value. Type the value, or clear the cell.",
    )  # fmt: skip
    yield sheet(
        "percent", row('<c r="B2" s="1"><v>0.05</v></c>'), "percent_cell",
        "Sheet Data, cell B2 is formatted as a percentage: it shows 5% and holds 0.05, so it cannot be told which is meant. "
        "Format it as a number and type the number of percent.", xl__styles=STYLES,
    )  # fmt: skip
    yield sheet(
        "merged", sheet_xml(HEADER, '<mergeCells count="1"><mergeCell ref="B2:B4"/></mergeCells>'), "merged_cells",
        "Sheet Data, cells B2:B4 are merged over several rows, so it cannot be told to which row they belong. Unmerge them.",
    )  # fmt: skip
    yield far("corner", sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
              "XFD1048576")  # fmt: skip
    yield far(
        "corner-quoted", sheet_xml("<row><c r='A1'><v>1</v></c><c r='XFD1048576'><v>1</v></c></row>"), "XFD1048576"
    )
    wide = "".join(f'<c r="{place}1"><v>1</v></c>' for place in column_letters(16_384))
    yield far("wide", sheet_xml(f'<row r="1">{wide}</row>'), "BI1")
    yield far("twenty-thousand-columns", sheet_xml(f"<row>{'<c><v>1</v></c>' * 20_000}</row>"), "BI1")
    yield far("deep", sheet_xml('<row r="1"><c r="J1"><v>1</v></c></row><row r="1048576"><c r="J1048576"><v>1</v></c></row>'),
              "J1048576")  # fmt: skip
    utf8 = "The part xl/worksheets/sheet1.xml is not UTF-8. Open the workbook, save it anew, and send that."
    yield sheet("utf16", GOOD.encode("utf-16"), "part_not_utf8", utf8)
    yield sheet("latin1", f'<?xml version="1.0" encoding="ISO-8859-1"?>{GOOD}'.encode(), "part_not_utf8", utf8)
    yield sheet("nul", GOOD.encode().replace(b"reports", b"re\0orts"), "part_not_utf8", utf8)
    yield sheet("unclosed", GOOD[:-40], "unreadable_workbook", UNREADABLE)
    yield sheet("no-such-string", row('<c r="B2" t="s"><v>999</v></c>'), "unreadable_workbook", UNREADABLE)
    yield sheet(
        "no-address", sheet_xml(table_xml(("a", "b"), ("1", "2"))), "no_address_column",
        "No sheet has a cell 'address' in its first ten rows. Use the workbook of the portal, or name the columns in one row: "
        "address, value, obs_status, period, unit, qualifier, low, high, reason, flags, comment.",
    )  # fmt: skip
    yield sheet(
        "column-twice", sheet_xml(table_xml(("address", "value", "value"), ("reports.total", "1", "2"))), "column_twice",
        "Sheet Data names these columns twice: value.",
    )  # fmt: skip
    for state in ("hidden", "veryHidden"):
        yield Refused(
            f"{state}.xlsx", lambda state=state: hidden(state), "hidden_sheet",  # type: ignore[misc]
            "Sheet Data is hidden and holds figures. Nothing is filed that you cannot see: show the sheet, or delete it.",
        )  # fmt: skip


def column_letters(count: int) -> Iterator[str]:
    from submissions.workbook.cells import letters

    return map(letters, range(count))


def contents_of_ods() -> Iterator[Refused]:
    def cell(name: str, text: str, code: str, told: str) -> Refused:
        return Refused(f"{name}.ods", lambda: ods(ods_row(ODS_CELL, text)), code, told)

    yield cell(
        "formula", '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/>', "formula",
        f"Sheet Data, cell B2 holds a formula. {AS_VALUES}",
    )  # fmt: skip
    yield cell(
        "error", '<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>',
        "error_cell",
        "Sheet Data, cell B2 holds an error such as #N/A instead of a value. Type the value, or clear the cell.",
    )  # fmt: skip
    yield cell(
        "percent", '<table:table-cell office:value-type="percentage" office:value="0.05"/>', "percent_cell",
        "Sheet Data, cell B2 is formatted as a percentage: it shows 5% and holds 0.05, so it cannot be told which is meant. "
        "Format it as a number and type the number of percent.",
    )  # fmt: skip
    yield cell(
        "merged", '<table:table-cell table:number-rows-spanned="3" office:value-type="float" office:value="5"/>', "merged_cells",
        "Sheet Data, cells B2:B4 are merged over several rows, so it cannot be told to which row they belong. Unmerge them.",
    )  # fmt: skip
    yield cell(
        "columns-repeated", '<table:table-cell table:number-columns-repeated="16000" office:value-type="float" office:value="5"/>',
        "far_cell", f"Sheet Data has something in cell WQK2, far from all figures. {FAR}",
    )  # fmt: skip
    rows = f'{ODS_HEADER}<table:table-row table:number-rows-repeated="1048000">{ODS_CELL * 5}</table:table-row>'
    yield Refused("rows-repeated.ods", lambda: ods(rows), "far_cell",
                  f"Sheet Data has something in cell D1048001, far from all figures. {FAR}")  # fmt: skip
    skipped = f'<table:table-row table:number-rows-repeated="900000"><table:table-cell/></table:table-row>{ods_row(ODS_CELL * 9)}'
    yield Refused("rows-skipped.ods", lambda: ods(skipped), "far_cell",
                  f"Sheet Data has something in cell E900002, far from all figures. {FAR}")  # fmt: skip

    def part(name: str, code: str, told: str, text: str | bytes = "<a/>") -> Refused:
        return Refused(f"{name.rpartition('/')[2]}.ods", lambda: ods(ods_row(ODS_CELL), {name: text}), code, told)

    yield part(
        "Basic/Standard/Module1.xml",
        "macros",
        f"The workbook holds macros (Basic/Standard/Module1.xml). {WITHOUT_MACROS}",
    )
    yield part("Pictures/1.jpg", "pictures", f"The workbook holds a picture (Pictures/1.jpg). {FIGURES_ONLY}")
    yield part("Thumbnails/thumbnail.png", "pictures",
               f"The workbook holds a picture (Thumbnails/thumbnail.png). {FIGURES_ONLY}", b"\x89PNG" + b"\xff" * 90)  # fmt: skip
    yield part("Object 1/content.xml", "embedded_objects",
               f"The workbook holds an embedded object (Object 1/content.xml). {FIGURES_ONLY}")  # fmt: skip
    yield part("META-INF/manifest.xml", "encrypted",
               "The workbook is protected by a password for opening. Save it without one.",
               '<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>')  # fmt: skip

    def tag(name: str, xml: str, code: str, told: str) -> Refused:
        return Refused(f"{name}.ods", lambda: ods(xml + ods_row(ODS_CELL)), code, told)

    yield tag("listener", '<office:event-listeners><script:event-listener xlink:href="x"/></office:event-listeners>', "macros",
              f"The workbook holds macros (content.xml). {WITHOUT_MACROS}")  # fmt: skip
    yield tag("inline-picture", "<draw:frame><draw:image><office:binary-data>AA==</office:binary-data></draw:image></draw:frame>",
              "pictures", f"The workbook holds a picture (content.xml). {FIGURES_ONLY}")  # fmt: skip
    yield tag("object", '<draw:frame><draw:object xlink:href="./x"/></draw:frame>', "embedded_objects",
              f"The workbook holds an embedded object (content.xml). {FIGURES_ONLY}")  # fmt: skip
    yield tag("source", '<table:table-source xlink:href="file:///x.ods"/>', "external_links",
              "The workbook draws on other files or connections (content.xml). Break the links, keep the values, and save "
              "again.")  # fmt: skip
    laughs = f"{LAUGHS}]>{ODS_START.partition('?>')[2]}&j;</office:document-content>"
    yield Refused(
        "laughs.ods",
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": laughs}),
        "document_type",
        "The part content.xml declares entities of its own, which no spreadsheet program writes. Open the workbook, save it "
        "anew, and send that.",
    )


def texts() -> Iterator[Refused]:
    utf16 = "The text is UTF-16. Save the file as CSV UTF-8."
    good = "address,value\nreports.total,5\n"
    yield Refused("utf16.csv", lambda: good.encode("utf-16"), "utf16", utf16)
    yield Refused("utf16-bare.csv", lambda: good.encode("utf-16-le"), "utf16", utf16)
    yield Refused("latin1.csv", lambda: "address,value\nremarks.text,æ\n".encode("latin-1"), "not_utf8",
                  "Line 2 is not UTF-8. Save the file as CSV UTF-8.")  # fmt: skip
    yield Refused("semicolons.csv", lambda: good.replace(",", ";").encode(), "no_address_column",
                  "Line 1 names no column 'address'.…")  # fmt: skip
    yield Refused("quote.csv", lambda: b'address,value\n"reports.total,5\n', "not_csv", "Line 2: …")
    yield Refused("ragged.csv", lambda: b"address,value\nreports.total,5" + b",x" * 20_000 + b"\n", "too_many_columns",
                  "Line 2 has 20002 columns, the header has 2. Put text that holds commas in double quotes.")  # fmt: skip
