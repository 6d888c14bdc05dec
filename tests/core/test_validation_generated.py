"""Filings nobody would write on purpose: judged without a crash, and every finding can be read by a person."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from submissions.canonical import FIELDS, content_hash
from submissions.definition import LANGUAGES, Definition
from submissions.messages import in_words
from submissions.rules import Context
from submissions.validation import Verdict, validate, validate_together
from tests.core.builders import CATALOGUE, head_of, judge, lines_of
from tests.core.clean import CLEAN

ALL_FIVE = sorted(CLEAN)
JUNK = ["", " ", "x", "Å;å", "a\nb", "a,b", "'", '"', "[", "%", "NULL", "\x00", "é" * 300, "_U", "0", "-1", "..", "/"]
NUMBERS = [
    "0",
    "1",
    "2",
    "-1",
    "100",
    "1000",
    "0.5",
    "33.3",
    "100.1",
    "1e5",
    "9" * 17,
    "9" * 400,
    "-0",
    "007",
    "4.20",
    "1 234",
    "١٢",
]
PERIODS = ["", "2025-01-01/2025-12-31", "2025-01-01/..", "../2025-06-30", "../..", "2025-06-30/2025-01-01", "2021-01-01/2022-01-01",
           "0000-01-01/2025-01-01", "9999-12-31/9999-12-31", "2025-02-30/2025-03-01", "2024-02-29/2025-02-28", ".."]  # fmt: skip
DATES = ["2025-01-01", "2025-12-31", "0000-01-01", "9999-12-31", "2025-02-29"]
HEADS = [
    ("2025-01-01", "2025-12-31"),
    ("2021-08-02", "2021-12-31"),
    ("2026-01-01", "2026-04-03"),
    ("2025-01-01", "2025-01-01"),
]


def mostly(*usual: Any) -> st.SearchStrategy[str]:
    return st.sampled_from([*usual] * max(1, 40 // len(usual)) + JUNK)


def addresses(definition: Definition) -> st.SearchStrategy[str]:
    """Codes with and without dimensions, some of them not theirs, some members not listed."""
    members = {
        "month": ["2025-01", "2025-12", "2024-12", "2025-13"],
        "organisation": ["NCMEC", "A=B"],
        "ground": ["GDPR_6_1_A", "x"],
    }
    plain, dimensional = [], []
    for point in definition.points.values():
        (dimensional if point.dimensions else plain).append(st.just(point.code))
        parts = []
        for name in point.dimensions:
            known = definition.dimensions[name].code_list
            codes = members.get(name) or list(definition.code_lists[known or ""].codes)[:4]
            parts.append(st.sampled_from([f"{name}={code}" for code in [*codes, "_U", "nonsense"]]))
        if parts:
            some = st.lists(st.one_of(parts), max_size=len(parts)) | st.tuples(*parts)
            dimensional.append(st.builds(lambda code, chosen: f"{code}[{','.join(chosen)}]", st.just(point.code), some))
    odd = st.sampled_from(
        ["", "x", "a[", "a[b=c]", *(f"{code}[month=2025-01]" for code in list(definition.points)[:3]), *JUNK]
    )
    return st.one_of(*[st.one_of(group) for group in (plain, dimensional) if group for _ in range(4)], odd)


def filings(definition: Definition) -> st.SearchStrategy[list[dict[str, str]]]:
    lists = definition.code_lists
    codes = [code for p in definition.points.values() if p.code_list for code in list(lists[p.code_list].codes)[:2]]
    flags = list(lists["comparability_flag"].codes)
    reasons = [*lists["reason"].codes, *lists["reason_period"].codes]
    line = st.fixed_dictionaries(
        {"address": addresses(definition), "value": mostly(*NUMBERS, *codes, *DATES)},
        optional={
            "obs_status": mostly(*definition.valued, *definition.missing, ""),
            "period": mostly(*PERIODS),
            "unit": mostly(*lists["unit"].codes, *lists["retention_unit"].codes),
            "qualifier": mostly(*lists["qualifier"].codes),
            "low": mostly(*NUMBERS),
            "high": mostly(*NUMBERS),
            "reason": mostly(*reasons, ";".join(reasons[:2])),
            "flags": mostly(*flags, ";".join(flags)),
            "comment": mostly("GDPR_6_1_A: words", "words", ""),
            "extra field": st.just("x"),
        },
    )
    return st.lists(line, max_size=25)


def assert_readable(definition: Definition, verdict: Verdict) -> None:
    """Findings can be kept as JSON, and said in every language with no placeholder left."""
    for finding in verdict.findings:
        assert json.loads(json.dumps(dict(finding.params))) == dict(finding.params)
        for language in LANGUAGES:
            words = in_words(definition, finding, language)
            assert words.message, finding
            assert not {"{", "}"} & set(words.message + words.mend + words.why), finding


@pytest.mark.parametrize("which", ALL_FIVE, ids=str)
@settings(max_examples=25)
@given(data=st.data())
def test_nonsense_is_judged_and_every_finding_can_be_read(which: tuple[str, str], data: st.DataObject) -> None:
    definition = CATALOGUE.get(*which)
    lines = data.draw(filings(definition)) + data.draw(st.sampled_from([[], CLEAN[which]()]))
    before = data.draw(st.sampled_from([None, CLEAN[which]()]) | filings(definition))
    verdict = judge(*which, lines, data.draw(st.sampled_from(HEADS)), before)
    assert_readable(definition, verdict)
    assert {f.line for f in verdict.findings} <= {None, *range(len(lines))}
    assert verdict.observations.height <= len(lines)


@pytest.mark.parametrize("which", ALL_FIVE, ids=str)
@pytest.mark.parametrize("period", PERIODS)
def test_any_period_on_every_line_is_judged(which: tuple[str, str], period: str) -> None:
    lines = [line | {"period": period, "unit": "x"} for line in CLEAN[which]()]
    assert_readable(CATALOGUE.get(*which), judge(*which, lines, previous=lines[:3]))


@pytest.mark.parametrize("which", ALL_FIVE, ids=str)
@settings(max_examples=10)
@given(data=st.data())
def test_the_same_lines_have_the_same_findings_and_the_same_content(
    which: tuple[str, str], data: st.DataObject
) -> None:
    lines, head, definition = data.draw(filings(CATALOGUE.get(*which))), head_of(*which), CATALOGUE.get(*which)
    first, second = (lines_of(head, [dict(line) for line in lines]) for _ in range(2))
    assert content_hash(first, head) == content_hash(second, head)
    one, two = (validate(definition, frame, Context(head)) for frame in (first, second))
    assert (one.findings, one.computed) == (two.findings, two.computed)
    assert one.observations.select(FIELDS).equals(two.observations.select(FIELDS))


@pytest.mark.parametrize("which", ALL_FIVE, ids=str)
@settings(max_examples=25)
@given(data=st.data())
def test_filings_judged_together_have_the_verdicts_they_have_alone(which: tuple[str, str], data: st.DataObject) -> None:
    definition = CATALOGUE.get(*which)
    some = filings(definition) | st.just(CLEAN[which]())
    filed = []
    for head in data.draw(
        st.lists(st.sampled_from(HEADS).map(lambda days: head_of(*which, days)), min_size=2, max_size=4)
    ):
        before = data.draw(st.none() | some)
        context = Context(head, None if before is None else lines_of(head_of(*which), before))
        filed.append((lines_of(head, data.draw(some)), context))

    together = validate_together(definition, filed)

    alone = [validate(definition, *one) for one in filed]
    assert [(v.findings, v.computed) for v in together] == [(v.findings, v.computed) for v in alone]
    assert all(one.observations.equals(other.observations) for one, other in zip(together, alone, strict=True))
