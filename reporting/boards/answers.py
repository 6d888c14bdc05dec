"""Answers side by side: what every entity answered, in words, and why figures are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.utils.translation import gettext as _

from reporting import charts, figures
from reporting.boards import bars
from reporting.boards.filled import Filled, headline, long_table, sheet
from reporting.boards.shapes import Cell, Chart, Column, Table
from reporting.charts import Mark, Tile
from reporting.comparability import words
from submissions.definition import split_address

MOST_COLUMNS = 10
"""More columns than these of a table of words cannot be read; then each answer has a row of its own."""
MOST_DRAWN = 30
NUMBERED = ["#d9a400", "#a51d31", "#7a3fa0", "#c2571a", "#00797b", "#3f8f2f", "#5b6570", "#8a1c5b"]


@dataclass(frozen=True)
class Grid:
    """Who answered what: rows are questions, columns those who were asked. No row for a cell: not answered."""

    questions: Mapping[str, str]
    """Address -> question in words."""
    who: Mapping[str, str]
    answers: Mapping[tuple[str, str], figures.Row]
    """Address and entity -> what was filed."""
    others: Mapping[tuple[str, str], tuple[str, ...]]
    """What was filed beside it, for other days."""

    @property
    def filers(self) -> set[str]:
        return {entity for _address, entity in self.answers}


def grid(filled: Filled) -> Grid:
    questions = {row.address: question(row) for row in filled.rows}
    rows: dict[tuple[str, str], list[figures.Row]] = {}
    for row in filled.rows:
        rows.setdefault((row.address, row.filed.entity), []).append(row)
    found = {key: headline(some) for key, some in rows.items()}
    return Grid(
        questions,
        filled.who,
        {key: row for key, (row, _others) in found.items()},
        {k: o for k, (_row, o) in found.items()},
    )


def question(row: figures.Row) -> str:
    """What was asked; where every member is a question of its own, that member."""
    if not row.what:
        return row.point
    return row.what if named(row) else f"{row.point}: {row.what}"


# What was answered ----------------------------------------------------------------------------------------


def matrix(filled: Filled) -> Chart:
    """Questions by entities: yes, no, in words, or why there is no answer."""
    found = grid(filled)
    seen = replace(found, who={code: name for code, name in found.who.items() if code in found.filers})
    marks = {
        "yes": Mark(_("Yes"), "✓", charts.BLUE, "white"),
        "no": Mark(_("No"), "✕", "#c9d1db"),
        "words": Mark(_("Figure or words"), "≡", charts.TEAL, "white"),
        "M": Mark(words.label("obs_status", "M"), "M", "#eef1f5"),
        "L": Mark(words.label("obs_status", "L"), "L", charts.YELLOW),
        "O": Mark(words.label("obs_status", "O"), "O", charts.RED, "white"),
    }
    tiles = [Tile(found.questions[address], seen.who[who], kind(row)) for (address, who), row in found.answers.items()]
    return chart(filled, seen, tiles, marks)


def kind(row: figures.Row) -> str:
    """A key of the marks."""
    if row.missing:
        return row.filed.obs_status
    if named(row) or row.filed.value == "1":
        return "yes"
    return "no" if row.filed.value == "0" else "words"


def named(row: figures.Row) -> bool:
    """The answer is its own address: this member applies."""
    return row.filed.value in split_address(row.address)[1].values()


# Why figures are missing ----------------------------------------------------------------------------------


def reasons(filled: Filled) -> Chart:
    """Questions by everybody who owes them: filed, or the reason why not."""
    found = grid(filled)
    marks = {"filed": Mark(_("Figure filed"), "✓", "#d6e1fb")}
    tiles = []
    for address, question in found.questions.items():
        for who, name in found.who.items():
            why = reason(found, address, who)
            key = why or "filed"
            if key not in marks:
                n = len(marks)
                marks[key] = Mark(why, str(n), NUMBERED[(n - 1) % len(NUMBERED)], "white" if n != 1 else "black")
            tiles.append(Tile(question, name, key))
    return chart(filled, found, tiles, marks)


def reason(found: Grid, address: str, who: str) -> str:
    """Why there is no figure, in words; empty where there is one."""
    row = found.answers.get((address, who))
    if row is not None:
        first = row.filed.reason.partition(";")[0]
        code = ("reason", first) if first else ("obs_status", row.filed.obs_status)
        return words.label(*code) if row.missing else ""
    return _("Not answered") if who in found.filers else _("No accepted filing")


# Both -----------------------------------------------------------------------------------------------------


def chart(filled: Filled, found: Grid, tiles: Sequence[Tile], marks: Mapping[str, Mark]) -> Chart:
    rows, columns = list(found.questions.values()), list(found.who.values())
    if len(columns) > len(rows):
        rows, columns = columns, rows
        tiles = [Tile(tile.column, tile.row, tile.mark) for tile in tiles]
    left = max(0, len(rows) - 2 * MOST_DRAWN) + max(0, len(columns) - MOST_DRAWN)
    return Chart(
        id=filled.panel.id,
        title=filled.title,
        alt=alternative(filled.title, tiles, marks),
        unit="",
        source=filled.source,
        caveats=(),
        table=table(filled, found),
        specification=partial(charts.matrix, tiles, rows[: 2 * MOST_DRAWN], columns[:MOST_DRAWN], marks),
        note=bars.more(left),
        sheet=partial(sheet, filled.rows),
    )


def alternative(title: str, tiles: Sequence[Tile], marks: Mapping[str, Mark]) -> str:
    counts = {key: sum(tile.mark == key for tile in tiles) for key in marks}
    said = "; ".join(f"{marks[key].label}: {n}" for key, n in counts.items() if n)
    return _("%(title)s. %(counts)s. The table beneath has every answer.") % {"title": title, "counts": said}


def table(filled: Filled, found: Grid) -> Table:
    """The longer side goes down; where both are long, one answer a row."""
    across = len(found.who) <= len(found.questions)
    heads, side = (found.who, found.questions) if across else (found.questions, found.who)
    if len(heads) > MOST_COLUMNS:
        return long_table(filled.rows)
    first = Column(_("Question") if across else _("Who"))
    rows = (
        (Cell(label), *(cell(found, *((key, head) if across else (head, key))) for head in heads))
        for key, label in side.items()
    )
    return Table((first, *(Column(label) for label in heads.values())), tuple(rows))


def cell(found: Grid, address: str, who: str) -> Cell:
    row = found.answers.get((address, who))
    if row is None:
        return Cell(reason(found, address, who), missing=True)
    unit = "" if row.missing else row.unit_label
    text = _("Yes") if named(row) else " ".join(filter(None, (row.shown, unit)))
    return Cell(
        text,
        row.number,
        row.missing,
        href=f"/revisions/{row.filed.revision}/",
        notes=(*row.notes, *found.others[address, who]),
    )
