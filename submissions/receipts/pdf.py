"""The receipt as PDF/UA-1: tagged, with title and language, readable by a screen reader."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from portal.reader import language
from submissions.models import Revision
from submissions.receipts import facts

LAYOUT = Path(__file__).with_name("receipt.typ")
UNSHOWN = "\ufffd"


def receipt_pdf(revision: Revision) -> bytes:
    """The receipt in the language of the page. Texts reach the layout as data, so nothing in them is markup."""
    # Imported where it is used: once used, it hangs in a forked child.
    import typst

    words = json.dumps(displayable(content(revision)), ensure_ascii=False)
    pdf = typst.compile(
        LAYOUT.read_bytes(), format="pdf", pdf_standards="ua-1", ignore_system_fonts=True,
        sys_inputs={"receipt": words}, timestamp=int(revision.submitted_at.timestamp()),
    )  # fmt: skip
    assert isinstance(pdf, bytes)  # noqa: S101 -- a PDF is one file
    return pdf


def content(revision: Revision) -> dict[str, Any]:
    return {
        "language": language(),
        "portal": _("Submissions portal"),
        "law": _("Regulation (EU) 2021/1232"),
        "title": facts.title(revision),
        "answered": facts.answered(revision),
        "trial": _("Demonstration: nothing filed here reaches the European Commission.") if settings.DEMO else "",
        "columns": [_("What"), _("Value")],
        "filed": {"title": _("What was filed"), "facts": facts.filed(revision)},
        "signed": {
            "title": _("Statement"),
            "statement": revision.statement,
            "by": _("Signed by %(name)s on %(moment)s.")
            % {"name": revision.signatory, "moment": facts.moment(revision)},
        }
        if revision.statement
        else None,
        "proof": {
            "title": _("Proof"),
            "text": _("Anybody who may read the filing can compute the first of these hashes again:"),
            "command": f"curl …/revisions/{revision.pk}/content.txt | sha256sum",
            "facts": facts.proof(revision),
        },
        "state": {"title": _("State"), "text": [facts.checks(revision), facts.next_step(revision)]},
    }


def displayable(words: Any) -> Any:
    """The same with every character that the fonts of the layout lack replaced. They hold the scripts of the languages
    of the Union: Latin, Greek, Cyrillic. PDF/UA refuses a character without a glyph."""
    if isinstance(words, dict):
        return {name: displayable(value) for name, value in words.items()}
    if isinstance(words, list | tuple):
        return [displayable(value) for value in words]
    if isinstance(words, str):
        return "".join(c if has_glyph(c) else UNSHOWN for c in unicodedata.normalize("NFC", words))
    return words


def has_glyph(character: str) -> bool:
    point, kind = ord(character), unicodedata.category(character)
    if kind in ("Cn", "Cc"):
        return character == "\n"
    return point < 0x483 or 0x48A <= point < 0x500 or 0x1E00 <= point < 0x2041 or character in "€№™\ufffd"
