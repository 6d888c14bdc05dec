"""Workbooks for the tests: written by the portal, by hand, and by LibreOffice."""

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from submissions.canonical import FIELDS, Head, canonicalise, content
from submissions.definition import Definition
from submissions.loading import load_catalogue
from submissions.sources import from_csv
from submissions.workbook.reading import read_workbook
from submissions.workbook.writing import write_workbook

SUBMISSIONS = Path(__file__).parents[2] / "submissions"
CATALOGUE = load_catalogue(SUBMISSIONS / "definitions")
RETURNS = [(definition.return_id, definition.version) for definition in CATALOGUE.definitions.values()]
MEMBER_STATE = CATALOGUE.get("member_state_statistics", "1")
PROVIDER = CATALOGUE.get("provider_report", "2024")
MEASUREMENT = CATALOGUE.get("measurement_series", "1")


def head_of(definition: Definition, entity: str = "dk", period: str = "2025") -> Head:
    return Head(definition.return_id, definition.version, entity, period, date(2025, 1, 1), date(2025, 12, 31))


def published(name: str) -> bytes:
    """A published filing: `published("member_state_statistics/2022/dk.csv")`."""
    return (SUBMISSIONS / "published" / name).read_bytes()


def made(definition: Definition, observations: pl.DataFrame | None = None, language: str = "en", **more: Any) -> bytes:
    out = io.BytesIO()
    write_workbook(
        out,
        definition,
        head_of(definition),
        entity_name="Denmark",
        language=language,
        observations=observations,
        **more,
    )
    return out.getvalue()


def canonical(definition: Definition, raw: pl.DataFrame) -> str:
    head = head_of(definition)
    return content(canonicalise(definition, raw, head), head).decode()


def content_of(data: bytes, definition: Definition) -> str:
    """Canonical content of a workbook."""
    return canonical(definition, read_workbook(data, "", definition).frame)


def content_of_csv(data: bytes, definition: Definition) -> str:
    return canonical(definition, from_csv(data))


def rows(*observations: Mapping[str, str]) -> pl.DataFrame:
    schema = dict.fromkeys(FIELDS, pl.String)
    return pl.DataFrame([{name: row.get(name, "") for name in FIELDS} for row in observations], schema=schema)


# By hand --------------------------------------------------------------------------------------------------

TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
RELATION = (
    '<Relationship Id="{id}" Target="{to}" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>'
)
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def sheet_xml(inside: str, after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{inside}</sheetData>{after}</worksheet>'


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def table_xml(*lines: Iterable[str]) -> str:
    """Rows of text cells from A1 on."""
    told = []
    for number, line in enumerate(lines, 1):
        cells = "".join(text_cell(f"{chr(65 + column)}{number}", text) for column, text in enumerate(line))
        told.append(f'<row r="{number}">{cells}</row>')
    return "".join(told)


HEADER = table_xml(("address", "value", "comment"))


def xlsx(sheet: str, parts: Mapping[str, str | bytes] | None = None, without: Iterable[str] = ()) -> bytes:
    """A small .xlsx with this sheet and further or other parts."""
    wanted: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATIONS.format(RELATION.format(id="rId1", kind="officeDocument", to="xl/workbook.xml")),
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS.format(
            RELATION.format(id="rId1", kind="worksheet", to="worksheets/sheet1.xml")
        ),
        "xl/worksheets/sheet1.xml": sheet,
        **(parts or {}),
    }
    return zipped({name: part for name, part in wanted.items() if name not in without})


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


ODS_START = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.3">'
)
ODS_HEADER = (
    "<table:table-row>"
    + "".join(
        f'<table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>'
        for name in ("address", "value", "comment")
    )
    + "</table:table-row>"
)


def ods(inside: str, parts: Mapping[str, str | bytes] | None = None, before: str = "") -> bytes:
    """A small .ods with these rows in its only table."""
    table = f'<table:table table:name="Data">{inside}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
        'manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"{ODS_START}{before}{body}</office:document-content>",
            "META-INF/manifest.xml": manifest,
            **(parts or {}),
        }
    )


# By LibreOffice -------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def profile() -> tempfile.TemporaryDirectory[str]:
    """Settings of LibreOffice for this run of the tests and nothing else."""
    return tempfile.TemporaryDirectory(prefix="libreoffice-")


def saved_by_libreoffice(data: bytes, suffix: str, folder: Path, named: str = "workbook.xlsx") -> bytes:
    """What LibreOffice makes of a file."""
    (folder / named).write_bytes(data)
    out = folder / f"as-{suffix}"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{profile().name}", "--headless", "--convert-to", suffix,
         "--outdir", str(out), str(folder / named)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (out / named).with_suffix(f".{suffix}").read_bytes()
