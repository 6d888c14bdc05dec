"""Reading over and signing: what is shown, what is refused, and what is kept word for word."""

from __future__ import annotations

import json
import re
import zlib
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.models import ReportingEntity, User
from submissions import actions
from submissions.actions import signing
from submissions.models import Draft, Explanation, Filing, Revision, Source, Upload
from tests.conftest import read, run_jobs
from tests.pages.world import file_csv, form_data, load, member, primary_buttons, signed_in, start, tables, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("entities_alone", "today")]
CLEAN = [
    {"address": "frame.nil_filing", "value": "0"},
    {"address": "reports.total", "value": "10744"},
]
STATEMENT = (
    "On behalf of Denmark I certify that this is our answer to the return “Member State statistics” for the period 2025, "
    "that it is complete and correct to the best of my knowledge, and that I am authorised to sign it."
)


@pytest.fixture(scope="module")
def entities_alone(shared_db: None) -> None:
    load()


@pytest.fixture
def filer() -> User:
    return member("dk", "filer")


@pytest.fixture
def signatory() -> User:
    return member("dk", "signatory")


@pytest.fixture
def filing(filer: User) -> Filing:
    return start("member_state_statistics", "dk", "2025", filer)


@pytest.fixture
def browser(signatory: User) -> Client:
    return signed_in(signatory)


def save(filing: Filing, by: User, lines: list[dict[str, Any]]) -> Draft:
    known = Draft.objects.filter(filing=filing).first()
    return actions.save_draft(filing=filing, observations=lines, edition=known.edition if known else None, by=by)


def uploaded(filing: Filing, by: User, data: bytes, name: str = "dk.csv") -> Upload:
    signed_in(by).post(f"/filings/{filing.pk}/upload/", {"file": SimpleUploadedFile(name, data)})
    run_jobs()
    return Upload.objects.get(filing=filing, revision=None)


def page_of(filing: Filing, upload: Upload | None = None) -> str:
    return f"/filings/{filing.pk}/sign/" + (f"?upload={upload.pk}" if upload else "")


def shown(browser: Client, place: str) -> dict[str, str]:
    """What the form of the page would send if everything were ticked and every warning explained."""
    answer = browser.get(place)
    html = answer.content.decode()
    explained = {f"text-{key}": "Counted by hand." for key in re.findall(r'name="text-(\w+)"', html)}
    known = {"errors_known": "on"} if 'name="errors_known"' in html else {}
    return form_data(answer) | explained | known | {"certified": "on", "name": "Ane Ås"}


def rows() -> list[Any]:
    return [Revision.objects.count(), Source.objects.count(), list(Draft.objects.values_list("pk", "edition")),
            list(Upload.objects.values_list("pk", "revision"))]  # fmt: skip


def test_a_draft_is_signed_and_becomes_a_revision_with_the_statement_word_for_word(browser, filing, filer, signatory):
    save(filing, filer, CLEAN)

    answer = browser.post(page_of(filing), shown(browser, page_of(filing)))

    revision = Revision.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/revisions/{revision.pk}/receipt/")
    assert (revision.door, revision.signatory, revision.statement) == ("form", "Ane Ås", STATEMENT)
    assert (revision.submitted_by, revision.lines, revision.receipt) == (signatory, 2, "MS-2025-dk-1")
    assert revision.source.media_type == "application/json"
    assert json.loads(zlib.decompress(revision.source.deflated)) == {"observations": CLEAN}
    assert not Draft.objects.exists()
    assert run_jobs() == 1
    assert set(Explanation.objects.values_list("text", flat=True)) == {"Counted by hand."}


def test_a_file_is_signed_with_its_own_bytes_as_source(browser, filing, filer):
    data = b"address,value\nreports.total,10744\n"
    upload = uploaded(filing, filer, data)

    browser.post(page_of(filing, upload), shown(browser, page_of(filing, upload)))

    revision = Revision.objects.select_related("source").get()
    upload.refresh_from_db()
    assert (revision.door, revision.source.name, revision.content_hash) == ("upload", "dk.csv", upload.content_hash)
    assert zlib.decompress(revision.source.deflated) == data
    assert (upload.revision, bytes(upload.content)) == (revision, b"")
    assert browser.get(f"/uploads/{upload.pk}/")["Location"] == f"/revisions/{revision.pk}/"


def test_the_statement_is_kept_in_the_language_it_was_read_in(filing, filer, signatory):
    save(filing, filer, CLEAN)
    danish = signed_in(signatory, headers={"Accept-Language": "da"})
    words = unescape(re.search(r'class="statement">(.*?)</p>', danish.get(page_of(filing)).content.decode(), re.S)[1])

    danish.post(page_of(filing), shown(danish, page_of(filing)))

    assert Revision.objects.get().statement == words
    assert "Medlemsstatens statistik" in words


