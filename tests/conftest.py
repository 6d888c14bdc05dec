"""What every test may ask for: the entities of the portal, people in each role, clients that act for them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from knox.models import AuthToken
from rest_framework.test import APIClient

from portal.access import Role
from portal.celery import app
from portal.models import Membership, ReportingEntity, User
from submissions import actions, publications
from submissions.actions import dispatching
from submissions.models import Job, Revision

# Playwright runs its own event loop in the thread of the test, which Django mistakes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in tests/core touch no database and run once. The longest come first, so that no process waits for them."""
    core = Path(__file__).parent / "core"
    items.sort(key=lambda item: item.path.name != "test_three_doors.py")
    for item in items:
        if core in item.path.parents:
            item.add_marker(pytest.mark.pure)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[int]:
    """Jobs are noted instead of sent, unless a test asks for a real broker with the marker `served`."""
    sent: list[int] = []
    if "real_broker" not in request.fixturenames:
        monkeypatch.setattr(dispatching, "dispatch", sent.append)
    cache.clear()
    return sent


@pytest.fixture
def real_broker() -> Iterator[None]:
    """By its name alone jobs are sent for real; the queue is empty before and after."""
    app.control.purge()
    yield
    app.control.purge()


@pytest.fixture
def entities(db: None) -> dict[str, ReportingEntity]:
    """Everybody of the published data: google, dk, ncmec, libra, ie-dpc, commission …, with obligations and periods."""
    publications.load_entities()
    return {entity.code: entity for entity in ReportingEntity.objects.all()}


@pytest.fixture
def person(entities: dict[str, ReportingEntity]) -> Callable[..., User]:
    """`person("dk", "filer")`: a user in a role; the same arguments give the same user."""

    def make(entity: str, role: str, name: str = "") -> User:
        email = f"{name or role}@{entity}.test"
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, name=name or f"{role} {entity}"
        )
        Membership.objects.get_or_create(user=user, entity=entities[entity], role=Role(role))
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def api() -> Callable[[User | None], APIClient]:
    """An API client with a real token of a user."""

    def make(user: User | None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.credentials(HTTP_AUTHORIZATION=f"Token {AuthToken.objects.create(user)[1]}")
        return client

    return make


@pytest.fixture(scope="module")
def shared_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What a fixture of the same scope writes lasts for the module; tests roll back what they write (`django_db`)."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def published_portal(shared_db: None) -> list[publications.Loaded]:
    """Every published filing, filed, checked and decided, once for all tests of a module."""
    publications.load_entities()
    return list(publications.load_filings())


@pytest.fixture
def published(entities: dict[str, ReportingEntity]) -> list[publications.Loaded]:
    """The same for one test alone."""
    return list(publications.load_filings())


def run_jobs() -> int:
    """What a worker would do with the jobs that wait. Returns how many it has done."""
    waiting = list(Job.objects.filter(state="queued").values_list("pk", flat=True))
    for pk in waiting:
        actions.run_job(job_id=pk)
    return Job.objects.filter(pk__in=waiting, state="succeeded").count()


def submission(return_id: str, entity: str, period: str, *observations: dict[str, Any], **head: Any) -> dict[str, Any]:
    return {"return": return_id, "entity": entity, "period": period, "observations": list(observations), **head}


def read(name: str) -> bytes:
    """A published filing as it lies in the repository: `read("member_state_statistics/2022/dk.csv")`."""
    return (publications.FOLDER / name).read_bytes()


def last_revision() -> Revision:
    return Revision.objects.order_by("-pk")[0]


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
