"""The site in Danish and Dutch: the switch works, sticks, and what was defined in a language comes in it."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.pages.world import load, member, receipt, signed_in, tables, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("some_filings")]
TITLES = {"en": "Member State statistics", "da": "Medlemsstatens statistik", "nl": "Statistieken van de lidstaat"}
NAMES = {"en": "Denmark", "da": "Danmark", "nl": "Denemarken"}
REPORTS = {"en": "Reports received", "da": "Modtagne indberetninger", "nl": "Ontvangen meldingen"}
UNITS = {"en": "reports", "da": "indberetninger", "nl": "meldingen"}
LANGUAGES = pytest.mark.parametrize("language", ["da", "nl"])


@pytest.fixture(scope="module")
def some_filings(shared_db: None) -> None:
    load("dk 2022", "google 2022", "ncmec 2022")


def switch(client: Client, language: str, back: str = "/about/") -> str:
    """Press the button of the language; where it leads."""
    return client.post("/language/", {"language": language, "next": back})["Location"]


def html_language(client: Client, address: str) -> str:
    return client.get(address).content.decode().partition('<html lang="')[2].partition('"')[0]


@LANGUAGES
def test_the_switch_returns_to_the_page_and_sticks_on_every_page(language) -> None:
    client = signed_in(member("dk", "filer"))
    assert html_language(client, "/home/") == "en"

    assert switch(client, language, "/home/?a=1") == "/home/?a=1"

    found = receipt("MS-2022-dk-1")
    for address in ("/home/", "/", "/about/", "/definitions/", f"/revisions/{found.pk}/", f"/filings/{found.filing_id}/",
                    "/dashboards/overview/", "/account/", "/api/v1/docs/", "/nowhere/"):  # fmt: skip
        assert html_language(client, address) == language


def test_the_switch_never_leads_away_from_the_site() -> None:
    for back in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"):
        assert switch(Client(), "da", back) == "/"


def test_a_language_nobody_offers_changes_nothing() -> None:
    client = Client()
    switch(client, "fr")
    assert html_language(client, "/about/") == "en"


@LANGUAGES
def test_the_browser_chooses_the_language_until_the_reader_does(language) -> None:
    client = Client(headers={"Accept-Language": f"{language}-XX,{language};q=0.9,en;q=0.5"})
    assert html_language(client, "/sign-in/") == language

    switch(client, "en")
    assert html_language(client, "/sign-in/") == "en"


@LANGUAGES
def test_a_definition_comes_in_the_language(language) -> None:
    client = Client()
    switch(client, language)
    page = client.get("/definitions/member_state_statistics/1/")

    assert text(page).startswith(TITLES[language])
    labels = {cell[0] for table in tables(page) for cell in table}
    assert f"{REPORTS[language]} reports.total" in labels
    assert not any(label.startswith(f"{REPORTS['en']} ") for label in labels)


@LANGUAGES
def test_a_revision_comes_in_the_language_with_labels_units_and_reasons(language) -> None:
    client = signed_in(member("dk", "filer"))
    switch(client, language)
    page = client.get(f"/revisions/{receipt('MS-2022-dk-1').pk}/")

    assert text(page).startswith(f"{TITLES[language]}, {NAMES[language]}, 2022")
    rows = {row[0]: row for row in tables(page)[0]}
    assert rows[f"{REPORTS[language]} reports.total"][1:3] == ["10 744", UNITS[language]]
    boolean = next(row for label, row in rows.items() if label.endswith("frame.nil_filing"))
    assert boolean[1] == {"da": "Nej", "nl": "Nee"}[language]
    missing = next(row for label, row in rows.items() if label.endswith("children.female"))
    assert "Not collected" not in missing[1]


@LANGUAGES
def test_findings_say_in_the_language_what_is_wrong_and_how_to_mend_it(language) -> None:
    client = signed_in(member("dk", "filer"))
    said = {}
    for code in ("en", language):
        switch(client, code)
        shown = client.get(f"/revisions/{receipt('MS-2022-dk-1').pk}/").context["findings"].shown
        said[code] = [(one.finding.rule, one.words.message, one.words.mend) for one in shown]

    assert len(said[language]) > 5
    for (rule, message, mend), (same, english, english_mend) in zip(said[language], said["en"], strict=True):
        assert rule == same
        assert message != english
        assert mend != english_mend


@LANGUAGES
def test_a_dashboard_comes_in_the_language_with_its_csv_and_chart(language) -> None:
    client = signed_in(member("commission", "reader"))
    switch(client, language)
    page = client.get("/dashboards/member-states/")

    assert [NAMES[language], REPORTS[language], "10 744", UNITS[language]] in [row[:4] for row in tables(page)[0]]
    assert REPORTS[language] in client.get("/dashboards/member-states/reports.csv").content.decode()
    assert NAMES[language] in client.get("/dashboards/member-states/reports.svg").content.decode()


@LANGUAGES
def test_the_api_answers_in_the_language_asked_for(language) -> None:
    asked = {"Accept-Language": language}
    schema = Client().get("/api/v1/definitions/member_state_statistics/1/schema.json", headers=asked).json()

    assert schema["title"] == TITLES[language]
    assert REPORTS[language] in [point["title"] for point in schema["$defs"]["observation"]["anyOf"]]
