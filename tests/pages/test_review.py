"""The review queue, and deciding or withdrawing by form."""

from __future__ import annotations

import pytest

from portal.models import User
from submissions.models import Revision
from tests.conftest import read
from tests.pages.world import file_csv, member, primary_buttons, receipt, signed_in, start, tables, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_portal", "today")]
FAULTY = b"address,value,obs_status\nreports.total,ten,A\n"
CLEAN = read("member_state_statistics/2022/it.csv")
ACCEPT = 'value="accept"'
RESERVE = 'value="accept_with_reservations"'
RETURN = 'value="return"'


@pytest.fixture
def reviewer() -> User:
    return member("commission", "reviewer")


def waiting(entity: str, data: bytes, period: str = "2025", check: bool = True) -> Revision:
    filer = member(entity, "filer")
    return file_csv(start("member_state_statistics", entity, period, filer), data, filer, check)


def decide(user: User, revision: Revision, decision: str, reason: str = "") -> str:
    """Post the form; the words of the page it leads to."""
    answer = signed_in(user).post(
        f"/revisions/{revision.pk}/decision/", {"decision": decision, "reason": reason}, follow=True
    )
    return text(answer)


def test_the_queue_shows_what_waits_by_deadline_and_errors(reviewer) -> None:
    waiting("nl", CLEAN, "2026")
    waiting("it", CLEAN)
    waiting("dk", FAULTY)

    page = signed_in(reviewer).get("/review/")

    queue = [(row[0], row[2], row[4], row[7]) for row in tables(page)[0][1:]]
    assert queue == [
        ("Denmark", "2025", "Checked, waits for a decision", "3 Aug 2026"),
        ("Italy", "2025", "Checked, waits for a decision", "3 Aug 2026"),
        ("Netherlands", "2026", "Checked, waits for a decision", "3 Aug 2027"),
    ]
    assert len(tables(page)[1]) - 1 == 45


def test_an_empty_queue_says_how_it_gets_filled(reviewer) -> None:
    assert "Nothing waits Revisions appear here as soon as somebody files." in text(signed_in(reviewer).get("/review/"))


def test_the_list_can_be_narrowed_to_a_state(reviewer) -> None:
    page = signed_in(reviewer).get("/review/?state=returned")

    assert sorted(row[0] for row in tables(page)[-1][1:]) == ["Malta", "Portugal", "Romania"]
    assert "No revision here" in text(signed_in(reviewer).get("/review/?state=withdrawn"))


def test_a_supervisory_authority_sees_the_reports_addressed_to_it_alone() -> None:
    page = signed_in(member("ie-dpc", "reader")).get("/review/")

    assert text(page).startswith("Reports addressed to us What was filed, and how does it stand?")
    assert {row[0] for row in tables(page)[0][1:]} == {"Google", "LinkedIn", "Meta", "Microsoft", "X (former Twitter)"}
    assert len(tables(page)[0][1:]) == 11


def test_only_a_reviewer_meets_the_form_and_only_on_a_checked_last_revision_of_somebody_else(reviewer) -> None:
    found = waiting("it", CLEAN)
    address = f"/revisions/{found.pk}/decision/"

    shown = signed_in(reviewer).get(f"/revisions/{found.pk}/")
    assert f'action="{address}"' in shown.content.decode()
    assert primary_buttons(shown) == ["Record the decision"]
    for entity, role in (("it", "filer"), ("commission", "reader"), ("commission", "administrator")):
        assert address not in signed_in(member(entity, role)).get(f"/revisions/{found.pk}/").content.decode()
    running = waiting("dk", CLEAN, check=False)
    assert "/decision/" not in signed_in(reviewer).get(f"/revisions/{running.pk}/").content.decode()
    decided = receipt("MS-2022-dk-1")
    assert "/decision/" not in signed_in(reviewer).get(f"/revisions/{decided.pk}/").content.decode()


