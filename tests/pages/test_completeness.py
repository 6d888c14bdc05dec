"""The completeness matrix, and its download with the same states."""

from __future__ import annotations

import csv
import io

import pytest

from reporting.completeness.standing import CONTENT_LABELS
from submissions.models import STATE_LABELS
from tests.conftest import read
from tests.pages.world import file_csv, member, signed_in, start, tables, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_portal", "today")]
RETURNS = ("member_state_statistics", "provider_report", "reference_statistics", "measurement_series")


@pytest.fixture
def client():
    return signed_in(member("commission", "reader"))


def matrix(client, return_id: str) -> tuple[list[str], dict[str, list[str]]]:
    head, _filed, *lines = tables(client.get(f"/completeness/?return={return_id}"))[0]
    return head[1:], {line[0]: line[1:] for line in lines}


def test_the_matrix_says_who_has_filed_what_and_what_is_late(client) -> None:
    head, cells = matrix(client, "member_state_statistics")

    assert head == ["2022 due 3 Aug 2023", "2025 due 3 Aug 2026", "2026 due 3 Aug 2027"]
    assert len(cells) == 27
    assert cells["Denmark"] == ["Accepted Complete", "Missing Late", "Expected"]
    assert cells["Croatia"][0] == "Accepted with reservations 1 error Complete"
    assert cells["Germany"][0] == "Accepted Nil, with reason"
    assert cells["Malta"][0] == "Returned for correction 6 errors Nil, without reason"
    assert "27 / 27 (100 %) 0 / 27 (0 %) 0 / 27 (0 %)" in text(client.get("/completeness/"))


def test_a_state_moves_from_draft_to_received_to_checked(client) -> None:
    filer = member("dk", "filer")
    filing = start("member_state_statistics", "dk", "2026", filer)
    assert matrix(client, "member_state_statistics")[1]["Denmark"][2] == "Expected"

    file_csv(filing, b"address,value\nreports.total,ten\n", filer, check=False)
    assert matrix(client, "member_state_statistics")[1]["Denmark"][2] == "Received, being checked"

    found = file_csv(
        filing, read("member_state_statistics/2022/it.csv"), filer, replaces=1, reason="Figures, not words."
    )
    assert (found.state, found.errors) == ("checked", 0)
    assert matrix(client, "member_state_statistics")[1]["Denmark"][2] == "Checked, waits for a decision Complete"


def test_a_filing_after_its_day_is_late_though_it_was_filed(client) -> None:
    filer = member("dk", "filer")
    file_csv(start("member_state_statistics", "dk", "2025", filer), read("member_state_statistics/2022/it.csv"), filer)

    assert matrix(client, "member_state_statistics")[1]["Denmark"][1] == "Checked, waits for a decision Late Complete"


def test_the_download_equals_the_matrix_of_every_return(client) -> None:
    answer = client.get("/completeness.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert answer["Content-Disposition"] == 'attachment; filename="completeness.csv"'
    shown = {}
    for return_id in RETURNS:
        head, cells = matrix(client, return_id)
        shown |= {(return_id, period.split()[0], name): cell for name, line in cells.items()
                  for period, cell in zip(head, line, strict=True) if cell != "not owed"}  # fmt: skip

    assert len(rows) == len(shown) == 112
    for row in rows:
        errors = (
            f" {row['errors']} error{'' if row['errors'] == '1' else 's'}" if row["errors"] not in ("", "0") else ""
        )
        content = f" {CONTENT_LABELS[row['content']]}" if row["content"] else ""
        words = f"{STATE_LABELS[row['state']]}{' Late' if row['late'] == 'yes' else ''}{errors}{content}"
        assert shown[row["return"], row["period"], row["name"]] == words
    assert {row["receipt"] for row in rows if row["name"] == "Malta" and row["period"] == "2022"} == {"MS-2022-mt-1"}


def test_a_return_that_nobody_owes_is_not_found(client) -> None:
    assert client.get("/completeness/?return=nothing").status_code == 404
