"""Pages that staff keep, and the mails that tell what changed in them: each once, and none where nothing did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone, translation

from portal.models import User
from reporting.kept import digests
from reporting.kept.addresses import Scope, scope_of
from reporting.models import KeptView
from reporting.tasks import send_digests
from submissions.models import Revision
from tests.pages.world import load, member, signed_in, text
from tests.reporting.test_vintages import accepted, correct, rewritten

pytestmark = pytest.mark.django_db
ADDRESS = "/vintages/?return=member_state_statistics&from=2026-01-01"


def staff(role: str = "reader") -> User:
    return member("commission", role)


@pytest.fixture
def kept(entities: Any) -> Callable[..., KeptView]:
    """A view of the Commission's reader, kept on its page; with a rhythm its mail is due now."""

    def keep(address: str = ADDRESS, rhythm: str = "", told: int = 7) -> KeptView:
        client = signed_in(staff())
        client.post("/views/keep/", {"name": "Statistics", "address": address})
        view = KeptView.objects.get(owner=staff(), name="Statistics")
        if rhythm:
            client.post(f"/views/{view.pk}/subscribe/", {"rhythm": rhythm})
            KeptView.objects.update(
                next_at=timezone.now() - timedelta(minutes=1), told_until=timezone.localdate() - timedelta(days=told)
            )
        return KeptView.objects.get(pk=view.pk)

    return keep


@pytest.fixture
def corrected(db: None) -> Revision:
    load("dk 2022", "se 2022")
    Revision.objects.update(submitted_at=timezone.now() - timedelta(days=30))
    for number in ("MS-2022-dk-1", "MS-2022-se-1"):
        accepted(number, 30)
    revision = correct("MS-2022-dk-1", rewritten, "Late reports were counted.")
    Revision.objects.filter(pk=revision.pk).update(submitted_at=timezone.now() - timedelta(days=3))
    return revision


def test_a_view_is_kept_opened_renamed_and_deleted(kept) -> None:
    view, client = kept(), signed_in(staff())
    page = client.get("/views/").content.decode()
    assert ADDRESS.replace("&", "&amp;") in page

    client.post(f"/views/{view.pk}/rename/", {"name": " Member   States "})
    assert KeptView.objects.get().name == "Member States"
    client.post(f"/views/{view.pk}/delete/")
    assert KeptView.objects.count() == 0
    assert "No view is kept yet" in text(client.get("/views/"))


def test_the_same_name_again_takes_the_place_of_the_first(kept) -> None:
    kept()
    view = kept("/completeness/?return=provider_report")

    assert (KeptView.objects.count(), view.address) == (1, "/completeness/?return=provider_report")


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/vintages/", "//elsewhere.example/vintages/", "/admin/", "/nowhere/", "", "vintages/",
     "/vintages/?" + "x" * 2000],
)  # fmt: skip
def test_only_pages_of_figures_are_kept(address, entities) -> None:
    answer = signed_in(staff()).post("/views/keep/", {"name": "Odd", "address": address})

    assert (answer["Location"], KeptView.objects.count()) == ("/views/", 0)


def test_views_are_their_owners_alone_and_the_commissions(kept) -> None:
    view = kept()
    for user in (staff("reviewer"), member("dk", "filer")):
        client = signed_in(user)
        for step in ("rename", "delete", "subscribe"):
            assert client.post(f"/views/{view.pk}/{step}/", {"name": "Mine", "rhythm": "daily"}).status_code == 404
    assert signed_in(member("dk", "filer")).get("/views/").status_code == 404

    found = KeptView.objects.get()
    assert (found.name, found.rhythm) == ("Statistics", "")


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        (
            "/vintages/?return=provider_report&period=2022&entity=google",
            Scope(("provider_report",), ("2022",), ("google",)),
        ),
        ("/completeness/member_state_statistics/2022/dk/", Scope(("member_state_statistics",), ("2022",), ("dk",))),
        ("/dashboards/quality/?entity=DK", Scope(entities=("dk",))),
        ("/vintages/", Scope()),
    ],
)
def test_the_scope_of_a_view_is_what_its_page_shows(address, scope, db) -> None:
    assert scope_of(address) == scope


def test_a_dashboard_shows_the_returns_that_have_panels_on_it(db) -> None:
    assert scope_of("/dashboards/member-states/?period=2022").returns == ("member_state_statistics",)


