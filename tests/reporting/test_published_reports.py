"""Published reports: what everybody reads of them, and what nobody does."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.utils import translation

from submissions import actions, publications
from submissions.models import Filing, Finding, Revision
from tests.conftest import read
from tests.pages.world import file_csv, load, member, receipt, signed_in, start, tables, text

pytestmark = pytest.mark.django_db
GOOGLE = "/published/provider_report/google/2025/"
CHANGED = "complaints.known.accounts.suspended"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def google(db: None) -> Filing:
    """One report, accepted."""
    load("google 2025")
    return receipt("PR-2025-google-1").filing


def correct(filing: Filing, suspended: int) -> Revision:
    """A correction that waits for a decision."""
    data = read("provider_report/2025/google.csv").decode()
    corrected = data.replace(f"{CHANGED},114,", f"{CHANGED},{suspended},")
    assert corrected != data
    filing.refresh_from_db()
    assert filing.latest is not None
    replaced = filing.latest.number
    return file_csv(filing, corrected.encode(), member("google", "filer"), replaces=replaced, reason="Counted again.")


def decide(revision: Revision, decision: str) -> None:
    reviewer = member("commission", "reviewer")
    actions.decide_revision(revision=revision, decision=decision, reason="Secret doubts.", by=reviewer)


def get(path: str, **headers: Any) -> Any:
    return Client().get(path, headers=headers)


def figures(number: int) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(get(f"{GOOGLE}{number}/report.csv").content.decode()))
    return {row["address"]: row["value"] for row in rows}


# Reading ----------------------------------------------------------------------------------------------------------


def test_a_report_reads_by_category_with_labels_units_and_reasons_in_words(google: Filing) -> None:
    page = get(GOOGLE)

    rows = [row for table in tables(page) for row in table]
    assert [
        "Images processed, EU users data.images.eu",
        "1 511",
        "images",
        "",
        "Filer reads processed as: known CSAM detected.",
    ] in rows
    assert [
        "Types of other files, non-EU users data.file_types.non_eu",
        "Cannot exist",
        "",
        "",
        "No such files.",
    ] in rows
    for title in ("1. Types and volumes of data", "9. Organisations receiving data", "Accepted on", "CC BY 4.0"):
        assert title in text(page)


@pytest.mark.parametrize("language", ["da", "nl"])
def test_a_report_reads_in_the_language_of_its_address(google: Filing, language: str) -> None:
    page = get(f"{GOOGLE}?language={language}")

    assert (page["Content-Language"], f'lang="{language}"' in page.content.decode()) == (language, True)
    assert google.definition.points[CHANGED].label[language] in text(page)
    assert get(f"{GOOGLE}?language=fr").status_code == 404


def test_copies_for_machines_say_the_same_and_the_hash_can_be_computed_again(google: Filing) -> None:
    version = receipt("PR-2025-google-1")

    content, data = get(f"{GOOGLE}1/report.txt").content, get(f"{GOOGLE}1/report.json").json()

    assert hashlib.sha256(content).hexdigest() == data["sha256"] == version.content_hash
    assert (data["entity"], data["period"], data["number"], data["newest"]) == ("google", "2025", 1, 1)
    assert data["licence"]["name"] == "CC BY 4.0"
    told = {one["address"]: one["value"] for one in data["observations"]}
    assert told[CHANGED] == 114
    assert {address: str(value) for address, value in told.items()} == figures(1)
    assert len(told) == version.observations.count() == 155


# Versions ---------------------------------------------------------------------------------------------------------


def test_an_older_version_stays_readable_and_a_correction_shows_once_it_is_accepted(google: Filing) -> None:
    second = correct(google, 118)

    assert get(f"{GOOGLE}2/").status_code == 404
    assert "Version 2" not in text(get(GOOGLE))
    decide(second, "accept")

    assert figures(1)[CHANGED] == "114"
    assert figures(2)[CHANGED] == "118"
    newest, old = get(GOOGLE), get(f"{GOOGLE}1/")
    assert [row[0] for row in tables(newest)[0][1:]] == ["Version 2 newest", "Version 1"]
    assert "0 added, 1 changed, 0 removed." in text(newest)
    assert ["EU accounts suspended for known CSAM " + CHANGED, "114 accounts; Filer words it as attempted sharing.",
            "118 accounts; Filer words it as attempted sharing."] in tables(newest)[1]  # fmt: skip
    assert "This is version 1, which a later one has replaced." in text(old)
    assert get(f"{GOOGLE}1/report.json").json()["newest"] == 2
    with pytest.raises(ProtectedError):
        receipt("PR-2025-google-1").delete()


@pytest.mark.parametrize("decision", ["return", "withdraw"])
def test_what_was_returned_or_taken_back_is_never_public(google: Filing, decision: str) -> None:
    second = correct(google, 118)
    if decision == "return":
        decide(second, "return")
    else:
        actions.withdraw_revision(revision=second, reason="Too early.", by=member("google", "filer"))
    third = correct(google, 119)
    decide(third, "accept")

    assert [get(f"{GOOGLE}{number}/").status_code for number in (1, 2, 3)] == [200, 404, 200]
    for ending in ("csv", "json", "txt"):
        assert get(f"{GOOGLE}2/report.{ending}").status_code == 404
    assert [row[0] for row in tables(get(GOOGLE))[0][1:]] == ["Version 3 newest", "Version 1"]
    assert "0 added, 1 changed, 0 removed." in text(get(GOOGLE))


def test_only_returns_that_the_law_makes_public_are(google: Filing) -> None:
    load("dk 2022")
    assert get("/published/member_state_statistics/dk/2022/").status_code == 404
    assert get("/published/member_state_statistics/dk/2022/1/report.txt").status_code == 404

    Filing.objects.filter(pk=google.pk).update(sandbox=True)

    assert get(GOOGLE).status_code == 404
    assert "No report is published yet" in text(get("/published/"))


# What stays inside ------------------------------------------------------------------------------------------------


def test_nobody_is_named_and_no_reason_of_a_decision_is_told(google: Filing) -> None:
    second = correct(google, 118)
    Revision.objects.filter(pk=second.pk).update(
        signatory="Ada Signatory", statement="I certify this.", note="Note for the file."
    )
    decide(Revision.objects.with_names().get(pk=second.pk), "accept_with_reservations")

    public = [get(path).content.decode() for path in (
        "/published/", GOOGLE, f"{GOOGLE}2/", *(f"{GOOGLE}2/report.{ending}" for ending in ("csv", "json", "txt")),
    )]  # fmt: skip

    inside = ("Ada Signatory", "I certify", "Note for the file", "Secret doubts", "Counted again", "filer google",
              "@google.test", "@commission.test")  # fmt: skip
    assert [word for word in inside for one in public if word in one] == []
    assert "Accepted with reservations" in public[2]


def test_an_explanation_is_public_where_its_filer_agreed(google: Filing) -> None:
    found = Finding.objects.filter(revision=google.latest, severity="warning").order_by("position")
    first, second = found[0], found[1]
    for finding, said, publish in ((first, "Counted by hand.", True), (second, "Between us.", False)):
        actions.explain(
            filing=google, rule=finding.rule, address=finding.address, about=finding.subject, text=said,
            by=member("google", "filer"), publish=publish,
        )  # fmt: skip

    page, data = get(GOOGLE), get(f"{GOOGLE}1/report.json")

    assert "Explanations of the provider" in text(page)
    assert "Counted by hand." in text(page)
    assert [(one["rule"], one["address"], one["text"]) for one in data.json()["explanations"]] == [
        (first.rule, first.address, "Counted by hand.")
    ]
    assert "Between us" not in page.content.decode() + data.content.decode()


# Finding ----------------------------------------------------------------------------------------------------------


def found(query: str) -> list[list[str]]:
    page = get(f"/published/?{query}")
    return [row[:2] for row in tables(page)[0][1:]] if tables(page) else []


def test_reports_are_found_by_provider_year_and_words(google: Filing) -> None:
    load("meta 2022", "x 2021")
    publications.load_entities()

    assert found("") == [["Google", "2025"], ["Meta", "2022"], ["X (former Twitter)", "2021"]]
    assert found("provider=meta") == [["Meta", "2022"]]
    assert found("year=2021&provider=meta") == []
    assert found("q=twitter") == [["X (former Twitter)", "2021"]]
    assert found("q=cybertipline+one-way") == [["Google", "2025"]]
    assert "CyberTipline is one-way" in text(get("/published/?q=one-way"))
    assert found("q=NCMEC&year=2022") == [["Meta", "2022"]]
    assert "No report is like this" in text(get("/published/?q=no+such+words"))


def test_the_words_of_a_search_are_shown_as_text(google: Filing) -> None:
    page = get('/published/?q="><script>alert(1)</script>').content.decode()

    assert "<script>alert" not in page
    assert "&quot;&gt;&lt;script&gt;" in page


def test_a_formula_in_an_answer_does_not_act_in_a_spreadsheet(db: None) -> None:
    publications.load_entities()
    filer = member("google", "filer")
    line = b'address,value,obs_status\ndata.services,"=HYPERLINK(""http://x"")",A\n'
    revision = file_csv(start("provider_report", "google", "2026", filer), line, filer)
    decide(revision, "accept_with_reservations")

    assert "'=HYPERLINK" in get("/published/provider_report/google/2026/1/report.csv").content.decode()


# Caches -----------------------------------------------------------------------------------------------------------

ADDRESSES = ["/published/", "/published/?q=NCMEC", GOOGLE, f"{GOOGLE}1/", f"{GOOGLE}1/report.csv", f"{GOOGLE}1/report.json",
             f"{GOOGLE}1/report.txt", "/published/organisations/", "/published/organisations.csv",
             "/published/organisations.json", "/published/dumps/", "/published/catalogue.ttl", "/published/catalogue.rdf",
             "/published/catalogue.jsonld", "/published/statistics/"]  # fmt: skip


def test_every_public_answer_may_be_kept_by_caches_and_is_the_same_for_everybody(google: Filing) -> None:
    filer = signed_in(member("google", "filer"))
    for path in ADDRESSES:
        answer, same = get(path), filer.get(path)

        assert answer.status_code == 200
        assert {*answer["Cache-Control"].split(", ")} == {"public", "max-age=300"}
        assert ("Cookie" in answer.get("Vary", ""), dict(answer.cookies)) == (False, {})
        assert (same.content, "Set-Cookie" in same.headers, dict(same.cookies)) == (answer.content, False, {})
        assert get(path, if_none_match=answer["ETag"]).status_code == 304
        assert answer["Content-Language"] == "en"


def test_a_reader_who_has_the_newest_report_is_told_so_until_it_changes(google: Filing) -> None:
    had = get(GOOGLE)
    seen = {"if_none_match": had["ETag"]}
    assert get(GOOGLE, if_modified_since=had["Last-Modified"]).status_code == 304

    decide(correct(google, 118), "accept")

    assert get(GOOGLE, **seen).status_code == 200
