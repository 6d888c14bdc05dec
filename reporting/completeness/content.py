"""How fully filings answer what is asked: by value, by reason, or not at all; section by section. No database here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import polars as pl

from reporting.completeness.asked import DEMANDS, POINTS, STATUSES, VERSION, demands, points, statuses
from submissions.definition import Definition


class Answer(IntEnum):
    """What a filing says to one data point; the best of its lines counts."""

    NOTHING = 0
    UNUSABLE = 1
    """A line is there that holds no usable figure; its finding says why."""
    STATUS = 2
    """A status says that there is no value, and nothing says why."""
    REASON = 3
    VALUE = 4


REVISIONS = {"revision": pl.Int64, **VERSION}
ANSWERS = {
    "revision": pl.Int64,
    "code": pl.String,
    "obs_status": pl.String,
    "reasoned": pl.Boolean,
    "yes": pl.Boolean,
}
"""One row a usable line. `reasoned`: it has a reason or a comment; `yes`: its value is the yes of a question."""
REMARKS = {"revision": pl.Int64, "rule": pl.String, "code": pl.String, "unusable": pl.Boolean}
"""One row for each data point that a finding names. `unusable`: the finding stands against a line of it."""
CELLS = {
    "revision": pl.Int64,
    **POINTS,
    "asked": pl.Boolean,
    "answer": pl.Int64,
}
"""One row for each revision and data point that is asked or statutory."""


@dataclass(frozen=True)
class Section:
    """One category of one filing."""

    category: int
    asked: int
    """Data points that must be answered: the required ones, and conditional ones that are answered or that a rule
    finds lacking."""
    by_value: int
    by_reason: int
    by_status: int
    open: tuple[str, ...]
    """Data points without any answer."""
    unusable: tuple[str, ...]
    """Data points with lines that hold no usable figure."""

    @property
    def lacking(self) -> int:
        return len(self.open) + len(self.unusable)

    @property
    def state(self) -> str:
        if not self.asked:
            return "nothing_asked"
        return "partial" if self.lacking else "complete"


@dataclass(frozen=True)
class Content:
    """What one revision answers."""

    nil: bool
    """It holds no figure, and says so: by the answer that nothing can be filed, or by a status on every figure that is
    required."""
    reasoned: bool
    """It is nil and says why: once for all, or on every figure that is required."""
    sections: tuple[Section, ...]

    @cached_property
    def state(self) -> str:
        if self.nil:
            return "nil" if self.reasoned else "nil_without_reason"
        return "partial" if any(section.state == "partial" for section in self.sections) else "complete"


@dataclass(frozen=True)
class Contents:
    by_revision: dict[int, Content]
    cells: pl.DataFrame
    """Columns CELLS."""


def contents(
    definitions: Iterable[Definition], revisions: pl.DataFrame, answers: pl.DataFrame, remarks: pl.DataFrame
) -> Contents:
    """Frames with columns REVISIONS, ANSWERS, REMARKS; every version of a revision is among the definitions."""
    known = list(definitions)
    told = pl.concat([points(one) for one in known]) if known else pl.DataFrame(schema=POINTS)
    rules = pl.concat([demands(one) for one in known]) if known else pl.DataFrame(schema=DEMANDS)
    status = pl.concat([statuses(one) for one in known]) if known else pl.DataFrame(schema=STATUSES)
    said = best_answers(revisions, answers, remarks, status)
    nil = nil_filings(revisions, told, said)
    cells = asked_cells(revisions, told, said, demanded(revisions, rules, remarks)).join(nil, on="revision", how="left")
    # The reason of the whole filing answers for what it passes over.
    passed_over = (pl.col("answer") == Answer.NOTHING) & pl.col("nil") & pl.col("says_why_once")
    cells = cells.with_columns(
        pl.when(passed_over).then(pl.lit(int(Answer.REASON))).otherwise("answer").alias("answer")
    )
    return Contents(by_revision(revisions, nil, cells), cells.select(list(CELLS)))


def best_answers(
    revisions: pl.DataFrame, answers: pl.DataFrame, remarks: pl.DataFrame, status: pl.DataFrame
) -> pl.DataFrame:
    """One row a revision and data point that is mentioned at all: `answer`, `yes`."""
    kind = (
        pl.when("valued").then(pl.lit(int(Answer.VALUE)))
        .when("reasoned").then(pl.lit(int(Answer.REASON)))
        .otherwise(pl.lit(int(Answer.STATUS)))
    )  # fmt: skip
    usable = (
        answers.join(revisions, on="revision")
        .join(status, on=["return_id", "version", "obs_status"], how="left")
        .select("revision", "code", kind.cast(pl.Int64).alias("answer"), pl.col("yes") & pl.col("valued"))
    )
    unusable = remarks.filter("unusable").select(
        "revision", "code", pl.lit(int(Answer.UNUSABLE), pl.Int64).alias("answer"), pl.lit(False).alias("yes")
    )
    return pl.concat([usable, unusable]).group_by("revision", "code").agg(pl.col("answer").max(), pl.col("yes").any())


def nil_filings(revisions: pl.DataFrame, told: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """One row a revision: `nil`, `nil_reasoned`, `says_why_once`."""
    answer, figure = pl.col("answer"), pl.col("figure")
    asked = figure & pl.col("required")
    facts = (
        revisions.join(told, on=["return_id", "version"])
        .join(said, on=["revision", "code"], how="left")
        .with_columns(answer.fill_null(int(Answer.NOTHING)), pl.col("yes").fill_null(False))
        .group_by("revision")
        .agg(
            (figure & (answer == Answer.VALUE)).any().alias("figures"),
            (pl.col("says_nil") & pl.col("yes")).any().alias("flagged"),
            (pl.col("says_why") & (answer == Answer.VALUE)).any().alias("why"),
            asked.any().alias("any_asked"),
            answer.filter(asked).is_in([int(Answer.STATUS), int(Answer.REASON)]).all().alias("none_there"),
            (answer.filter(asked) == Answer.REASON).all().alias("each_reasoned"),
        )
    )
    nil = ~pl.col("figures") & (pl.col("flagged") | (pl.col("any_asked") & pl.col("none_there")))
    once = pl.col("flagged") & pl.col("why")
    reasoned = once | (pl.col("any_asked") & pl.col("each_reasoned"))
    return facts.select(
        "revision", nil.alias("nil"), (nil & reasoned).alias("nil_reasoned"), once.alias("says_why_once")
    )


def demanded(revisions: pl.DataFrame, rules: pl.DataFrame, remarks: pl.DataFrame) -> pl.DataFrame:
    """Conditional data points whose condition holds, `revision` and `code`: a rule that asks for them has fired."""
    fired = remarks.join(revisions, on="revision").join(rules, on=["return_id", "version", "rule", "code"], how="semi")
    return fired.select("revision", "code", pl.lit(True).alias("demanded")).unique()


def asked_cells(
    revisions: pl.DataFrame, told: pl.DataFrame, said: pl.DataFrame, demanded: pl.DataFrame
) -> pl.DataFrame:
    """Columns CELLS, before the reason of a nil filing is counted."""
    called_for = pl.col("demanded").fill_null(False) | (pl.col("answer") != Answer.NOTHING)
    return (
        revisions.join(told, on=["return_id", "version"])
        .join(said.select("revision", "code", "answer"), on=["revision", "code"], how="left")
        .join(demanded, on=["revision", "code"], how="left")
        .with_columns(pl.col("answer").fill_null(int(Answer.NOTHING)))
        .with_columns((pl.col("required") | (pl.col("conditional") & called_for)).alias("asked"))
        .filter(pl.col("asked") | pl.col("statutory"))
    )


def by_revision(revisions: pl.DataFrame, nil: pl.DataFrame, cells: pl.DataFrame) -> dict[int, Content]:
    answer, code = pl.col("answer"), pl.col("code")
    counted = (
        cells.filter("asked").group_by("revision", "category").agg(
            pl.len().alias("asked"),
            (answer == Answer.VALUE).sum().alias("by_value"),
            (answer == Answer.REASON).sum().alias("by_reason"),
            (answer == Answer.STATUS).sum().alias("by_status"),
            code.filter(answer == Answer.NOTHING).alias("open"),
            code.filter(answer == Answer.UNUSABLE).alias("unusable"),
        ).sort("revision", "category")
    )  # fmt: skip
    sections: dict[int, list[Section]] = {revision: [] for revision in revisions["revision"]}
    for revision, category, asked, value, reason, status, unanswered, unusable in counted.iter_rows():
        section = Section(category, asked, value, reason, status, tuple(unanswered), tuple(unusable))
        sections[revision].append(section)
    return {
        revision: Content(is_nil, reasoned, tuple(sections[revision]))
        for revision, is_nil, reasoned, _once in nil.iter_rows()
    }
