"""Why a file is not taken: one code and one sentence each, with the way to mend it."""

from __future__ import annotations

from submissions.sources import SourceError, gettext_noop, refusal

SENTENCES = {
    # What kind of file it is
    "empty_file": gettext_noop("The file is empty."),
    "unknown_file": gettext_noop(
        "This is %(kind)s, not a table of figures. Send a workbook (.xlsx, .ods), CSV or newline-delimited JSON."
    ),
    "not_a_workbook": gettext_noop(
        "The file is named %(name)s, but what it holds is no workbook. Open it in a spreadsheet program and save it as "
        ".xlsx or .ods."
    ),
    "old_excel": gettext_noop("This is a workbook of the old format .xls. Save it as Excel workbook (.xlsx)."),
    "binary_excel": gettext_noop("This is a binary workbook (.xlsb). Save it as Excel workbook (.xlsx)."),
    "encrypted": gettext_noop("The workbook is protected by a password for opening. Save it without one."),
    "utf16": gettext_noop("The text is UTF-16. Save the file as CSV UTF-8."),
    # How the file is packed
    "broken_zip": gettext_noop("The workbook is damaged (%(problem)s). Open it, save it anew, and send that."),
    "zip_bomb": gettext_noop(
        "Unpacked, the workbook is far larger than any filing (%(part)s). Copy the figures to a new workbook."
    ),
    "too_many_parts": gettext_noop(
        "The workbook is made of more than %(most)s parts. Copy the figures to a new workbook."
    ),
    "part_twice": gettext_noop("The workbook holds the part %(part)s twice. Open it, save it anew, and send that."),
    "unsafe_path": gettext_noop(
        "The workbook holds a part with an unsafe name (%(part)s). Open it, save it anew, and send that."
    ),
    "unexpected_part": gettext_noop(
        "The workbook holds more than cells (%(part)s). Copy the figures to a new workbook, as values."
    ),
    "document_type": gettext_noop(
        "The part %(part)s declares entities of its own, which no spreadsheet program writes. Open the workbook, save it "
        "anew, and send that."
    ),
    "part_not_utf8": gettext_noop("The part %(part)s is not UTF-8. Open the workbook, save it anew, and send that."),
    # What figures do not need
    "macros": gettext_noop(
        "The workbook holds macros (%(part)s). Save it as Excel workbook (.xlsx) or OpenDocument spreadsheet (.ods) "
        "without them."
    ),
    "pictures": gettext_noop(
        "The workbook holds a picture (%(part)s). The portal takes figures and text only: delete it and save again."
    ),
    "embedded_objects": gettext_noop(
        "The workbook holds an embedded object (%(part)s). The portal takes figures and text only: delete it and save "
        "again."
    ),
    "external_links": gettext_noop(
        "The workbook draws on other files or connections (%(part)s). Break the links, keep the values, and save again."
    ),
    # What stands in the sheets
    "formula": gettext_noop(
        "Sheet %(sheet)s, cell %(cell)s holds a formula. Copy the results and paste them as values, then save again."
    ),
    "error_cell": gettext_noop(
        "Sheet %(sheet)s, cell %(cell)s holds an error such as #N/A instead of a value. Type the value, or clear the cell."
    ),
    "percent_cell": gettext_noop(
        "Sheet %(sheet)s, cell %(cell)s is formatted as a percentage: it shows 5%% and holds 0.05, so it cannot be told "
        "which is meant. Format it as a number and type the number of percent."
    ),
    "merged_cells": gettext_noop(
        "Sheet %(sheet)s, cells %(cell)s are merged over several rows, so it cannot be told to which row they belong. "
        "Unmerge them."
    ),
    "far_cell": gettext_noop(
        "Sheet %(sheet)s has something in cell %(cell)s, far from all figures. A sheet may use %(columns)s columns and "
        "%(cells)s cells. Delete the rows and columns that hold no figures."
    ),
}


def refuse(code: str, **values: object) -> SourceError:
    return refusal(code, SENTENCES[code], **values)
