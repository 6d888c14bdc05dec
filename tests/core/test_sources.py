"""What was sent becomes rows of text with their place, or a refusal that names the place."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from submissions.canonical import FIELDS, canonicalise, content_hash
from submissions.sources import (
    CSV,
    JSON,
    NDJSON,
    SourceError,
    from_csv,
    from_ndjson,
    from_observations,
    load_json,
    place,
    read_source,
)
from tests.core.builders import CATALOGUE, found, head_of, judge
from tests.core.clean import CLEAN, clean_provider_2024


def read(data: bytes) -> list[tuple[int, str, str]]:
    """Line, address and value of each row of a CSV file."""
    return from_csv(data).select("line", "address", "value").rows()


def refusal(data: bytes) -> tuple[str, str]:
    with pytest.raises(SourceError) as refused:
        from_csv(data)
    (fault,) = refused.value.faults
    return fault.code, fault.detail


def json_fault(data: bytes) -> tuple[str, str, str]:
    with pytest.raises(SourceError) as refused:
        from_observations(load_json(data))
    fault = refused.value.faults[0]
    return fault.code, fault.detail, fault.pointer


# JSON -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("4.20", "4.20"), ("-0", "-0"), ("0.1", "0.1"), ("33.333333333333336", "33.333333333333336"),
        ("123456789012345678901234567890", "123456789012345678901234567890"), ("1e2", "100"), ("1.50E-2", "0.0150"),
        ('"007"', "007"), ("true", "1"), ("false", "0"), ("null", ""), ('["b", "a"]', "b;a"), ('""', ""), ("[]", ""),
    ],
)  # fmt: skip
def test_a_json_value_is_the_text_that_was_written(written: str, text: str) -> None:
    frame = from_observations(load_json(b'[{"address": "a", "value": ' + written.encode() + b"}]"))
    assert frame["value"].to_list() == [text]


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_is_no_number_in_json_is_refused(number: bytes) -> None:
    code, detail, _ = json_fault(b'[{"address": "a", "value": ' + number + b"}]")
    assert (code, number.decode() in detail) == ("not_a_number", True)


@pytest.mark.parametrize(
    "number", [b"1e400", b"1e1000000", b"-1e-1000000", b"1e999999999999999999999", b"1e-99999999999999999999"]
)
def test_a_number_of_very_many_digits_is_kept_as_written_and_judged(number: bytes) -> None:
    frame = from_observations(load_json(b'[{"address": "data.images.eu", "value": ' + number + b"}]"))
    assert frame["value"].to_list() == [number.decode()]
    verdict = judge("provider_report", "2024", frame.drop("line", "extra").to_dicts())
    assert ("P-FMT-004", "data.images.eu") in found(verdict)


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b'{\n "a": \n}', "not_json", "line 3, column 1"),
        (b"", "not_json", "line 1, column 1"),
        (b'[{"value": 007}]', "not_json", "line 1, column 13"),
        (b'[{"a": "\xff"}]', "not_utf8", "byte 8"),
        (b'[{"a": 1, "a": 2}]', "key_twice", "a"),
        (b"[" * 100_000, "too_deep", ""),
        (b"{}", "not_a_list", ""),
        (b"null", "not_a_list", ""),
    ],
)
def test_bad_json_is_refused_with_the_place_of_the_fault(data: bytes, code: str, place: str) -> None:
    found_code, detail, _ = json_fault(data)
    assert (found_code, place in detail) == (code, True)


def test_everything_that_is_no_observation_is_named_at_once() -> None:
    with pytest.raises(SourceError) as refused:
        from_observations([{"address": "a"}, 5, {"address": "b"}, "c"])
    assert [fault.pointer for fault in refused.value.faults] == ["/observations/1", "/observations/3"]


def test_half_a_character_is_refused_with_its_place() -> None:
    code, _, pointer = json_fault(b'[{"address": "a"}, {"address": "b", "comment": "\\ud800"}]')
    assert (code, pointer) == ("not_text", "/observations/1/comment")


@pytest.mark.parametrize("data", [b'[{"\\ud800": "a"}]', b'[{"\\ud800": "a", "\\ud800": "b"}]'])
def test_a_refusal_of_half_a_character_can_itself_be_sent(data: bytes) -> None:
    _, detail, pointer = json_fault(data)
    assert (detail + pointer).encode()


# Newline-delimited JSON -----------------------------------------------------------------------------------


def test_each_line_of_newline_delimited_json_is_an_observation_with_the_line_of_the_file() -> None:
    data = (
        b'\xef\xbb\xbf{"address": "a", "value": 1.50}\r\n\n  \n{"address": "b", "flags": ["y", "x"]}\n{"address": "c"}'
    )
    frame = from_ndjson(data)
    assert frame.select("line", "address", "value", "flags").rows() == [
        (1, "a", "1.50", ""), (4, "b", "", "y;x"), (5, "c", "", "")
    ]  # fmt: skip
    assert frame.schema == from_csv(b"address\na\n").schema


@pytest.mark.parametrize(
    ("data", "code", "detail"),
    [
        (b'{"address": "a"}\n{"address": }\n', "not_json",
         "Line 2: The text is not JSON: Expecting value at column 13."),
        (b'{"address": "a"}{"address": "b"}', "not_json", "Line 1: The text is not JSON: Extra data at column 17."),
        (b'\n[{"address": "a"}]', "not_an_object",
         "Line 2: An observation is an object with address, value, obs_status …"),
        (b'{"value": NaN}', "not_a_number",
         "Line 1: NaN is no JSON value; leave the value empty and give a status."),
        (b'{"a": 1, "a": 2}', "key_twice", "Line 1: An object names these keys twice: a."),
        (b'{"a": "\xff"}', "not_utf8", "Line 1: The text is not UTF-8 (byte 7)."),
        (b'{"address": "a"}\n\n{"address": "\\ud800"}', "not_text",
         "Line 3: The text holds half of a surrogate pair, which is no character."),
        (b"", "empty", "The file is empty. Send one observation a line."),
        (b" \r\n\n", "empty", "The file is empty. Send one observation a line."),
    ],
)  # fmt: skip
def test_a_line_that_is_no_observation_is_refused_with_its_number(data: bytes, code: str, detail: str) -> None:
    with pytest.raises(SourceError) as refused:
        from_ndjson(data)
    assert [(fault.code, fault.detail) for fault in refused.value.faults] == [(code, detail)]


def test_every_faulty_line_is_named_up_to_a_hundred() -> None:
    with pytest.raises(SourceError) as refused:
        from_ndjson(b'{"address": "a"}\n5\n"x"\n')
    assert [fault.line for fault in refused.value.faults] == [2, 3]
    with pytest.raises(SourceError) as refused:
        from_ndjson(b"5\n" * 1000)
    assert [fault.line for fault in refused.value.faults] == list(range(1, 101))


# CSV ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"address,value\na,1\nb,2\n", [(2, "a", "1"), (3, "b", "2")]),
        (b"value,address\n1,a\n", [(2, "a", "1")]),
        (b"\xef\xbb\xbfaddress,value\na,1", [(2, "a", "1")]),
        (b"address,value\r\na,1\r\nb,2\r\n", [(2, "a", "1"), (3, "b", "2")]),
        (b'"address","value"\n"a","x ""y"""\n', [(2, "a", 'x "y"')]),
        (b'address,value\na,"x\ny\nz"\nb,2\n"c",3\n', [(2, "a", "x\ny\nz"), (5, "b", "2"), (6, "c", "3")]),
        (b'address,value\r\na,"x\r\ny"\r\nb,2\r\n', [(2, "a", "x\ny"), (4, "b", "2")]),
        (b"address,value\n\na,1\n\n\nb,2\n\n", [(3, "a", "1"), (6, "b", "2")]),
        (b'address,value\na,1\n , \n"",""\n,\nb,2\n', [(2, "a", "1"), (6, "b", "2")]),
        (b"address,value\na\nb,2\n", [(2, "a", ""), (3, "b", "2")]),
        (
            b"address,value\na,001\nb,1e5\nc,NA\nd,null\n",
            [(2, "a", "001"), (3, "b", "1e5"), (4, "c", "NA"), (5, "d", "null")],
        ),
        (b"address,value\n#a,1\n", [(2, "#a", "1")]),
        (b"address,value\na,\x001\n", [(2, "a", "1")]),
        (b"address,value\n", []),
        (b"address", []),
        (b'address,"a" "b,c"', []),
        (b" address , value \na,1\n", [(2, "a", "1")]),
        (b'address,"va""lue"\na,1\n', [(2, "a", "")]),
    ],
)
def test_a_csv_file_is_read_with_the_lines_of_the_file(data: bytes, rows: list[tuple[int, str, str]]) -> None:
    assert read(data) == rows


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"address,value\na,1\nb,2,3\n", "too_many_columns", "Line 3 has 3 columns, the header has 2."),
        (b'address,value\na,"x\ny"\nb,2,3\n', "too_many_columns", "Line 4 has 3 columns, the header has 2."),
        (b"address,value\n\n\nb,2,3\n", "too_many_columns", "Line 4 has 3 columns, the header has 2."),
        (b"address,value\na,caf\xe9\n", "not_utf8", "Line 2 is not UTF-8."),
        (b'address,value\r\na,"x\r\ny"\r\nb,\xff\r\n', "not_utf8", "Line 4 is not UTF-8."),
        (b"address,valu\xe9\na,1\n", "not_utf8", "Line 1 is not UTF-8."),
        (b"\xff\xfea\x00d\x00", "not_utf8", "Line 1 is not UTF-8."),
        (b"value\n1\n", "no_address_column", "Line 1 names no column 'address'."),
        (b"address;value\na;1\n", "no_address_column", "Columns are separated by commas."),
        (b"\naddress,value\na,1\n", "no_address_column", "Line 1"),
        (b"address,value,value,address\na,1,1,a\n", "column_twice", "address, value"),
        (b"", "empty", "empty"),
        (b" \r\n\n", "empty", "empty"),
        (b'address,value\na,"1\nb,2\n', "not_csv", "Line 3"),
        (b'address,value\na,"1"x\nb,2\n', "not_csv", "Line 2"),
        (b"address,value\ra,1\rb,2\r", "not_csv", "Line 1"),
    ],
)
def test_a_file_that_is_no_csv_is_refused_with_the_line_of_the_fault(data: bytes, code: str, place: str) -> None:
    found_code, detail = refusal(data)
    assert (found_code, place in detail) == (code, True)


