"""Work done in Chromium: by keyboard alone, without JavaScript, and watching the check finish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import run_jobs
from tests.pages.chromium import PASSWORD, axe_violations, in_a_thread, scrolls_sideways, sign_in, tab_to, watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
HEAD = "address,value,obs_status\n"
NOTE_SCROLLING = """() => { window.scrolled = new Promise((done) =>
  document.querySelector(".table-scroll").addEventListener("scroll", () => done(true), {once: true})); }"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one figure and one fault."""
    path = tmp_path / "dk.csv"
    path.write_text(f"{HEAD}reports.total,10744,P\nchildren.total,-4,A\n")
    return path


@pytest.fixture(params=[1280, 390])
def page(request: Any, site: Any, chromium: Any) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=site.url, viewport={"width": request.param, "height": 800}, reduced_motion="reduce"
    )
    page = context.new_page()
    seen = watch(page, site.url)
    yield page
    assert seen.faults == []
    context.close()


@pytest.fixture
def scriptless(site: Any, chromium: Any) -> Iterator[Page]:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_everything_can_be_done_by_keyboard_with_the_focus_in_sight(page, file) -> None:
    # Listening from the start: the browser is told early to hand the file dialog to the test.
    page.on("filechooser", lambda chooser: chooser.set_files(file))
    page.goto("/sign-in/")
    tab_to(page, "input[name=username]")
    page.keyboard.type("filer@dk.test")
    tab_to(page, "input[name=password]")
    page.keyboard.type(PASSWORD)
    tab_to(page, "main button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/home/")

    tab_to(page, "main a[href^='/filings/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/filings/*/")
    expect(page.locator("h1")).to_contain_text("Member State statistics, Denmark")

    page.goto("/home/")
    tab_to(page, "form[action$='/start/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/filings/*/")
    tab_to(page, ".doors a[href$='/upload/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/upload/")
    tab_to(page, "input[type=file]")
    page.keyboard.press("Enter")
    expect(page.locator("input[type=file]")).to_have_value(re.compile(rf"{file.name}$"))
    tab_to(page, "form.form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/uploads/*/")

    in_a_thread(run_jobs)
    expect(page.locator(".findings > li").first).to_contain_text("Error")
    tab_to(page, "a[href$='/annotated.xlsx']")
    tab_to(page, "a[href*='/sign/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign/*")
    tab_to(page, "textarea")
    page.keyboard.type("Counted by hand.")
    tab_to(page, "button[name=keep]")
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]").first).to_contain_text("The explanations are kept.")
    assert not scrolls_sideways(page)
    assert axe_violations(page) == []


def test_the_first_stop_of_the_keyboard_skips_to_the_content(page) -> None:
    page.goto("/definitions/")
    tab_to(page, ".ecl-skip-link")
    page.keyboard.press("Enter")
    tab_to(page, "main a", most=1)


def test_a_table_that_scrolls_can_be_reached_and_scrolled_by_keyboard(page, site) -> None:
    sign_in(page, "reviewer@commission.test")
    page.goto("/completeness/")
    if page.evaluate(
        "(() => { const t = document.querySelector('.table-scroll'); return t.scrollWidth > t.clientWidth; })()"
    ):
        tab_to(page, ".table-scroll")
        page.evaluate(NOTE_SCROLLING)
        page.keyboard.press("ArrowRight")
        assert page.evaluate("() => window.scrolled") is True
    else:
        expect(page.locator(".table-scroll").first).to_have_attribute("role", "region")


def test_the_phone_menu_opens_closes_and_returns_the_focus(site, chromium) -> None:
    context = chromium.new_context(base_url=site.url, viewport={"width": 390, "height": 800})
    page = context.new_page()
    sign_in(page, "reviewer@commission.test")
    tab_to(page, ".site-menu summary")
    page.keyboard.press("Enter")
    expect(page.locator(".site-menu a[href='/completeness/']")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".site-menu a[href='/completeness/']")).to_be_hidden()
    expect(page.locator(".site-menu summary")).to_be_focused()
    context.close()


def test_the_page_of_a_revision_shows_the_verdict_by_itself_when_the_check_is_done(page, tmp_path) -> None:
    wide = page.viewport_size["width"] == 1280
    sign_in(page, "signatory@ie.test")
    upload(page, tmp_path, f"reports.total,{100 if wide else 101},A\n")
    in_a_thread(run_jobs)
    page.locator("a[href*='/sign/']").first.click()
    sign(page)
    page.get_by_role("link", name="Read the findings and what was filed").click()
    expect(page.locator(".page-header .state")).to_contain_text("Received, being checked")
    expect(page.locator(".progress")).to_contain_text("Waiting for a worker")
    expect(page.get_by_text("The lines appear here when the check is done.")).to_be_visible()
    with page.expect_response("**/job/") as asked:
        pass
    assert asked.value.status == 200

    in_a_thread(run_jobs)

    expect(page.locator(".page-header .state")).to_contain_text("Checked, waits for a decision", timeout=15_000)
    expect(page.locator("table")).to_contain_text("reports.total")
    expect(page.locator(".progress")).to_have_count(0)


