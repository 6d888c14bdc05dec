"""One data sheet: headings, rows, drop-downs, notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from submissions.datatypes import NUMERIC, WORDED
from submissions.definition import DataPoint
from submissions.workbook import codes
from submissions.workbook.book import Book, fitting
from submissions.workbook.choices import YES_NO, Choices
from submissions.workbook.names import NOTE
from submissions.workbook.numbers import as_day, exact_in_cell
from submissions.workbook.remarks import MOST_NOTES, Remark, in_short, note, worst
from submissions.workbook.sheets import Row, Sheet
from submissions.workbook.styles import ANSWER_FILLS, NUMBER_FORMATS, ROW, SEVERITY_FILLS, height

TITLE, SUBTITLE, MACHINE, HEADINGS, FIRST = range(5)
"""The rows of a data sheet. The machine header is hidden: it names the columns for the reader."""
WIDTHS = {"address": 14, "#label": 44, "unit": 12, "value": 17, "obs_status": 17, "reason": 20, "period": 22, "qualifier": 14,
          "low": 10, "high": 10, "flags": 20, "comment": 34, "#last_year": 15, "#findings": 48}  # fmt: skip
OPEN_ADDRESS, MEMBER, WORDS_WIDTH = 26, 22, 38
NOTE_WIDTH, NOTE_LINE = 340, 52


@dataclass(frozen=True)
class Column:
    field: str
    heading: str
    width: float


class DataSheet:
    def __init__(self, book: Book, sheet: Sheet) -> None:
        self.book, self.sheet, self.words = book, sheet, book.words
        self.out = book.workbook.add_worksheet(sheet.name)
        self.columns = self.chosen_columns()
        self.at = {column.field: number for number, column in enumerate(self.columns)}
        self.tall: list[tuple[str, float]] = []
        """Texts of the row at hand and the widths of their columns."""
        self.choices = Choices(book, sheet, self.out, self.at)

    def chosen_columns(self) -> list[Column]:
        fields = ["address", *self.sheet.dimensions, *(name for name in WIDTHS if name != "address")]
        if not self.book.remarks:
            fields.remove("#findings")
        return [Column(name, self.heading(name), self.width(name)) for name in fields]

    def heading(self, field: str) -> str:
        if field in self.sheet.dimensions:
            return self.book.definition.dimensions[field].label[self.book.language]
        return self.words("columns", field.removeprefix(NOTE))

    def width(self, field: str) -> float:
        if field in self.sheet.dimensions:
            return MEMBER
        if field == "value" and any(point.value_type in WORDED for point in self.sheet.points):
            return WORDS_WIDTH
        return OPEN_ADDRESS if field == "address" and self.sheet.dimensions else WIDTHS[field]

    # The whole sheet ----------------------------------------------------------------------------------------------

    def write(self, rows: Sequence[Row]) -> None:
        self.write_top()
        for number, row in enumerate(rows, FIRST):
            if row.band:
                self.write_band(number, row)
            else:
                self.write_row(number, row)
        last = FIRST + max(len(rows), 1) - 1
        self.choices.offer_all(FIRST, last)
        label = self.at["#label"]
        self.out.set_default_row(ROW)
        self.out.freeze_panes(FIRST, label + 1)
        self.out.autofilter(HEADINGS, 0, last, len(self.columns) - 1)
        self.out.repeat_rows(HEADINGS)
        printed = max((number for number, row in enumerate(rows, FIRST) if row.address), default=last)
        self.out.print_area(0, 0, printed, len(self.columns) - 1)
        self.out.ignore_errors({"number_stored_as_text": f"A1:{xl_rowcol_to_cell(last, len(self.columns) - 1)}"})
        self.book.set_up(self.out)

    def write_top(self) -> None:
        styles, book = self.book.styles, self.book
        for number, column in enumerate(self.columns):
            self.out.set_column(number, number, column.width)
        self.out.set_row(TITLE, 30)
        self.out.write_string(TITLE, 0, self.sheet.title, styles.named("title"))
        self.out.set_row(SUBTITLE, 22)
        if book.remarks:
            target = f"internal:'{self.words('sheets', 'findings')}'!A1"
            self.out.write_url(SUBTITLE, 0, target, styles.named("link"), f"← {self.words('findings', 'back')}")
        else:
            self.out.write_string(SUBTITLE, 0, book.title, styles.named("subtitle"))
        self.out.set_row(MACHINE, None, None, {"hidden": True})
        self.out.set_row(HEADINGS, 32)
        for number, column in enumerate(self.columns):
            self.out.write_string(MACHINE, number, column.field, styles.named("machine"))
        for number, column in enumerate(self.columns):
            heading = NOTE if column.field == "address" else column.heading
            self.out.write_string(HEADINGS, number, heading, styles.named("heading"))

    def write_band(self, number: int, row: Row) -> None:
        style = self.book.styles.named("band")
        self.out.set_row(number, 22)
        for column in range(len(self.columns)):
            self.out.write_blank(number, column, None, style)
        if row.point:
            self.out.write_string(number, self.at["#label"], row.point.group[self.book.language], style)

    # One row ------------------------------------------------------------------------------------------------------

    def write_row(self, number: int, row: Row) -> None:
        remarks = self.book.remarks_at(row.line, row.full_address)
        self.tall = [(row.address, self.columns[0].width * 1.6)]
        severities = self.severities(remarks)
        kind = kind_of(row.point)
        for column in self.columns:
            severity = worst(severities[column.field]) if column.field in severities else ""
            at = self.at[column.field]
            if column.field == "address":
                self.write_address(number, row, severity)
            elif column.field == "#label":
                self.write_label(number, row)
            elif column.field == "unit":
                self.write_unit(number, row, severity)
            elif column.field == "value":
                self.write_value(number, row, kind, severity)
            elif column.field == "#last_year":
                told = self.book.last_year.get(row.full_address, "") if row.address else ""
                self.out.write_string(number, at, told, self.book.styles.named("last_year"))
            elif column.field == "#findings":
                self.tell_beside(number, remarks)
            else:
                self.write_attribute(number, at, column.field, row, severity)
        self.mark(number, row, severities, kind)
        if (needed := height(self.tall)) > ROW:
            self.out.set_row(number, needed)

    def severities(self, remarks: Sequence[Remark]) -> dict[str, list[Remark]]:
        found: dict[str, list[Remark]] = defaultdict(list)
        for remark in remarks:
            fallback = "value" if remark.line is None else "address"
            found[remark.field if remark.field in self.at else fallback].append(remark)
        return found

    def write_address(self, number: int, row: Row, severity: str) -> None:
        styles = self.book.styles
        free = bool(self.sheet.dimensions) or row.point is None
        style = styles.answer("open", severity=severity, begins=row.begins) if free else styles.named("address")
        self.text(number, self.at["address"], row.address, style, row, "address")

    def write_label(self, number: int, row: Row) -> None:
        styles, language = self.book.styles, self.book.language
        column = self.at["#label"]
        if row.point is None:
            label = self.book.definition.label_of(row.address, language) if row.address else ""
            self.given(number, "#label", label, "label")
            return
        small = [row.point.condition[language]] if row.point.condition[language] else []
        small += [self.words("notes", "computed")] if row.point.computed else []
        label = row.point.label[language]
        if small:
            below = "\n" + "\n".join(small)
            self.tall.append((label + below, self.columns[column].width))
            self.out.write_rich_string(
                number, column, styles.named("plain"), label, styles.named("small"), below, styles.named("label")
            )
        else:
            self.given(number, "#label", label, "label")
        if self.book.notes < MOST_NOTES:
            self.note(number, column, help_text(self.book, row.point))

    def write_unit(self, number: int, row: Row, severity: str) -> None:
        """The unit by its label where it is the one asked for; else whatever was filed, for mending."""
        column, styles = self.at["unit"], self.book.styles
        asked = row.point.unit if row.point else ""
        filed = row.filed["unit"]
        if row.point is None or asked == "open" or filed not in ("", asked):
            known = codes.of_field(self.book.definition, "unit")
            shown = known.show(filed, self.book.language)
            self.text(number, column, shown, styles.answer("open", severity=severity), row, "unit")
            self.choices.note(number, column, "choice", "unit")
            return
        known_units = self.book.definition.code_lists["unit"].codes
        label = "" if asked == "none" else known_units[asked].label[self.book.language]
        self.given(number, "unit", label)

    def write_value(self, number: int, row: Row, kind: str, severity: str) -> None:
        column, point, text = self.at["value"], row.point, row.filed["value"]
        value_type = point.value_type if point else "text"
        style = self.book.styles.answer(kind, NUMBER_FORMATS.get(value_type, "@"), severity, row.begins)
        known = codes.of_value(self.book.definition, point) if point else None
        if known:
            shown = known.show(text, self.book.language)
            self.text(number, column, shown if known.read_many(shown) == text else text, style, row, "value")
        elif value_type in NUMERIC and exact_in_cell(text):
            self.out.write_number(number, column, float(text), style)
        elif value_type == "date" and (day := as_day(text)):
            self.out.write_datetime(number, column, day, style)
        else:
            self.text(number, column, text, style, row, "value")
        if point:
            name = point.code_list or (YES_NO if known else "")
            self.choices.note(number, column, "choices" if point.code_list else "choice" if known else value_type, name)

    def write_attribute(self, number: int, column: int, field: str, row: Row, severity: str) -> None:
        text = row.members.get(field, "") if field in self.sheet.dimensions else row.filed[field]
        numeric = field in ("low", "high")
        style = self.book.styles.answer("open", "General" if numeric else "@", severity, row.begins)
        if numeric and exact_in_cell(text):
            self.out.write_number(number, column, float(text), style)
            return
        known = self.vocabulary(field)
        shown = known.show(text, self.book.language) if known and text else text
        same = not known or (known.read_many if field in codes.MANY else known.read)(shown) == text
        self.text(number, column, shown if same else text, style, row, field)

    def vocabulary(self, field: str) -> codes.Vocabulary | None:
        if field in self.sheet.dimensions:
            return codes.of_dimension(self.book.definition, field)
        return codes.of_field(self.book.definition, field) if field in codes.FIELD_LISTS else None

    def given(self, number: int, field: str, text: str, style: str = "given") -> None:
        """A text of ours."""
        self.tall.append((text, self.columns[self.at[field]].width))
        self.out.write_string(number, self.at[field], text, self.book.styles.named(style))

    def text(self, number: int, column: int, text: str, style: Any, row: Row, field: str) -> None:
        if text:
            self.tall.append((text, self.columns[column].width))
            self.out.write_string(number, column, fitting(text, row.full_address, field), style)
        else:
            self.out.write_blank(number, column, None, style)

    # Remarks and notes --------------------------------------------------------------------------------------------

    def mark(self, number: int, row: Row, found: dict[str, list[Remark]], kind: str) -> None:
        for field, remarks in found.items():
            column = self.at[field]
            cell = xl_rowcol_to_cell(number, column)
            for remark in remarks:
                self.book.places[remark] = (self.sheet.name, cell)
            own = ANSWER_FILLS[kind if field == "value" else "open"]
            self.book.marks.append([self.sheet.name, cell, own])
            if self.book.notes < MOST_NOTES:
                help_here = help_text(self.book, row.point) if field == "value" and row.point else ""
                self.note(number, column, note(remarks, help_here, self.words), SEVERITY_FILLS[worst(remarks)])

    def tell_beside(self, number: int, remarks: Sequence[Remark]) -> None:
        """What was found in a row, with a link to its line on the sheet of findings."""
        text = in_short(remarks, self.words)
        listed = [self.book.listed_at[remark] for remark in remarks if remark in self.book.listed_at]
        self.given(number, "#findings", text)
        if listed:
            target = f"internal:'{self.words('sheets', 'findings')}'!B{min(listed)}"
            self.out.write_url(number, self.at["#findings"], target, self.book.styles.named("link_wrapped"), text)

    def note(self, number: int, column: int, text: str, colour: str = "#FFFFFF") -> None:
        self.book.notes += 1
        lines = sum(1 + len(line) // NOTE_LINE for line in text.split("\n"))
        size = {"width": NOTE_WIDTH, "height": min(24 + 15 * lines, 480)}
        self.out.write_comment(number, column, text, {"author": "", "color": colour, "font_size": 9, **size})


def kind_of(point: DataPoint | None) -> str:
    if point is None:
        return "open"
    if point.computed:
        return "computed"
    return "required" if point.required == "required" else "open"


def help_text(book: Book, point: DataPoint) -> str:
    """The note of a question: help, condition, legal reference, address."""
    language, words = book.language, book.words
    parts = [point.help[language]]
    if point.condition[language]:
        parts.append(f"→ {point.condition[language]}")
    if point.required == "required":
        parts.append(words("notes", "required"))
    if point.computed:
        labels = [book.definition.points[code].label[language] for code in point.computed[1:]]
        sign = {"sum": " + ", "difference": " − ", "ratio": " ÷ "}.get(point.computed[0], ", ")
        parts.append(f"{words('notes', 'computed')}: {sign.join(labels)}")
    parts.append(f"{words('notes', 'legal')}: {point.legal_ref}" if point.legal_ref else "")
    parts.append(f"{words('notes', 'address')}: {point.code}")
    return "\n\n".join(part for part in parts if part)
