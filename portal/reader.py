"""Who reads a page or an answer, and in which language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from portal.models import User


class Asked(Protocol):
    """A request of Django or of its REST framework."""

    @property
    def user(self) -> User | AnonymousUser: ...


def user_of(request: Asked) -> User:
    """The signed-in user; only for views that nobody else reaches."""
    return cast("User", request.user)


def language() -> str:
    """The language of this request as definitions name it: en, da, nl."""
    return (get_language() or "en").partition("-")[0]