def upload(page: Page, folder: Path, lines: str) -> None:
    """From the home page through the first duty nobody filed yet to the page of the file."""
    path = folder / "figures.csv"
    path.write_text(HEAD + lines)
    page.goto("/home/")
    page.locator("form[action$='/start/'] button").first.click()
    page.wait_for_url("**/filings/*/")
    page.locator(".doors a[href$='/upload/']").click()
    page.set_input_files("input[type=file]", path)
    page.click("form.form button")
    page.wait_for_url("**/uploads/*/")


def sign(page: Page) -> None:
    """Explain every warning, own up to the errors, certify. A click does not wait for the page it leads to."""
    page.wait_for_url("**/sign/**")
    for text in page.locator("textarea[name^=text-]").all():
        text.fill("Counted by hand.")
    for box in page.locator("input[name=errors_known], input[name=certified]").all():
        box.check()
    page.fill("input[name=name]", "Ane Ås")
    page.click("section[aria-labelledby=statement] button")
    page.wait_for_url("**/receipt/")


def test_without_javascript_a_file_is_read_over_and_signed_and_its_verdict_appears(scriptless, tmp_path) -> None:
    sign_in(scriptless, "signatory@mt.test")
    upload(scriptless, tmp_path, "reports.total,12,A\n")
    expect(scriptless.locator("html")).to_have_class("no-js")
    expect(scriptless.locator(".progress")).to_contain_text("Waiting for a worker")

    in_a_thread(run_jobs)

    # The page asks for itself again every three seconds.
    expect(scriptless.locator(".findings > li")).not_to_have_count(0, timeout=15_000)
    scriptless.locator("a[href*='/sign/']").first.click()
    sign(scriptless)
    expect(scriptless.locator("h1")).to_contain_text("MS-2025-mt-1")
    in_a_thread(run_jobs)
    scriptless.get_by_role("link", name="Read the findings and what was filed").click()
    expect(scriptless.locator(".page-header .state")).to_contain_text("Checked, waits for a decision")
    expect(scriptless.locator("table")).to_contain_text("reports.total")
    expect(scriptless.locator(".explanation").first).to_contain_text("Counted by hand.")


def test_without_javascript_a_wrong_file_is_refused_and_a_correction_is_filed(scriptless, tmp_path) -> None:
    sign_in(scriptless, "signatory@mt.test")
    scriptless.goto("/home/")
    scriptless.locator("main a[href^='/filings/']").first.click()
    scriptless.locator(".doors a[href$='/upload/']").click()
    (tmp_path / "bad.xlsx").write_text(HEAD + "reports.total,1,A\n")
    scriptless.set_input_files("input[type=file]", tmp_path / "bad.xlsx")
    scriptless.click("form.form button")
    expect(scriptless.locator("[role=alert]")).to_contain_text("nothing was stored")

    (tmp_path / "good.csv").write_text(HEAD + "reports.total,77,A\n")
    scriptless.set_input_files("input[type=file]", tmp_path / "good.csv")
    scriptless.click("form.form button")
    scriptless.wait_for_url("**/uploads/*/")
    in_a_thread(run_jobs)
    scriptless.locator("a[href*='/sign/']").first.click(timeout=15_000)
    scriptless.fill("textarea[name=reason]", "Now with figures.")
    sign(scriptless)
    expect(scriptless.locator("h1")).to_contain_text("MS-2022-mt-2")
    expect(scriptless.locator("aside")).to_contain_text("Correction")


@pytest.mark.parametrize("language", ["da", "nl"])
def test_without_javascript_the_language_is_switched_and_stays(scriptless, language) -> None:
    scriptless.goto("/definitions/member_state_statistics/1/")
    scriptless.click(f"button[name=language][value={language}]")
    scriptless.wait_for_url("**/definitions/member_state_statistics/1/")
    expect(scriptless.locator("html")).to_have_attribute("lang", language)
    expect(scriptless.locator("h1")).to_have_text(
        {"da": "Medlemsstatens statistik", "nl": "Statistieken van de lidstaat"}[language]
    )
    scriptless.goto("/about/")
    expect(scriptless.locator("html")).to_have_attribute("lang", language)


def test_without_javascript_a_decision_is_recorded(scriptless) -> None:
    sign_in(scriptless, "reviewer@commission.test")
    scriptless.locator("th a", has_text=re.compile("^Sweden$")).first.click()
    expect(scriptless.locator("input[value=accept]")).to_have_count(0)
    scriptless.check("input[value=return]")
    scriptless.fill("textarea[name=reason]", "The figures are no numbers.")
    scriptless.click("aside form button")
    scriptless.wait_for_url("**/review/")
    expect(scriptless.locator("[role=status]")).to_contain_text("The decision is recorded")