def test_the_page_sums_up_in_the_words_of_the_filer(browser, filing, filer):
    save(filing, filer, [*CLEAN, {"address": "children.total", "obs_status": "L", "reason": "not_collected"}])

    page = browser.get(page_of(filing))

    sections = {row[0]: row[1:3] for row in tables(page)[0][1:]}
    assert sections["1. Filing"] == ["1", "0"]
    assert sections["2. Reports received"] == ["1", "0"]
    assert sections["4. Children identified"] == ["0", "1"]
    words = text(page)
    assert (
        "Main figures Reports received 10 744 reports Children identified Exists, not collected: Not collected" in words
    )
    assert STATEMENT in words
    assert primary_buttons(page) == ["Sign and submit"]
    assert re.search(r"/edit/\?at=[a-z_.%]+\"", page.content.decode())


LEFT_OUT = [
    ("certified", "not_certified", "Tick that you certify the statement."),
    ("name", "name_missing", "Write your name under the statement."),
    ("errors_known", "errors_not_acknowledged", "Errors stand. Mend them, or tick that you know of them."),
    ("text-", "unexplained_warnings", "Every warning needs an explanation."),
]


@pytest.mark.parametrize(("left_out", "code", "said"), LEFT_OUT, ids=[row[1] for row in LEFT_OUT])
def test_what_is_missing_is_refused_and_nothing_changes(browser, filing, filer, left_out, code, said):
    save(filing, filer, [*CLEAN, {"address": "children.total", "value": "4", "period": "2024-01-01/2024-12-31"}])
    sent = {name: value for name, value in shown(browser, page_of(filing)).items() if not name.startswith(left_out)}
    before = rows()

    answer = browser.post(page_of(filing), sent)

    assert answer.status_code == 422
    assert answer.context["refused"].code == code
    assert said in text(answer)
    assert rows() == before


def test_explanations_that_were_typed_stay_where_the_signature_is_refused(browser, filing, filer, signatory):
    save(filing, filer, CLEAN)
    sent = shown(browser, page_of(filing))
    del sent["certified"]

    answer = browser.post(page_of(filing), sent)

    assert answer.status_code == 422
    asked = [name for name in sent if name.startswith("text-")]
    assert asked
    assert answer.content.decode().count(">Counted by hand.</textarea>") == len(asked)
    assert {(e.text, e.written_by) for e in Explanation.objects.all()} == {("Counted by hand.", signatory)}
    assert browser.get(page_of(filing)).content.decode().count(">Counted by hand.</textarea>") == len(asked)


def test_explanations_can_be_kept_without_signing_also_by_who_may_not_sign(filing, filer):
    save(filing, filer, CLEAN)
    preparer = signed_in(filer)
    before = rows()

    answer = preparer.post(page_of(filing), shown(preparer, page_of(filing)) | {"keep": "1"}, follow=True)

    assert "The explanations are kept." in text(answer)
    assert Explanation.objects.exists()
    assert "still missing" not in text(answer)
    assert rows() == before


def test_a_filer_without_the_role_hands_over_and_cannot_sign(filing, filer, signatory):
    save(filing, filer, CLEAN)
    preparer = signed_in(filer)
    page = preparer.get(page_of(filing))

    assert "Hand over to a signatory" in text(page)
    assert f"Who may sign {signatory}, {signatory.email}" in text(page)
    assert primary_buttons(page) == []
    before = rows()
    answer = preparer.post(page_of(filing), shown(preparer, page_of(filing)))
    assert (answer.status_code, answer.context["refused"].code) == (422, "not_a_signatory")
    assert rows() == before


@pytest.mark.parametrize("way", ["draft", "upload"])
def test_four_eyes_somebody_else_than_who_prepared_must_sign(filing, signatory, way):
    ReportingEntity.objects.filter(code="dk").update(four_eyes=True)
    other = User.objects.create_user("second@dk.test", name="Second pair")
    other.memberships.create(entity=filing.entity, role="signatory")
    upload = None
    if way == "draft":
        save(filing, signatory, CLEAN)
    else:
        upload = uploaded(filing, signatory, b"address,value\nreports.total,10744\n")
    place, own = page_of(filing, upload), signed_in(signatory)

    page = own.get(place)
    assert "Denmark asks for four eyes. You prepared this, so somebody else must sign it." in text(page)
    assert "Second pair" in text(page)
    assert primary_buttons(page) == []
    before = rows()
    answer = own.post(place, shown(own, place))
    assert (answer.status_code, answer.context["refused"].code) == (422, "four_eyes")
    assert rows() == before

    pair = signed_in(other)
    assert pair.post(place, shown(pair, place)).status_code == 302
    assert Revision.objects.get().submitted_by == other


