"""What tests of clients share: a client of an entity, its token, a request in its name."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote_plus, urlencode

from rest_framework.test import APIClient

from portal.clients import make_client
from portal.models import ApiClient, ReportingEntity
from submissions import actions
from submissions.models import Delivery, Revision, Webhook
from tests.conftest import last_revision, submission
from tests.pages.world import member

TOKEN = "/api/v1/token/"
FORM = "application/x-www-form-urlencoded"


def client(entity: str, *scopes: str, sandbox: bool = False) -> tuple[ApiClient, str]:
    """A client and its first key; without scopes it may file all that the entity owes."""
    found = ReportingEntity.objects.get(code=entity)
    owed = found.obligations.values_list("return_id", flat=True)
    return make_client(
        entity=found, name=f"program of {entity}", sandbox=sandbox, by=member(entity, "administrator"),
        scopes=[f"{scope}@{entity}" for scope in scopes] or [f"file:{return_id}@{entity}" for return_id in owed],
    )  # fmt: skip


def ask_token(client_id: str, secret: str, **form: str) -> Any:
    """The answer to a request for a token, by HTTP Basic."""
    pair = b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()
    body = urlencode({"grant_type": "client_credentials", **form})
    return APIClient().generic("POST", TOKEN, body, FORM, headers={"Authorization": f"Basic {pair}"})


def with_token(made: tuple[ApiClient, str], **form: str) -> APIClient:
    """Sends its requests with a fresh token of a client."""
    answer = ask_token(made[0].client_id, made[1], **form)
    assert answer.status_code == 200, answer.content
    return APIClient(headers={"Authorization": f"Bearer {answer.json()['access_token']}"})


# Webhooks of Denmark, and a filing that they hear of -------------------------------------------------------

DK = ("member_state_statistics", "dk", "2025")


def subscribe(url: str, entity: str = "dk", **more: Any) -> Webhook:
    found = member(entity, "administrator")
    return actions.subscribe(
        entity=found.memberships.get().entity, url=url, events=more.pop("events", []), by=found, **more
    )


def file(value: int = 5, **more: Any) -> Revision:
    answer = with_token(client("dk")).post(
        "/api/v1/revisions/", submission(*DK, {"address": "reports.total", "value": value}, **more), format="json"
    )
    assert answer.status_code == 201
    return last_revision()


def events() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("event", flat=True))
