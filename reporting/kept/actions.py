"""Keeping pages, and asking for mails of what changes there."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import User
from reporting.kept.addresses import page_of
from reporting.models import KeptView
from reporting.models.kept import Rhythm
from submissions.actions.refusals import Refused

MOST_VIEWS = 100
SENT_AT = time(6)
"""In the portal's time zone: the figures of the day before are told in the morning."""
DAYS = {Rhythm.DAILY: 1, Rhythm.WEEKLY: 7}
SIGNER = Signer(salt="reporting.kept")


@transaction.atomic
def keep_view(*, name: str, address: str, language: str, by: User) -> KeptView:
    """The page under a name; under the name of another, it takes that one's place. Raises Refused."""
    if not by.access.commission:
        raise PermissionDenied
    name = clean(name)
    if len(address) > 2000 or page_of(address) is None:
        raise Refused("not_a_page", _("This page cannot be kept."))
    User.objects.select_for_update().get(pk=by.pk)
    kept = KeptView.objects.filter(owner=by)
    if kept.count() >= MOST_VIEWS and not kept.filter(name=name).exists():
        raise Refused("too_many_views", _("There are %(most)s views already; delete one.") % {"most": MOST_VIEWS})
    view, _new = KeptView.objects.update_or_create(
        owner=by, name=name, defaults={"address": address, "language": language}
    )
    return view


@transaction.atomic
def rename_view(*, view: KeptView, name: str, by: User) -> None:
    """Raises Refused."""
    mine = KeptView.objects.visible_to(by).select_for_update()
    name = clean(name)
    if mine.filter(name=name).exclude(pk=view.pk).exists():
        raise Refused("name_taken", _("Another view has this name."))
    mine.filter(pk=view.pk).update(name=name)


def clean(name: str) -> str:
    """Raises Refused."""
    name = " ".join(name.replace("\0", "").split())
    if not name or len(name) > 100:
        raise Refused("name_missing", _("Give it a name of at most 100 characters."))
    return name


def delete_view(*, view: KeptView, by: User) -> None:
    KeptView.objects.visible_to(by).filter(pk=view.pk).delete()


def subscribe_view(*, view: KeptView, rhythm: str, language: str, by: User) -> None:
    """Mails from tomorrow on of what changes from today on; none with Rhythm.NEVER. Raises Refused."""
    if rhythm not in Rhythm.values:
        raise Refused("unknown_rhythm", _("There is no such rhythm."))
    mine = KeptView.objects.visible_to(by).filter(pk=view.pk)
    if rhythm == Rhythm.NEVER:
        stop(view.pk)
        return
    yesterday = timezone.localdate() - timedelta(days=1)
    mine.update(rhythm=rhythm, language=language, told_until=yesterday, next_at=next_time(Rhythm(rhythm)))


def stop(pk: int) -> None:
    KeptView.objects.filter(pk=pk).update(rhythm=Rhythm.NEVER, told_until=None, next_at=None)


def next_time(rhythm: Rhythm) -> datetime:
    """The morning of the day that is one rhythm away."""
    day = timezone.localdate() + timedelta(days=DAYS[rhythm])
    return timezone.make_aware(datetime.combine(day, SENT_AT))


# Links that end a subscription -------------------------------------------------------------------------------


def key_of(view: KeptView) -> str:
    """What the link in a mail carries; it needs no session."""
    return SIGNER.sign(f"{view.pk}")


def view_with(key: str) -> KeptView | None:
    try:
        return KeptView.objects.filter(pk=int(SIGNER.unsign(key))).first()
    except (BadSignature, ValueError):
        return None
