"""The real filings, through the door and the checks of every other filing."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command

from submissions.models import Filing, Finding, Observation, Revision
from submissions.publications import Loaded


def test_all_published_reports_are_received_checked_and_decided(published_portal: list[Loaded]) -> None:
    assert len(published_portal) == 45
    states = {
        state: sum(one.state == state for one in published_portal) for state in {one.state for one in published_portal}
    }
    assert states == {"accepted": 40, "accepted_with_reservations": 2, "returned": 3}


def test_loading_again_changes_nothing(published_portal: list[Loaded]) -> None:
    def rows() -> list[int]:
        return [model.objects.count() for model in (Filing, Revision, Observation, Finding)]

    before = rows()
    out = StringIO()
    call_command("load_published", stdout=out)
    assert out.getvalue() == "45 published filings, 0 of them new.\n"
    assert rows() == before


def test_errors_stand_only_where_a_statutory_figure_has_neither_value_nor_reason(
    published_portal: list[Loaded],
) -> None:
    errors = Finding.objects.filter(severity="error").values_list(
        "revision__filing__obligation__entity__code", "rule", "address"
    )
    nil = [("M-CMP-003", address) for address in
           ("reports.total", "children.total", "children.female", "children.male", "convictions.persons")]  # fmt: skip
    silent = [
        (state, rule, address)
        for state in ("mt", "pt", "ro")
        for rule, address in [*nil, ("M-NIL-002", "frame.nil_reason")]
    ]
    assert sorted(errors) == sorted(
        [*silent, ("hr", "M-CMP-003", "convictions.persons"), ("lv", "M-CMP-003", "children.male")]
    )


def test_the_provider_report_of_2025_has_no_error_and_these_warnings(published_portal: list[Loaded]) -> None:
    revision = Revision.objects.get(receipt="PR-2025-google-1")
    assert (revision.lines, revision.errors, revision.observations.count()) == (155, 0, 155)
    assert sorted(revision.findings.filter(severity="warning").values_list("rule", "address")) == [
        ("P-CMP-012", "errors.known.false_positives"),
        ("P-CMP-013", "errors.known.false_positive_ratio"),
        ("P-CMP-013", "errors.known.flagged"),
        ("P-CMP-013", "errors.known.reviewed"),
        ("P-CPL-002", "complaints.known.content.internal.restored"),
        ("P-CPL-005", "complaints.known.accounts.internal.lodged"),
        ("P-ERR-007", "errors.known.false_positives"),
        ("P-ERR-011", "errors.known.false_positive_ratio"),
        ("P-RET-002", "retention.non_content"),
    ]


def test_every_published_line_is_an_observation(published_portal: list[Loaded]) -> None:
    for revision in Revision.objects.all():
        assert (revision.receipt, revision.observations.count()) == (revision.receipt, revision.lines)


def test_the_totals_that_can_be_computed_come_out_as_printed(published_portal: list[Loaded]) -> None:
    def sent(year: str, country: str) -> list[float | None]:
        lines = Observation.objects.current().filter(code="reference.reports", revision__filing__period__label=year)
        return list(lines.filter(address=f"reference.reports[country={country}]").values_list("number", flat=True))

    for year, total in (("2021", 555_834), ("2022", 1_503_431)):
        states = Observation.objects.current().filter(code="reference.reports", revision__filing__period__label=year)
        assert sum(states.exclude(address="reference.reports[country=EU]").values_list("number", flat=True)) == total
        assert sent(year, "EU") == [total]
