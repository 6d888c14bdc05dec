"""A portal in which nobody owes and nobody filed: every page answers, and says how it gets filled."""

from __future__ import annotations

import pytest
from django.test import Client

from portal.models import ReportingEntity
from submissions.models import Filing, Obligation, ReportingPeriod
from tests.pages.world import member, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    ReportingEntity.objects.create(code="commission", kind="commission", name_en="Commission", name_da="K", name_nl="C")
    return signed_in(member("commission", "reviewer"))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/review/", "Nothing waits Revisions appear here as soon as somebody files."),
        ("/review/?state=accepted", "No revision here Choose another state, or wait until somebody files."),
        ("/completeness/", "Nothing is owed yet Obligations appear here once an administrator"),
        ("/completeness/?return=anything", "Nothing is owed yet"),
        ("/dashboards/overview/", "Nothing is owed yet Obligations appear here once an administrator"),
        ("/dashboards/providers/", "No figures yet Figures appear here once a filing is accepted."),
        ("/dashboards/member-states/", "No figures yet"),
        ("/dashboards/reference/", "No figures yet"),
        ("/dashboards/measurements/", "No figures yet"),
        ("/releases/", "Nothing can be published yet Periods appear here once a filing"),
        ("/published/statistics/", "Nothing is published yet Statistics appear here once the Commission"),
        ("/account/", "I act for Commission: Reviewer"),
        ("/definitions/", "Member State statistics"),
        ("/", "Go to my work"),
    ],
)
def test_every_page_of_the_commission_has_an_empty_state(staff, address, said) -> None:
    answer = staff.get(address)

    assert answer.status_code == 200
    assert said in text(answer)


def test_an_empty_download_has_its_head_alone(staff) -> None:
    lines = staff.get("/completeness.csv").content.decode().splitlines()

    assert len(lines) == 1


@pytest.mark.parametrize("kind", ["svg", "png", "csv", "xlsx"])
def test_a_chart_that_nobody_filed_anything_for_is_not_found(staff, kind) -> None:
    assert staff.get(f"/dashboards/member-states/reports.{kind}").status_code == 404


@pytest.mark.parametrize(
    "address", ["/", "/about/", "/definitions/", "/api/v1/docs/", "/sign-in/", "/api/v1/definitions/"]
)
def test_every_public_page_answers(client, address) -> None:
    assert client.get(address).status_code == 200


def test_whoever_acts_for_nobody_is_led_to_the_account_that_says_so() -> None:
    answer = signed_in(member()).get("/home/", follow=True)

    assert answer.redirect_chain == [("/account/", 302)]
    assert "You act for nobody yet An administrator of the Commission or of your organisation adds you." in text(answer)


def test_a_filer_who_owes_nothing_reads_that_there_is_nothing_to_do() -> None:
    ReportingEntity.objects.create(
        code="dk", kind="member_state_authority", name_en="Denmark", name_da="D", name_nl="D"
    )

    assert "Nothing to do Everything that is owed was filed." in text(signed_in(member("dk", "filer")).get("/home/"))
    assert [model.objects.count() for model in (Filing, Obligation, ReportingPeriod)] == [0, 0, 0]
