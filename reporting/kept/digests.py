"""Mails of what changed in a kept view. A view is claimed by an UPDATE that moves its next time into the future, so no two
workers write the same mail, and a worker that dies while it writes loses nothing: the view is due again."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.models import User
from reporting.kept.actions import key_of, next_time
from reporting.kept.addresses import Scope, scope_of
from reporting.models import KeptView
from reporting.models.kept import Rhythm
from reporting.vintages.comparing import KINDS, Moved, Vintages, vintages
from submissions.duties import Duty, duties
from submissions.models import Revision, RevisionState
from submissions.models.revision import day_after

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)
"""Longer than writing one mail takes."""
AT_ONCE = 200
LISTED = 20
"""Filings listed in a mail; the page has all."""


@dataclass(frozen=True)
class News:
    """What a mail tells, from the end of one day to the end of another."""

    since: date
    until: date
    changed: list[tuple[Moved, dict[str, int]]]
    """Filings whose figures are others, each with how many were added, gone, changed."""
    filed: int
    corrected: int
    returned: int
    overdue: list[Duty]
    """What fell due in these days and was not filed."""

    def __bool__(self) -> bool:
        return bool(self.changed or self.filed or self.corrected or self.returned or self.overdue)


def send_digests() -> int:
    """Write to everybody whose time has come. Returns how many mails were sent."""
    due = list(KeptView.objects.due().order_by("next_at").values_list("pk", flat=True)[:AT_ONCE])
    return sum(sent(pk) for pk in due)


def sent(pk: int) -> bool:
    """A mail that fails keeps nobody else from theirs."""
    try:
        return send_digest(pk)
    except Exception:  # whatever the mail server or a library raises: the view is due again
        log.exception("the digest of view %s was not sent", pk)
        return False


def send_digest(pk: int) -> bool:
    """One mail, if anything changed. False if nothing did, it is not due, or somebody else writes it."""
    if not KeptView.objects.due().filter(pk=pk).update(next_at=timezone.now() + LEASE):
        return False
    view = KeptView.objects.select_related("owner").get(pk=pk)
    until = timezone.localdate() - timedelta(days=1)
    if not view.owner.access.commission or view.told_until is None:
        # Who acts for the Commission no more reads none of it.
        KeptView.objects.filter(pk=pk).update(rhythm=Rhythm.NEVER, told_until=None, next_at=None)
        return False
    with translation.override(view.language):
        news = news_of(view.owner, scope_of(view.address), view.told_until, until)
        if news:
            mail(view, news).send()
    held = KeptView.objects.filter(pk=pk).exclude(rhythm=Rhythm.NEVER)
    held.update(told_until=until, next_at=next_time(Rhythm(view.rhythm)))
    return bool(news)


def news_of(user: User, scope: Scope, since: date, until: date) -> News:
    """What changed for this user in a scope, from the end of one day to the end of another."""
    found = [vintages(user, since, until, asked) for asked in scope.asked()]
    changed = [(pair, counts(one, pair)) for one in found for pair in one.moved.values() if one.has(pair)]
    happened = Counter(kind_of(revision) for revision in revisions_of(user, scope, since, until))
    return News(since, until, changed, happened["filed"], happened["corrected"], happened["returned"],
                overdue(user, scope, since, until))  # fmt: skip


def counts(found: Vintages, pair: Moved) -> dict[str, int]:
    return {kind: found.counts.get((pair.now.filing_id, kind), 0) for kind in KINDS}


def revisions_of(user: User, scope: Scope, since: date, until: date) -> list[Revision]:
    """Filed or returned in these days."""
    days = (day_after(since), day_after(until))
    seen = Revision.objects.visible_to(user).filter(filing__sandbox=False).select_related(
        "filing__period", "filing__obligation__entity"
    )  # fmt: skip
    filed = Q(submitted_at__gte=days[0], submitted_at__lt=days[1])
    returned = Q(state=RevisionState.RETURNED, decided_at__gte=days[0], decided_at__lt=days[1])
    return [
        one
        for one in seen.filter(filed | returned)
        if scope.holds(one.filing.period.return_id, one.filing.period.label, one.filing.obligation.entity.code)
    ]


def kind_of(revision: Revision) -> str:
    if revision.state == RevisionState.RETURNED:
        return "returned"
    return "filed" if revision.number == 1 else "corrected"


def overdue(user: User, scope: Scope, since: date, until: date) -> list[Duty]:
    """A day is over when the next begins: what was due on the first day counts as of the next."""
    return [
        duty
        for duty in duties(user)
        if duty.due_on and since <= duty.due_on < until and not duty.filed and not duty.exempted
        and scope.holds(duty.period.return_id, duty.period.label, duty.obligation.entity.code)
    ]  # fmt: skip


def mail(view: KeptView, news: News) -> EmailMultiAlternatives:
    """In plain text and as HTML, with a link to the view and one that ends the mails."""
    stop = settings.SITE_URL + reverse("stop-digest", args=[key_of(view)])
    context: dict[str, Any] = {
        "view": view,
        "news": news,
        "listed": news.changed[:LISTED],
        "more": max(0, len(news.changed) - LISTED),
        "overdue": news.overdue[:LISTED],
        "more_overdue": max(0, len(news.overdue) - LISTED),
        "link": settings.SITE_URL + view.address,
        "vintages": f"{settings.SITE_URL}{reverse('vintages')}?from={news.since}&to={news.until}",
        "stop": stop,
        "site": settings.SITE_URL,
    }
    written = EmailMultiAlternatives(
        subject=_("%(view)s: what changed until %(day)s") % {"view": view.name, "day": news.until},
        body=render_to_string("reporting/mail_digest.txt", context),
        to=[view.owner.email],
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                 "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    written.attach_alternative(render_to_string("reporting/mail_digest.html", context), "text/html")
    return written