def test_nobody_decides_on_what_he_filed_himself(reviewer) -> None:
    own = file_csv(
        start("reference_statistics", "ncmec", "2025", reviewer), read("reference_statistics/2022/ncmec.csv"), reviewer
    )

    assert "/decision/" not in signed_in(reviewer).get(f"/revisions/{own.pk}/").content.decode()
    assert "Somebody else must decide on what you filed yourself." in decide(reviewer, own, "return", "No.")
    own.refresh_from_db()
    assert own.state == "checked"


def test_accepting_makes_the_figures_count_and_the_filer_reads_it(reviewer) -> None:
    found = waiting("it", CLEAN)
    assert found.errors == 0

    assert "The decision is recorded; the filer can read it." in decide(reviewer, found, "accept")

    found.refresh_from_db()
    assert (found.state, found.decided_by, found.filing.current_id) == ("accepted", reviewer, found.pk)
    assert "Member State statistics, 2025 Italy · MS-2025-it-1 Accepted" in text(
        signed_in(member("it", "filer")).get("/home/")
    )


def test_accept_is_not_offered_while_errors_stand_and_not_taken_either(reviewer) -> None:
    found = waiting("dk", FAULTY)
    html = signed_in(reviewer).get(f"/revisions/{found.pk}/").content.decode()

    assert (ACCEPT in html, RESERVE in html, RETURN in html) == (False, True, True)
    assert "Errors stand: accept with reservations, or return." in html
    assert "Choose a decision." in decide(reviewer, found, "accept")
    found.refresh_from_db()
    assert (found.state, found.decided_at, found.filing.current_id) == ("checked", None, None)


@pytest.mark.parametrize("decision", ["accept_with_reservations", "return"])
def test_reservations_and_returns_need_a_reason_which_the_filer_reads(reviewer, decision) -> None:
    found = waiting("dk", FAULTY)

    assert "Write the reason; the filer will read it." in decide(reviewer, found, decision, "  ")
    found.refresh_from_db()
    assert (found.state, found.decided_at) == ("checked", None)

    decide(reviewer, found, decision, "The total is no number.")
    found.refresh_from_db()
    assert found.state == {"return": "returned"}.get(decision, "accepted_with_reservations")
    page = signed_in(member("dk", "filer")).get(f"/revisions/{found.pk}/")
    assert "by reviewer of commission: The total is no number." in text(page)


def test_a_second_decision_changes_nothing(reviewer) -> None:
    found = receipt("MS-2022-dk-1")

    assert "This revision was decided already." in decide(reviewer, found, "return", "Once more.")
    found.refresh_from_db()
    assert (found.state, found.decision_reason) == ("accepted", "")


def test_an_unknown_decision_changes_nothing(reviewer) -> None:
    found = waiting("it", CLEAN)

    assert "Choose a decision." in decide(reviewer, found, "delete", "Away with it.")
    found.refresh_from_db()
    assert found.state == "checked"


def test_the_filer_withdraws_with_a_reason_what_nobody_decided_on(reviewer) -> None:
    found = waiting("dk", CLEAN)
    client, address = signed_in(member("dk", "filer")), f"/revisions/{found.pk}/withdrawal/"
    assert f'action="{address}"' in client.get(f"/revisions/{found.pk}/").content.decode()

    assert "Write the reason for withdrawing." in text(client.post(address, {"reason": " "}, follow=True))
    found.refresh_from_db()
    assert found.state == "checked"

    assert "The revision is withdrawn." in text(client.post(address, {"reason": "Wrong year."}, follow=True))
    found.refresh_from_db()
    assert (found.state, found.decision_reason) == ("withdrawn", "Wrong year.")
    assert "Nothing waits" in text(signed_in(reviewer).get("/review/"))
    assert "This revision was decided already" in text(client.post(address, {"reason": "Twice."}, follow=True))


def test_a_decided_revision_cannot_be_withdrawn() -> None:
    found = receipt("MS-2022-dk-1")
    client = signed_in(member("dk", "filer"))

    assert "/withdrawal/" not in client.get(f"/revisions/{found.pk}/").content.decode()
    client.post(f"/revisions/{found.pk}/withdrawal/", {"reason": "I regret it."})
    found.refresh_from_db()
    assert found.state == "accepted"