def test_a_very_long_field_is_text_like_any_other() -> None:
    assert [len(value) for _, _, value in read(b"address,value\na," + b"x" * 200_000 + b"\n")] == [200_000]


@pytest.mark.parametrize("name", ["remark", "*", "^.*$", "line", "extra", "blank", ""])
def test_an_unknown_column_is_told_where_it_holds_something(name: str) -> None:
    frame = from_csv(f"address,value,{name}\na,1,\nb,2,x\n".encode())
    assert frame["extra"].fill_null("").to_list() == ["", name or "(no name)"]


def test_an_unknown_column_becomes_a_finding() -> None:
    frame = from_csv(b"address,value,coment\ndata.services,Example Mail,all of it\n")
    head = head_of("provider_report", "2024")
    lines = canonicalise(CATALOGUE.get("provider_report", "2024"), frame, head)
    assert lines["extra"].to_list() == ["coment"]
    verdict = judge("provider_report", "2024", [{"address": "data.services", "value": "Example Mail", "coment": "x"}])
    (finding,) = [f for f in verdict.findings if f.rule == "P-FMT-013"]
    assert (finding.address, finding.field, finding.params["value"]) == ("data.services", "address", "coment")


# All of them -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", sorted(CLEAN), ids=str)
def test_the_same_filing_in_any_text_format_has_the_same_hash(which: tuple[str, str]) -> None:
    lines, head = CLEAN[which](), head_of(*which)
    written = io.StringIO()
    table = csv.DictWriter(written, FIELDS, lineterminator="\r\n")
    table.writeheader()
    table.writerows(lines)
    frames = [
        read_source(written.getvalue().encode(), CSV),
        read_source(json.dumps({"observations": lines}).encode(), JSON),
        read_source("\n".join(json.dumps(line) for line in lines).encode(), NDJSON),
    ]
    hashes = {content_hash(canonicalise(CATALOGUE.get(*which), frame, head), head) for frame in frames}
    assert len(hashes) == 1


