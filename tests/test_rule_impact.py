"""Before a definition is published: whom would it pass or fail?"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from submissions.models import Finding, Revision
from submissions.publications import Loaded
from tests.pages.world import load

STATES = "member_state_statistics_1"
RETURNS = ["provider_report_2021", "provider_report_2024", STATES, "reference_statistics_1", "measurement_series_1"]


def draft_of(tmp_path: Path, name: str, file: str = "rules.toml", old: str = "", new: str = "") -> Path:
    """A copy of a definition with one change."""
    folder = tmp_path / name
    shutil.copytree(Path(settings.DEFINITIONS_DIR) / name, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def impact(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command("rule_impact", str(folder), *options, stdout=out)
    return out.getvalue()


def test_a_copy_of_a_definition_changes_nothing_for_any_published_filing(tmp_path, published: list[Loaded]) -> None:
    told = {
        name: [json.loads(line) for line in impact(draft_of(tmp_path, name), "--json").splitlines()] for name in RETURNS
    }

    for name, filings in told.items():
        _return, _, version = name.rpartition("_")
        own = [one for one in filings if one["version"] == version]
        assert own, name
        assert [one for one in own if one["change"] != "same" or one["fires"] or one["ceases"]] == []
    assert {one["change"] for one in told["provider_report_2021"] if one["version"] == "2024"} == {"not_read"}
    assert {one["change"] for one in told["provider_report_2024"] if one["version"] == "2021"} == {"not_read"}


def test_a_rule_that_becomes_an_error_fails_those_whom_it_warned(tmp_path, published: list[Loaded]) -> None:
    rules = (Path(settings.DEFINITIONS_DIR) / "member_state_statistics_1" / "rules.toml").read_text(encoding="utf-8")
    begin = rules.index('code = "M-CNV-001"')
    entry = rules[begin : rules.index("[rule.", begin)]
    warned = Finding.objects.filter(rule="M-CNV-001", blocked_by="", severity="warning")
    failing = set(warned.filter(revision__errors=0).values_list("revision__receipt", flat=True))
    assert len(failing) > 10

    lines = impact(draft_of(tmp_path, STATES, old=entry, new=entry.replace("warning", "error"))).splitlines()

    judged = Revision.objects.filter(filing__period__return_id="member_state_statistics").count()
    assert lines[:2] == [f"{STATES}: {judged} revisions judged, 0 not read.", f"Newly fail: {len(failing)}"]
    told, rest = lines[2 : 2 + len(failing)], lines[2 + len(failing) :]
    assert set(told) == {f"  {receipt}: 0 errors before, 1 now" for receipt in failing}
    assert rest == ["Newly pass: 0", "Not read: 0", "M-CNV-001: error, was warning"]


def test_an_error_that_becomes_a_warning_passes_those_who_failed(tmp_path, db) -> None:
    load("hr 2022")
    rules = (Path(settings.DEFINITIONS_DIR) / STATES / "rules.toml").read_text(encoding="utf-8")
    begin = rules.index('code = "M-CMP-003"')
    entry = rules[begin : rules.index("[rule.", begin)]

    (told,) = impact(
        draft_of(tmp_path, STATES, old=entry, new=entry.replace("error", "warning")), "--json"
    ).splitlines()

    one = json.loads(told)
    assert (one["receipt"], one["errors_before"], one["errors_now"]) == ("MS-2022-hr-1", 1, 0)
    assert (one["change"], one["fires"], one["ceases"]) == ("newly_passes", [], [])


def test_where_a_rule_fires_newly_or_no_longer_is_told_by_entity_period_and_address(tmp_path, db) -> None:
    load("google 2021", "google 2022")
    ceasing = Counter(Finding.objects.filter(rule="P21-GEO-001").values_list("address", flat=True))
    assert ceasing
    folder = draft_of(tmp_path, "provider_report_2021", old='code = "P21-GEO-001"', new='code = "P21-GEO-901"')

    told = impact(folder).splitlines()

    gone, new = (
        told.index(next(line for line in told if line.startswith(rule))) for rule in ("P21-GEO-001", "P21-GEO-901")
    )
    assert told[gone] == f"P21-GEO-001: not in the draft, no longer fires {ceasing.total()} times"
    assert told[new] == f"P21-GEO-901: new, newly fires {ceasing.total()} times"
    assert Counter(line.split(" ", 5)[5] for line in told if line.startswith("  - google 202")) == ceasing


def test_what_a_draft_no_longer_asks_is_an_error_for_those_who_answered(tmp_path, db) -> None:
    load("dk 2022")
    points = (Path(settings.DEFINITIONS_DIR) / STATES / "data_points.csv").read_text(encoding="utf-8").splitlines(True)
    (row,) = [line for line in points if line.startswith("frame.registers,")]

    told = impact(draft_of(tmp_path, STATES, "data_points.csv", old=row)).splitlines()

    assert told == [
        f"{STATES}: 1 revisions judged, 0 not read.", "Newly fail: 1", "  MS-2022-dk-1: 0 errors before, 1 now",
        "Newly pass: 0", "Not read: 0", "M-FMT-001: newly fires 1 times", "  + dk 2022 frame.registers",
    ]  # fmt: skip


@pytest.mark.pure
def test_a_draft_with_a_fault_is_refused_with_file_and_key(tmp_path) -> None:
    folder = draft_of(tmp_path, "provider_report_2024", old='kind = "alike"', new='kind = "alikes"')
    with pytest.raises(CommandError, match="there is no kind of rule 'alikes'"):
        impact(folder)
