"""API clients of an entity and their keys: made, renewed and revoked by the entity's administrators."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken

from portal.access import FILE, Role
from portal.models import ApiClient, ClientKey, Membership, ReportingEntity, User

KEY_LIFE = timedelta(days=365)
OVERLAPS = (0, 1, 7, 30)
"""Days for which older keys may go on beside a new one."""


def require_administrator(entity: ReportingEntity, by: User) -> None:
    if entity.pk not in by.access.administers:
        raise PermissionDenied


@transaction.atomic
def make_client(
    *, entity: ReportingEntity, name: str, scopes: Sequence[str], sandbox: bool, by: User
) -> tuple[ApiClient, str]:
    """A client with its first key. Returns the secret, which nobody can read later."""
    require_administrator(entity, by)
    robot = User.objects.create_user(f"{secrets.token_hex(8)}@clients.invalid", name=name)
    role = Role.FILER if any(scope.startswith(f"{FILE}:") for scope in scopes) else Role.READER
    Membership.objects.create(user=robot, entity=entity, role=role)
    client = ApiClient.objects.create(
        entity=entity, name=name, scopes=sorted(scopes), sandbox=sandbox, user=robot, created_by=by, client_secret="",
        hash_client_secret=False, client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
    )  # fmt: skip
    return client, issue_key(client, by)[1]


@transaction.atomic
def renew_key(*, client: ApiClient, overlap_days: int, by: User) -> tuple[ClientKey, str]:
    """A new key; the older ones end after the overlap, or when they would have ended anyway."""
    client = locked(client, by)
    end = timezone.now() + timedelta(days=overlap_days)
    client.keys.usable().filter(expires_at__gt=end).update(expires_at=end)
    return issue_key(client, by)


def issue_key(client: ApiClient, by: User) -> tuple[ClientKey, str]:
    secret = secrets.token_urlsafe(32)
    key = ClientKey.objects.create(
        client=client, begins=secret[:6], digest=digest(secret), created_by=by, expires_at=timezone.now() + KEY_LIFE
    )
    return key, secret


@transaction.atomic
def revoke_key(*, key: ClientKey, by: User) -> None:
    """The key, and every token of its client, end now; a client with another key fetches a new token."""
    client = locked(key.client, by)
    ClientKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)
    AccessToken.objects.filter(application=client).delete()


@transaction.atomic
def revoke_client(*, client: ApiClient, by: User) -> None:
    """For good: keys, tokens and webhooks of the client stop at once; what it filed stays."""
    client = locked(client, by)
    if client.revoked_at is None:
        client.revoked_at, client.revoked_by = timezone.now(), by
        client.save(update_fields=["revoked_at", "revoked_by"])
        User.objects.filter(pk=client.user_id).update(is_active=False)
        AccessToken.objects.filter(application=client).delete()


def locked(client: ApiClient, by: User) -> ApiClient:
    require_administrator(client.entity, by)
    return ApiClient.objects.select_for_update().get(pk=client.pk)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def client_with_key(client_id: str, secret: str) -> ApiClient | None:
    """The client that names itself and shows one of its keys; the use is noted."""
    key = ClientKey.objects.usable().select_related("client__user").filter(digest=digest(secret)).first()
    if key is None or not secrets.compare_digest(key.client.client_id.encode(), client_id.encode("utf-8", "replace")):
        return None
    ClientKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now())
    return key.client
