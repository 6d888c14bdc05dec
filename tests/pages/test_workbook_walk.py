"""A Member State files by workbook: downloads it, fills it in with three mistakes, finds them, mends them in the annotated
workbook, uploads that as it is, signs, and has its receipt."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from submissions.models import Observation, Revision
from tests.conftest import run_jobs
from tests.core.clean import clean_member_state
from tests.pages.chromium import axe_violations, in_a_thread, scrolls_sideways, sign_in, watch
from tests.pages.workbooks import put

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
MISTAKES = {"reports.other_sources": "forty", "handling.arrests": -9, "children.male": 71}
FIGURES = {line["address"]: line["value"] for line in clean_member_state() if "[" not in line["address"]}
DROP = """(data) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0)), transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "dk corrected.xlsx"));
  document.querySelector(".dropzone").dispatchEvent(new DragEvent("drop", {dataTransfer: transfer, cancelable: true}));
}"""


@pytest.fixture
def page(site: Any, chromium: Any) -> Iterator[Page]:
    context = chromium.new_context(base_url=site.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    seen = watch(page, site.url)
    yield page
    assert seen.faults == []
    context.close()


def taken(page: Page, link: Locator, to: Path) -> Path:
    with page.expect_download() as waiting:
        link.click()
    path = to / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def is_fine(page: Page, title: str | re.Pattern[str]) -> None:
    """The page with this title is here; it keeps to its width and every reader can use it."""
    expect(page.locator("h1")).to_have_text(title)
    page.wait_for_load_state()
    assert not scrolls_sideways(page)
    assert axe_violations(page) == []


def wrote(path: Path, answers: dict[str, Any]) -> list[tuple[str, str]]:
    """Writes values into their rows; gives sheet and cell of each."""
    book = load_workbook(path)
    cells = [put(book, address, value=value) for address, value in answers.items()]
    book.save(path)
    return [(cell.parent.title, cell.coordinate) for cell in cells]


def checked(page: Page) -> None:
    """The file waits with its progress, a worker takes it, and the page shows by itself what came of it."""
    page.wait_for_url("**/uploads/*/")
    expect(page.locator(".progress")).to_contain_text("Waiting for a worker")
    is_fine(page, re.compile("xlsx"))
    in_a_thread(run_jobs)
    expect(page.locator(".progress")).to_have_count(0)
    expect(page.get_by_role("heading", name="How to go on")).to_be_visible()
    is_fine(page, re.compile("xlsx"))


def test_a_member_state_files_by_workbook_and_mends_three_mistakes_in_it(page, tmp_path) -> None:
    sign_in(page, "signatory@dk.test")
    page.get_by_role("button", name="File Member State statistics, 2025").click()
    expect(page.get_by_role("heading", name="How do you want to file?")).to_be_visible()
    is_fine(page, "Member State statistics, Denmark, 2025")

    workbook = taken(page, page.get_by_role("link", name=re.compile("English")), tmp_path)
    assert workbook.name == "member-state-statistics-2025-dk.xlsx"
    wrote(workbook, FIGURES)
    wrong = wrote(workbook, MISTAKES)

    page.get_by_role("link", name="Upload a workbook").click()
    is_fine(page, "Upload a workbook")
    page.set_input_files("input[type=file]", workbook)
    page.get_by_role("button", name="Upload and check").click()
    checked(page)
    expect(page.locator("h2", has_text="Findings")).to_contain_text("3 errors")
    errors = page.locator(".findings > li", has=page.locator(".severity--error"))
    for (sheet, _cell), address in zip(
        wrong, ("reports.other_sources", "handling.arrests", "children.female"), strict=True
    ):
        expect(errors.filter(has_text=address)).to_contain_text(f"Sheet “{sheet}”, cell ")
    for sheet, cell in wrong[:2]:  # the third is told at the first of the figures that do not add up
        expect(errors.filter(has_text=f"Sheet “{sheet}”, cell {cell} ")).to_have_count(1)

    annotated = taken(page, page.get_by_role("link", name="Download the annotated workbook"), tmp_path)
    book = load_workbook(annotated)
    assert all(book[sheet][cell].comment for sheet, cell in wrong[:2])
    wrote(annotated, {address: FIGURES[address] for address in MISTAKES})

    page.get_by_role("link", name="Upload a corrected file").click()
    expect(page.locator(".dropzone")).to_be_visible()
    page.evaluate(DROP, base64.b64encode(annotated.read_bytes()).decode())
    expect(page.locator("input[type=file]")).to_have_value(re.compile("dk corrected"))
    page.get_by_role("button", name="Upload and check").click()
    checked(page)
    expect(errors).to_have_count(0)

    page.get_by_role("link", name="Read over and sign").click()
    is_fine(page, "Read over and sign")
    expect(page.get_by_role("row", name="4. Children identified 18 0 0")).to_be_visible()
    for text in page.locator("textarea").all():
        text.fill("The register was renewed in 2024.")
    page.get_by_label("I certify this statement").check()
    page.get_by_label("Your name").fill("Ane Ås")
    page.get_by_role("button", name="Sign and submit").click()

    page.wait_for_url("**/receipt/")
    expect(page.locator("blockquote.statement")).to_contain_text("Ane Ås")
    is_fine(page, "Receipt MS-2025-dk-1")
    pdf = taken(page, page.get_by_role("link", name="Download the receipt (PDF)"), tmp_path)
    assert (pdf.name, pdf.read_bytes()[:5]) == ("MS-2025-dk-1.pdf", b"%PDF-")
    in_a_thread(run_jobs)
    revision = Revision.objects.get(receipt="MS-2025-dk-1")
    assert (revision.errors, revision.signatory, revision.lines) == (0, "Ane Ås", len(FIGURES))
    figures = dict(Observation.objects.filter(revision=revision).values_list("address", "value"))
    assert figures == {address: str(value) for address, value in FIGURES.items()}
