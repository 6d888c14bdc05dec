"""The sheets that are read first: how to fill the workbook in, and what was found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from xlsxwriter.worksheet import Worksheet

from submissions.workbook.book import Book
from submissions.workbook.remarks import FIRST_LISTED, RANK, Remark
from submissions.workbook.sheets import Sheet
from submissions.workbook.styles import ANSWER_FILLS, EDGE, INK, SEVERITY_FILLS, SEVERITY_INKS, height
from submissions.workbook.texts import Words, texts

FINDING_COLUMNS = {"severity": 14, "place": 34, "what": 44, "message": 62, "mend": 50, "rule": 14}


TERM, TEXT = 30, 92


def other_lines(language: str) -> str:
    return Words(language)("sheets", "other")


class Page:
    """Lines written one below the other in two columns."""

    def __init__(self, book: Book, sheet: Worksheet) -> None:
        self.book, self.sheet, self.row = book, sheet, 0
        sheet.set_column(0, 0, TERM)
        sheet.set_column(1, 1, TEXT)

    def title(self, text: str) -> None:
        self.sheet.set_row(self.row, 36)
        self.sheet.write_string(self.row, 0, text, self.book.styles.named("title"))
        self.row += 2

    def section(self, text: str) -> None:
        self.row += 1
        self.sheet.set_row(self.row, 22)
        for column, told in enumerate((text, "")):
            self.sheet.write_string(self.row, column, told, self.book.styles.named("section"))
        self.row += 1

    def line(self, term: str, text: str, style: str = "wrapped") -> None:
        self.sheet.set_row(self.row, height([(text, TEXT)]))
        self.sheet.write_string(self.row, 0, term, self.book.styles.named("term"))
        self.sheet.write_string(self.row, 1, text, self.book.styles.named(style))
        self.row += 1

    def colour(self, fill: str, ink: str, sample: str, text: str) -> None:
        self.sheet.set_row(self.row, height([(text, TEXT)]))
        style = self.book.styles.format(bg_color=fill, font_color=ink, border=1, border_color=EDGE)
        self.sheet.write_string(self.row, 0, sample, style)
        self.sheet.write_string(self.row, 1, text, self.book.styles.named("wrapped", indent=1))
        self.row += 1

    def link(self, target: Sheet, text: str) -> None:
        self.sheet.set_row(self.row, height([(text, TEXT)]))
        place = f"internal:'{target.name}'!A1"
        self.sheet.write_url(self.row, 0, place, self.book.styles.named("link"), target.name)
        self.sheet.write_string(self.row, 1, text, self.book.styles.named("wrapped"))
        self.row += 1


def write_read_me(book: Book, sheet: Worksheet, sheets: Sequence[Sheet]) -> None:
    words, definition, page = book.words, book.definition, Page(book, sheet)
    page.title(definition.title[book.language])
    days = words("read_me", "days").format(start=book.head.start.isoformat(), end=book.head.end.isoformat())
    if book.head.entity:  # a blank workbook is for anybody
        page.line(words("read_me", "entity"), book.entity_name, "strong")
        page.line(words("read_me", "period"), f"{book.head.period} ({days})", "strong")
    page.line(words("read_me", "legal"), definition.legal_ref)
    page.line(words("read_me", "version"), f"{definition.return_id} {definition.version}")
    page.line(words("read_me", "language"), words("read_me", "language_name"))
    page.section(words("read_me", "how"))
    for number in texts()["steps"]:
        page.line(f"{number}.", words("steps", number))
    page.section(words("read_me", "sheets"))
    for target in sheets:
        page.link(target, told(book, target))
    page.section(words("read_me", "colours"))
    for kind, fill in ANSWER_FILLS.items():
        page.colour(fill, INK, "123", words("read_me", f"colour_{kind}"))
    page.colour("#F6F6F8", "#505070", "123", words("read_me", "colour_locked"))
    for severity in RANK:
        sample = words("severities", severity)
        page.colour(SEVERITY_FILLS[severity], SEVERITY_INKS[severity], sample, words("read_me", f"colour_{severity}"))
    page.section(words("read_me", "statuses"))
    known = definition.code_lists["obs_status"].codes
    for states, key in ((definition.valued, "with_value"), (definition.missing, "without_value")):
        for code in states:
            page.line(f"{code} – {known[code].label[book.language]}", words("read_me", key))
    book.set_up(sheet)
    sheet.set_portrait()


def told(book: Book, sheet: Sheet) -> str:
    """How many questions a sheet has, and what its rows repeat by."""
    count = len(sheet.points)
    parts = [book.words("read_me", "one_point" if count == 1 else "points").format(count=count)] if count else []
    if sheet.dimensions:
        labels = [book.definition.dimensions[name].label[book.language] for name in sheet.dimensions]
        parts.append(book.words("read_me", "repeats").format(dimensions=" × ".join(labels)))
    return "; ".join(parts)


def write_findings(book: Book, sheet: Worksheet) -> None:
    """The overview: one line a finding, the worst first, each with a link to its cell."""
    words, styles = book.words, book.styles
    for number, (name, width) in enumerate(FINDING_COLUMNS.items()):
        sheet.set_column(number, number, width)
        sheet.write_string(4, number, words("findings", name), styles.named("heading"))
    sheet.set_row(0, 36)
    sheet.write_string(0, 0, words("findings", "title"), styles.named("title"))
    sheet.write_string(1, 0, counted(book.remarks, words), styles.named("strong", text_wrap=False))
    sheet.write_string(2, 0, words("findings", "intro"), styles.named("subtitle"))
    listed = list(book.listed_at)
    for number, remark in enumerate(listed, FIRST_LISTED - 1):
        ink = styles.format(
            font_color=SEVERITY_INKS[remark.severity], bg_color=SEVERITY_FILLS[remark.severity], bold=True
        )
        sheet.write_string(number, 0, words("severities", remark.severity), ink)
        name, cell = book.places.get(remark, ("", ""))
        if name:
            sheet.write_url(number, 1, f"internal:'{name}'!{cell}", styles.named("link_wrapped"), f"{name} {cell}")
        texts_beside = (remark.label, remark.message, remark.mend, remark.rule)
        sheet.set_row(number, height(zip(texts_beside, list(FINDING_COLUMNS.values())[2:], strict=True)))
        for column, text in enumerate(texts_beside, 2):
            sheet.write_string(number, column, text[:32_000], styles.named("label"))
    if len(book.remarks) > len(listed):
        more = words("findings", "more").format(count=len(book.remarks) - len(listed))
        sheet.write_string(len(listed) + 6, 0, more, styles.named("subtitle"))
    sheet.freeze_panes(5, 0)
    sheet.autofilter(4, 0, 4 + max(len(listed), 1), len(FINDING_COLUMNS) - 1)
    sheet.repeat_rows(4)
    book.set_up(sheet)


def counted(remarks: Sequence[Remark], words: Words) -> str:
    return " · ".join(severity_counts(remarks, words)) or words("findings", "none")


def severity_counts(remarks: Sequence[Remark], words: Words) -> Iterator[str]:
    counts = Counter(remark.severity for remark in remarks)
    for severity in RANK:
        if counts[severity]:
            yield f"{words('severities', severity)}: {counts[severity]}"
