"""Uploading a file: refused at once and nothing is stored, or read by a job, read over, and only then signed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portal.models import User
from submissions import actions
from submissions.models import Draft, Filing, Finding, Job, Observation, Revision, Source, Upload
from submissions.sources import XLSX
from tests.conftest import run_jobs
from tests.pages.workbooks import opened, put, saved
from tests.pages.world import file_csv, form_data, load, member, primary_buttons, signed_in, start, tables, text

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


def send(browser: Client, filing: Filing, data: bytes, name: str = "dk.csv") -> Any:
    """Fill the form of the page as a browser does."""
    return browser.post(f"/filings/{filing.pk}/upload/", {"file": SimpleUploadedFile(name, data)})


def rows() -> list[int]:
    return [model._default_manager.count() for model in (Filing, Revision, Source, Upload, Job, Observation, Finding)]


def workbook_of(browser: Client, filing: Filing, language: str = "en") -> bytes:
    return browser.get(f"/filings/{filing.pk}/workbook.xlsx?lang={language}").content


def test_a_file_is_read_over_before_anything_is_filed(browser, filing, filer) -> None:
    answer = send(browser, filing, GOOD)

    upload = Upload.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/uploads/{upload.pk}/")
    assert (upload.name, upload.purpose, upload.sent_by, upload.size) == ("dk.csv", "prepare", filer, len(GOOD))
    before = browser.get(answer["Location"])
    assert "Waiting for a worker counting the lines" in text(before)
    assert f'hx-get="/uploads/{upload.pk}/job/"' in before.content.decode()
    assert '<noscript><meta http-equiv="refresh"' in before.content.decode()
    asked = browser.get(f"/uploads/{upload.pk}/job/", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in asked

    assert run_jobs() == 1

    assert browser.get(f"/uploads/{upload.pk}/job/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    after = browser.get(answer["Location"])
    words = text(after)
    assert "1 line was read for Denmark, 2025." in words
    assert "Nothing is filed until somebody signs." in words
    assert "hx-get" not in after.content.decode()
    assert "http-equiv" not in after.content.decode()
    assert Revision.objects.count() == 0


def test_the_progress_names_stage_lines_and_the_time_left(browser, filing) -> None:
    send(browser, filing, GOOD)
    upload = Upload.objects.get()
    Job.objects.update(state="running", stage="storing", rows_done=2500, rows_total=10000, attempt=1,
                       started_at=timezone.now() - timedelta(seconds=10))  # fmt: skip

    assert "Storing figures and findings 2 500 of 10 000 lines, about 30 seconds left" in text(
        browser.get(f"/uploads/{upload.pk}/")
    )


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "dk.csv", "The file is empty."),
        (b"%PDF-1.7\n", "dk.csv", "This is a PDF, no"),
        (b"MZ\x90\x00\x03\x00\x00\x00\xff\xff" * 20, "dk.csv", "This is a program, no"),
        (GOOD, "dk.xlsx", "is no workbook"),
        (b"PK\x03\x04 broken", "dk.xlsx", ""),
        (GOOD.decode().encode("utf-16"), "dk.csv", "UTF-16"),
    ],
)
def test_a_file_that_the_scan_refuses_is_told_why_and_nothing_is_stored(browser, filing, data, name, said) -> None:
    before = rows()

    answer = send(browser, filing, data, name)

    assert answer.status_code == 422
    assert "The file was not taken; nothing was stored" in text(answer)
    assert said in text(answer)
    assert rows() == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (GOOD + b"reports.total,1,A,,,,,,,,,one,too,many\n", "Line 3 has 14 columns, the header has 11."),
        (GOOD + b"reports.total,\xff,A,,,,,,,,\n", "Line 3 is not UTF-8."),
        (b"adress,value\nreports.total,1\n", "Line 1 names no column 'address'."),
        (b"address;value\nreports.total;1\n", "Columns are separated by commas."),
        (b"address,value,value\nreports.total,1,2\n", "Line 1 names these columns twice: value."),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_its_bytes_are_not_kept(browser, filing, data, said) -> None:
    place = send(browser, filing, data)["Location"]

    assert run_jobs() == 1

    page = browser.get(place)
    assert "The file could not be read; nothing of it is kept" in text(page)
    assert said in text(page)
    assert primary_buttons(page) == ["Upload another file"]
    assert bytes(Upload.objects.get().content) == b""
    assert (Revision.objects.count(), Observation.objects.count()) == (0, 0)
    signing = browser.get(f"/filings/{filing.pk}/sign/?upload={Upload.objects.get().pk}", follow=True)
    assert "Nothing waits to be signed." in text(signing)


def test_a_file_that_is_too_large_is_refused_with_the_limit(browser, filing, settings) -> None:
    settings.MAX_UPLOAD_MB = 1
    before = rows()

    answer = send(browser, filing, GOOD + b"," * 1024 * 1024)

    assert answer.status_code == 422
    assert "The file is larger than 1.0 MB." in text(answer)
    assert rows() == before


def test_an_upload_without_a_file_is_refused(browser, filing) -> None:
    before = rows()

    answer = browser.post(f"/filings/{filing.pk}/upload/", {})

    assert answer.status_code == 422
    assert "This field is required." in text(answer)
    assert rows() == before


def test_findings_name_sheet_and_cell_the_worst_first(browser, filing) -> None:
    book = opened(workbook_of(browser, filing))
    put(book, "reports.total", value="ten thousand")
    put(book, "children.total", value=-4)
    sent = send(browser, filing, saved(book), "dk.xlsx")["Location"]
    run_jobs()

    page = browser.get(sent)

    words = text(page)
    assert re.search(
        r"Reports received: .*?Sheet “2 Reports received”, cell [A-Z]+\d+ · M-\w+-\d+ · reports.total", words
    )
    assert re.search(r"Sheet “4 Children identified”, cell [A-Z]+\d+ · M-\w+-\d+ · children.total", words)
    severities = re.findall(r'class="severity severity--(\w+)"', page.content.decode().partition("<ol")[2])
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert primary_buttons(page) == []
    assert "Sign as it is, with errors" in words


def test_the_workbook_holds_the_draft_in_the_language_asked_for(browser, filing, filer) -> None:
    actions.save_draft(
        filing=filing, observations=[{"address": "reports.total", "value": "77"}], edition=None, by=filer
    )

    answer = browser.get(f"/filings/{filing.pk}/workbook.xlsx?lang=da")

    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        XLSX, 'attachment; filename="member-state-statistics-2025-dk.xlsx"',
    )  # fmt: skip
    book = opened(answer.content)
    assert any("Modtagne indberetninger" in name for name in book.sheetnames)
    assert str(put(book, "reports.total").value) == "77"
    assert browser.get(f"/filings/{filing.pk}/workbook.xlsx?lang=xx").status_code == 404


def test_the_blank_workbook_of_a_return_is_taken_for_any_filing_and_one_of_others_is_not(browser, filing) -> None:
    blank = opened(Client().get("/definitions/member_state_statistics/1/workbook.xlsx?lang=nl").content)
    put(blank, "reports.total", value=5)
    sent = send(browser, filing, saved(blank), "blank.xlsx")["Location"]
    run_jobs()
    assert "1 line was read for Denmark, 2025." in text(browser.get(sent))

    dutch = member("nl", "filer")
    theirs = workbook_of(signed_in(dutch), start("member_state_statistics", "nl", "2025", dutch))
    sent = send(browser, filing, theirs, "nl.xlsx")["Location"]
    run_jobs()
    assert "This workbook was made for nl, and this is a filing of dk." in text(browser.get(sent))


def test_the_annotated_workbook_comes_back_marked_and_can_be_sent_again_as_it_is(browser, filing) -> None:
    book = opened(workbook_of(browser, filing))
    put(book, "reports.total", value="ten")
    send(browser, filing, saved(book), "dk.xlsx")
    run_jobs()
    first = Upload.objects.get()

    marked = opened(browser.get(f"/uploads/{first.pk}/annotated.xlsx").content)
    assert "M-" in put(marked, "reports.total").comment.text
    put(marked, "reports.total", value=10744)
    send(browser, filing, saved(marked), "dk (annotated).xlsx")
    run_jobs()

    second = Upload.objects.get()  # it took the place of the first
    assert second.pk != first.pk
    assert second.errors < first.errors
    assert browser.get(f"/uploads/{first.pk}/").status_code == 404


def test_what_is_new_against_the_last_revision_is_listed(browser, filing) -> None:
    signatory = member("dk", "signatory")
    file_csv(filing, GOOD + b"convictions.count,224,A,,convictions,,,,,,\n", signatory)
    place = send(browser, filing, BETTER + b"children.total,,L,,children,,,,not_collected,,\n")["Location"]
    run_jobs()

    page = browser.get(place)

    assert "What is new against revision 1 1 added, 1 changed, 1 removed." in text(page)
    found = {row[0].split()[-1]: row[1:] for row in tables(page)[0][1:]}
    assert found == {
        "children.total": ["nothing", "Exists, not collected: Not collected"],
        "convictions.count": ["224 convictions", "nothing"],
        "reports.total": ["10 744 reports; Provisional", "10 745 reports; Provisional"],
    }


def test_a_file_can_be_corrected_online(browser, filing, filer) -> None:
    send(browser, filing, GOOD)
    run_jobs()

    answer = browser.post(f"/uploads/{Upload.objects.get().pk}/to-draft/")

    assert (answer.status_code, answer["Location"]) == (302, f"/filings/{filing.pk}/edit/")
    draft = Draft.objects.get(filing=filing)
    assert [line["address"] for line in draft.observations] == ["reports.total"]
    assert draft.authors == {filer.pk}
    assert Upload.objects.count() == 0


def test_a_file_that_is_not_read_yet_cannot_be_corrected_online_or_annotated(browser, filing) -> None:
    send(browser, filing, GOOD)
    upload = Upload.objects.get()

    assert browser.post(f"/uploads/{upload.pk}/to-draft/").status_code == 404
    assert browser.get(f"/uploads/{upload.pk}/annotated.xlsx").status_code == 404
    assert Upload.objects.filter(pk=upload.pk).exists()


def test_who_sent_a_file_stays_its_author_when_somebody_else_opens_it_in_the_form(browser, filing, filer) -> None:
    send(browser, filing, GOOD)
    run_jobs()

    signed_in(member("dk", "signatory")).post(f"/uploads/{Upload.objects.get().pk}/to-draft/")

    assert Draft.objects.get(filing=filing).authors == {filer.pk}


def test_a_file_can_be_thrown_away(browser, filing) -> None:
    send(browser, filing, GOOD)
    run_jobs()

    answer = browser.post(f"/uploads/{Upload.objects.get().pk}/discard/", follow=True)

    assert "The file is thrown away. Nothing of it was filed." in text(answer)
    assert (Upload.objects.count(), Job.objects.count(), Revision.objects.count()) == (0, 0, 0)


def test_a_file_on_its_way_is_seen_by_those_who_file_alone(browser, filing) -> None:
    send(browser, filing, GOOD)
    run_jobs()
    upload = Upload.objects.get()

    for stranger in (member("nl", "filer"), member("dk", "reader"), member("commission", "reviewer")):
        other = signed_in(stranger)
        assert other.get(f"/uploads/{upload.pk}/").status_code == 404
        assert other.get(f"/uploads/{upload.pk}/annotated.xlsx").status_code == 404
        assert other.post(f"/uploads/{upload.pk}/to-draft/").status_code == 404
        assert other.post(f"/uploads/{upload.pk}/discard/").status_code == 404
        assert other.get(f"/filings/{filing.pk}/sign/?upload={upload.pk}").status_code == 404
    assert Upload.objects.filter(pk=upload.pk).exists()


def test_a_file_of_another_filing_cannot_be_signed_here(browser, filing, filer) -> None:
    other = start("member_state_statistics", "dk", "2026", filer)
    send(browser, other, GOOD)
    run_jobs()

    for named in (str(Upload.objects.get().pk), "0", "x", "²", "9" * 30, ""):
        assert browser.get(f"/filings/{filing.pk}/sign/?upload={named}").status_code == 404


def test_home_and_filing_say_that_a_file_waits_and_lead_to_it(browser, filing) -> None:
    send(browser, filing, HEAD + b"reports.total,ten,A,,,,,,,,\n")
    run_jobs()
    upload = Upload.objects.get()

    home = browser.get("/home/")
    assert "“dk.csv” was uploaded" in text(home)
    assert f'href="/uploads/{upload.pk}/">See what was found' in home.content.decode()
    page = browser.get(f"/filings/{filing.pk}/")
    assert f'href="/uploads/{upload.pk}/"' in page.content.decode()
    assert primary_buttons(page) == ["See what was found"]
    assert "was uploaded" not in text(signed_in(member("dk", "reader")).get("/home/"))


def test_text_that_looks_like_markup_is_shown_as_text(browser, filing) -> None:
    line = b'reports.total,7,P,,"<b>x</b>",,,,,,"<script>alert(1)</script>"\n'
    place = send(browser, filing, HEAD + line, "dk <i>x.csv")["Location"]
    run_jobs()

    html = browser.get(place).content.decode()
    html += browser.get(f"/filings/{filing.pk}/sign/?upload={Upload.objects.get().pk}").content.decode()

    assert "dk &lt;i&gt;x.csv" in html
    assert not re.search(r"<(b>x|script>alert|i>x)", html)


def test_the_upload_page_links_the_workbook_in_every_language(browser, filing) -> None:
    html = browser.get(f"/filings/{filing.pk}/upload/").content.decode()

    assert re.findall(r'workbook\.xlsx\?lang=(\w+)"', html) == ["en", "da", "nl"]
    assert form_data(browser.get(f"/filings/{filing.pk}/upload/")) == {}
