"""Explanations: the filer answers a finding, the reviewer reads it, and it holds until a figure changes."""

from __future__ import annotations

import pytest
from django.test import Client

from submissions.models import Explanation, Filing, Finding, Revision
from tests.pages.world import file_csv, load, member, signed_in, start, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("entities_alone", "today")]
FIRST = b"address,value,obs_status\nconvictions.count,224,A\nreports.total,10744,A\n"
WORDS = "Courts count <decisions>,\nnot persons."


@pytest.fixture(scope="module")
def entities_alone(shared_db: None) -> None:
    load()


@pytest.fixture
def filing() -> Filing:
    return start("member_state_statistics", "dk", "2025", member("dk", "filer"))


@pytest.fixture
def revision(filing: Filing) -> Revision:
    return file_csv(filing, FIRST, member("dk", "filer"))


@pytest.fixture
def filer() -> Client:
    return signed_in(member("dk", "filer"))


@pytest.fixture
def reviewer() -> Client:
    return signed_in(member("commission", "reviewer"))


def warned(revision: Revision) -> Finding:
    """That convictions are counted, not persons: a rule that looks at the number of convictions."""
    return revision.findings.get(rule="M-CNV-001", blocked_by="")


def explain(client: Client, revision: Revision, text: str = WORDS, **fields: str) -> Client:
    sent = {"finding": str(warned(revision).position), "text": text} | fields
    return client.post(f"/revisions/{revision.pk}/explanations/", sent, follow=True)


def correct(filing: Filing, data: bytes) -> Revision:
    number = Filing.objects.get(pk=filing.pk).latest.number
    filing = Filing.objects.with_names().get(pk=filing.pk)
    return file_csv(filing, data, member("dk", "filer"), replaces=number, reason="Again.")


def test_the_filer_explains_beside_the_finding_and_the_reviewer_reads_it(filer, reviewer, revision) -> None:
    answer = explain(filer, revision, publish="on")

    assert "The explanation is kept." in text(answer)
    kept = Explanation.objects.get()
    assert (kept.rule, kept.text, kept.publish, kept.written_by) == (
        "M-CNV-001", WORDS, True, member("dk", "filer"),
    )  # fmt: skip
    page = reviewer.get(f"/revisions/{revision.pk}/")
    assert "Courts count <decisions>, not persons. Explained by filer of dk," in text(page)
    assert "may be published with the report" in text(page)
    assert "<decisions>" not in page.content.decode()
    assert "Explain this" not in text(page)


def test_what_is_not_to_be_published_says_so(filer, reviewer, revision) -> None:
    explain(filer, revision)

    assert "for the Commission only" in text(reviewer.get(f"/revisions/{revision.pk}/"))


def test_it_stays_from_revision_to_revision_while_the_figures_stay(filer, reviewer, filing, revision) -> None:
    explain(filer, revision)

    same = correct(filing, FIRST.replace(b"10744", b"10745"))

    assert "Courts count" in text(reviewer.get(f"/revisions/{same.pk}/"))
    assert Explanation.objects.count() == 1


def test_it_answers_no_other_figure(filer, reviewer, filing, revision) -> None:
    explain(filer, revision)

    changed = correct(filing, FIRST.replace(b"224", b"225"))

    assert warned(changed).subject != warned(revision).subject
    assert "Courts count" not in text(reviewer.get(f"/revisions/{changed.pk}/"))
    assert "Courts count" in text(reviewer.get(f"/revisions/{revision.pk}/"))
    back = correct(filing, FIRST)
    assert "Courts count" in text(reviewer.get(f"/revisions/{back.pk}/"))


def test_an_explanation_without_words_is_taken_back(filer, revision) -> None:
    explain(filer, revision)

    answer = explain(filer, revision, text="  ")

    assert "The explanation is taken back." in text(answer)
    assert not Explanation.objects.exists()


def test_one_that_is_too_long_is_refused_and_the_earlier_one_stays(filer, revision) -> None:
    explain(filer, revision)

    answer = explain(filer, revision, text="x" * 4001)

    assert "Keep an explanation within 4000 characters." in text(answer)
    assert Explanation.objects.get().text == WORDS


@pytest.mark.parametrize(
    "who", [("dk", "reader"), ("nl", "filer"), ("commission", "reviewer"), ("google", "signatory")]
)
def test_nobody_else_explains(who, revision) -> None:
    answer = explain(signed_in(member(*who)), revision)

    assert answer.status_code == 404
    assert not Explanation.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "99999", "1e3"])
def test_a_finding_that_is_not_there_is_not_explained(filer, revision, number) -> None:
    answer = explain(filer, revision, finding=number)

    assert answer.status_code == 404
    assert not Explanation.objects.exists()


def test_the_page_of_a_revision_tells_what_is_new_in_it(filer, filing, revision) -> None:
    second = correct(filing, FIRST.replace(b"10744", b"10745"))

    page = filer.get(f"/revisions/{second.pk}/")
    assert f'hx-get="/revisions/{second.pk}/changes/"' in page.content.decode()
    changes = filer.get(f"/revisions/{second.pk}/changes/")
    assert "0 added, 1 changed, 0 removed." in text(changes)
    assert "10 744 reports 10 745 reports" in text(changes)
    alone = filer.get(f"/revisions/{second.pk}/changes/", headers={"HX-Request": "true"}).content.decode()
    assert "<main" not in alone
    assert "<del>10\u202f744 reports</del>" in alone
    assert filer.get(f"/revisions/{revision.pk}/changes/").status_code == 404
    assert signed_in(member("nl", "filer")).get(f"/revisions/{second.pk}/changes/").status_code == 404
