"""A verdict can be reproduced years later: the same findings, byte for byte, whatever was accepted meanwhile."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from io import StringIO
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from submissions import actions
from submissions.actions import checking
from submissions.models import Finding, Purpose, Revision
from submissions.publications import Loaded
from submissions.rechecking import batches, canonical_finding, recheck
from submissions.sources import CSV
from tests.conftest import read, run_jobs
from tests.pages.world import file_csv, load, member, receipt, start


def said(*command: str) -> tuple[int, str]:
    """Exit code, and what was written."""
    out = StringIO()
    try:
        call_command("recheck", *command, stdout=out, stderr=out)
    except CommandError as stop:
        return stop.returncode, f"{out.getvalue()}{stop}\n"
    return 0, out.getvalue()


def corrected(name: str, old: bytes, new: bytes) -> bytes:
    data = read(name)
    assert old in data
    return data.replace(old, new)


def correction_of_google_2021(accept: bool = True) -> Revision:
    """Other items are counted than were filed first."""
    filing = receipt("PR-2021-google-1").filing
    data = corrected(
        "provider_report/2021/google.csv", b"item_kind=accounts,geo=EU,match", b"item_kind=videos,geo=EU,match"
    )
    revision = file_csv(filing, data, member("google", "filer"), replaces=1, reason="Counted again.")
    if accept:
        actions.decide_revision(
            revision=revision, decision="accept_with_reservations", reason="Read.", by=member("commission", "reviewer")
        )
    return revision


def pins(revision: Revision) -> tuple[str | None, str | None]:
    return tuple(str(found) if found else None for found in (revision.compared_with, revision.replaces_accepted))


def test_every_published_filing_gets_the_same_findings_byte_for_byte(published_portal: list[Loaded]) -> None:
    again = list(recheck(Revision.objects.all()))

    assert len(again) == 45
    assert [one for one in again if not one.same] == []
    assert sum(one.findings for one in again) == Finding.objects.count() > 400
    assert said("--all") == (0, "45 revisions judged again, 45 with the same findings byte for byte.\n")


def test_what_published_filings_were_checked_beside_can_be_told_from_their_dates(
    published_portal: list[Loaded],
) -> None:
    kept = {one.receipt: pins(one) for one in Revision.objects.all()}
    assert kept["PR-2022-google-1"] == ("PR-2021-google-1", None)
    Revision.objects.update(compared_with=None, replaces_accepted=None)

    migration = importlib.import_module("submissions.migrations.0008_compared_with")
    migration.tell_what_was_accepted(apps, SimpleNamespace(connection=connection))

    assert {one.receipt: pins(one) for one in Revision.objects.all()} == kept


def test_a_correction_accepted_meanwhile_changes_no_verdict_on_what_was_filed_before_it(db: None) -> None:
    load("google 2021", "google 2022")
    old = receipt("PR-2022-google-1")
    correction_of_google_2021()

    lines = actions.canonical_lines(old)
    today = checking.judge(old.filing, lines).findings
    assert [canonical_finding(f) for f in today] != [canonical_finding(f) for f in old.findings.all()]
    assert pins(receipt("PR-2022-google-1")) == ("PR-2021-google-1", None)
    assert pins(receipt("PR-2021-google-2")) == (None, "PR-2021-google-1")
    assert said("--all") == (0, "3 revisions judged again, 3 with the same findings byte for byte.\n")
    assert said("--revision", str(old.pk))[1].startswith("PR-2022-google-1: same, ")


@pytest.mark.parametrize("way", ["sent at once", "signed"])
def test_a_file_is_pinned_to_what_it_was_judged_beside(db: None, way: str) -> None:
    load("google 2021", "google 2022")
    filing, user = receipt("PR-2022-google-1").filing, member("google", "filer")
    data = corrected("provider_report/2022/google.csv", b"Account restrictions", b"Restrictions of accounts")
    correction_of_google_2021()
    if way == "sent at once":
        actions.receive_upload(
            filing=filing, data=data, media_type=CSV, purpose=Purpose.FILE, by=user, replaces=1, reason="Words."
        )
        assert run_jobs() == 1
    else:
        file_csv(filing, data, user, replaces=1, reason="Words.")

    assert pins(receipt("PR-2022-google-2")) == ("PR-2021-google-2", "PR-2022-google-1")
    assert said("--revision", "PR-2022-google-2")[0] == 0


def test_the_accepted_revision_of_the_same_filing_is_before_the_judge(db: None, monkeypatch) -> None:
    load("google 2021")
    beside = []

    def noted(definition, filed):
        beside.extend(context.accepted for _lines, context in filed)
        return validated(definition, filed)

    validated = checking.validate_together
    monkeypatch.setattr(checking, "validate_together", noted)
    first = receipt("PR-2021-google-1")
    correction_of_google_2021(accept=False)
    unstored = start("provider_report", "google", "2022", member("google", "filer"))
    checking.judge(unstored, actions.canonical_lines(first))

    assert beside[0].equals(actions.canonical_lines(first))
    assert beside[1:] == [None]


def test_recheck_names_rule_and_address_of_what_differs(db: None) -> None:
    load("google 2021")
    found = receipt("PR-2021-google-1").findings.all()[0]
    Finding.objects.filter(pk=found.pk).update(address="elsewhere")

    code, told = said("--revision", "PR-2021-google-1")

    assert code == 1
    assert f"  only stored: {found.rule} elsewhere " in told
    assert f"  only now: {found.rule} {found.address} {canonical_finding(found)}" in told
    assert told.endswith("1 revisions judged again, 0 with the same findings byte for byte.\n")


def test_recheck_says_where_the_definition_was_changed_since(db: None) -> None:
    load("google 2021", "dk 2022")
    Revision.objects.filter(receipt="PR-2021-google-1").update(fingerprint="0" * 64)
    Revision.objects.filter(receipt__startswith="MS").update(version="0")

    code, told = said("--all")

    assert code == 1
    assert (
        f"PR-2021-google-1: the definition provider_report 2021 was changed since: its fingerprint was {'0' * 64}"
        in told
    )
    assert "MS-2022-dk-1: the definition member_state_statistics 0 is not there any more" in told


def test_recheck_refuses_what_it_cannot_find_or_what_waits_for_its_check(db: None) -> None:
    load()
    with pytest.raises(CommandError, match="There is no revision XX-1"):
        call_command("recheck", "--revision", "XX-1")
    filing = start("provider_report", "google", "2022", member("google", "filer"))
    file_csv(filing, read("provider_report/2022/google.csv"), member("google", "filer"), check=False)
    with pytest.raises(CommandError, match="PR-2022-google-1 was not checked yet"):
        call_command("recheck", "--revision", "PR-2022-google-1")


@pytest.mark.pure
def test_large_revisions_are_judged_alone_and_small_ones_forty_together() -> None:
    def sizes() -> Iterator[tuple[int, int]]:
        yield from ((key, 100) for key in range(50))
        yield from [(50, 1_000_000), (51, 1), (52, 19_999), (53, 1)]

    assert [len(batch) for batch in batches(sizes())] == [40, 10, 1, 2, 1]
