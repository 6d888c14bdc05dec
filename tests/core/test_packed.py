"""Canonical lines are kept in columns and come back as they were; a part at a time or all at once, they are the same."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from submissions import addresses, canonical
from submissions.canonical import Head, canonicalise, content_hash, pack, raw_frame, unpack
from submissions.loading import read_rows
from submissions.sources import from_csv
from tests.core.builders import CATALOGUE, ROOT, head_of, lines_of
from tests.core.clean import CLEAN, clean_provider_2024

PUBLISHED = sorted((ROOT.parent / "published").glob("*/*/*.csv"))
PERIODS = {(row["return_id"], row["label"]): row for row in read_rows(ROOT / "periods.csv")}
ODD = [
    {"address": "errors.known.flagged[technology=]", "value": "1"},
    {"address": "errors.known.flagged[colour=red]", "value": "1"},
    {"address": "errors.known.flagged[technology=_U]", "value": "007", "period": "2025-01-01/.."},
    {"address": "nowhere", "value": "x", "period": "never", "remark": "?"},
    {"address": "", "low": "1", "high": "2", "qualifier": "range"},
    {"address": "safeguards.redress", "value": "Klage på\nafgørelsen", "flags": "rounded;method_changed"},
]


def head_of_file(path: Path) -> Head:
    return_id, label = path.parts[-3:-1]
    period = PERIODS[return_id, label]
    start, end = date.fromisoformat(period["start"]), date.fromisoformat(period["end"])
    return Head(return_id, period["version"], path.stem, label, start, end)


def assert_comes_back(lines: pl.DataFrame, head: Head) -> None:
    again = unpack(pack(lines), CATALOGUE.get(head.return_id, head.version), head)
    assert again.schema == lines.schema
    assert again.equals(lines)


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: "-".join(path.parts[-3:]))
def test_a_published_filing_comes_back_as_it_was(path: Path) -> None:
    head = head_of_file(path)
    definition = CATALOGUE.get(head.return_id, head.version)
    assert_comes_back(canonicalise(definition, from_csv(path.read_bytes()), head), head)


@pytest.mark.parametrize("which", sorted(CLEAN), ids=str)
@pytest.mark.parametrize("rows", [0, 1, None])
def test_a_clean_filing_comes_back_as_it_was(which: tuple[str, str], rows: int | None) -> None:
    head = head_of(*which)
    assert_comes_back(lines_of(head, CLEAN[which]()[:rows]), head)


def test_what_is_wrong_in_a_filing_comes_back_too() -> None:
    head = head_of("provider_report", "2024")
    assert_comes_back(lines_of(head, ODD), head)
    assert_comes_back(lines_of(head, [*clean_provider_2024(), *ODD]), head)


@pytest.mark.parametrize("which", sorted(CLEAN), ids=str)
def test_lines_read_and_written_a_few_at_a_time_are_the_same(
    which: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    head, raw = head_of(*which), raw_frame([*CLEAN[which](), *ODD])
    lines = canonicalise(CATALOGUE.get(*which), raw, head)
    digest = content_hash(lines, head)
    for module in (addresses, canonical):
        monkeypatch.setattr(module, "ROWS_AT_ONCE", 3)
    assert canonicalise(CATALOGUE.get(*which), raw, head).equals(lines)
    assert content_hash(lines, head) == digest


def test_what_was_packed_as_an_arrow_file_comes_back_too() -> None:
    head = head_of("provider_report", "2024")
    lines, out = lines_of(head, clean_provider_2024()), io.BytesIO()
    pl.read_ipc_stream(io.BytesIO(pack(lines))).write_ipc(out, compression="zstd")

    assert out.getvalue().startswith(b"ARROW1")
    assert unpack(out.getvalue(), CATALOGUE.get("provider_report", "2024"), head).equals(lines)
