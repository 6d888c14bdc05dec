"""The form in Chromium: somebody new files a whole report with it; lines fail, two people meet, scripts are missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.access import Role
from submissions.models import Draft, Explanation, Revision
from tests.pages.chromium import PASSWORD, axe_violations, in_a_thread, scrolls_sideways, sign_in, watch
from tests.pages.world import member, start

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
FIGURES = {
    "cases.known.images": "1,419", "cases.known.videos": "92", "cases.known.files": "0",
    "complaints.known.content.removed": "1 400", "complaints.known.content.internal.lodged": "10",
    "complaints.known.content.internal.restored": "2", "complaints.known.content.judicial.lodged": "0",
    "complaints.known.content.judicial.restored": "0", "complaints.known.accounts.suspended": "300",
    "complaints.known.accounts.internal.lodged": "20", "complaints.known.accounts.internal.restored": "1",
    "complaints.known.accounts.judicial.lodged": "0", "complaints.known.accounts.judicial.restored": "0",
    "retention.content_items": "12", "retention.non_content": "12", "retention.complaints": "36",
}  # fmt: skip
PHOTODNA = "[technology=PHOTODNA]"


@pytest.fixture
def page(site: Any, chromium: Any) -> Iterator[Page]:
    """Somebody at Google who may fill in and sign."""
    google = site.people["filer@google.test"]
    entity = google.memberships.get().entity
    in_a_thread(lambda: google.memberships.get_or_create(entity=entity, role=Role.SIGNATORY))
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    seen = watch(page, site.url)
    yield page
    assert seen.faults == []
    context.close()


def row(page: Page, address: str) -> Locator:
    return page.locator(f'[data-row="{address}"]')


def figure(page: Page, address: str) -> Locator:
    return row(page, address).locator("input.num").first


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_contain_text("Saved at")


def write(page: Page, figures: dict[str, str]) -> None:
    """As people do: into the field, next field; the form saves by itself."""
    for address, typed in figures.items():
        figure(page, address).click()
        page.keyboard.type(typed)
    page.keyboard.press("Tab")
    saved(page)


def is_fine(page: Page) -> None:
    page.wait_for_load_state()
    assert not scrolls_sideways(page)
    assert axe_violations(page) == []


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def test_somebody_new_files_the_provider_report_by_form(page) -> None:
    sign_in(page, "filer@google.test")
    page.get_by_role("button", name="File Provider report (standard form), 2026").click()
    page.get_by_role("link", name="Fill in the form").click()
    expect(page.locator("h1")).to_have_text("Begin the form")
    page.get_by_role("button", name="Copy the words of last year, without figures").click()
    expect(page.locator("h1")).to_have_text("1. Types and volumes of data")
    expect(page.get_by_label("Services covered")).to_have_value("Gmail; Google Chat (consumer versions).")

    # Volumes of section 1, by keyboard alone.
    page.get_by_label("Images processed, EU users").focus()
    page.keyboard.type("1 500")
    page.keyboard.press("Tab")
    saved(page)
    go_on(page)
    expect(page.locator("h1")).to_contain_text("2. ")
    go_on(page)
    go_on(page)

    # A figure that is not exact is asked about, then warned about, then explained in place.
    expect(page.locator("h1")).to_have_text("4. Cases of online child sexual abuse")
    reports = row(page, "cases.known.reports")
    expect(reports.locator(".row__before")).to_have_text("Last period: 380")
    write(page, {"cases.known.reports": "ca 90 000"})
    expect(reports).to_contain_text("Did you mean 90\u202f000, approximate?")
    reports.get_by_role("button", name="Yes, take that").click()
    expect(figure(page, "cases.known.reports")).to_have_value("90\u202f000")
    expect(reports.locator(".fold__said")).to_have_text("Approximate")
    doubled = reports.locator(".note--warning", has_text="more than doubled or halved since last year")
    doubled.get_by_text("It is right? Explain why").click()
    doubled.get_by_label("Your explanation").fill("A new filter finds more.")
    saved(page)

    # A figure that nobody has: status and reason.
    sending = row(page, "cases.known.accounts_sending")
    sending.locator(".fold > summary").click()
    sending.get_by_label("Status", exact=True).select_option("Exists, not collected")
    sending.get_by_text("Reasons for no value").click()
    sending.get_by_label("Not broken down", exact=True).check()
    expect(sending.locator(".fold__said")).to_contain_text("Not broken down")
    write(page, {address: typed for address, typed in FIGURES.items() if address.startswith("cases")})
    is_fine(page)
    go_on(page)

    expect(page.locator("h1")).to_have_text("5. Complaints and outcomes")
    write(page, {address: typed for address, typed in FIGURES.items() if address.startswith("complaints")})
    go_on(page)

    # A row for a technology; the rate follows from its parts.
    expect(page.locator("h1")).to_have_text("6. Error figures per technology")
    page.get_by_label("Technology", exact=True).select_option("PhotoDNA")
    page.get_by_role("button", name="Add", exact=True).click()
    flagged, wrong = f"errors.known.flagged{PHOTODNA}", f"errors.known.false_positives{PHOTODNA}"
    write(page, {flagged: "1 604", wrong: "8", f"errors.known.reviewed{PHOTODNA}": "1604"})
    rate = row(page, f"errors.known.false_positive_ratio{PHOTODNA}")
    expect(rate).to_contain_text("Worked out from its parts: 0.5 percent")
    write(page, {f"errors.known.false_positive_ratio{PHOTODNA}": "0.5"})

    # Everything is there after a reload.
    page.goto("/home/")
    page.get_by_role("link", name="Continue the form").click()
    page.get_by_role("link", name="4. Cases of online child sexual abuse").click()
    expect(figure(page, "cases.known.reports")).to_have_value("90\u202f000")
    expect(reports).to_contain_text("Explained. Read or change the explanation")
    expect(sending.locator(".fold__said")).to_contain_text("Not broken down")

    page.get_by_role("link", name="8. Retention and data protection").click()
    write(page, {address: typed for address, typed in FIGURES.items() if address.startswith("retention")})
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Findings in other sections:")).to_be_visible()

    # The check, then the signature.
    page.get_by_role("link", name="All findings").click()
    expect(page.locator("h1")).to_have_text("Check before signing")
    is_fine(page)
    for explanation in page.locator("textarea").all():
        if not explanation.input_value():
            explanation.fill("Counted by hand.")
    page.get_by_role("button", name="Keep the explanations").click()
    expect(page.locator("[role=status]").first).to_contain_text("The explanations are kept.")
    page.get_by_role("link", name="Read over and sign").last.click()
    expect(page.locator("h1")).to_have_text("Read over and sign")
    page.wait_for_load_state()
    if page.get_by_label("I know that errors stand").count():
        page.get_by_label("I know that errors stand").check()
    page.get_by_label("I certify this statement").check()
    page.get_by_role("button", name="Sign and submit").click()
    page.wait_for_url("**/receipt/")
    expect(page.locator(".lead")).to_contain_text("PR-2026-google-1")

    revision = Revision.objects.get(receipt="PR-2026-google-1")
    assert not Draft.objects.filter(filing=revision.filing).exists()
    assert Explanation.objects.filter(filing=revision.filing, text="A new filter finds more.").count() == 1


@pytest.fixture
def denmark(site: Any) -> Any:
    """The second section of a filing of Denmark without a draft; two people work on it."""
    user = site.people["filer@dk.test"]

    def fresh() -> str:
        colleague = member("dk", "signatory")
        colleague.set_password(PASSWORD)
        colleague.save()
        filing = start("member_state_statistics", "dk", "2025", user)
        Draft.objects.filter(filing=filing).delete()
        return f"/filings/{filing.pk}/edit/2/"

    return in_a_thread(fresh)


def opened(chromium: Any, site: Any, address: str, who: str = "filer@dk.test", **options: Any) -> Page:
    page = chromium.new_context(base_url=site.url, **options).new_page()
    sign_in(page, who)
    page.goto(address)
    return page


def test_a_lost_line_is_told_and_what_was_typed_is_saved_when_it_is_back(denmark, site, chromium) -> None:
    page = opened(chromium, site, denmark)
    page.context.set_offline(True)
    figure(page, "reports.total").fill("10 744")
    expect(page.locator("#save-state")).to_have_text("Could not save: offline, trying again")
    figure(page, "reports.cases").fill("9 000")

    page.context.set_offline(False)

    saved(page)
    page.reload()
    expect(figure(page, "reports.total")).to_have_value("10\u202f744")
    expect(figure(page, "reports.cases")).to_have_value("9\u202f000")
    page.context.close()


def test_a_field_is_never_rewritten_under_the_hands_of_its_writer(denmark, site, chromium) -> None:
    page = opened(chromium, site, denmark)
    figure(page, "reports.total").click()
    page.keyboard.type("1000")
    saved(page)
    expect(figure(page, "reports.total")).to_have_value("1000")
    expect(figure(page, "reports.total")).to_be_focused()

    page.keyboard.press("Tab")
    page.keyboard.type("x")

    expect(figure(page, "reports.total")).to_have_value("1\u202f000")
    page.context.close()


def test_two_people_at_once_see_each_other_and_choose_between_two_answers(denmark, site, chromium) -> None:
    one, two = (opened(chromium, site, denmark, who) for who in ("filer@dk.test", "signatory@dk.test"))
    figure(one, "reports.total").fill("12")
    figure(one, "reports.cases").fill("7")
    figure(one, "reports.cases").press("Tab")
    saved(one)

    figure(two, "reports.total").fill("15")
    figure(two, "reports.hosted_pages").fill("3")
    figure(two, "reports.hosted_pages").press("Tab")

    mine = row(two, "reports.total")
    expect(mine).to_contain_text("you typed “15")
    expect(figure(two, "reports.cases")).to_have_value("7")
    mine.get_by_label("Keep mine").check()
    expect(mine.get_by_text("Two answers")).to_have_count(0)
    expect(figure(two, "reports.total")).to_be_focused()
    two.reload()
    assert [figure(two, f"reports.{name}").input_value() for name in ("total", "cases", "hosted_pages")] == [
        "15",
        "7",
        "3",
    ]
    for page in (one, two):
        page.context.close()


def test_without_a_script_and_on_a_phone_rows_are_added_and_saved_by_buttons(denmark, site, chromium) -> None:
    page = opened(chromium, site, denmark, java_script_enabled=False, viewport={"width": 390, "height": 800})
    figure(page, "reports.total").fill("10.744")
    page.get_by_label("Organisation", exact=True).fill("NCMEC")
    page.get_by_role("button", name="Add", exact=True).first.click()
    expect(row(page, "reports.total")).to_contain_text("Did you mean 10\u202f744?")
    row(page, "reports.total").get_by_role("button", name="Yes, take that").click()

    figure(page, "reports.by_organisation[organisation=NCMEC]").fill("10200")
    page.get_by_role("button", name="Save", exact=True).last.click()

    expect(figure(page, "reports.by_organisation[organisation=NCMEC]")).to_have_value("10\u202f200")
    expect(page.locator("#save-state")).to_contain_text("Saved at")
    page.context.close()
