"""Uploading a file: it is taken with a receipt, or refused with the place and nothing is stored."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.models import User
from submissions.models import Filing, Finding, Job, Observation, Revision, Source
from tests.conftest import last_revision, run_jobs
from tests.pages.world import file_csv, form_data, load, member, signed_in, start, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("entities_alone", "today")]
HEAD = b"address,value,obs_status,period,unit,qualifier,low,high,reason,flags,comment\n"
GOOD = HEAD + b"reports.total,10744,P,,reports,,,,,,\n"
BETTER = HEAD + b"reports.total,10745,P,,reports,,,,,,\n"


@pytest.fixture(scope="module")
def entities_alone(shared_db: None) -> None:
    load()


@pytest.fixture
def filer() -> User:
    return member("dk", "filer")


@pytest.fixture
def filing(filer: User) -> Filing:
    return start("member_state_statistics", "dk", "2025", filer)


@pytest.fixture
def browser(filer: User) -> Client:
    return signed_in(filer)


def send(browser: Client, filing: Filing, data: bytes, name: str = "dk.csv", **fields: Any) -> Any:
    """Fill the form of the page as a browser does, hidden fields included."""
    form = form_data(browser.get(f"/filings/{filing.pk}/upload/")) | fields
    return browser.post(f"/filings/{filing.pk}/upload/", form | {"file": SimpleUploadedFile(name, data)})


def rows() -> list[int]:
    return [model._default_manager.count() for model in (Filing, Revision, Source, Job, Observation, Finding)]


def test_a_good_file_leads_to_its_revision_with_the_receipt_and_soon_the_verdict(browser, filing, filer) -> None:
    answer = send(browser, filing, GOOD)

    revision = last_revision()
    assert (answer.status_code, answer["Location"]) == (302, f"/revisions/{revision.pk}/")
    assert (revision.receipt, revision.state, revision.door) == ("MS-2025-dk-1", "received", "upload")
    assert revision.submitted_by == filer
    words = text(browser.get(answer["Location"]))
    assert "Receipt Number MS-2025-dk-1 Received" in words
    assert "By filer of dk Through Uploaded file Lines 1" in words
    assert run_jobs() == 1
    assert "Checked, waits for a decision" in text(browser.get(answer["Location"]))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (GOOD + b"reports.total,1,A,,,,,,,,,one,too,many\n", "Line 3 has 14 columns, the header has 11."),
        (GOOD + b"reports.total,\xff,A,,,,,,,,\n", "Line 3 is not UTF-8."),
        (b"adress,value\nreports.total,1\n", "Line 1 names no column 'address'."),
        (b"address;value\nreports.total;1\n", "Columns are separated by commas."),
        (b"address,value,value\nreports.total,1,2\n", "Line 1 names these columns twice: value."),
        (b" \n", "The file is empty."),
        (b"", "The submitted file is empty."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place_and_nothing_is_stored(
    browser, filing, data, said
) -> None:
    before = rows()

    answer = send(browser, filing, data)

    assert answer.status_code == 422
    assert said in text(answer)
    assert rows() == before


@pytest.mark.parametrize("name", ["dk.xlsx", "dk.exe", "dk.csv.exe", "dk"])
def test_a_file_of_another_kind_is_refused_by_its_name(browser, filing, name) -> None:
    before = rows()

    answer = send(browser, filing, GOOD, name)

    assert answer.status_code == 422
    assert "Choose a CSV file (UTF-8, columns separated by commas)." in text(answer)
    assert rows() == before


def test_a_workbook_or_program_with_the_name_of_a_csv_is_refused_by_its_content(browser, filing) -> None:
    before = rows()

    for data in (b"PK\x03\x04\x14\x00\x06\x00\x08\x00" * 20, b"MZ\x90\x00\x03\x00\x00\x00\xff\xff" * 20):
        answer = send(browser, filing, data)
        assert answer.status_code == 422
        assert "The file was not taken; nothing was stored" in text(answer)
    assert rows() == before


def test_a_file_that_is_too_large_is_refused_with_the_limit(browser, filing, settings) -> None:
    settings.MAX_UPLOAD_MB = 1
    before = rows()

    answer = send(browser, filing, GOOD + b"," * 1024 * 1024)

    assert answer.status_code == 422
    assert "The file is larger than 1.0 MB." in text(answer)
    assert rows() == before


def test_an_upload_without_a_file_is_refused(browser, filing) -> None:
    before = rows()

    answer = browser.post(f"/filings/{filing.pk}/upload/", {"replaces": ""})

    assert answer.status_code == 422
    assert "This field is required." in text(answer)
    assert rows() == before


def test_the_same_content_again_shows_the_first_receipt_and_stores_nothing(browser, filing) -> None:
    first = send(browser, filing, GOOD)["Location"]
    before = rows()

    again = send(browser, filing, b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n"), name="other name.csv")

    assert again["Location"] == first
    assert "This content was filed already; here is its receipt." in text(browser.get(first))
    assert rows() == before


def test_a_correction_needs_a_reason(browser, filing) -> None:
    send(browser, filing, GOOD)
    before = rows()

    answer = send(browser, filing, BETTER, reason=" ")

    assert answer.status_code == 422
    assert "A correction needs a reason. Say what changed and why." in text(answer)
    assert rows() == before


def test_a_correction_with_a_reason_becomes_the_second_revision_and_the_first_stays(browser, filing) -> None:
    send(browser, filing, GOOD)
    page = browser.get(f"/filings/{filing.pk}/upload/")
    assert "Revision 1 was filed before. This file replaces it; the earlier one is kept." in text(page)

    answer = send(browser, filing, BETTER, reason="One report was counted late.")

    assert answer.status_code == 302
    kept = filing.revisions.order_by("number").values_list("receipt", "reason")
    assert list(kept) == [("MS-2025-dk-1", ""), ("MS-2025-dk-2", "One report was counted late.")]
    assert "Correction: One report was counted late." in text(browser.get(answer["Location"]))
    assert "Revision 2" in text(browser.get(f"/filings/{filing.pk}/"))


def test_a_correction_of_a_revision_that_somebody_replaced_meanwhile_is_refused(browser, filing) -> None:
    file_csv(filing, GOOD, member("dk", "signatory"))
    form = form_data(browser.get(f"/filings/{filing.pk}/upload/"))
    file_csv(filing, BETTER, member("dk", "signatory"), replaces=1, reason="Mine came first.")
    before = rows()

    answer = browser.post(f"/filings/{filing.pk}/upload/", form | {
        "reason": "Too late.", "file": SimpleUploadedFile("dk.csv", GOOD.replace(b"10744", b"1"))})  # fmt: skip

    assert answer.status_code == 422
    assert "Revision 2 was filed already." in text(answer)
    assert form_data(answer) == {"replaces": "2"}
    assert rows() == before


def test_text_that_looks_like_markup_is_shown_as_text(browser, filing) -> None:
    line = b'reports.total,7,P,,reports,,,,,,"<script>alert(1)</script>"\n'
    place = send(browser, filing, HEAD + line)["Location"]
    run_jobs()

    html = browser.get(place).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert(1)" not in html
