"""Canonical content: the same answers give the same bytes, whatever they were written like."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.canonical import content, content_hash
from tests.core.builders import CATALOGUE, changed, head_of, lines_of
from tests.core.clean import ACCOUNTS, CLEAN, WHERE, clean_provider_2021, clean_provider_2024

FORM, OLD = head_of("provider_report", "2024"), head_of("provider_report", "2021", ("2022-01-01", "2022-12-31"))
DEFINITION = CATALOGUE.get("provider_report", "2024")
COUNT, GROUND, TEXT, YES = (
    "cases.known.images",
    "legal.processing.ground",
    "safeguards.redress",
    "data.content.processed",
)
ALL = f"cases.identified[{WHERE},match=all]"


def form(change: dict[str, Any]) -> bytes:
    return content(lines_of(FORM, changed(clean_provider_2024(), change)), FORM)


SAME = {
    "spaces around value and status": ({COUNT: {"value": " 60 ", "obs_status": " A"}}, {}),
    "the status left out where a value is given": ({COUNT: {"obs_status": "A"}}, {}),
    "the unit of the row left out": ({COUNT: {"unit": "images"}}, {}),
    "exact as the qualifier of a number": ({COUNT: {"qualifier": "exact"}}, {}),
    "zeros before and after a number": ({COUNT: "0060.00"}, {}),
    "minus zero": ({COUNT: "-0"}, {COUNT: "0"}),
    "true for one": ({YES: "true"}, {YES: "1"}),
    "false for zero": ({YES: "false"}, {YES: "0"}),
    "codes in another order": ({GROUND: "GDPR_6_1_F; GDPR_6_1_A,GDPR_6_1_A"}, {GROUND: "GDPR_6_1_A;GDPR_6_1_F"}),
    "an empty place between codes": ({GROUND: "GDPR_6_1_F;;GDPR_6_1_A"}, {GROUND: "GDPR_6_1_A;GDPR_6_1_F"}),
    "flags in another order": ({COUNT: {"flags": "rounded, method_changed"}}, {COUNT: {"flags": "method_changed;rounded"}}),
    "letters and accents apart": ({TEXT: unicodedata.normalize("NFD", "Klage på afgørelsen, één per zaak")},
                                  {TEXT: "Klage på afgørelsen, één per zaak"}),
    "control characters and NUL": ({TEXT: "By \x00le\x07tter\x7f\r\nor form"}, {TEXT: "By letter\nor form"}),
    "NUL in an address": ({COUNT: [{"address": "cases.\x00known.images"}]}, {}),
    "an answer in the comment": ({TEXT: {"value": "", "obs_status": "A", "comment": "By letter"}}, {TEXT: "By letter"}),
    "codes before a colon in the comment": ({GROUND: {"value": "", "obs_status": "A", "comment": "GDPR_6_1_F: as ever: yes"}},
                                            {GROUND: {"value": "GDPR_6_1_F", "comment": "as ever: yes"}}),
    "codes and a space before a colon": ({GROUND: {"value": "", "obs_status": "A", "comment": "GDPR_6_1_F : as ever"}},
                                         {GROUND: {"value": "GDPR_6_1_F", "comment": "as ever"}}),
    "the bound said twice": ({COUNT: {"qualifier": "lower_bound", "low": "60.0"}}, {COUNT: {"qualifier": "lower_bound"}}),
}  # fmt: skip


@pytest.mark.parametrize(("noisy", "plain"), SAME.values(), ids=list(SAME))
def test_the_same_answer_written_otherwise_gives_the_same_content(noisy: dict[str, Any], plain: dict[str, Any]) -> None:
    assert form(noisy) == form(plain)


@pytest.mark.parametrize(
    "address",
    [
        "cases.identified[match=all,geo=EU,item_kind=content_items]",
        " cases.identified[ item_kind = content_items , geo = EU , match = all ] ",
        "cases.identified[service=_U,item_kind=content_items,geo=EU,match=all,basis=_U]",
    ],
)
def test_dimensions_stand_in_one_order_and_those_not_stated_are_left_out(address: str) -> None:
    lines = lines_of(OLD, changed(clean_provider_2021(), {ALL: [{"address": address}]}))
    assert content(lines, OLD) == content(lines_of(OLD, clean_provider_2021()), OLD)


def test_content_is_a_text_that_anybody_can_rebuild() -> None:
    lines = lines_of(FORM, [{"address": TEXT, "value": 'By "letter",\nor form'}, {"address": COUNT, "value": "007"}])
    expected = (
        b"provider_report,2024,example,2025\n"
        b"address,value,obs_status,period,unit,qualifier,low,high,reason,flags,comment\n"
        b'cases.known.images,7,A,"",images,exact,"","","","",""\n'
        b'safeguards.redress,"By ""letter"",\nor form",A,"",none,"","","","","",""\n'
    )
    assert content(lines, FORM) == expected
    assert content_hash(lines, FORM) == hashlib.sha256(expected).hexdigest()


def test_content_names_whose_filing_it_is() -> None:
    lines = lines_of(FORM, clean_provider_2024())
    assert content_hash(lines, FORM) != content_hash(
        lines, head_of("provider_report", "2024", ("2026-01-01", "2026-04-03"))
    )


# Addresses ------------------------------------------------------------------------------------------------

ERROR = "errors.known.flagged"


@pytest.mark.parametrize(
    ("sent", "canonical", "fault"),
    [
        (f"{ERROR}[technology=PDQ]", f"{ERROR}[technology=PDQ]", ""),
        (f" {ERROR} [ technology = PDQ ]", f"{ERROR}[technology=PDQ]", ""),
        (f"{ERROR}[technology=_U]", ERROR, ""),
        (ERROR, ERROR, ""),
        (f"{ERROR}[technology=pdq]", f"{ERROR}[technology=pdq]", "member"),
        (f"{ERROR}[technology=]", f"{ERROR}[technology=]", "member"),
        (f"{ERROR}[colour=red]", f"{ERROR}[colour=red]", "dimension"),
        (f"{ERROR}[technology=PDQ,colour=red]", f"{ERROR}[technology=PDQ,colour=red]", "dimension"),
        (f"{ERROR}[technology=PDQ,technology=MD5]", f"{ERROR}[technology=PDQ,technology=MD5]", "dimension"),
        (f"{ERROR}[technology=PDQ,]", f"{ERROR}[technology=PDQ,]", "dimension"),
        (f"{ERROR}[technology]", f"{ERROR}[technology]", "dimension"),
        (f"{ERROR}[]", f"{ERROR}[]", "dimension"),
        (f"{ERROR}[technology=PDQ", f"{ERROR}[technology=PDQ", "dimension"),
        (f"{ERROR}[technology=PDQ]x", f"{ERROR}[technology=PDQ]x", "dimension"),
        (f"{ERROR}[technology=PDQ][technology=MD5]", f"{ERROR}[technology=PDQ][technology=MD5]", "dimension"),
        (f"{COUNT}[technology=PDQ]", f"{COUNT}[technology=PDQ]", "dimension"),
        (f"{ERROR}]", f"{ERROR}]", "code"),
        ("errors.known.flaged", "errors.known.flaged", "code"),
        ("Errors.known.flagged", "Errors.known.flagged", "code"),
        ("[technology=PDQ]", "[technology=PDQ]", "code"),
        ("", "", "code"),
    ],
)
def test_an_address_is_read_or_kept_as_sent_with_its_fault(sent: str, canonical: str, fault: str) -> None:
    line = lines_of(FORM, [{"address": sent, "value": "1"}]).row(0, named=True)
    assert (line["address"], line["address_fault"]) == (canonical, fault)


@pytest.mark.parametrize("inside", ["technology=P\nDQ", "\ntechnology=NOPE", "technology=NOPE\n", "\n"])
def test_a_line_break_in_brackets_never_hides_what_stands_there(inside: str) -> None:
    line = lines_of(FORM, [{"address": f"{ERROR}[{inside}]", "value": "1"}]).row(0, named=True)
    assert (line["address"], line["address_fault"] != "") == (f"{ERROR}[{inside}]", True)


# Values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "canonical", "number"),
    [
        ("007", "7", 7.0), ("4.20", "4.2", 4.2), ("-0", "0", 0.0), ("-0.00", "0", 0.0), ("0.10", "0.1", 0.1),
        ("100", "100", 100.0), ("10.00", "10", 10.0), ("-00.50", "-0.5", -0.5), ("000", "0", 0.0),
        ("33.333333333333336", "33.333333333333336", 33.333333333333336),
        ("1e5", "1e5", None), ("1 234", "1 234", None), ("١٢", "١٢", None), ("１２", "１２", None), ("1,5", "1,5", None),
        ("+5", "+5", None), (".5", ".5", None), ("5.", "5.", None), ("--1", "--1", None), ("1\n2", "1\n2", None),
        ("NaN", "NaN", None), ("inf", "inf", None), ("0x10", "0x10", None), ("1_000", "1_000", None),
        ("9" * 400, "9" * 400, None),
    ],
)  # fmt: skip
def test_a_number_is_plain_digits_or_stays_as_it_is(sent: str, canonical: str, number: float | None) -> None:
    line = lines_of(FORM, [{"address": COUNT, "value": sent}]).row(0, named=True)
    assert (line["value"], line["number"]) == (canonical, number)


@pytest.mark.parametrize(
    ("sent", "value"),
    [("true", "1"), ("false", "0"), ("1", "1"), ("0", "0"), ("yes", "yes"), ("TRUE", "TRUE"), ("01", "01")],
)
def test_only_true_and_false_stand_for_one_and_zero(sent: str, value: str) -> None:
    assert lines_of(FORM, [{"address": YES, "value": sent}])["value"].to_list() == [value]


@pytest.mark.parametrize(
    ("period", "start", "end", "own", "read"),
    [
        ("", "2025-01-01", "2025-12-31", 0, True),
        ("2025-02-01/2025-03-31", "2025-02-01", "2025-03-31", 2, True),
        (" 2025-02-01/2025-03-31 ", "2025-02-01", "2025-03-31", 2, True),
        ("2025-02-01/..", "2025-02-01", "2025-12-31", 1, True),
        ("../2025-03-31", "2025-01-01", "2025-03-31", 1, True),
        ("../..", "2025-01-01", "2025-12-31", 0, True),
        ("2025-03-31/2025-02-01", "2025-03-31", "2025-02-01", 2, True),
        ("..", "2025-01-01", "2025-12-31", 0, False),
        ("2025", "2025-01-01", "2025-12-31", 0, False),
        ("2025-02-01", "2025-01-01", "2025-12-31", 0, False),
        ("2025-02-30/2025-03-31", "2025-01-01", "2025-03-31", 1, False),
        ("2025-2-1/2025-3-1", "2025-01-01", "2025-12-31", 0, False),
        ("2025-02-01 / 2025-03-31", "2025-01-01", "2025-12-31", 0, False),
        ("0000-01-01/2025-03-31", "2025-01-01", "2025-12-31", 0, False),
    ],
)
def test_a_period_is_two_days_either_of_which_may_be_open(
    period: str, start: str, end: str, own: int, read: bool
) -> None:
    lines = lines_of(FORM, [{"address": COUNT, "value": "1", "period": period}])
    row = lines.select("start", "end").cast(str).row(0) + lines.select("own_period", "period_read").row(0)
    assert row == (start, end, own, read)


# Generated ------------------------------------------------------------------------------------------------

VALUES = {"text": "At første øjekast", "list": "Ä; b", "boolean": "0", "code_list": "GDPR_6_1_A;GDPR_6_1_B"}


def noise(line: dict[str, Any], draw: st.DataObject) -> dict[str, Any]:
    """The line as another person would have typed it."""
    point = DEFINITION.points[line["address"].partition("[")[0]]
    noisy, pad = dict(line), draw.draw(st.sampled_from(["", " ", "\t", "\x00"]))
    if point.numeric and draw.draw(st.booleans()):
        noisy |= {"value": "00" + line["value"] + ("" if "." in line["value"] else ".") + "0", "qualifier": "exact"}
    if point.value_type == "boolean":
        noisy["value"] = draw.draw(st.sampled_from([line["value"], {"1": "true", "0": "false"}[line["value"]]]))
    if point.value_type == "code_list":
        noisy["value"] = draw.draw(st.sampled_from([";", ", ", " ; "])).join(
            draw.draw(st.permutations(line["value"].split(";")))
        )
    if point.value_type in ("text", "list") and not line["comment"] and draw.draw(st.booleans()):
        noisy |= {"value": "", "obs_status": "A", "comment": line["value"]}
    noisy["unit"] = draw.draw(st.sampled_from(["", point.unit]))
    form = draw.draw(st.sampled_from(["NFC", "NFD"]))
    return {name: pad + unicodedata.normalize(form, text) + pad for name, text in noisy.items()}


def answered() -> list[dict[str, Any]]:
    points = DEFINITION.points
    return [
        line | {"value": VALUES.get(points[line["address"].partition("[")[0]].value_type, line["value"])}
        for line in clean_provider_2024()
    ]


@settings(max_examples=25)
@given(st.data())
def test_order_and_noise_never_change_the_content(data: st.DataObject) -> None:
    lines = data.draw(st.permutations(answered()))
    assert content(lines_of(FORM, [noise(line, data) for line in lines]), FORM) == content(
        lines_of(FORM, answered()), FORM
    )


@settings(max_examples=60)
@given(st.data())
def test_any_other_value_changes_the_content(data: st.DataObject) -> None:
    which = data.draw(st.sampled_from(sorted(CLEAN)))
    head, lines = head_of(*which), CLEAN[which]()
    line = data.draw(st.sampled_from(lines))
    kind = CATALOGUE.get(*which).points[line["address"].partition("[")[0]].value_type
    numbers = st.from_regex(r"[1-9][0-9]{0,8}(\.[1-9])?", fullmatch=True)
    value = data.draw(st.just("0") if kind == "boolean" else numbers)
    other = changed(lines, {line["address"]: value})
    same = lines_of(head, other)["value"].to_list() == lines_of(head, lines)["value"].to_list()
    assert (content_hash(lines_of(head, other), head) == content_hash(lines_of(head, lines), head)) == same


@pytest.mark.parametrize(
    "field", ["obs_status", "period", "unit", "qualifier", "low", "high", "reason", "flags", "comment"]
)
def test_every_field_is_part_of_the_content(field: str) -> None:
    plain = {"address": f"cases.solicitation[{ACCOUNTS}]", "value": "5"}
    assert content_hash(lines_of(OLD, [plain]), OLD) != content_hash(lines_of(OLD, [plain | {field: "x"}]), OLD)
