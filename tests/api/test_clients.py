"""Programs that file: keys, tokens, scopes that narrow everything, and a sandbox that counts nowhere."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from knox.models import AuthToken
from oauth2_provider.models import AccessToken
from rest_framework.test import APIClient

from portal import clients
from portal.models import ApiClient, ClientKey, User
from submissions.duties import duties
from submissions.models import Filing, Observation, Revision
from tests.api.machines import FORM, TOKEN, ask_token, client, with_token
from tests.conftest import last_revision, run_jobs, submission
from tests.pages.world import member, signed_in, text

PATH = "/api/v1/revisions/"
GOOGLE, DK = ("provider_report", "google", "2026"), ("member_state_statistics", "dk", "2025")
LINE = {"address": "reports.total", "value": 5}
MAIL = {"address": "volume.reports[service=gmail]", "value": 7}
pytestmark = pytest.mark.usefixtures("entities")


def file(program: APIClient, head: tuple[str, str, str] = DK, line: dict[str, Any] = LINE, **more: Any) -> Any:
    return program.post(PATH, submission(*head, line, **more), format="json")


# Tokens ---------------------------------------------------------------------------------------------------


def test_a_key_gives_a_token_for_an_hour_that_files_in_the_name_of_the_client() -> None:
    program, key = client("dk")

    answer = ask_token(program.client_id, key)

    assert answer.status_code == 200
    token = answer.json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
    assert token["scope"] == "file:member_state_statistics@dk"
    assert answer["Cache-Control"] == "no-store"
    filed = APIClient(headers={"Authorization": f"Bearer {token['access_token']}"}).post(
        PATH, submission(*DK, LINE), format="json"
    )
    assert (filed.status_code, filed.json()["receipt"]["number"]) == (201, "MS-2025-dk-1")
    assert filed.json()["submitted_by"] == "program of dk"
    assert last_revision().submitted_by == program.user


def test_neither_keys_nor_tokens_are_stored_as_they_are() -> None:
    program, key = client("dk")
    token = ask_token(program.client_id, key).json()["access_token"]

    kept = AccessToken.objects.get()
    assert (kept.token, kept.token_checksum) == ("", hashlib.sha256(token.encode()).hexdigest())
    assert ClientKey.objects.get().digest == hashlib.sha256(key.encode()).hexdigest()
    assert ApiClient.objects.get().client_secret == ""


def test_the_key_may_stand_in_the_form() -> None:
    program, key = client("dk")
    form = f"grant_type=client_credentials&client_id={program.client_id}&client_secret={key}"

    assert APIClient().generic("POST", TOKEN, form, FORM).status_code == 200


def basic(text: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(text.encode()).decode()}"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "error"),
    [
        ("grant_type=client_credentials", {}, 401, "invalid_client"),
        ("grant_type=client_credentials", basic("nobody:nothing"), 401, "invalid_client"),
        ("grant_type=client_credentials", basic("no colon"), 401, "invalid_client"),
        ("grant_type=client_credentials", basic("a\0b:c\0d"), 401, "invalid_client"),
        ("grant_type=client_credentials", {"Authorization": "Basic ???"}, 401, "invalid_client"),
        ("grant_type=client_credentials&client_id=%00&client_secret=%ED%A0%80", {}, 401, "invalid_client"),
        ("grant_type=password&username=a&password=b", {}, 400, "unsupported_grant_type"),
        ("", {}, 400, "invalid_request"),
    ],
)
def test_who_shows_no_key_gets_an_error_of_rfc_6749(body, headers, status, error) -> None:
    client("dk")

    answer = APIClient().generic("POST", TOKEN, body, FORM, headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert not AccessToken.objects.exists()
    if status == 401:
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_is_over_or_forged_opens_nothing() -> None:
    program = with_token(client("dk"))
    assert program.get(PATH).status_code == 200
    AccessToken.objects.update(expires=timezone.now())

    for stranger in (program, APIClient(headers={"Authorization": "Bearer "}),
                     APIClient(headers={"Authorization": "Bearer \xff"})):  # fmt: skip
        answer = stranger.get(PATH)
        assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


# Keys -----------------------------------------------------------------------------------------------------


def test_two_keys_work_side_by_side_until_the_old_one_ends() -> None:
    program, old = client("dk")
    admin = member("dk", "administrator")
    _key, new = clients.renew_key(client=program, overlap_days=7, by=admin)

    assert [ask_token(program.client_id, key).status_code for key in (old, new)] == [200, 200]
    first, second = ClientKey.objects.order_by("pk")
    assert first.expires_at - timezone.now() < timedelta(days=7)
    assert second.expires_at - timezone.now() > timedelta(days=364)
    assert first.last_used_at is not None

    ClientKey.objects.filter(pk=first.pk).update(expires_at=timezone.now())
    assert [ask_token(program.client_id, key).status_code for key in (old, new)] == [401, 200]


def test_a_revoked_key_ends_at_once_with_every_token_and_stays_on_record() -> None:
    program, key = client("dk")
    machine, admin = with_token((program, key)), member("dk", "administrator")

    clients.revoke_key(key=ClientKey.objects.get(), by=admin)

    assert (machine.get(PATH).status_code, ask_token(program.client_id, key).status_code) == (401, 401)
    kept = ClientKey.objects.get()
    assert (kept.revoked_by, kept.created_by) == (admin, admin)


def test_an_ended_client_is_shut_out_and_what_it_filed_stays() -> None:
    made = client("dk")
    machine = with_token(made)
    file(machine)

    clients.revoke_client(client=made[0], by=member("dk", "administrator"))

    assert machine.get(PATH).status_code == 401
    assert ask_token(made[0].client_id, made[1]).status_code == 401
    assert last_revision().receipt == "MS-2025-dk-1"


def test_a_key_of_one_client_opens_no_other() -> None:
    mine, other = client("dk"), client("nl")

    assert ask_token(other[0].client_id, mine[1]).json() == {"error": "invalid_client"}


# Scopes ---------------------------------------------------------------------------------------------------


def test_a_token_asks_for_some_of_the_scopes_and_gets_no_more() -> None:
    made = client("ncmec", "file:reference_statistics", "read:reference_statistics")

    answer = ask_token(made[0].client_id, made[1], scope="read:reference_statistics@ncmec")
    refused = ask_token(made[0].client_id, made[1], scope="file:member_state_statistics@dk")

    assert answer.json()["scope"] == "read:reference_statistics@ncmec"
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


def test_who_may_only_read_files_nothing_and_sees_everything() -> None:
    made = client("dk", "file:member_state_statistics", "read:member_state_statistics")
    filed = file(with_token(made)).json()
    reader = with_token(made, scope="read:member_state_statistics@dk")

    answer = file(reader, line=LINE | {"value": 6}, replaces=1, reason="More.")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert reader.get(f"{PATH}{filed['id']}/").status_code == 200
    assert reader.post("/api/v1/check/", submission(*DK, LINE), format="json").status_code == 404
    assert reader.post(f"{PATH}{filed['id']}/withdrawal/", {"reason": "No."}, format="json").status_code == 403
    assert Revision.objects.count() == 1


def test_a_scope_of_one_return_hides_the_others_everywhere(entities) -> None:
    entities["dk"].obligations.create(return_id="reference_statistics", since="2019-01-01")
    filer = member("dk", "filer")
    person = signed_in(filer)
    person.post("/api/v1/filings/", {"return": DK[0], "entity": "dk", "period": "2025"}, "application/json")
    filing = Filing.objects.get()
    narrow = with_token(client("dk", "file:reference_statistics"))

    assert {o["return"] for o in narrow.get("/api/v1/obligations/").json()["results"]} == {"reference_statistics"}
    assert narrow.get("/api/v1/filings/").json()["results"] == []
    for path in (f"filings/{filing.pk}/", f"filings/{filing.pk}/draft/", f"filings/{filing.pk}/submit/"):
        method = narrow.post if path.endswith("submit/") else narrow.get
        assert method(f"/api/v1/{path}").status_code == 404
    assert file(narrow).status_code == 404
    assert not Revision.objects.exists()


@pytest.mark.parametrize("entity", ["nl", "google"])
def test_a_client_of_another_entity_sees_and_files_nothing_here(entity) -> None:
    filed = file(with_token(client("dk"))).json()
    other = with_token(client(entity))

    assert other.get(f"{PATH}{filed['id']}/").status_code == 404
    assert file(other, line=LINE | {"value": 6}, replaces=1, reason="More.").status_code == 404
    assert Revision.objects.count() == 1


# Sandbox --------------------------------------------------------------------------------------------------


def test_the_sandbox_checks_and_receipts_and_its_receipts_say_so() -> None:
    trial = with_token(client("dk", sandbox=True))

    filed = file(trial)
    run_jobs()

    assert (filed.status_code, filed.json()["receipt"]["number"]) == (201, "TEST-MS-2025-dk-1")
    body = trial.get(f"{PATH}{filed.json()['id']}/").json()
    assert (body["state"], body["findings"]["errors"] > 0) == ("checked", True)
    assert trial.get(f"{PATH}{body['id']}/receipt/").json()["sandbox"] is True
    assert [o["state"] for o in trial.get("/api/v1/obligations/?period=2025").json()["results"]] == ["with_errors"]


def test_nothing_of_the_sandbox_is_seen_or_counted_anywhere_else() -> None:
    filed = file(with_token(client("dk", sandbox=True))).json()
    run_jobs()
    real, filer = with_token(client("dk")), member("dk", "filer")
    reviewer = member("commission", "reviewer")

    for user in (filer, reviewer, member("commission", "reader"), member("dk", "administrator"), real):
        seen = real if user is real else signed_in(user)
        assert seen.get(f"{PATH}{filed['id']}/").status_code == 404
        assert seen.get(PATH).json()["results"] == []
        assert seen.get("/api/v1/filings/").json()["results"] == []
    (duty,) = [d for d in duties(filer) if d.period.label == "2025"]
    assert (duty.filing, duty.first_filed) == (None, None)
    assert not Observation.objects.current().visible_to(reviewer).exists()
    for page in ("/home/", "/review/", "/completeness/", "/dashboards/overview/", "/dashboards/member-states/"):
        answer = signed_in(filer if page == "/home/" else reviewer).get(page, follow=True)
        assert "TEST-" not in text(answer)
    assert signed_in(reviewer).post(
        f"{PATH}{filed['id']}/decision/", {"decision": "accept", "reason": ""}, "application/json"
    ).status_code == 404  # fmt: skip
    assert file(real).json()["receipt"]["number"] == "MS-2025-dk-1"


def test_a_sandbox_client_never_meets_real_filings() -> None:
    real = file(with_token(client("dk"))).json()
    trial = with_token(client("dk", sandbox=True))

    assert trial.get(f"{PATH}{real['id']}/").status_code == 404
    assert trial.get(PATH).json()["results"] == []
    assert file(trial).json()["number"] == 1


# People ---------------------------------------------------------------------------------------------------


def test_only_administrators_of_the_entity_make_clients() -> None:
    for who in (member("dk", "filer"), member("nl", "administrator"), member("commission", "administrator")):
        answer = signed_in(who).post(
            "/entity/dk/clients/", {"name": "x", "scopes": ["file:member_state_statistics@dk"]}
        )
        assert answer.status_code == 404
    assert not ApiClient.objects.exists()
    assert not User.objects.filter(email__endswith="@clients.invalid").exists()


def test_a_person_keeps_filing_with_a_token_of_their_own(api, person) -> None:
    assert file(api(person("dk", "filer"))).status_code == 201


def test_a_token_of_a_person_opens_nothing_once_it_is_over_and_their_other_tokens_still_do(api, person) -> None:
    over, other = api(person("dk", "filer")), api(person("dk", "filer"))
    AuthToken.objects.filter(pk=AuthToken.objects.earliest("created").pk).update(expiry=timezone.now())

    answer = over.get(PATH)

    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")
    assert other.get(PATH).status_code == 200
