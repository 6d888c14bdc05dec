"""Receipts: the page, the PDF, the manifest, and the hash that anybody can compute again."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from typing import Any

import pikepdf
import pytest
from django.test import Client

from submissions.models import Revision
from submissions.receipts.manifest import manifest
from submissions.receipts.pdf import UNSHOWN, receipt_pdf
from tests.pages.world import file_csv, load, member, primary_buttons, receipt, signed_in, start, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_filing", "today")]
HOSTILE = 'Ane "Å" #panic() $x$ *b* <b> \\ `r` @ref // Жук Ωmega العربية 漢字 😀 \u200b\u0007 Łódź'


@pytest.fixture(scope="module")
def one_filing(shared_db: None) -> None:
    load("dk 2022")


@pytest.fixture
def filed() -> Revision:
    return receipt("MS-2022-dk-1")


@pytest.fixture
def reader() -> Client:
    return signed_in(member("dk", "reader"))


def told(pdf: bytes) -> str:
    """The text of a PDF, as a reader of its text layer gets it."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


def as_pdf(client: Client, revision: Revision) -> pikepdf.Pdf:
    answer = client.get(f"/revisions/{revision.pk}/receipt.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{revision.receipt}.pdf"'
    return pikepdf.open(io.BytesIO(answer.content))


def test_the_page_names_number_time_signature_proof_and_what_happens_next(filed, reader) -> None:
    Revision.objects.filter(pk=filed.pk).update(signatory="Ane Ås", statement="I certify <this>.")

    page = reader.get(f"/revisions/{filed.pk}/receipt/")

    words = text(page)
    assert words.startswith("Receipt MS-2022-dk-1 Member State statistics, Denmark, 2022")
    assert "MS-2022-dk-1 was received on" in words
    assert "I certify <this>. Ane Ås" in words
    assert f"sha256 of the canonical content {filed.content_hash}" in words
    assert f"Fingerprint of the definition {filed.fingerprint}" in words
    found = f"The checks found 0 errors and {filed.warnings} warnings."
    assert f"What happens next {found} The Commission accepted the filing. Nothing more is needed." in words
    assert primary_buttons(page) == ["Download the receipt (PDF)"]


def test_the_sha256_of_the_downloaded_content_is_the_one_on_the_receipt(filed, reader) -> None:
    content = reader.get(f"/revisions/{filed.pk}/content.txt")

    told = reader.get(f"/revisions/{filed.pk}/manifest.json").json()
    assert hashlib.sha256(content.content).hexdigest() == told["sha256"] == filed.content_hash
    assert content["Content-Disposition"] == 'attachment; filename="MS-2022-dk-1.txt"'
    assert content.content == reader.get(f"/api/v1/revisions/{filed.pk}/content.txt").content
    assert told["recompute"].endswith(f"/api/v1/revisions/{filed.pk}/content.txt | sha256sum")


def test_the_documented_command_computes_the_hash(filed, reader, tmp_path) -> None:
    (tmp_path / "MS-2022-dk-1.txt").write_bytes(reader.get(f"/revisions/{filed.pk}/content.txt").content)

    done = subprocess.run(["sha256sum", "MS-2022-dk-1.txt"], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert "sha256sum MS-2022-dk-1.txt" in text(reader.get(f"/revisions/{filed.pk}/receipt/"))
    assert done.stdout.split()[0] == filed.content_hash


def test_the_manifest_says_to_machines_what_the_page_says_to_people(filed, reader) -> None:
    answer = reader.get(f"/revisions/{filed.pk}/manifest.json")

    assert answer["Content-Disposition"] == 'attachment; filename="MS-2022-dk-1.json"'
    assert answer.json() == json.loads(json.dumps(manifest(filed)))
    assert {name: answer.json()[name] for name in ("number", "return", "version", "entity", "period", "revision", "door",
                                                   "lines", "state", "fingerprint")} == {
        "number": "MS-2022-dk-1", "return": "member_state_statistics", "version": "1", "entity": "dk", "period": "2022",
        "revision": 1, "door": "import", "lines": 25, "state": "accepted", "fingerprint": filed.fingerprint,
    }  # fmt: skip
    assert answer.json()["findings"] == {
        "checked": filed.checked_at.isoformat(), "errors": filed.errors, "warnings": filed.warnings, "infos": filed.infos,
        "not_evaluated": filed.not_evaluated,
    }  # fmt: skip


@pytest.mark.parametrize(("language", "title"), [("en", "Receipt"), ("da", "MS-2022-dk-1"), ("nl", "MS-2022-dk-1")])
def test_the_pdf_is_tagged_titled_and_in_the_language_of_its_reader(filed, language, title) -> None:
    client = signed_in(member("dk", "reader"), headers={"Accept-Language": language})

    pdf = as_pdf(client, filed)

    assert pdf.open_metadata()["pdfuaid:part"] == "1"
    assert str(pdf.Root.Lang) == language
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert title in str(pdf.docinfo["/Title"])
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/P"} <= roles(pdf)
    fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
    assert fonts
    assert all("/FontFile3" in f.FontDescriptor or "/FontFile2" in f.FontDescriptor
               for font in fonts for f in font.DescendantFonts)  # fmt: skip


def roles(pdf: pikepdf.Pdf) -> set[str]:
    """The kinds of structure elements of a tagged PDF."""
    found: set[str] = set()
    waiting: list[Any] = [pdf.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting += list(node)
        elif isinstance(node, pikepdf.Dictionary):
            found |= {str(node.S)} if "/S" in node else set()
            waiting += [node.K] if "/K" in node else []
    return found


def test_the_pdf_holds_number_statement_and_hashes(filed) -> None:
    filed.signatory, filed.statement = "Ane Ås", "I certify this."

    words = told(receipt_pdf(filed))

    for part in ("Receipt MS-2022-dk-1", "I certify this.", "Signed by Ane Ås on", filed.content_hash, filed.fingerprint,
                 f"revisions/{filed.pk}/content.txt | sha256sum"):  # fmt: skip
        assert part in words


def test_whatever_a_name_holds_is_text_and_never_breaks_the_pdf(filed) -> None:
    filed.signatory, filed.statement, filed.reason = HOSTILE, HOSTILE * 40, HOSTILE

    words = told(receipt_pdf(filed))

    assert 'Ane "Å" #panic() $x$ *b* <b> \\ `r` @ref // Жук Ωmega' in words
    assert "Łódź" in words
    assert "漢" not in words
    assert UNSHOWN in words


def test_every_letter_that_is_said_to_be_shown_has_a_glyph(filed) -> None:
    from submissions.receipts.pdf import has_glyph

    letters = [chr(point) for point in range(0x20, 0x3000) if has_glyph(chr(point))]
    filed.statement = filed.signatory = " ".join(f"a{letter}" for letter in letters)

    assert receipt_pdf(filed).startswith(b"%PDF")


def test_a_receipt_of_a_correction_names_its_reason_and_the_earlier_one_says_it_is_replaced() -> None:
    filer = member("dk", "filer")
    filing = start("member_state_statistics", "dk", "2025", filer)
    first = file_csv(filing, b"address,value\nreports.total,1\n", filer)
    second = file_csv(filing, b"address,value\nreports.total,2\n", filer, replaces=1, reason="Counted again.")
    client = signed_in(filer)

    assert "Correction Counted again." in text(client.get(f"/revisions/{second.pk}/receipt/"))
    assert "A later revision was filed; that one counts." in text(client.get(f"/revisions/{first.pk}/receipt/"))


def test_a_receipt_that_is_not_checked_yet_says_so() -> None:
    filer = member("dk", "filer")
    filing = start("member_state_statistics", "dk", "2025", filer)
    found = file_csv(filing, b"address,value\nreports.total,1\n", filer, check=False)
    client = signed_in(filer)

    assert "The checks run now." in text(client.get(f"/revisions/{found.pk}/receipt/"))
    assert client.get(f"/revisions/{found.pk}/manifest.json").json()["findings"]["checked"] is None
    assert client.get(f"/revisions/{found.pk}/annotated.xlsx").status_code == 404


@pytest.mark.parametrize("leaf", ["receipt/", "receipt.pdf", "manifest.json", "content.txt", "annotated.xlsx"])
def test_a_receipt_of_others_does_not_exist(filed, leaf) -> None:
    assert signed_in(member("nl", "filer")).get(f"/revisions/{filed.pk}/{leaf}").status_code == 404
    assert signed_in(None).get(f"/revisions/{filed.pk}/{leaf}").status_code == 302
