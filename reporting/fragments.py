"""Pages, parts of pages and files that are kept as long as nothing they tell of changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Count, Max
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from portal.models import ReportingEntity, User
from portal.reader import language, user_of
from reporting.data_version import portal_version, scope
from submissions.models import Draft, Explanation, Filing, Obligation, Relief, ReportingPeriod, Revision

KEPT_FOR = 3600
"""Seconds; what is older goes, so that the cache stays small."""
Content = TypeVar("Content", bound=str | bytes)


def fragment(request: HttpRequest, make: Callable[[], str]) -> SafeString:
    """HTML of a template, kept for this address and state of all filings. Seven queries of a few rows."""
    content = kept(request.get_full_path(), user_of(request), (*filed(), drafted()), make)
    return mark_safe(content)  # noqa: S308 -- a template made it, which escapes


def kept(
    path: str, user: User, state: tuple[object, ...], make: Callable[[], Content], seconds: int = KEPT_FOR
) -> Content:
    """What was made before for the same address, language, day, access and `state`; else made now. `state`: another one
    where it has to be made anew."""
    parts = (path, language(), timezone.localdate(), scope(user), state)
    key = "kept-" + hashlib.sha256(repr(parts).encode()).hexdigest()
    content: Content | None = cache.get(key)
    if content is None:
        content = make()
        cache.set(key, content, seconds)
    return content


def filed() -> tuple[object, ...]:
    """Of all filings and what is owed: another answer as soon as something is filed, checked, decided, explained, granted,
    or changed in the administration."""
    revisions = Revision.objects.aggregate(Count("pk"), Max("submitted_at"), Max("checked_at"), Max("decided_at"))
    explained = Explanation.objects.aggregate(Count("pk"), Max("written_at"))
    owed = Obligation.objects.order_by("pk").values_list("pk", "entity", "return_id", "since", "until")
    periods = ReportingPeriod.objects.order_by("pk").values_list("pk", "version", "label", "start", "end", "due_on")
    reliefs = Relief.objects.order_by("pk").values_list("pk", "taken_back_at")
    named = ReportingEntity.objects.order_by("pk").values_list("pk", "code", "name_en", "name_da", "name_nl", "country")
    return (revisions, explained, *map(tuple, (owed, periods, reliefs, named)), portal_version())


def drafted() -> object:
    """Another answer with every save of a draft."""
    return Draft.objects.aggregate(Count("pk"), Max("saved_at"))


def begun() -> object:
    """Another answer with every filing that is started."""
    return Filing.objects.count()
