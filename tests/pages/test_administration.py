"""Import and export in the administration: people, entities, memberships, periods; a faulty row is named and changes
nothing."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.models import Membership, ReportingEntity, User
from submissions.models import Obligation, ReportingPeriod
from tests.pages.world import member, plain, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(entities: Any) -> Client:
    return signed_in(member("commission", "administrator", is_staff=True, is_superuser=True))


def upload(client: Client, model: str, text: str) -> str:
    """Send a CSV, and confirm it where nothing is wrong. Returns the words of the first answer."""
    address = f"/admin/{model}/import/"
    form = client.get(address).content.decode()
    (kind,) = re.findall(r'<option value="(\d+)"[^>]*>csv</option>', form)
    sent = {"format": kind, "resource": "0", "import_file": SimpleUploadedFile("a.csv", text.encode())}
    answer = client.post(address, sent).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer))
    if "original_file_name" in hidden:
        client.post(f"/admin/{model}/process_import/", hidden)
    return plain(answer)


def exported(client: Client, model: str) -> list[dict[str, str]]:
    form = client.get(f"/admin/{model}/export/").content.decode()
    (kind,) = re.findall(r'<option value="(\d+)"[^>]*>csv</option>', form)
    fields = dict.fromkeys(re.findall(r'name="(\w+resource_\w+)"', form), "on")
    answer = client.post(f"/admin/{model}/export/", {"format": kind, "resource": "0"} | fields)
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_people_come_in_without_a_password_and_go_out_without_one(staff) -> None:
    upload(staff, "portal/user", "email,name,is_active\nNew@DK.test,Somebody,1\n")

    new = User.objects.get(email="new@dk.test")
    assert (new.name, new.has_usable_password(), new.is_staff) == ("Somebody", False, False)
    rows = exported(staff, "portal/user")
    assert {"email": "new@dk.test", "name": "Somebody", "is_active": "1"} in rows
    assert {name for row in rows for name in row} == {"email", "name", "is_active"}


def test_no_file_makes_anybody_staff(staff) -> None:
    upload(staff, "portal/user", "email,name,is_staff,is_superuser,password\nnew@dk.test,Somebody,1,1,secret\n")

    new = User.objects.get(email="new@dk.test")
    assert (new.is_staff, new.is_superuser, new.has_usable_password()) == (False, False, False)


def test_memberships_name_people_and_entities_and_a_faulty_row_changes_nothing(staff) -> None:
    member("dk", "filer")
    before = Membership.objects.count()

    said = upload(staff, "portal/membership", "user,entity,role\nfiler@dk.test,dk,signatory\nnobody@dk.test,dk,filer\n")
    assert "does not exist" in said
    said = upload(staff, "portal/membership", "user,entity,role\nfiler@dk.test,dk,signatory\nfiler@dk.test,dk,king\n")
    assert "not a valid choice" in said
    assert Membership.objects.count() == before

    upload(staff, "portal/membership", "user,entity,role\nfiler@dk.test,dk,signatory\n")
    assert Membership.objects.filter(user__email="filer@dk.test", role="signatory").count() == 1
    assert {"user": "filer@dk.test", "entity": "dk", "role": "signatory"} in exported(staff, "portal/membership")


def test_entities_and_what_they_owe_come_in(staff) -> None:
    upload(staff, "portal/reportingentity", "code,kind,name_en,name_da,name_nl,country\nnew,provider,New,Ny,Nieuw,DK\n")
    upload(staff, "submissions/obligation", "entity,return_id,since\nnew,provider_report,2026-01-01\n")

    owed = Obligation.objects.get(entity=ReportingEntity.objects.get(code="new"))
    assert (owed.return_id, str(owed.since)) == ("provider_report", "2026-01-01")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("nonsense,1,2031,2031-01-01,2031-12-31,", "There is no such return."),
        ("provider_report,1999,2031,2031-01-01,2031-12-31,", "There is no such version."),
        ("provider_report,2024,2031,2031-12-31,2031-01-01,", "period_in_order"),
        ("provider_report,2024,2031,tomorrow,2031-12-31,", "could not be parsed"),
    ],
)
def test_a_period_that_cannot_be_is_refused_with_its_reason(row, why, staff) -> None:
    before = ReportingPeriod.objects.count()

    said = upload(staff, "submissions/reportingperiod", f"return_id,version,label,start,end,due_on\n{row}\n")

    assert why in said
    assert ReportingPeriod.objects.count() == before


def test_periods_come_in_once(staff) -> None:
    text = "return_id,version,label,start,end,due_on\nprovider_report,2024,2031,2031-01-01,2031-12-31,2032-01-31\n"
    for _ in range(2):
        upload(staff, "submissions/reportingperiod", text)

    assert str(ReportingPeriod.objects.get(return_id="provider_report", label="2031").due_on) == "2032-01-31"