def test_a_mail_tells_what_changed_and_leads_to_the_view(corrected, kept) -> None:
    view = kept(rhythm="daily")

    assert send_digests() == 1

    (sent,) = mail.outbox
    assert sent.to == [staff().email]
    assert "Denmark, 2022: 1 changed, 1 added, 1 gone. Late reports were counted." in sent.body
    assert "1 corrected" in sent.body
    assert f"{settings.SITE_URL}{ADDRESS}" in sent.body
    assert ADDRESS.replace("&", "&amp;") in sent.alternatives[0][0]
    after = KeptView.objects.get(pk=view.pk)
    assert after.told_until == timezone.localdate() - timedelta(days=1)
    assert timezone.localdate(after.next_at) == timezone.localdate() + timedelta(days=1)


def test_nothing_is_sent_where_nothing_changed_and_the_next_day_comes_all_the_same(corrected, kept) -> None:
    view = kept(rhythm="weekly", told=1)

    assert send_digests() == 0

    after = KeptView.objects.get(pk=view.pk)
    assert (mail.outbox, timezone.localdate(after.next_at)) == ([], timezone.localdate() + timedelta(days=7))


def test_what_changed_elsewhere_is_not_told(corrected, kept) -> None:
    kept("/vintages/?return=provider_report", "daily")

    assert (send_digests(), mail.outbox) == (0, [])


def test_two_workers_send_one_mail(corrected, kept, monkeypatch) -> None:
    view, written = kept(rhythm="daily"), digests.news_of
    second: list[bool] = []

    def meanwhile(*args: Any) -> digests.News:
        second.append(digests.send_digest(view.pk))
        return written(*args)

    monkeypatch.setattr(digests, "news_of", meanwhile)

    assert (digests.send_digest(view.pk), second, len(mail.outbox)) == (True, [False], 1)
    assert (digests.send_digest(view.pk), len(mail.outbox)) == (False, 1)


def test_a_mail_that_could_not_be_sent_is_tried_again_with_the_same_news(corrected, kept, monkeypatch) -> None:
    view = kept(rhythm="daily")
    with monkeypatch.context() as away:
        away.setattr(digests.EmailMultiAlternatives, "send", lambda self: (_ for _ in ()).throw(OSError("away")))
        assert send_digests() == 0
    assert KeptView.objects.get(pk=view.pk).told_until == view.told_until

    KeptView.objects.update(next_at=timezone.now() - timedelta(seconds=1))  # its lease is over

    assert (send_digests(), len(mail.outbox)) == (1, 1)


def test_mails_speak_the_language_their_reader_asked_in(corrected, kept) -> None:
    view = kept(rhythm="daily")
    KeptView.objects.filter(pk=view.pk).update(language="da")

    send_digests()

    assert '<html lang="da">' in mail.outbox[0].alternatives[0][0]
    assert "Danmark, 2022" in mail.outbox[0].body
    assert translation.get_language() == "en"


def test_who_leaves_the_commission_reads_no_more_of_it(corrected, kept) -> None:
    view = kept(rhythm="daily")
    staff().memberships.all().delete()

    assert (send_digests(), mail.outbox) == (0, [])
    assert KeptView.objects.get(pk=view.pk).rhythm == ""


def test_the_link_in_a_mail_ends_it_without_a_session_once_it_is_confirmed(corrected, kept) -> None:
    view = kept(rhythm="daily")
    send_digests()
    link = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    path = link.removeprefix(settings.SITE_URL)
    nobody = signed_in(None)

    assert "Should the mails of “Statistics” end?" in text(nobody.get(path))
    assert KeptView.objects.get(pk=view.pk).rhythm == "daily"
    nobody.post(path, {"List-Unsubscribe": "One-Click"})

    after = KeptView.objects.get(pk=view.pk)
    assert (after.rhythm, after.next_at, after.told_until) == ("", None, None)
    assert nobody.post(f"{path}x").status_code == 404


def test_what_fell_due_and_was_not_filed_is_news_once(corrected, kept, monkeypatch) -> None:
    kept("/completeness/member_state_statistics/2025/mt/", "daily")
    monkeypatch.setattr(timezone, "localdate", lambda *_args: date(2026, 8, 5))
    KeptView.objects.update(told_until=date(2026, 8, 2))

    first = digests.news_of(staff(), scope_of(KeptView.objects.get().address), date(2026, 8, 2), date(2026, 8, 4))
    later = digests.news_of(staff(), scope_of(KeptView.objects.get().address), date(2026, 8, 4), date(2026, 8, 5))

    assert [duty.obligation.entity.code for duty in first.overdue] == ["mt"]
    assert later.overdue == []