def test_a_draft_changed_while_it_was_read_is_not_signed_unseen(browser, filing, filer):
    save(filing, filer, CLEAN)
    sent = shown(browser, page_of(filing))
    save(filing, filer, [*CLEAN[:1], {"address": "reports.total", "value": "1"}])
    before = rows()

    answer = browser.post(page_of(filing), sent)

    assert (answer.status_code, answer.context["refused"].code) == (409, "stale")
    assert "Nothing was filed" in text(answer)
    assert "Reports received 1 report" in text(answer)
    assert 'name="certified" required' in answer.content.decode()
    assert "checked" not in answer.content.decode().partition('name="certified"')[2].partition(">")[0]
    assert rows() == before
    again = browser.post(page_of(filing), shown(browser, page_of(filing)))
    assert again.status_code == 302
    assert Revision.objects.count() == 1


def test_a_file_that_was_replaced_meanwhile_is_gone(browser, filing, filer):
    first = uploaded(filing, filer, b"address,value\nreports.total,10744\n")
    sent = shown(browser, page_of(filing, first))
    uploaded(filing, filer, b"address,value\nreports.total,1\n")
    before = rows()

    assert browser.post(page_of(filing, first), sent).status_code == 404
    assert rows() == before


def test_a_second_click_shows_the_first_receipt_and_files_nothing(browser, filing, filer):
    save(filing, filer, CLEAN)
    sent = shown(browser, page_of(filing))

    answers = [browser.post(page_of(filing), sent) for _ in range(3)]

    assert {(a.status_code, a["Location"]) for a in answers} == {
        (302, f"/revisions/{Revision.objects.get().pk}/receipt/")
    }


def test_a_correction_needs_a_reason_and_names_what_it_corrects(browser, filing, filer, signatory):
    file_csv(filing, b"address,value\nreports.total,1\n", signatory)
    save(filing, filer, CLEAN)
    sent = shown(browser, page_of(filing))
    assert sent["replaces"] == "1"
    before = rows()

    refused = browser.post(page_of(filing), sent)
    assert (refused.status_code, refused.context["refused"].code) == (422, "reason_missing")
    assert rows() == before

    assert browser.post(page_of(filing), sent | {"reason": "Counted again."}).status_code == 302
    assert list(filing.revisions.order_by("number").values_list("number", "reason")) == [(1, ""), (2, "Counted again.")]


def test_a_revision_filed_by_somebody_else_meanwhile_is_told(browser, filing, filer, signatory):
    save(filing, filer, CLEAN)
    sent = shown(browser, page_of(filing))
    upload = uploaded(filing, filer, b"address,value\nreports.total,1\n")
    other = signed_in(signatory)
    other.post(page_of(filing, upload), shown(other, page_of(filing, upload)))
    before = rows()

    answer = browser.post(page_of(filing), sent, follow=True)

    assert "Nothing waits to be signed." in text(answer)
    assert rows() == before


def test_where_nothing_waits_the_page_leads_back_to_the_filing(browser, filing, filer):
    for prepared in (False, True):
        if prepared:
            save(filing, filer, [])
        answer = browser.get(page_of(filing), follow=True)
        assert answer.redirect_chain[0][0] == f"/filings/{filing.pk}/"
        assert "Nothing waits to be signed. Fill in the form or upload a file first." in text(answer)


def test_many_warnings_of_one_rule_take_one_explanation(browser, filing, filer):
    upload = uploaded(filing, filer, read("member_state_statistics/2022/dk.csv"))
    rules = [finding.rule for finding in signing.prepared(filing, upload).standing("warning")]
    alike = max(rules, key=rules.count)
    assert rules.count(alike) == 11

    page = browser.get(page_of(filing, upload))
    assert "One explanation for all of them" in text(page)
    browser.post(page_of(filing, upload), shown(browser, page_of(filing, upload)))

    assert Explanation.objects.filter(rule=alike, text="Counted by hand.").count() == 11
    assert Revision.objects.count() == 1


def test_an_explanation_that_is_too_long_is_refused_and_stays_on_the_page(browser, filing, filer):
    save(filing, filer, CLEAN)
    sent = shown(browser, page_of(filing))
    name = next(name for name in sent if name.startswith("text-"))
    before = rows()

    answer = browser.post(page_of(filing), sent | {name: "x" * 4001})

    assert (answer.status_code, answer.context["refused"].code) == (422, "explanation_too_long")
    assert "x" * 4001 in answer.content.decode()
    assert rows() == before
    assert not Explanation.objects.exists()


def test_strangers_and_readers_see_no_page_to_sign(filing, filer):
    save(filing, filer, CLEAN)

    for who in (member("nl", "signatory"), member("dk", "reader"), member("commission", "reviewer")):
        assert signed_in(who).get(page_of(filing)).status_code == 404
        assert signed_in(who).post(page_of(filing), {"certified": "on"}).status_code == 404
    assert Draft.objects.filter(filing=filing).exists()
