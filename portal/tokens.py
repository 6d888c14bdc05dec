"""OAuth 2 client credentials (RFC 6749, 4.4): who may have a token, for which scopes, and what a token opens; and the
tokens of people.

django-oauth-toolkit speaks the protocol; keys, scopes and the user behind a token are ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any
from urllib.parse import unquote_plus

from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from portal.clients import client_with_key
from portal.models import ApiClient, User


class ClientScopes(BaseScopes):  # type: ignore[misc]  # the library comes without types
    """A client may ask for any of its own scopes; who asks for none gets all of them."""

    def get_all_scopes(self) -> dict[str, str]:
        return {}

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return list(application.scopes)

    get_default_scopes = get_available_scopes


class ClientValidator(OAuth2Validator):  # type: ignore[misc]  # the library comes without types
    """Clients show one of several keys, in the Authorization header or in the form."""

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        header = self._extract_basic_auth(request)
        given = basic_credentials(header) if header else (request.client_id, getattr(request, "client_secret", None))
        client = client_with_key(*given) if given and all(given) else None
        request.client = client
        return client is not None

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        AccessToken.objects.filter(application=request.client, expires__lt=timezone.now()).delete()
        return super().save_bearer_token(token, request, *args, **kwargs)


def basic_credentials(encoded: str) -> tuple[str, str] | None:
    """Name and secret of `Authorization: Basic …`; RFC 6749 has both percent-encoded."""
    try:
        client_id, _colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote_plus(client_id), unquote_plus(secret)


class ClientAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`: the client's user, whose access is narrowed to the scopes of the token. Every query
    begins with what a user may see, so nothing else needs to know of scopes."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        word, _space, given = request.headers.get("Authorization", "").partition(" ")
        if word.lower() != "bearer":
            return None
        checksum = hashlib.sha256(given.strip().encode("utf-8", "replace")).hexdigest()
        token = AccessToken.objects.select_related("application__user").filter(token_checksum=checksum).first()
        if token is None or token.is_expired() or not token.application.is_usable(request):
            raise AuthenticationFailed(_("The token is not valid, or not any more. Fetch a new one."))
        client: ApiClient = token.application
        client.user.access = client.user.access.within(token.scope.split(), sandbox=client.sandbox)
        return client.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class UserAuthentication(TokenAuthentication):  # type: ignore[misc]  # the library comes without types
    """`Authorization: Token …`. The library would also look for other tokens of the user that have expired, to delete
    them, with every request; they are refused when they are shown, which is enough."""

    def _cleanup_token(self, auth_token: AuthToken) -> bool:
        return auth_token.expiry is not None and auth_token.expiry < timezone.now()
