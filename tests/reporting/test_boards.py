"""Dashboards: what is asked stands in the address, what is kept is thrown away in time, and every kind of chart says as
much as was filed."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from submissions.actions import decide_revision
from tests.pages.world import elements, file_csv, load, member, signed_in, start, tables, text

pytestmark = pytest.mark.django_db
MS = "/dashboards/member-states/"
PROVIDERS = "/dashboards/providers/"


@pytest.fixture
def reader(entities: Any) -> Client:
    return signed_in(member("commission", "reader"))


def file_and_accept(entity: str, label: str, lines: str) -> None:
    filer, reviewer = member(entity, "filer"), member("commission", "reviewer")
    revision = file_csv(start("member_state_statistics", entity, label, filer), lines.encode(), filer)
    decision = "accept_with_reservations" if revision.errors else "accept"
    decide_revision(revision=revision, decision=decision, reason="The rest is missing.", by=reviewer)


def section(page: Any, chart: str) -> str:
    [found] = [
        html for html in elements("section", page.content.decode()) if html.startswith(f'<section id="{chart}">')
    ]
    return found


def rows(page: Any, chart: str) -> list[list[str]]:
    class Part:
        content = section(page, chart).encode()

    return tables(Part)[0]


def test_every_address_on_a_page_gives_the_same_view_back(reader: Client) -> None:
    load("dk 2022", "se 2022")
    html = unescape(reader.get(f"{MS}?period=2022&entity=dk&as_of=2026-11-20&figure=children.total").content.decode())

    files = re.findall(r'(?:href|src|srcset)="(/dashboards/member-states/[\w-]+\.\w+\?[^"]*)"', html)
    assert {address.partition("?")[0].rpartition(".")[2] for address in files} == {"svg", "png", "csv", "xlsx"}
    wanted = "period=2022&as_of=2026-11-20&entity=dk&figure=children.total"
    assert {address.partition("?")[2].removesuffix("&size=narrow") for address in files} == {wanted}
    assert "Sweden" not in {row[0] for table in tables(reader.get(f"{MS}?entity=dk")) for row in table}


def test_a_table_is_sorted_by_the_address_and_missing_figures_come_last(reader: Client) -> None:
    load("dk 2022", "se 2022", "pl 2022", "de 2022")

    upwards = reader.get(f"{MS}?sort=reports.2&order=asc")
    downwards = reader.get(f"{MS}?sort=reports.2&order=desc")

    assert [row[0] for row in rows(upwards, "reports")[1:]] == ["Poland", "Denmark", "Sweden", "Germany"]
    assert [row[0] for row in rows(downwards, "reports")[1:]] == ["Sweden", "Denmark", "Poland", "Germany"]
    assert 'aria-sort="descending"' in section(downwards, "reports")
    assert "<details open>" in section(downwards, "reports")


def test_htmx_gets_the_content_alone(reader: Client) -> None:
    load("dk 2022")

    part = reader.get(MS, headers={"HX-Request": "true"}).content.decode()
    whole = reader.get(MS).content.decode()

    assert "<html" not in part
    assert part.strip() in whole


def test_a_page_is_kept_until_something_is_accepted(reader: Client) -> None:
    load("dk 2022")
    first = queries(reader, MS)
    kept = queries(reader, MS)
    load("se 2022")

    assert (first, kept) == (9, 4)
    assert "32 830" in text(reader.get(MS))


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_a_page_of_an_earlier_day_shows_what_counted_then(reader: Client) -> None:
    load("dk 2022")

    assert "10 744" in text(reader.get(MS))
    before = text(reader.get(f"{MS}?as_of=2020-01-01"))
    assert "10 744" not in before
    assert "No accepted filing of this period has figures for this." in before


def test_downloads_hold_the_same_rows_and_no_formulas(reader: Client) -> None:
    file_and_accept("dk", "2025", "address,value,obs_status,comment\nreports.total,12,A,=1+1\n")

    text_rows = list(csv.reader(io.StringIO(reader.get(f"{MS}reports.csv?period=2025").content.decode())))
    book = openpyxl.load_workbook(io.BytesIO(reader.get(f"{MS}reports.xlsx?period=2025").content))

    sheet = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert text_rows[0] == sheet[0]
    assert text_rows[1][:4] == ["dk", "reports.total", "Reports received", "12"]
    assert (text_rows[1][11], sheet[1][3], sheet[1][11]) == ("'=1+1", 12, "=1+1")
    assert book.worksheets[0].cell(2, 12).data_type == "s"
    picture = reader.get(f"{MS}reports.png?period=2025")
    assert (picture["Content-Type"], picture.content[:4]) == ("image/png", b"\x89PNG")


STEPS = "address,value,obs_status,period\nreports.total,200,A,\nhandling.opened,50,A,{}\nconvictions.persons,5,A,\n"


def test_a_step_has_a_share_only_in_what_it_is_a_part_of(reader: Client) -> None:
    file_and_accept("dk", "2025", STEPS.format(""))
    file_and_accept("se", "2025", STEPS.format("2025-01-01/2025-06-30"))

    found = {row[0]: row[1:] for row in rows(reader.get(f"{MS}?period=2025"), "steps")}

    assert found["Denmark"][2] == "50 25 percent of: Reports received"
    assert found["Sweden"][2] == "50 no share: other days: 1 Jan 2025 – 30 Jun 2025"
    assert found["Denmark"][6] == "5"


def test_reasons_tell_a_missing_figure_from_a_missing_filing(reader: Client) -> None:
    load("dk 2022", "pl 2022")

    found = {row[0]: row[1:] for row in rows(reader.get(MS), "gaps")}

    assert found["Germany"] == ["No accepted filing"] * 5
    assert found["Poland"][0].startswith("227 reports")
    assert found["Denmark"][1].startswith("Exists, not collected: Not collected")


def test_the_map_writes_greece_as_the_union_does(reader: Client) -> None:
    load("gr 2022")

    assert rows(reader.get(MS), "map")[1][:3] == ["EL", "Greece", "142"]
    drawing = reader.get(f"{MS}map.svg").content.decode()
    assert (">EL<" in drawing, ">GR<" in drawing, ">No figure<" in drawing) == (True, False, True)


def test_ratios_stand_beside_what_they_are_ratios_of(reader: Client) -> None:
    load("google 2025")
    page = reader.get(f"{PROVIDERS}?period=2025")

    [ratio] = [row for row in rows(page, "errors") if row[1].startswith("Error rate B1/A1")]
    assert ratio[2:6] == ["0", "percent", "Exists, not collected", "1 604 content items"]
    assert "Error rate B1/A1, known CSAM: B1: flagged items found wrong on review, known CSAM, divided by" in text(page)
    measures = {row[0]: row[1] for row in rows(page, "measures")}
    assert measures["Sample of flagged items reviewed, known CSAM"].startswith("Yes Automated verdicts are sampled")
    claims = {row[0]: row[1:] for row in rows(page, "claims")}
    assert claims["PhotoDNA"][:2] == ["Rate of false positives", "≤ 0.000000002"]
    assert claims["Technology not stated"][0] == "no claim known"


def test_a_line_over_two_forms_ends_where_the_figures_are_not_the_same(reader: Client) -> None:
    load("linkedin 2022", "google 2022", "google 2025")
    page = reader.get(f"{PROVIDERS}?figure=cases.known.images")

    assert "Where the bridge between its versions does not call two figures equal, the line ends" in text(page)
    head, *lines = rows(page, "years")
    assert head == ["Who", "Data point", "Unit", "2022", "2025"]
    assert ["Google", "Images of known CSAM reported", "images", "no figure", "1 419"] in lines
    assert [line[3:] for line in lines if line[0] == "LinkedIn" and line[2] == "images"] == [["2", "no figure"]]