def test_a_place_is_a_pointer_for_json_and_line_and_column_for_csv() -> None:
    assert place(JSON, 3, "value") == {"pointer": "/observations/3/value", "place": None}
    assert (
        place(CSV, 3, "value") == place(NDJSON, 3, "value") == {"pointer": "", "place": {"line": 3, "column": "value"}}
    )
    assert place(CSV, None, "value") == {"pointer": "", "place": None}


def test_lines_of_csv_and_json_name_the_place_in_the_source() -> None:
    lines = clean_provider_2024()[:3]
    assert from_observations(lines)["line"].to_list() == [0, 1, 2]
    text = "address,value,comment\n" + "".join(f"{line['address']},1,\n" for line in lines)
    assert from_csv(text.encode())["line"].to_list() == [2, 3, 4]


# Generated ------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [b"address", b"value", b",", b"\n", b"\r", b'"', b'""', b" ", b";", b"1", b"\xc3\xa9", b"\xff", b"\x00", b"*"]
)


@settings(max_examples=300)
@given(st.binary(max_size=60) | st.lists(PIECES, max_size=25).map(b"".join))
@example(b"address,value\ra,1\r")
@example(b" address,value\na,1\n")
@example(b"address," + b"x" * 200_000 + b"\na,1\n")
def test_any_bytes_are_read_as_csv_or_refused(data: bytes) -> None:
    for source in (data, b"address," + data, b"address,value\n" + data):
        try:
            frame = from_csv(source)
        except SourceError:
            continue
        assert frame.columns == ["line", *FIELDS, "extra"]


