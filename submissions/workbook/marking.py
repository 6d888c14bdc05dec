"""Task of the child process: what was found, marked in the filer's own .xlsx.

Cells take the colour of the worst finding, their notes tell message and mending above the help that was there, a
column at the end of each sheet says it beside the row, and a first sheet lists everything with links. Marks of an
earlier round go first; the sheet `_marks` remembers them.
"""

from __future__ import annotations

import io
import warnings
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from submissions.workbook.frames import Fault
from submissions.workbook.names import FIELD_NAMES, MARKS, NOTE, OWN, RULE

HEADER_WITHIN = 10
FINDINGS = f"{NOTE}findings"
DASH = " – "
NOTE_LINE = 52
NOTE_WIDTH = 340
LINK = "#0035BF"
Remarks = list[dict[str, Any]]


def answer(options: dict[str, Any], data: bytes) -> list[bytes]:
    """`options` as `annotating.options_for` makes them. Gives the marked workbook; a fault where openpyxl would have
    to leave something out."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            book = load_workbook(io.BytesIO(data), rich_text=True)
        except Warning as problem:
            raise Fault("unreadable_workbook") from problem
    unmark(book)
    marking = Marking(book, options)
    marking.mark_cells()
    marking.list_findings()
    marking.remember()
    resize_notes(book)
    out = io.BytesIO()
    book.save(out)
    return [b"{}", out.getvalue()]


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """Raises Fault for the covered part of merged cells, which takes nothing."""
    found = sheet.cell(row, column)
    if not isinstance(found, Cell):
        raise Fault("unreadable_workbook")
    return found


def put(cell: Cell, text: str) -> None:
    """Text as text, whatever it begins with."""
    cell.value = text
    cell.data_type = "s"


def paint(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor="FF" + colour.lstrip("#")) if colour else PatternFill()


def own_colour(cell: Cell) -> str:
    fill = cell.fill
    return str(fill.fgColor.rgb)[-6:] if fill.fill_type == "solid" and isinstance(fill.fgColor.rgb, str) else ""


# Earlier marks ------------------------------------------------------------------------------------------------


def unmark(book: Workbook) -> None:
    if MARKS not in book.sheetnames:
        return
    kept = book[MARKS].iter_rows(max_col=3, values_only=True)
    (overview, *_), *marks = [[str(text or "") for text in row] for row in kept]
    for name in (MARKS, overview):
        if name in book.sheetnames:
            del book[name]
    for name, place, colour in marks:
        if name in book.sheetnames:
            book[name][place].fill = paint(colour)
    for sheet in book.worksheets:
        for row in list(sheet.iter_rows()):
            for cell in row:
                if isinstance(cell, Cell):
                    unmark_note(cell)
        if found := header_of(sheet):
            column = found[1].get(FINDINGS)
            for (cell,) in sheet.iter_rows(min_col=column, max_col=column) if column else ():
                cell.value, cell.hyperlink = None, None


def unmark_note(cell: Cell) -> None:
    if cell.comment and RULE in cell.comment.text:
        before = cell.comment.text.partition(RULE)[2].strip("\n")
        cell.comment = Comment(before, "") if before else None


def header_of(sheet: Worksheet) -> tuple[int, dict[str, int]] | None:
    """The row that names the columns, and the column number of each name."""
    for number, row in enumerate(sheet.iter_rows(max_row=HEADER_WITHIN), 1):
        names = {str(cell.value).strip(): column for column, cell in enumerate(row, 1) if cell.value is not None}
        if "address" in names:
            return number, names
    return None


# Marks --------------------------------------------------------------------------------------------------------


class Marking:
    def __init__(self, book: Workbook, options: dict[str, Any]) -> None:
        self.book, self.words = book, options["words"]
        self.fills, self.inks = options["fills"], options["inks"]
        self.remarks: Remarks = options["remarks"]
        self.overview = free_name(book, self.words["overview"])
        self.marks: list[list[str]] = [[self.overview, "", ""]]
        self.by_address = addresses(book)
        for remark in self.remarks:
            if not remark["sheet"] and remark["address"] in self.by_address:
                remark["sheet"], remark["cell"] = self.by_address[remark["address"]]
        self.listed_at = {id(remark): number for number, remark in enumerate(self.remarks, 6)}

    def mark_cells(self) -> None:
        cells: dict[tuple[str, str], Remarks] = defaultdict(list)
        rows: dict[tuple[str, int], Remarks] = defaultdict(list)
        for remark in self.remarks:
            if remark["sheet"]:
                cells[remark["sheet"], remark["cell"]].append(remark)
                rows[remark["sheet"], coordinate_to_tuple(remark["cell"])[0]].append(remark)
        for (name, place), remarks in cells.items():
            self.mark_cell(self.book[name][place], remarks, name, place)
        for name in dict.fromkeys(name for name, _ in rows):
            self.tell_beside(self.book[name], {row: found for (sheet, row), found in rows.items() if sheet == name})

    def mark_cell(self, cell: Cell, remarks: Remarks, name: str, place: str) -> None:
        self.marks.append([name, place, own_colour(cell)])
        cell.fill = paint(self.fills[remarks[0]["severity"]])
        told = "\n\n".join(remark["note"] for remark in remarks)[: self.words["longest_note"]]
        before = cell.comment.text if cell.comment else ""
        cell.comment = Comment(f"{told}\n{RULE}\n{before}".rstrip("\n"), "")

    def tell_beside(self, sheet: Worksheet, rows: dict[int, Remarks]) -> None:
        """A column after the last one, with a link from each row to its line on the first sheet."""
        found = header_of(sheet)
        if found is None:
            return
        header, names = found
        column = names.get(FINDINGS) or max(names.values()) + 1
        put(cell_at(sheet, header, column), FINDINGS)
        if sheet.row_dimensions[header].hidden:
            heading = cell_at(sheet, header + 1, column)
            heading.font, heading.fill = Font(name="Arial", size=10, bold=True, color="FFFFFFFF"), paint("#002A99")
            put(heading, self.words["beside"])
        sheet.column_dimensions[get_column_letter(column)].width = 48
        for row, remarks in rows.items():
            cell = cell_at(sheet, row, column)
            put(cell, "\n".join(f"{remark['severity_word']}: {remark['message']}" for remark in remarks)[:4000])
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            self.link(cell, self.overview, f"B{self.listed_at[id(remarks[0])]}")

    def link(self, cell: Cell, sheet: str, place: str) -> None:
        quoted = sheet.replace("'", "''")
        shown, kind = cell.value, cell.data_type
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{place}")
        cell.value, cell.data_type = shown, kind
        cell.font = Font(name="Arial", size=10, color="FF" + LINK.lstrip("#"), underline="single")

    def list_findings(self) -> None:
        sheet = self.book.create_sheet(self.overview, 0)
        for row, text in enumerate((self.words["title"], self.words["counted"], self.words["intro"]), 1):
            put(cell_at(sheet, row, 1), text)
        sheet["A1"].font = Font(name="Arial", size=18, bold=True, color="FF002A99")
        sheet["A2"].font = Font(name="Arial", size=10, bold=True)
        sheet["A3"].font = Font(name="Arial", size=10, color="FF505070")
        sheet.row_dimensions[1].height = 36
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", "9"
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToHeight = 0
        for column, (heading, width) in enumerate(self.words["headings"], 1):
            cell = cell_at(sheet, 5, column)
            put(cell, heading)
            cell.font, cell.fill = Font(name="Arial", size=10, bold=True, color="FFFFFFFF"), paint("#002A99")
            sheet.column_dimensions[get_column_letter(column)].width = width
        for row, remark in enumerate(self.remarks, 6):
            self.list_one(sheet, row, remark)
        sheet.freeze_panes = "A6"
        sheet.sheet_view.showGridLines = False
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False
        sheet.auto_filter.ref = f"A5:{get_column_letter(len(self.words['headings']))}{5 + max(len(self.remarks), 1)}"
        self.book.active = 0
        for other in self.book.worksheets[1:]:
            other.sheet_view.tabSelected = False

    def list_one(self, sheet: Worksheet, row: int, remark: dict[str, Any]) -> None:
        place = f"{remark['sheet']} {remark['cell']}".strip()
        texts = (remark["severity_word"], place, remark["label"], remark["message"], remark["mend"], remark["rule"])
        for column, text in enumerate(texts, 1):
            cell = cell_at(sheet, row, column)
            put(cell, text)
            cell.font = Font(name="Arial", size=10)
            cell.border = Border(bottom=Side("thin", color="FFC1CCEC"))
            cell.alignment = Alignment(wrap_text=True, vertical="center", indent=1)
        sheet.row_dimensions[row].height = remark["height"]
        ink = "FF" + self.inks[remark["severity"]].lstrip("#")
        cell_at(sheet, row, 1).fill = paint(self.fills[remark["severity"]])
        cell_at(sheet, row, 1).font = Font(name="Arial", size=10, bold=True, color=ink)
        if place:
            self.link(cell_at(sheet, row, 2), remark["sheet"], remark["cell"])

    def remember(self) -> None:
        sheet = self.book.create_sheet(MARKS)
        for row, texts in enumerate(self.marks, 1):
            for column, text in enumerate(texts, 1):
                put(cell_at(sheet, row, column), text)
        sheet.sheet_state = "veryHidden"


def free_name(book: Workbook, wanted: str) -> str:
    taken = {name.casefold() for name in book.sheetnames}
    return next(name for name in (wanted, *(f"{wanted} ({n})" for n in range(2, 1000))) if name.casefold() not in taken)


def addresses(book: Workbook) -> dict[str, tuple[str, str]]:
    """Address -> sheet and cell of the value in the first row that asks for it."""
    found: dict[str, tuple[str, str]] = {}
    for sheet in book.worksheets:
        header = header_of(sheet) if sheet.title not in OWN else None
        if header:
            for address, place in rows_of(sheet, *header):
                found.setdefault(address, (sheet.title, place))
    return found


def rows_of(sheet: Worksheet, header: int, names: dict[str, int]) -> Iterator[tuple[str, str]]:
    dimensions = [name for name in names if name not in FIELD_NAMES and not name.startswith(NOTE)]
    value = get_column_letter(names.get("value", names["address"]))
    for row in range(header + 1, sheet.max_row + 1):
        code = code_in(cell_at(sheet, row, names["address"]))
        members = [(name, code_in(cell_at(sheet, row, names[name]))) for name in dimensions]
        stated = ",".join(f"{name}={member}" for name, member in members if member)
        if code and code != NOTE:
            yield f"{code}[{stated}]" if stated else code, f"{value}{row}"


def code_in(cell: Cell) -> str:
    return str(cell.value if cell.value is not None else "").partition(DASH)[0].strip()


def resize_notes(book: Workbook) -> None:
    """openpyxl forgets the size of notes; this gives each the room its text needs."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment:
                    lines = sum(1 + len(line) // NOTE_LINE for line in cell.comment.text.split("\n"))
                    cell.comment.width, cell.comment.height = NOTE_WIDTH, min(24 + 15 * lines, 480)
