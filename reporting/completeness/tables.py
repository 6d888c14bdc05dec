"""Completeness as tables to take away; each row stands on a page too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reporting.completeness.asked import statutory_points
from reporting.completeness.content import Answer
from reporting.completeness.standing import Picture, Standing

Row = Sequence[object]
DUTIES = ("return", "period", "entity", "name", "due_on", "state", "late", "first_filed", "content", "partial_sections",
          "relief", "relief_reason", "errors", "warnings", "receipt")  # fmt: skip
SECTIONS = ("return", "period", "entity", "section", "title", "state", "asked", "by_value", "by_reason", "by_status",
            "unusable", "open", "data_points_without_answer")  # fmt: skip
POINTS = ("return", "period", "version", "entity", "code", "basis", "answer")
ANSWERS = {
    Answer.VALUE: "value", Answer.REASON: "reason", Answer.STATUS: "status", Answer.UNUSABLE: "unusable", Answer.NOTHING: "nothing",
}  # fmt: skip


def duty_rows(standings: Sequence[Standing]) -> Iterator[Row]:
    yield DUTIES
    for standing in standings:
        duty, revision = standing.duty, standing.duty.revision
        yield [
            duty.period.return_id, duty.period.label, duty.obligation.entity.code, duty.obligation.entity.name,
            duty.due_on or "", duty.state, "yes" if duty.late else "no", duty.first_filed or "", standing.content_state,
            " ".join(map(str, standing.partial_sections)), duty.relief.kind if duty.relief else "",
            duty.relief.reason if duty.relief else "",
            *((revision.errors, revision.warnings, revision.receipt) if revision else ("", "", "")),
        ]  # fmt: skip


def section_rows(standings: Sequence[Standing], language: str) -> Iterator[Row]:
    yield SECTIONS
    for standing in standings:
        duty, categories = standing.duty, standing.definition.categories
        for number, state, found in standing.sections:
            numbers: Row = ("", "", "", "", "", "", "")
            if found:
                numbers = (found.asked, found.by_value, found.by_reason, found.by_status, len(found.unusable),
                           len(found.open), " ".join(found.open))  # fmt: skip
            yield [
                duty.period.return_id, duty.period.label, duty.obligation.entity.code, number,
                categories[number].label[language], state, *numbers,
            ]  # fmt: skip


def point_rows(picture: Picture, standings: Sequence[Standing]) -> Iterator[Row]:
    """What each filing that was looked into says to each statutory data point."""
    yield POINTS
    cells = picture.cells.filter("statutory").select("revision", "code", "answer")
    answers = {(revision, code): answer for revision, code, answer in cells.iter_rows()}
    for standing in standings:
        duty, revision, definition = standing.duty, standing.duty.revision, standing.definition
        if not standing.content or not revision:
            continue
        for point in statutory_points(definition).values():
            answer = ANSWERS[Answer(answers[revision.pk, point.code])]
            yield [duty.period.return_id, duty.period.label, definition.version, duty.obligation.entity.code,
                   point.code, point.basis or point.required, answer]  # fmt: skip
