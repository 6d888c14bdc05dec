"""Signing in: by email and password, and not by trying passwords."""

from __future__ import annotations

import pytest
from django.test import Client

from portal.models import User

PASSWORD = "correct-horse-battery-9"


@pytest.fixture
def users(db: None) -> tuple[User, User]:
    return User.objects.create_user("anna@dk.test", PASSWORD), User.objects.create_user("bo@dk.test", PASSWORD)


def sign_in(client: Client, email: str, password: str) -> int:
    return client.post("/sign-in/", {"username": email, "password": password}).status_code


def test_the_email_counts_in_any_case(client: Client, users: tuple[User, User]) -> None:
    assert sign_in(client, "Anna@DK.test", PASSWORD) == 302
    assert client.get("/account/").status_code == 200


def test_after_ten_wrong_passwords_even_the_right_one_is_refused_for_that_user_only(
    client: Client, users: tuple[User, User]
) -> None:
    answers = [sign_in(client, "anna@dk.test", f"wrong-{attempt}") for attempt in range(10)]
    assert answers == [200] * 9 + [429]
    assert sign_in(client, "anna@dk.test", PASSWORD) == 429
    assert client.get("/account/").status_code == 302
    assert sign_in(Client(), "bo@dk.test", PASSWORD) == 302


def test_a_next_address_of_another_host_is_not_followed(client: Client, users: tuple[User, User]) -> None:
    answer = client.post(
        "/sign-in/", {"username": "anna@dk.test", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/home/")
