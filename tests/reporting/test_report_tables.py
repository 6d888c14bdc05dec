"""Tables 1 to 9 of COM(2023) 797, made again from the filings: every printed cell, in the tree and as it is shown."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from reporting.report.page import report_html
from reporting.report.tree import Cell, Document, Figure, Table
from submissions import publications
from submissions.presentation import number
from tests.reporting.report import document, members, rows

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]

NOT_ACCEPTED = {"MT", "PT", "RO"}
"""States whose filing holds nothing at all and was returned: no figure of theirs counts, and the cells say so."""
WRONGLY_PRINTED_END = {("8", "EU"): date(2023, 7, 14)}
"""The printed total of table 8 names 6 March 2023 as its last day, the end of the figures of Latvia; those of Slovenia,
which are in it, run until 14 July 2023."""


HEDGED_BY_STATUS = {("LV", "reports.month_lowest"), ("LV", "reports.month_highest")}
"""The monthly span of Latvia is printed as approximate; it is filed as an estimate, with that word as its remark."""


@pytest.fixture(scope="module")
def made(published_portal: list[publications.Loaded]) -> Document:
    return document()


def numbered(made: Document) -> dict[int, Table]:
    return {table.number: table for table in made.tables().values() if table.number}


PRINTED = [*rows("tables_1_5"), *rows("tables_6_9")]


def row_of(printed: dict[str, str]) -> str:
    if int(printed["table"]) > 5:
        return printed["row"]
    entity = printed["row"].lower()
    return f"{entity}/{printed['reference_year']}" if printed["table"] == "5" else entity


def cell_of(made: Document, printed: dict[str, str]) -> Cell:
    return numbered(made)[int(printed["table"])].cell(row_of(printed), printed["column"])


def address(printed: dict[str, str]) -> str:
    return printed["code"] + members(printed["dims"])


def says(figure: Figure, printed: dict[str, str]) -> bool:
    """Value, unit, hedge, status and days, all as printed."""
    value = float(printed["expected_value"]) if printed["expected_value"] else None
    hedge = "exact" if (printed["row"], printed["code"]) in HEDGED_BY_STATUS else printed["expected_qualifier"]
    told = (figure.number, figure.unit, figure.qualifier, figure.obs_status)
    same = told == (value, printed["expected_unit"], hedge, printed["expected_status"])
    start, end = printed.get("period_start"), printed.get("period_end")
    if start and end:
        last = WRONGLY_PRINTED_END.get((printed["table"], printed["row"]), date.fromisoformat(end))
        return same and (figure.start, figure.end) == (date.fromisoformat(start), last)
    return same and ("period_start" not in printed or not figure.own_days)


def test_there_are_nine_numbered_tables_with_the_printed_columns(made) -> None:
    assert sorted(numbered(made)) == list(range(1, 10))
    for table, columns in {
        table: {printed["column"] for printed in PRINTED if int(printed["table"]) == table} for table in range(1, 10)
    }.items():
        assert columns <= {column.id for column in numbered(made)[table].columns}


@pytest.mark.parametrize(
    "printed", PRINTED, ids=lambda p: f"{p['table']}-{p['row']}-{p['column']}-{p['code']}-{p['dims']}"
)
def test_a_printed_cell_is_made_again(printed, made) -> None:
    cell = cell_of(made, printed)
    if printed["row"] in NOT_ACCEPTED and printed["table"] != "7":
        assert printed["expected_status"] == "O"
        assert (cell.text, cell.figures) == ("filed, but not accepted", ())
        return
    if printed["row"] == "EU" and printed["table"] == "8":
        [figure] = cell.figures
        assert says(figure, printed)
        assert cell.lines == ("no total", f"as filed: {number(figure.number, 'en')}")
        return
    row = next(one for one in numbered(made)[int(printed["table"])].rows if one.id == row_of(printed))
    # A figure that a remark repeats stands once in the row: in its own column.
    where = row.cells if printed["column"] == "col_comments" else (cell,)
    found = [(one, figure) for one in where for figure in one.figures
             if figure.address == address(printed) and says(figure, printed)]  # fmt: skip
    assert len(found) >= 1 if printed["column"] == "col_comments" else len(found) == 1
    assert any(figure.shown in line for shown, figure in found for line in shown.lines)


def test_a_figure_is_printed_in_front_of_what_stands_beside_it(made) -> None:
    """The first figure of a cell is the printed one; the counts of a rate follow it."""
    first: dict[tuple[str, str, str], dict[str, str]] = {}
    for printed in PRINTED:
        if printed["column"] != "col_comments" and printed["row"] not in NOT_ACCEPTED:
            first.setdefault((printed["table"], row_of(printed), printed["column"]), printed)
    wrong = [key for key, printed in first.items()
             if cell_of(made, printed).figures[0].address not in ("", address(printed))]  # fmt: skip
    assert wrong == []
    assert {int(table) for table, _row, _column in first} == set(range(1, 10))


def test_no_headline_cell_shows_a_figure_that_was_not_printed(made) -> None:
    """But for the counts beside a rate of which only the rate was printed, and the absence that another figure stands in
    for."""
    addresses = {(int(p["table"]), row_of(p), p["column"], address(p)) for p in PRINTED}
    more = {
        (number_, row.id, column.id, figure.address)
        for number_, table in numbered(made).items()
        for row, cells in table.body()
        for column, cell in cells
        if column.numeric
        for figure in cell.figures
        if figure.address and (number_, row.id, column.id, figure.address) not in addresses
    }
    absent = {one for one in more if one[3] in ("reports.total", "convictions.persons")}
    counts = {one for one in more if one[0] == 5 and one[3].startswith(("errors.reversals", "errors.reversal_base"))}
    population = {(7, "EU", "col_population", "reference.population_share[country=EU]")}
    assert more - absent - counts - population == set()
    assert {one[1] for one in absent if one[3] == "reports.total"} == {"LV", "SI"}


def test_the_shown_tables_say_what_the_tree_says(made) -> None:
    html = report_html(made).decode()
    for table in numbered(made).values():
        shown = re.search(rf'<table[^>]*id="table-{table.id}">(.*?)</table>', html, re.S)
        assert shown is not None
        body = [
            re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", shown[1], re.S)
        ]
        texts = [[unescape(cell.replace("<br>", "; ")) for cell in row] for row in body[1:]]
        assert texts == [[row.label, *(cell.text for cell in row.cells)] for row in table.rows]


# What the other files of facts say more --------------------------------------------------------------------


@pytest.mark.parametrize(
    "fact", [f for f in rows("ms_reports") if f["indicator"] == "reports_total"], ids=lambda f: f["country"]
)
def test_flags_of_reports_are_told_or_filed_with_the_figure(fact, made) -> None:
    """Flags that the transcription of the filings holds as codes; a rounded look is a finding of the portal, not a flag."""
    derived = {
        "looks_rounded",
        "provider_type_given",
        "provider_type_detailed",
        "counts_webpages",
        "counts_offences_not_reports",
    }
    row = next(one for one in numbered(made)[6].rows if one.id == fact["country"])
    filed = {flag for cell in row.cells for figure in cell.figures for flag in figure.flags.split(";") if flag}
    assert set(filter(None, fact["comparability_flags"].split(";"))) - derived <= filed


REASONS = {"no_reason_given": "", "no_justification": ""}


@pytest.mark.parametrize("fact", [f for f in rows("ms_children") if f["reason_code"] and f["country"] not in NOT_ACCEPTED
                                  and f["breakdown"] in ("female", "male", "total")],
                         ids=lambda f: f"{f['country']}-{f['breakdown']}-{f['period_label']}")  # fmt: skip
def test_a_missing_number_of_children_is_told_with_its_reason(fact, made) -> None:
    row = next(one for one in numbered(made)[8].rows if one.id == fact["country"])
    wanted = set(REASONS.get(fact["reason_code"], fact["reason_code"]).split(";"))
    found = [
        figure for cell in row.cells for figure in cell.figures
        if figure.address == f"children.{fact['breakdown']}" and figure.number is None
        and (not fact["period_start"] or figure.start.isoformat() == fact["period_start"])
    ]  # fmt: skip
    assert any(set(figure.reason.split(";")) == wanted for figure in found)


def test_the_channels_that_only_one_provider_told_apart_stand_in_the_remarks(made) -> None:
    for year, table in (("2021", 3), ("2022", 4)):
        facts = [f for f in rows("provider_complaints") if f["reference_year"] == year and f["channel"] != "combined"]
        assert len(facts) == 2
        for fact in facts:
            cell = numbered(made)[table].cell(fact["provider"].lower(), "col_comments")
            [figure] = [one for one in cell.figures if f"channel={fact['channel']}" in one.address]
            assert (figure.number, figure.qualifier) == (float(fact["value"]), fact["qualifier"])


def test_the_days_of_cases_are_the_printed_ones(made) -> None:
    facts = [
        f for f in rows("provider_cases") if f["indicator"] == "cases_csam" and f["value"] and f["breakdown"] != "known"
    ]
    for fact in facts:
        table = numbered(made)[1 if fact["reference_year"] == "2021" else 2]
        row = next(one for one in table.rows if one.id == fact["provider"].lower())
        days = (date.fromisoformat(fact["period_start"]), date.fromisoformat(fact["period_end"]))
        found = [figure for cell in row.cells for figure in cell.figures if figure.number == float(fact["value"])]
        assert days in {(figure.start, figure.end) for figure in found}


GROUNDS = {
    "6(1)(d)": "GDPR_6_1_D", "6(1)(e)": "GDPR_6_1_E", "6(1)(f)": "GDPR_6_1_F", "46(2)(c)": "GDPR_46_2_C",
    "49(1)": "GDPR_49_1",
}  # fmt: skip
ANSWERS = [
    ("provider_legal_grounds", "legal.processing.ground", lambda fact: GROUNDS[fact["gdpr_article"]]),
    ("provider_transfer_grounds", "legal.transfers.ground", lambda fact: GROUNDS[fact["gdpr_article"]]),
    ("provider_error_measures", "measures.applied", lambda fact: fact["measure_code"]),
    ("provider_safeguards", "safeguards.applied", lambda fact: fact["safeguard_code"]),
]


@pytest.mark.parametrize(("name", "point", "code"), ANSWERS, ids=[name for name, *_more in ANSWERS])
def test_who_answers_what_is_told_as_printed(name, point, code, made) -> None:
    """Each ground, measure and safeguard with those it is printed for. One safeguard is printed for nobody and so is not
    filed."""
    [block] = [one for one in made.blocks() if getattr(one, "id", "") == point]
    told = {(item.key, entity) for item in block.items for entity in item.entities if item.key not in ("O", "M", "L")}
    printed = {(code(fact), fact["provider"].lower()) for fact in rows(name) if fact["provider"]}
    assert told == printed
