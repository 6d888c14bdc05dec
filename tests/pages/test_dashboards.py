"""Dashboards: the published figures, totals or why there is none, and downloads that hold the same rows."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import Any
from xml.dom import minidom

import pytest
from django.test import Client

from submissions import publications
from tests.pages.world import cells, elements, member, plain, signed_in, tables, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_portal")]
RETURNED = {"mt", "pt", "ro"}
"""Their filings for 2022 were returned; their figures do not count."""
HEDGES = {"": "", "approximate": "≈ ", "rounded": "≈ ", "lower_bound": "> ", "upper_bound": "< "}
PERIODS = {"providers": ("2021", "2022", "2025"), "member-states": ("2022",), "reference": ("2010", "2019", "2021", "2022"),
           "measurements": ("2021",)}  # fmt: skip
PAGES = [(name, period) for name, periods in PERIODS.items() for period in periods]


@pytest.fixture
def reader() -> Client:
    return signed_in(member("commission", "reader"))


def get(client: Client, name: str, period: str) -> Any:
    answer = client.get(f"/dashboards/{name}/?period={period}")
    assert answer.status_code == 200
    return answer


def totals(page: Any) -> dict[str, str]:
    """Of every data point the total, or why there is none."""
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.content.decode(), re.S)
    return {plain(point): plain(total) for point, total in found}


def shown(table: list[list[str]], point: str) -> dict[str, str]:
    return {row[0]: row[2] for row in table[1:] if row[1] == point}


def published(folder: str, address: str) -> dict[str, str]:
    """Entity and value of one address in the published files, read without the portal."""
    found = {}
    for file in sorted((publications.FOLDER / folder).glob("*.csv")):
        for row in csv.DictReader(file.open(encoding="utf-8")):
            if row["address"] == address and row["value"] and file.stem not in RETURNED:
                found[file.stem] = HEDGES[row["qualifier"]] + f"{int(row['value']):,}".replace(",", " ")
    return found


@pytest.mark.parametrize(
    ("address", "table", "point", "some"),
    [
        (
            "reports.total",
            0,
            "Reports received",
            {"dk": "10 744", "fr": "120 000", "nl": "36 537", "se": "32 830", "pl": "227"},
        ),
        ("children.total", 1, "Children identified", {"pl": "3 014", "hu": "426", "it": "385"}),
        ("convictions.count", 2, "Convictions", {"dk": "224"}),
    ],
)
def test_the_figures_of_member_states_are_the_published_ones(reader, address, table, point, some) -> None:
    by_name = shown(tables(get(reader, "member-states", "2022"))[table], point)
    names = {row["code"]: row["name_en"] for row in csv.DictReader((publications.FOLDER / "entities.csv").open())}

    expected = published("member_state_statistics/2022", address)
    numbers = {name: value for name, value in by_name.items() if re.search(r"\d", value)}
    assert numbers == {names[code]: value for code, value in expected.items()}
    assert {code: expected[code] for code in some} == some


@pytest.mark.parametrize(
    ("period", "rows"),
    [
        ("2021", [
            ("Google", "33", "accounts"), ("Meta", "≈ 340 000", "accounts"), ("X (former Twitter)", "532 898", "accounts"),
            ("Microsoft", "> 20 000", "content items"), ("LinkedIn", "31", "content items"),
            ("Google", "8", "complaints"), ("Meta", "≈ 4 900", "users"), ("Meta", "≈ 4.22", "percent"),
            ("X (former Twitter)", "≈ 1.43", "percent"),
        ]),
        ("2022", [
            ("Google", "2 045", "content items"), ("Meta", "≈ 6 600 000", "content items"),
            ("X (former Twitter)", "2 348 712", "accounts"), ("Microsoft", "> 50 000", "content items"),
            ("Microsoft", "≈ 12 800", "content items"), ("LinkedIn", "2", "images"), ("Google", "378", "complaints"),
            ("X (former Twitter)", "≈ 430 000", "complaints"), ("Meta", "≈ 29 000", "content items"),
            ("Meta", "≈ 3 700", "content items"), ("Meta", "≈ 12.8", "percent"), ("Meta", "≈ 0.06", "percent"),
            ("X (former Twitter)", "≈ 2.17", "percent"),
        ]),
    ],
)  # fmt: skip
def test_cases_complaints_and_reversal_rates_of_providers_are_the_published_ones(reader, period, rows) -> None:
    found = {
        (row[0], row[2], row[3]) for table in tables(get(reader, "providers", period)) for row in table if len(row) > 3
    }

    assert [row for row in rows if row not in found] == []


@pytest.mark.parametrize(("period", "total"), [("2021", "555 834 reports"), ("2022", "1 503 431 reports")])
def test_what_the_clearing_house_sent_is_added_up_because_it_may_be(reader, period, total) -> None:
    page = get(reader, "reference", period)

    assert totals(page) == {"Reports sent": total}
    assert shown(tables(page)[0], "Reports sent")["European Union (27)"] == total.removesuffix(" reports")


def test_a_total_that_would_mislead_is_refused_with_every_reason(reader) -> None:
    states, providers = totals(get(reader, "member-states", "2022")), totals(get(reader, "providers", "2022"))

    assert refusal(states["Reports received"]) == (
        "No total: the figures cover 12 different periods; 7 figures are missing."
    )
    assert refusal(states["Children identified"]) == (
        "No total: the figures cover 7 different periods; 3 figures differ in definition (Age limit below 18, All abuse"
        " offences of a police register, All sources together, Dynamic data, Online and offline together); 8 figures are"
        " missing."
    )
    assert refusal(providers["Cases of CSAM identified"]) == (
        "No total: units differ: accounts, content items, images, videos; territories differ: EU users, Thread with an EU"
        " user, Worldwide, Unclear; they do not count the same thing; of 4 figures it is not clear which territory or"
        " service they cover."
    )


def refusal(shown: str) -> str:
    return shown[: shown.index(".") + 1]


def test_a_refused_total_shows_what_can_be_added_and_an_estimate_that_is_marked(reader) -> None:
    children = totals(get(reader, "member-states", "2022"))["Children identified"]

    assert "6 of 27 can be added: 710 children (1 Jan 2022 – 31 Dec 2022)." in children
    assert (
        "E Estimate, not filed by anybody: about 1 524 children (995 – 2 754) for 2 Aug 2021 – 31 Dec 2022, from 16 of 27"
        " whose figures differ only by their days." in children
    )
    assert "Poland (3 014): other definition" not in children
    assert "Poland (3 014): All abuse offences of a police register" in children
    assert "Malta: nothing filed, or not accepted" in children
    assert (
        "The figures of 19 of 27 as they were filed, whatever they count and for whichever days, come to 4 922."
        in children
    )


def test_a_chart_says_why_its_bars_are_not_to_be_compared(reader) -> None:
    page = get(reader, "member-states", "2022").content.decode()

    assert [plain(text) for text in re.findall(r"<ul class=\"caveats\".*?</ul>", page, re.S)] == [
        "The figures cover 12 different periods",
        "Children identified, Girls: the figures cover 7 different periods Boys: the figures cover 6 different periods",
        "The figures cover 9 different periods",
        "The other steps count something else (reports, investigations, persons), often of earlier years and from other"
        " sources. No share of one in another would mean anything.",
        "The figures cover 12 different periods",
    ]


def test_national_figures_stand_beside_the_reference_with_what_that_does_not_say(reader) -> None:
    page = get(reader, "reference", "2022")

    [table] = [some for some in tables(page) if some[0][4:5] == ["Gap (E) (reports)"]]
    beside = {row[0]: row[1:] for row in table}
    assert len(beside) == 28
    # 151 days at the rate of 2021, all of 2022, and 215 days of 2023 at the rate of 2022
    sent = round(37_758 * 151 / 365 + 235_310 + 235_310 * 215 / 365)
    told = [f"{count:,}".replace(",", " ") for count in (sent, sent - 227)]
    assert beside["Poland PL"] == ["227", "3 Aug 2021 – 3 Aug 2023", *told, "70.6"]
    assert beside["Germany DE"][0] == "Missing: No legal basis seen"
    assert beside["Germany DE"][3] == "not stated"
    assert beside["Malta MT"][0] == "No accepted filing"
    assert "gaps are not added: the days differ from one Member State to the next" in text(page)


def test_the_overview_counts_what_came_in(reader, today) -> None:
    rows = {(row[0], row[1]): row[2:] for row in tables(reader.get("/dashboards/overview/"))[-1]}

    assert rows["Member State statistics", "2022"] == ["3 Aug 2023", "27", "27", "24", "5", "0", "3", "0", "0"]
    assert rows["Member State statistics", "2025"] == ["3 Aug 2026", "27", "0", "0", "0", "0", "0", "27", "27"]
    assert rows["Provider report (standard form)", "2025"] == ["31 Jan 2026", "5", "1", "1", "0", "0", "0", "4", "4"]
    assert rows["Reference statistics", "2022"] == ["no deadline", "3", "3", "3", "0", "0", "0", "0", "0"]


def sections(page: Any) -> list[str]:
    return elements("section", page.content.decode())


UNANSWERED = ("Not answered", "No accepted filing")


@pytest.mark.parametrize(("name", "period"), PAGES)
def test_every_download_holds_the_rows_of_its_table(reader, name, period) -> None:
    downloads = [html for html in sections(get(reader, name, period)) if ".csv" in html]
    assert downloads
    for html in downloads:
        [address] = re.findall(r'href="(/dashboards/[^"]+\.csv[^"]*)"', unescape(html))
        answer = reader.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
        head, *table = [
            cells(row) for row in elements("tr", re.sub(r'(<br>)?<span class="muted">.*?</span>', "", html))
        ]
        if head[1:3] == ["Data point", "Value"]:
            assert [(row["label"], digits(row["value"])) for row in rows] == [(row[1], number(row[2])) for row in table]
        elif "address" in rows[0]:
            answered = [cell for row in table for cell in row[1:] if cell not in UNANSWERED]
            again = re.findall(r'<span class="muted">[^<]*\(\d+ \w+ \d{4} – [^<]*\)</span>', html)
            assert len(rows) == len(answered) + len(again)
        else:
            assert [next(iter(row.values())) for row in rows] == [row[0] for row in table]


def digits(value: str) -> str:
    return "" if value == "" else f"{float(value):.15g}"


def number(cell: str) -> str:
    """A cell of the page as the download writes it; words of a missing value are nothing."""
    return digits(cell.lstrip("≈<> ").replace(" ", "")) if re.fullmatch(r"[≈<>]? ?[\d .]+", cell) else ""


@pytest.mark.drawn
@pytest.mark.parametrize(("name", "period"), PAGES)
def test_every_chart_is_a_well_formed_svg_with_words_for_those_who_cannot_see_it(reader, name, period) -> None:
    images = pictures(get(reader, name, period))

    assert bool(images) == (name != "measurements")
    for _narrow, wide, alt in images:
        assert len(alt) > 40
        assert width_of(reader.get(wide)) < 1200


@pytest.mark.drawn
def test_charts_are_drawn_narrower_for_a_phone(reader) -> None:
    widths = [
        (width_of(reader.get(narrow)), width_of(reader.get(wide)))
        for narrow, wide, _alt in pictures(get(reader, "reference", "2022"))
    ]

    assert all(narrow <= wide for narrow, wide in widths)
    assert any(narrow < wide for narrow, wide in widths)


def pictures(page: Any) -> list[tuple[str, str, str]]:
    """Addresses of each chart for a phone and a desk, and what it shows in words."""
    return re.findall(r'srcset="([^"]+)">\s*<img src="([^"]+)" alt="([^"]+)"', unescape(page.content.decode()))


def width_of(answer: Any) -> float:
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    root = minidom.parseString(answer.content).documentElement  # noqa: S318 -- our own
    assert root.tagName == "svg"
    assert not root.getElementsByTagName("script")
    return float(root.getAttribute("width"))


def test_a_filer_finds_only_his_own_figures_on_a_dashboard() -> None:
    client = signed_in(member("dk", "filer"))
    page = get(client, "member-states", "2022")

    assert {row[0] for table in tables(page) for row in table[1:] if table[0][1] == "Data point"} == {"Denmark"}
    names = {row["name_en"] for row in csv.DictReader((publications.FOLDER / "entities.csv").open())}
    assert {name for name in names if name in text(page)} == {"Denmark"}
    [address] = set(re.findall(r'/dashboards/member-states/reports\.csv[^"]*', unescape(page.content.decode())))
    rows = list(csv.DictReader(io.StringIO(client.get(address).content.decode())))
    assert {row["entity"] for row in rows} == {"dk"}
    assert client.get("/dashboards/reference/beside.csv").status_code == 404


@pytest.mark.parametrize("address", [
    "/dashboards/providers/?period=1999", "/dashboards/nothing/", "/dashboards/providers/nothing.csv",
    "/dashboards/nothing/cases.svg", "/dashboards/member-states/reports.svg?period=1999",
    "/dashboards/providers/?entity=dk", "/dashboards/providers/?as_of=2100-01-01", "/dashboards/providers/?as_of=yesterday",
    "/dashboards/providers/?unit=parsecs", "/dashboards/providers/cases.pdf",
])  # fmt: skip
def test_what_does_not_exist_is_not_found(reader, address) -> None:
    assert reader.get(address).status_code == 404
