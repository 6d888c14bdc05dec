"""What a signatory reads before signing: how far each section is answered, the figures that matter, open questions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from submissions.actions import Answer
from submissions.answers import Line, bare_answer
from submissions.definition import Definition
from submissions.models import subject
from submissions.presentation import Explained, Placed, ShownFinding, show
from submissions.validation import Finding

MOST_KEY_FIGURES = 12
TOGETHER = 10
"""Where one rule warns more often than this, one explanation answers all of its warnings."""
EXAMPLES = 5


@dataclass(frozen=True)
class SectionSummary:
    """One category: lines with a value, lines with a reason instead, data points that nothing is said of."""

    title: str
    values: int
    reasons: int
    left_out: int


def sections(definition: Definition, lines: pl.DataFrame, language: str) -> list[SectionSummary]:
    answered = pl.col("valued") & ((pl.col("value") != "") | (pl.col("low") != ""))
    reasoned = pl.col("obs_status").is_in(list(definition.missing))
    counted = {
        row["t_category"]: row
        for row in lines.group_by("t_category")
        .agg(values=answered.sum(), reasons=reasoned.sum(), codes=pl.col("code").filter(answered | reasoned).unique())
        .iter_rows(named=True)
    }
    nothing = {"values": 0, "reasons": 0, "codes": []}
    found = []
    for category in definition.categories.values():
        row = counted.get(category.number, nothing)
        asked = {p.code for p in definition.points.values() if p.category == category.number}
        title = f"{category.number}. {category.label[language]}"
        found.append(SectionSummary(title, row["values"], row["reasons"], len(asked - set(row["codes"]))))
    return found


def key_figures(definition: Definition, lines: pl.DataFrame, language: str) -> list[tuple[str, str]]:
    """(label, answer) of the figures that dashboards show and that stand once in a filing."""
    codes = [p.code for p in definition.points.values() if p.panel and not p.dimensions]
    order = {code: number for number, code in enumerate(codes)}
    rows = lines.filter(pl.col("code").is_in(codes)).unique("code", keep="first").iter_rows(named=True)
    figures = sorted(rows, key=lambda row: order[row["code"]])[:MOST_KEY_FIGURES]
    return [
        (
            definition.label_of(row["address"], language),
            bare_answer(definition, Line.of(row), definition.points[row["code"]], language),
        )
        for row in figures
    ]


@dataclass(frozen=True)
class Question:
    """Warnings that one explanation answers: one, or many of the same rule."""

    key: str
    """Names the question in the form."""
    findings: tuple[Finding, ...]
    shown: list[ShownFinding]
    """The first of them."""
    text: str
    publish: bool
    open: bool

    @property
    def together(self) -> bool:
        return len(self.findings) > 1

    @property
    def more(self) -> int:
        return len(self.findings) - len(self.shown)

    def answers(self, sent: Mapping[str, str]) -> list[Answer]:
        """What a form says to it. A blank field for many takes nothing back: they may be explained one by one."""
        text = sent.get(f"text-{self.key}")
        if text is None or (self.together and not text.strip()):
            return []
        publish = f"publish-{self.key}" in sent
        return [Answer(f.rule, f.address, subject(f), text, publish) for f in self.findings]


def questions(
    definition: Definition, warnings: Sequence[Finding], source: Placed, explained: Explained, language: str
) -> list[Question]:
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for warning in warnings:
        by_rule[warning.rule].append(warning)
    groups = [
        group
        for alike in by_rule.values()
        for group in ([tuple(alike)] if len(alike) > TOGETHER else [(one,) for one in alike])
    ]
    return [question(definition, group, source, explained, language) for group in groups]


def question(
    definition: Definition, findings: tuple[Finding, ...], source: Placed, explained: Explained, language: str
) -> Question:
    given = [explained.get((f.rule, f.address, subject(f))) for f in findings]
    said = {(e.text, e.publish) if e else ("", False) for e in given}
    text, publish = said.pop() if len(said) == 1 else ("", False)
    shown = show(definition, findings[:EXAMPLES], source, explained, language)
    return Question(key_of(findings), findings, shown, text, publish, open=None in given)


def key_of(findings: tuple[Finding, ...]) -> str:
    first = findings[0]
    named = (first.rule, first.address, subject(first)) if len(findings) == 1 else (first.rule,)
    return hashlib.sha256("\0".join(named).encode()).hexdigest()[:16]
