"""What tests of the report share: the portal with every published filing, a document of it, and the printed cells."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from django.utils import timezone

from portal.access import Role
from portal.models import Membership, ReportingEntity, User
from reporting.report.document import generate
from reporting.report.tree import Document
from submissions.models import ReportingPeriod

DATA = Path(__file__).parent / "data" / "com_2023_797"
PRINTED = (("provider_report", "2021"), ("provider_report", "2022"), ("member_state_statistics", "2022"))
"""The periods of COM(2023) 797."""


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def periods(*asked: tuple[str, str]) -> list[ReportingPeriod]:
    return [ReportingPeriod.objects.get(return_id=return_id, label=label) for return_id, label in asked]


def at_the_commission(role: str = "reviewer") -> User:
    email = f"{role}@commission.test"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=f"{role} of the Commission")
    Membership.objects.get_or_create(user=user, entity=ReportingEntity.objects.get(code="commission"), role=Role(role))
    return User.objects.get(pk=user.pk)


def document(*asked: tuple[str, str], texts: dict[str, str] | None = None, as_of: date | None = None) -> Document:
    day = as_of or timezone.localdate()
    return generate("Report", periods(*(asked or PRINTED)), day, texts or {}, at_the_commission())


def members(dims: str) -> str:
    """`a=1;b=2` as an address has it."""
    return f"[{dims.replace(';', ',')}]" if dims else ""
