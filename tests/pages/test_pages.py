"""What the pages of filers and readers say, with the published filings loaded."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from portal.access import Role
from portal.models import Membership, ReportingEntity
from submissions.models import Obligation, RevisionState
from tests.conftest import read, run_jobs
from tests.pages.world import file_csv, member, plain, primary_buttons, receipt, signed_in, start, tables, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_portal", "today")]
GOOD = b"address,value,obs_status,period,comment\nreports.total,10744,P,2025-01-01/2026-01-20,Drawn on 20 January\n"


def test_home_says_what_is_owed_by_when_with_one_primary_button_and_the_last_receipts() -> None:
    page = signed_in(member("dk", "filer")).get("/home/")

    words = text(page)
    assert "To do Member State statistics, 2025 Denmark · due on 3 August 2026 · late Missing File" in words
    assert "Member State statistics, 2026 Denmark · due on 3 August 2027 Expected File" in words
    assert "Filed Member State statistics, 2022 Denmark · MS-2022-dk-1 Accepted" in words
    assert words.index("2025 Denmark") < words.index("2026 Denmark") < words.index("Last receipts MS-2022-dk-1")
    assert primary_buttons(page) == ["File Member State statistics, 2025"]


def test_the_first_duty_has_the_primary_button_also_when_it_was_returned() -> None:
    page = signed_in(member("mt", "filer")).get("/home/")

    assert primary_buttons(page) == ["Read the findings Member State statistics, 2022"]
    assert (
        "Requests from the Commission and open findings Member State statistics, 2022 Nothing was filed and no reason was given."
        in text(page)
    )


def test_a_reader_sees_what_is_owed_but_no_button_to_file() -> None:
    page = signed_in(member("dk", "reader")).get("/home/")

    assert "Member State statistics, 2025 Denmark · due on 3 August 2026 · late Missing" in text(page)
    assert primary_buttons(page) == []
    assert "/start/" not in page.content.decode()


def test_who_files_for_one_entity_and_reads_another_gets_buttons_for_the_one_alone() -> None:
    filer = member("dk", "filer")
    Membership.objects.create(user=filer, entity=ReportingEntity.objects.get(code="nl"), role=Role.READER)
    page = signed_in(filer).get("/home/")

    assert "Netherlands" in text(page)
    offered = re.findall(r'action="/obligations/(\d+)/', page.content.decode())
    assert set(Obligation.objects.filter(pk__in=offered).values_list("entity__code", flat=True)) == {"dk"}
    assert len(offered) == 2


def test_home_holds_nothing_of_anybody_else() -> None:
    html = signed_in(member("dk", "filer")).get("/home/").content.decode()

    assert set(re.findall(r"\b(?:PR|MS|RS)-\d{4}-[a-z]+-\d", html)) == {"MS-2022-dk-1"}


def test_the_button_of_a_duty_leads_to_the_ways_to_file() -> None:
    client = signed_in(member("dk", "filer"))
    action = re.findall(r'action="(/obligations/\d+/periods/\d+/start/)"', client.get("/home/").content.decode())[0]

    page = client.post(action, follow=True)

    words = text(page)
    assert words.startswith("Member State statistics, Denmark, 2025 Where does this filing stand? Draft")
    assert "How do you want to file? Form" in words
    assert words.index("Fill in the form") < words.index("Upload a workbook") < words.index("Read how programs file")
    assert primary_buttons(page) == ["Fill in the form"]


def test_the_page_of_a_filing_shows_revisions_receipts_decisions_and_the_findings_of_the_last() -> None:
    found = receipt("MS-2022-hr-1")
    page = signed_in(member("hr", "filer")).get(f"/filings/{found.filing_id}/")

    words = text(page)
    assert words.startswith(
        "Member State statistics, Croatia, 2022 Where does this filing stand? Accepted with reservations"
    )
    assert "Revision 1 Accepted with reservations 1 error" in words
    assert "Transcribed from a published report · MS-2022-hr-1" in words
    assert "Decision by Review of published reports: No number of persons" in words
    assert "Error Perpetrators convicted: it has no value and no reason." in words
    assert primary_buttons(page) == ["File a correction"]


def test_a_filing_that_was_only_started_says_how_it_gets_filled() -> None:
    filer = member("dk", "filer")
    page = signed_in(filer).get(f"/filings/{start('member_state_statistics', 'dk', '2025', filer).pk}/")

    assert "Revisions Nothing filed yet A revision appears here with its receipt as soon as" in text(page)


def test_the_page_of_a_revision_shows_values_missing_reasons_notes_and_findings_beside_the_line() -> None:
    page = signed_in(member("dk", "reader")).get(f"/revisions/{receipt('MS-2022-dk-1').pk}/")

    rows = {row[0]: row[1:5] for row in tables(page)[0] if len(row) == 6}
    assert rows["Reports received reports.total"] == [
        "10 744", "reports", "2 Aug 2021 – 20 Jan 2023", "Provisional; Dynamic data; Taken from a live system",
    ]  # fmt: skip
    assert rows["Convictions convictions.count"][:2] == ["224", "convictions"]
    assert rows["Girls children.female"][0] == "Exists, not collected: Not collected, System about to change"
    assert rows["Nothing can be filed? frame.nil_filing"][0] == "No"
    assert rows["Age limit used children.age_limit"][0] == "Missing: Question not asked then"
    assert primary_buttons(page) == []


def test_findings_stand_beside_their_line_and_above_with_rule_place_and_how_to_mend() -> None:
    page = signed_in(member("mt", "filer")).get(f"/revisions/{receipt('MS-2022-mt-1').pk}/")

    rows = {row[0]: row[5] for row in tables(page)[0] if len(row) == 6}
    assert rows["Reports received reports.total"] == "M-CMP-003"
    assert "Findings 6 errors Error Reports received: it has no value and no reason. Choose a reason code;" in text(
        page
    )
    assert "line 9, column reason · M-CMP-003 · reports.total" in text(page)
    assert "M-NIL-002 · frame.nil_reason" in text(page)


def test_the_receipt_names_number_hash_definition_and_what_a_transcription_does_not_state() -> None:
    found = receipt("MS-2022-dk-1")
    page = signed_in(member("dk", "filer")).get(f"/revisions/{found.pk}/")

    words = text(page)
    assert "Receipt Number MS-2022-dk-1 Received" in words
    assert "Filed by Transcription of published reports Through Transcribed from a published report Lines 25" in words
    assert "Filed on not stated Definition member_state_statistics 1" in words
    assert f"sha256 of the canonical content: {found.content_hash}" in words
    for name in ("receipt", "receipt-pdf", "manifest", "content", "revision-annotated"):
        assert f'href="{reverse(name, args=[found.pk])}"' in page.content.decode()


def test_a_revision_being_checked_shows_progress_and_asks_again_until_it_is_done() -> None:
    filer = member("dk", "filer")
    client = signed_in(filer)
    found = file_csv(start("member_state_statistics", "dk", "2025", filer), GOOD, filer, check=False)

    before = client.get(f"/revisions/{found.pk}/")
    assert "Received, being checked File a correction Waiting for a worker 0 of 1 lines" in text(before)
    assert f'hx-get="/revisions/{found.pk}/job/"' in before.content.decode()
    assert '<noscript><meta http-equiv="refresh"' in before.content.decode()
    assert "HX-Refresh" not in client.get(f"/revisions/{found.pk}/job/", headers={"HX-Request": "true"})

    assert run_jobs() == 1
    assert client.get(f"/revisions/{found.pk}/job/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    after = client.get(f"/revisions/{found.pk}/")
    assert "hx-get" not in after.content.decode()
    assert "http-equiv" not in after.content.decode()
    assert ["Reports received reports.total", "10 744", "reports"] in [row[:3] for row in tables(after)[0]]


def test_a_long_revision_is_turned_page_by_page() -> None:
    filer = member("dk", "filer")
    lines = b"".join(
        b"reports.by_month[month=%d-%02d],%d,A\n" % (y, m, y) for y in range(1990, 2008) for m in range(1, 13)
    )
    found = file_csv(
        start("member_state_statistics", "dk", "2025", filer), b"address,value,obs_status\n" + lines, filer
    )
    client = signed_in(filer)

    first, second = (client.get(f"/revisions/{found.pk}/?page={n}") for n in (1, 2))

    counted = [[row for row in tables(page)[0] if len(row) == 6][1:] for page in (first, second)]
    assert [len(rows) for rows in counted] == [200, len(lines.splitlines()) - 200]
    assert "1–200 of 216" in text(first)
    assert "201–216 of 216" in text(second)


def test_a_revision_without_a_usable_line_says_so() -> None:
    filer = member("dk", "filer")
    found = file_csv(
        start("member_state_statistics", "dk", "2025", filer), b"address,value\nreports.total,ten\n", filer
    )

    words = text(signed_in(filer).get(f"/revisions/{found.pk}/"))

    assert found.state == RevisionState.CHECKED
    assert "What was filed No usable line No line of this revision could be read; see the findings." in words


@pytest.mark.parametrize("name", ["provider_report/2021", "provider_report/2024", "member_state_statistics/1",
                                  "reference_statistics/1", "measurement_series/1"])  # fmt: skip
def test_a_definition_page_shows_every_data_point_and_every_rule(client, name) -> None:
    page = client.get(f"/definitions/{name}/")

    definition = page.context["definition"]
    html = page.content.decode()
    assert set(re.findall(r'<tr id="([^"]+)"', html)) == {*definition.points, *definition.rules}
    assert f'href="/definitions/{name}/"' in client.get("/definitions/").content.decode()


def test_the_start_leads_strangers_to_the_sign_in_and_others_to_their_work(client) -> None:
    assert primary_buttons(client.get("/")) == ["Sign in"]
    assert primary_buttons(signed_in(member("dk", "filer")).get("/")) == ["Go to my work"]


def test_a_new_token_is_shown_once_and_works_until_it_is_revoked(client) -> None:
    user = member("dk", "filer")
    browser = signed_in(user)
    page = browser.post("/account/")
    secret = plain(re.search(r'role="status">.*?<code>(.*?)</code>', page.content.decode(), re.S)[1])  # type: ignore[index]
    key = re.search(r'name="revoke" value="(\w+)"', page.content.decode())[1]  # type: ignore[index]
    header = {"Authorization": f"Token {secret}"}

    assert secret not in browser.get("/account/").content.decode()
    assert client.get("/api/v1/obligations/", headers=header).status_code == 200
    signed_in(member("nl", "filer")).post("/account/", {"revoke": key})
    assert client.get("/api/v1/obligations/", headers=header).status_code == 200
    browser.post("/account/", {"revoke": key})
    assert client.get("/api/v1/obligations/", headers=header).status_code == 401


def test_the_published_file_is_what_the_canonical_content_holds() -> None:
    answer = signed_in(member("dk", "reader")).get(f"/api/v1/revisions/{receipt('MS-2022-dk-1').pk}/content.txt")

    assert answer.content.decode().splitlines()[0] == "member_state_statistics,1,dk,2022"
    addresses = {line.split(",")[0] for line in read("member_state_statistics/2022/dk.csv").decode().splitlines()[1:]}
    assert {line.split(",")[0] for line in answer.content.decode().splitlines()[2:]} == addresses
