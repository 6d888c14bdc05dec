"""Which figures that the law names are missing, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import polars as pl

from reporting.completeness.asked import statutory_points
from reporting.completeness.content import Answer
from reporting.completeness.standing import Picture, Standing

NOTHING, UNUSABLE, REASON, VALUE = map(int, (Answer.NOTHING, Answer.UNUSABLE, Answer.REASON, Answer.VALUE))
"""As frames hold them; comparing members of an enum takes ten times as long."""


@dataclass
class Missing:
    """One data point in one period: who answers it how. Lists hold codes of entities."""

    return_id: str
    version: str
    period: str
    code: str
    expected: int
    by_value: int = 0
    reasons: dict[str, list[str]] = field(default_factory=dict)
    """Reason code, or the status where nothing more is said -> those who give it."""
    no_reason: list[str] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)
    """Something was filed that holds no usable figure."""
    not_filed: list[str] = field(default_factory=list)
    """Their whole filing is missing."""

    @property
    def lacking(self) -> int:
        return self.expected - self.by_value


def missing(picture: Picture, observations: pl.DataFrame) -> list[Missing]:
    """Every statutory data point that somebody lacks, by return, period and in the order of the form. Duties that were
    lifted are not expected."""
    answers = answers_of(picture)
    reasons = reasons_of(observations)
    found: list[Missing] = []
    for _key, some in groupby(sorted(due(picture.standings), key=in_order), key=in_order):
        found += of_period(list(some), answers, reasons)
    return [one for one in found if one.lacking]


def due(standings: Iterable[Standing]) -> list[Standing]:
    """Duties whose figures are expected by now."""
    return [one for one in standings if one.duty.state not in ("exempted", "expected")]


def in_order(standing: Standing) -> tuple[str, str, str]:
    period = standing.duty.period
    return period.return_id, f"{period.start}", standing.definition.version


def answers_of(picture: Picture) -> dict[tuple[int, str], int]:
    """(revision, data point) -> what it answers, a value of `Answer`."""
    rows = picture.cells.filter("statutory").select("revision", "code", "answer").iter_rows()
    return {(revision, code): answer for revision, code, answer in rows}


def reasons_of(observations: pl.DataFrame) -> dict[tuple[int, str], str]:
    """(revision, data point) -> reason, or status, of an accepted line without a value."""
    told = pl.when(pl.col("reason") != "").then(pl.col("reason")).otherwise("obs_status")
    rows = observations.filter(~pl.col("valued")).select("revision", "code", told.alias("told")).iter_rows()
    return {(revision, code): said for revision, code, said in rows}


def of_period(
    some: Sequence[Standing], answers: Mapping[tuple[int, str], int], reasons: Mapping[tuple[int, str], str]
) -> Iterable[Missing]:
    definition, period = some[0].definition, some[0].duty.period
    filed = [(one.duty.obligation.entity.code, one.duty.revision) for one in some]
    keys = [(entity, revision.pk if revision else None) for entity, revision in filed]
    for code in statutory_points(definition):
        one = Missing(definition.return_id, definition.version, period.label, code, len(some))
        for entity, revision in keys:
            note(one, entity, revision, answers, reasons)
        yield one


def note(
    one: Missing,
    entity: str,
    revision: int | None,
    answers: Mapping[tuple[int, str], int],
    reasons: Mapping[tuple[int, str], str],
) -> None:
    if revision is None:
        one.not_filed.append(entity)
        return
    key = (revision, one.code)
    answer = answers.get(key, NOTHING)
    if answer == VALUE:
        one.by_value += 1
    elif answer == UNUSABLE:
        one.unusable.append(entity)
    elif answer == REASON:
        one.reasons.setdefault(reasons.get(key, ""), []).append(entity)
    else:
        one.no_reason.append(entity)
