"""What is written into a workbook comes back as the same canonical content."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from submissions.definition import DataPoint, Definition
from submissions.sources import SourceError, from_csv
from submissions.workbook import writing
from submissions.workbook.reading import check_about, read_workbook
from submissions.workbook.safe import safe_text
from tests.workbook.builders import (
    CATALOGUE,
    MEASUREMENT,
    MEMBER_STATE,
    PROVIDER,
    RETURNS,
    SUBMISSIONS,
    canonical,
    content_of,
    content_of_csv,
    head_of,
    made,
    published,
    rows,
    sheet_xml,
    table_xml,
    xlsx,
)

FILINGS = sorted(
    str(file.relative_to(SUBMISSIONS / "published")) for file in (SUBMISSIONS / "published").glob("*/*/*.csv")
)


def definition_of(name: str) -> Definition:
    return_id, year, _ = Path(name).parts
    versions = {"provider_report": "2024" if year == "2025" else "2021"}
    return CATALOGUE.get(return_id, versions.get(return_id, "1"))


@pytest.mark.parametrize("language", ["en", "da", "nl"])
def test_every_published_filing_comes_back_the_same(language: str) -> None:
    differ = [
        name
        for name in FILINGS[{"en": 0, "da": 1, "nl": 2}[language] :: 3]
        if content_of(made(definition_of(name), from_csv(published(name)), language), definition_of(name))
        != content_of_csv(published(name), definition_of(name))
    ]
    assert differ == []


@pytest.mark.parametrize(("return_id", "version"), RETURNS)
def test_an_empty_workbook_holds_no_observation(return_id: str, version: str) -> None:
    definition = CATALOGUE.get(return_id, version)
    read = read_workbook(made(definition, last_year=dict.fromkeys(definition.points, "7")), "", definition)
    assert read.frame.height == 0
    assert {category.number for category in definition.categories.values()} == {
        int(sheet["sheet"].split()[0]) for sheet in read.layout
    }


def test_a_csv_may_also_be_sent_as_a_flat_sheet() -> None:
    lines = [line.split(",") for line in published("member_state_statistics/2022/ie.csv").decode().splitlines()]
    plain = [
        line for line in lines if len(line) == len(lines[0]) and '"' not in "".join(line) and "&" not in "".join(line)
    ]
    csv = "\n".join(",".join(line) for line in plain).encode()
    assert len(plain) > 10
    assert content_of(xlsx(sheet_xml(table_xml(*plain))), MEMBER_STATE) == content_of_csv(csv, MEMBER_STATE)


def test_people_may_write_the_entry_the_code_or_the_label_in_any_language() -> None:
    table = [
        ("address", "organisation", "obs_status", "value", "reason", "flags", "unit"),
        ("reports.total", "", "P – Provisional", "5", "", "dynamic_database", "indberetninger"),
        ("reports.by_organisation – whatever", "NCMEC", "foreløbig", "4", "", "", ""),
        ("frame.nil_filing", "", "a", "ja", "", "", ""),
        ("frame.dynamic", "", "A", "0 – No", "", "", ""),
        ("children.total", "", "L", "", "Wordt niet verzameld; system_change_pending – x", "", ""),
        ("remarks.text", "", "A", "A – Not a code", "", "", ""),
    ]
    read = read_workbook(xlsx(sheet_xml(table_xml(*table))), "", MEMBER_STATE).frame
    assert read.select("address", "obs_status", "value", "reason", "unit").rows() == [
        ("reports.total", "P", "5", "", "reports"),
        ("reports.by_organisation[organisation=NCMEC]", "P", "4", "", ""),
        ("frame.nil_filing", "a", "1", "", ""),
        ("frame.dynamic", "A", "0", "", ""),
        ("children.total", "L", "", "not_collected;system_change_pending", ""),
        ("remarks.text", "A", "A – Not a code", "", ""),
    ]


def test_lines_name_sheet_and_row() -> None:
    data = made(
        MEMBER_STATE, rows({"address": "reports.total", "value": "3"}, {"address": "children.total", "value": "2"})
    )
    read = read_workbook(data, "", MEMBER_STATE)
    places = [(read.layout[line >> 20]["sheet"], (line & 0xFFFFF) + 1) for line in read.frame["line"]]
    assert places == [("2 Reports received", 6), ("4 Children identified", 6)]
    assert read.layout[1]["columns"]["value"] == "D"


def test_text_that_looks_like_a_formula_stays_text_and_numbers_keep_every_digit() -> None:
    observations = rows(
        {"address": "data.services", "value": '=HYPERLINK("http://x")', "obs_status": "A", "comment": "@SUM(1)"},
        {"address": "data.text_bytes.eu", "value": "123456789012345678", "obs_status": "A"},
        {
            "address": "data.images.eu",
            "value": "0.1000000000000000001",
            "obs_status": "A",
            "comment": "-1+1 _x000D_ \t end",
        },
        {"address": "data.videos.eu", "value": "1 234", "obs_status": "A", "period": "+2025"},
        {"address": "no.such.point[x=1]", "value": "=1", "comment": "kept"},
        {"address": "data.services", "value": "twice", "obs_status": "A"},
    )
    data = made(PROVIDER, observations)
    assert content_of(data, PROVIDER) == canonical(PROVIDER, from_csv(observations.write_csv().encode()))


def test_a_text_too_long_for_a_cell_is_refused_by_its_address() -> None:
    observations = rows({"address": "data.services", "value": "😀" * 16_384, "obs_status": "A"})
    with pytest.raises(SourceError) as caught:
        made(PROVIDER, observations)
    assert caught.value.faults[0].code == "too_long_for_a_cell"
    assert caught.value.faults[0].detail.startswith(
        "data.services: value has 32768 characters; a cell of a workbook holds 32767"
    )


def test_a_workbook_of_something_else_is_refused_by_what_differs() -> None:
    about = read_workbook(made(MEMBER_STATE), "", MEMBER_STATE).about
    check_about(about, MEMBER_STATE, head_of(MEMBER_STATE))
    check_about({}, PROVIDER, head_of(PROVIDER))
    for definition, head, code in [
        (PROVIDER, head_of(PROVIDER), "workbook_of_other_return"),
        (MEMBER_STATE, head_of(MEMBER_STATE, entity="se"), "workbook_of_other_entity"),
        (MEMBER_STATE, head_of(MEMBER_STATE, period="2026"), "workbook_of_other_period"),
    ]:
        with pytest.raises(SourceError) as caught:
            check_about(about, definition, head)
        assert caught.value.faults[0].code == code
    for key in ("version", "fingerprint"):
        with pytest.raises(SourceError) as caught:
            check_about(about | {key: "other"}, MEMBER_STATE, head_of(MEMBER_STATE))
        assert caught.value.faults[0].code == f"workbook_of_other_{key}"


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40)
NUMBERS = st.one_of(
    st.integers(0, 10**18 - 1).map(str),
    st.decimals(0, 10**6, allow_nan=False, places=5).map(str),
    st.from_regex(r"[0-9]{1,18}(\.[0-9]{1,20})?", fullmatch=True),
    WORDS,
)


def value_of(definition: Definition, point: DataPoint) -> st.SearchStrategy[str]:
    if point.numeric:
        return NUMBERS
    if point.value_type == "boolean":
        return st.sampled_from(["0", "1", "2", ""])
    if point.value_type == "date":
        return st.one_of(st.dates().map(str), WORDS)
    if point.code_list:
        codes = list(definition.code_lists[point.code_list].codes)
        return st.lists(st.sampled_from(codes), min_size=1, max_size=3).map(";".join)
    return WORDS


@st.composite
def observations(draw: st.DrawFn, definition: Definition) -> list[dict[str, str]]:
    filed = []
    for code in draw(st.lists(st.sampled_from(list(definition.points)), min_size=1, max_size=12)):
        point = definition.points[code]
        members = []
        for name in point.dimensions:
            dimension = definition.dimensions[name]
            codes = (
                list(definition.code_lists[dimension.code_list].codes) if dimension.code_list else ["2025-01", "GDPR_6"]
            )
            if member := draw(st.sampled_from(["", *codes])):
                members.append(f"{name}={member}")
        filed.append(
            {
                "address": f"{code}[{','.join(members)}]" if members else code,
                "value": draw(value_of(definition, point)),
                "obs_status": draw(st.sampled_from([*definition.valued, *definition.missing])),
                "period": draw(st.sampled_from(["", "2025-01-01/2025-06-30", "2025", "../2025-03-31"])),
                "unit": draw(st.sampled_from(["", point.unit, "reports", "percent"])),
                "qualifier": draw(st.sampled_from(["", "exact", "rounded", "range"])),
                "low": draw(st.sampled_from(["", "1", "2.50", "x"])),
                "high": draw(st.sampled_from(["", "10", "007"])),
                "reason": draw(st.sampled_from(["", "not_collected", "other_reason;not_public", "calendar_year_only"])),
                "flags": draw(st.sampled_from(["", "dynamic_database", "no_such_flag"])),
                "comment": draw(WORDS),
            }
        )
    return filed


@pytest.mark.parametrize(("return_id", "version"), RETURNS)
def test_whatever_is_filed_comes_back_through_a_workbook(return_id: str, version: str) -> None:
    definition = CATALOGUE.get(return_id, version)

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(observations(definition), st.sampled_from(["en", "da", "nl"]))
    def same(filed: list[dict[str, str]], language: str) -> None:
        raw = rows(*filed).with_row_index("line").with_columns(pl.lit("").alias("extra"))
        assert content_of(made(definition, raw, language), definition) == canonical(definition, raw)

    same()


def test_large_filings_are_written_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MANY_ROWS", 100)
    monkeypatch.setattr(writing, "MOST_ROWS", 700)
    filed = rows(
        *(
            {"address": f"observed.locations[month={year}-{month:02d},hosting_country={country}]", "value": "5",
             "obs_status": "A"}
            for year in range(2000, 2050) for month in range(1, 13) for country in ("DK", "NL")
        )
    )  # fmt: skip
    data = made(MEASUREMENT, filed)
    assert content_of(data, MEASUREMENT) == canonical(MEASUREMENT, from_csv(filed.write_csv().encode()))
    names = [sheet["sheet"] for sheet in read_workbook(data, "", MEASUREMENT).layout]
    assert "2 Month, Hosting country (2)" in names


@pytest.mark.parametrize("text", ["=1+1", "+45", "-x", "@SUM(A1)", "\t=1", "\r=1", "-5", "5", "plain = text", ""])
def test_exported_text_cannot_act_as_a_formula(text: str) -> None:
    assert safe_text(text) == (text if text in ("-5", "5", "plain = text", "") else f"'{text}")