CELLS = st.text(st.sampled_from('a1é ,;"\n#'), max_size=6)


@settings(max_examples=150)
@given(st.lists(st.tuples(CELLS, CELLS, st.integers(0, 2)), max_size=6))
def test_whatever_is_quoted_is_read_back_from_its_own_line(cells: list[tuple[str, str, int]]) -> None:
    text, expected = io.StringIO("address,value\n"), []
    text.seek(0, io.SEEK_END)
    for address, value, blank_lines in cells:
        text.write("\n" * blank_lines)
        line = text.getvalue().count("\n") + 1
        csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([address, value])
        if address.strip() or value.strip():
            expected.append((line, address, value))
    assert read(text.getvalue().encode()) == expected


TOKENS = st.sampled_from(
    ["[", "]", "{", "}", ",", ":", '"', "1e", "99999999999999999999", "NaN", "null", "\\ud800", "address", " "]
)


@settings(max_examples=300)
@given(st.binary(max_size=40) | st.lists(TOKENS, max_size=20).map(lambda parts: "".join(parts).encode()))
@example(b"[1e99999999999999999999]")
@example(b'[{"address": "\xed\xa0\x80"}]')
def test_any_bytes_are_read_as_json_or_refused(data: bytes) -> None:
    for source in (data, b'[{"value": ' + data + b"}]"):
        try:
            frame = from_observations(load_json(source))
        except SourceError:
            continue
        assert frame.columns == ["line", *FIELDS, "extra"]
