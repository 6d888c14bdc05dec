"""One contract: whatever door a filing comes through, it is the same content, the same hash, the same findings."""

from __future__ import annotations

import csv
import importlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, settings

from submissions import catalogue as portal_catalogue
from submissions.canonical import FIELDS, Head, canonicalise, content, content_hash, raw_frame
from submissions.definition import Definition
from submissions.entry import read_section, section_fields
from submissions.rules import Context
from submissions.sources import XLSX, from_csv, from_ndjson, from_observations, load_json
from submissions.validation import validate_together
from submissions.workbook import sandbox, sheets
from submissions.workbook.reading import read_workbook
from submissions.workbook.writing import write_workbook
from tests.doors.generated import Line, filings, head_of

pytestmark = pytest.mark.pure
CATALOGUE = portal_catalogue.catalogue()
RETURNS = {definition.id: definition for definition in CATALOGUE.definitions.values()}
FILINGS_A_RETURN = 200
Door = Callable[[Definition, Head, list[Line]], pl.DataFrame]


def as_json(definition: Definition, head: Head, lines: list[Line]) -> pl.DataFrame:
    sent = json.dumps({"observations": lines}, ensure_ascii=False).encode()
    return from_observations(load_json(sent)["observations"])


def as_ndjson(definition: Definition, head: Head, lines: list[Line]) -> pl.DataFrame:
    return from_ndjson("\n".join(json.dumps(line) for line in lines).encode())


def as_csv(definition: Definition, head: Head, lines: list[Line]) -> pl.DataFrame:
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS)
    writer.writeheader()
    writer.writerows(lines)
    return from_csv(out.getvalue().encode())


def verdicts(definition: Definition, head: Head, through: Iterable[pl.DataFrame]) -> list[list[tuple[Any, ...]]]:
    """Every finding without its place, which is the door's own. Judged together, as a worker does."""
    judged = validate_together(definition, [(lines, Context(head)) for lines in through])
    return [
        sorted((f.rule, f.severity, f.address, f.field, f.value, f.related, str(sorted(f.params.items())), f.blocked_by)
               for f in one.findings)
        for one in judged
    ]  # fmt: skip


def as_workbook(definition: Definition, head: Head, lines: list[Line]) -> pl.DataFrame:
    """Somebody fills the portal's workbook with these lines, and it is read."""
    out = io.BytesIO()
    write_workbook(
        out,
        definition,
        head,
        entity_name="Example",
        language="da",
        observations=raw_frame(lines).select("line", *FIELDS),
    )
    return read_workbook(out.getvalue(), XLSX, definition).frame


def as_form(definition: Definition, head: Head, lines: list[Line]) -> pl.DataFrame:
    """A draft with these lines is opened in the form, section by section, and each section is sent as it stands."""
    sent = (
        read_section(definition, category, section_fields(definition, category, lines, "nl"), "nl")
        for category in (0, *definition.categories)
    )
    return from_observations([line for section in sent for line in section])


DOORS: dict[str, Door] = {"JSON": as_json, "CSV": as_csv, "NDJSON": as_ndjson, "workbook": as_workbook, "form": as_form}


@pytest.fixture(scope="module", autouse=True)
def workbooks_read_in_this_process() -> Iterator[None]:
    """What the child process does, without the price of starting one for every filing."""

    def run(task: str, options: dict[str, Any], *blobs: bytes, **limits: int) -> list[bytes]:
        return importlib.import_module(f"submissions.workbook.{task}").answer(options, *blobs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "run", run)
        # Rows left free for more members hold nothing, and most of the time of writing.
        patch.setattr(sheets, "FREE_ROWS", 1)
        patch.setattr(sheets, "BLANK_BLOCK_ROWS", 1)
        yield


@pytest.mark.parametrize("return_", RETURNS)
def test_the_same_filing_is_the_same_content_and_the_same_findings_through_every_door(return_) -> None:
    definition = RETURNS[return_]
    head = head_of(definition)

    @settings(max_examples=FILINGS_A_RETURN, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
    @given(filings(definition))
    def holds(lines: list[Line]) -> None:
        came = {name: canonicalise(definition, door(definition, head, lines), head) for name, door in DOORS.items()}
        sent = came["JSON"]
        for name, other in came.items():
            assert content(other, head).splitlines() == content(sent, head).splitlines(), name
            assert content_hash(other, head) == content_hash(sent, head), name
        told = dict(zip(came, verdicts(definition, head, came.values()), strict=True))
        assert told == dict.fromkeys(came, told["JSON"])

    holds()
