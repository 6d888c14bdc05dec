"""What the law asks for: answered by value, by reason, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.models import ReportingEntity
from reporting.completeness.asked import statutory_points
from reporting.completeness.content import Answer
from reporting.completeness.standing import Picture, Standing
from submissions.definition import DataPoint


@dataclass(frozen=True)
class Tally:
    """Answers counted."""

    by_value: int
    by_reason: int
    by_status: int
    unusable: int
    nothing: int

    @property
    def asked(self) -> int:
        return self.by_value + self.by_reason + self.by_status + self.unusable + self.nothing


def tally(answers: Iterable[int]) -> Tally:
    counts = Counter(answers)
    order = (Answer.VALUE, Answer.REASON, Answer.STATUS, Answer.UNUSABLE, Answer.NOTHING)
    return Tally(*(counts[answer] for answer in order))


@dataclass(frozen=True)
class Statutory:
    """The statutory data points of one return in one period, over the filings that were looked into."""

    filings: int
    points: list[tuple[DataPoint, Tally]]
    entities: list[tuple[ReportingEntity, Tally]]


def statutory(picture: Picture, standings: Sequence[Standing]) -> Statutory:
    """Of duties of one return in one period, at least one. Points come in the order of the newest version among them."""
    checked = {s.duty.revision.pk: s for s in standings if s.duty.revision and s.content}
    answers: Mapping[tuple[int, str], int] = {
        (revision, code): answer
        for revision, code, answer in picture.cells.filter("statutory").select("revision", "code", "answer").iter_rows()
        if revision in checked
    }
    points: dict[str, DataPoint] = {}
    for definition in {s.definition.id: s.definition for s in standings}.values():
        points |= statutory_points(definition)
    of_point: dict[str, list[int]] = {code: [] for code in points}
    of_revision: dict[int, list[int]] = {revision: [] for revision in checked}
    for (revision, code), answer in answers.items():
        of_point[code].append(answer)
        of_revision[revision].append(answer)
    entities = sorted(
        ((checked[revision].duty.obligation.entity, tally(said)) for revision, said in of_revision.items()),
        key=lambda item: item[0].name,
    )
    return Statutory(len(checked), [(point, tally(of_point[code])) for code, point in points.items()], entities)
