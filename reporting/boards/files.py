"""Downloads of a chart: the rows of its table, for spreadsheets and programs."""

from __future__ import annotations

import csv
import io

from django.utils.translation import gettext as _

from reporting.boards.shapes import Chart, Sheet
from submissions.workbook.safe import safe_text

MEDIA_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def sheet_of(chart: Chart) -> Sheet:
    """What a chart gives to download: its sheet, else its table with the numbers as numbers."""
    if chart.sheet is not None:
        return chart.sheet()
    head = tuple(f"{one.label} ({one.unit})" if one.unit else one.label for one in chart.table.columns)
    rows = (tuple(cell.text if cell.number is None else cell.number for cell in row) for row in chart.table.rows)
    return Sheet(head, tuple(rows))


def csv_text(chart: Chart) -> str:
    sheet, text = sheet_of(chart), io.StringIO()
    writer = csv.writer(text)
    writer.writerow(sheet.head)
    writer.writerows([written(cell) for cell in row] for row in sheet.rows)
    return text.getvalue()


def written(cell: str | float | None) -> str:
    if cell is None:
        return ""
    return safe_text(cell) if isinstance(cell, str) else f"{cell:.15g}"


def workbook(chart: Chart) -> bytes:
    """One sheet with the rows, one with what has to be said of them."""
    import xlsxwriter

    sheet, content = sheet_of(chart), io.BytesIO()
    with xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold = book.add_format({"bold": True})
        rows = book.add_worksheet(_("Figures"))
        rows.write_row(0, 0, sheet.head, bold)
        for place, row in enumerate(sheet.rows, start=1):
            rows.write_row(place, 0, row)
        rows.freeze_panes(1, 0)
        rows.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.head) - 1)
        rows.autofit(max_width=400)
        about = book.add_worksheet(_("Read me"))
        said = [chart.title, f"{_('Source:')} {chart.source}", chart.note, *chart.caveats]
        about.write_column(0, 0, [line for line in said if line])
        about.set_column(0, 0, 120)
    return content.getvalue()
