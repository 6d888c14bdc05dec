"""Requests made up from the description: whatever is sent, no answer is a server error, and each is as described."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from knox.models import AuthToken
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from submissions import actions, publications
from submissions.hooks import sending
from submissions.models import Finding
from submissions.sources import CSV, NDJSON, ODS, XLSX
from tests.conftest import read, run_jobs
from tests.pages.world import file_csv, member, start

CHECKS = [not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
          checks.response_schema_conformance, checks.response_headers_conformance]  # fmt: skip
DATA = read("member_state_statistics/2022/dk.csv")
HEAVY = r"xlsx$|bulk/$"
api = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
api.app = get_wsgi_application()


@schemathesis.serializer(NDJSON, CSV, XLSX, ODS)
def as_it_is(context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.fixture(scope="module")
def headers(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """Of somebody who may do much, in a portal that holds something of each kind."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "dispatch", lambda delivery_id: None)
        publications.load_entities()
        user = member("dk", "filer")
        admin = member("dk", "administrator")
        user.memberships.create(entity=admin.memberships.get().entity, role="administrator")
        user = member("dk", "filer")
        actions.subscribe(entity=admin.memberships.get().entity, url="https://example.com/", events=[], by=user)
        filed = file_csv(start("member_state_statistics", "dk", "2022", user), DATA, user)
        drafted = start("member_state_statistics", "dk", "2026", user)
        actions.save_draft(filing=drafted, observations=[{"address": "reports.total"}], edition=None, by=user)
        actions.receive_upload(filing=filed.filing, data=DATA + b"\n", media_type=CSV, purpose="file", by=user)
        run_jobs()
        yield {"Authorization": f"Token {AuthToken.objects.create(user)[1]}"}
        transaction.set_rollback(True)


def real(case: Any) -> None:
    """Every other made-up key becomes one of something that is there."""
    keys = case.path_parameters or {}
    if isinstance(keys.get("id"), int) and keys["id"] % 2:
        model = {"findings": Finding}.get(case.path.split("/")[3])
        keys["id"] = model.objects.order_by("pk")[0].pk if model else 1


@pytest.fixture(autouse=True)
def connection_stays_open() -> Iterator[None]:
    """The application is called as a server calls it; the connection it would close at the end holds the test's rows."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def made_up(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


@pytest.mark.django_db
@api.exclude(path_regex=HEAVY).parametrize()
@made_up(10)
def test_every_answer_is_as_described_whatever_is_sent(case: Any, headers: dict[str, str]) -> None:
    real(case)
    case.call_and_validate(headers=headers, checks=CHECKS)


@pytest.mark.django_db
@api.include(path_regex=HEAVY).parametrize()
@made_up(3)
def test_answers_that_take_longer_are_as_described_too(case: Any, headers: dict[str, str]) -> None:
    real(case)
    case.call_and_validate(headers=headers, checks=CHECKS)
