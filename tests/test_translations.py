"""Every text of the pages exists in Danish and Dutch, whole."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages import pofile

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.pure
@pytest.mark.parametrize("language", ["da", "nl"])
def test_every_message_is_translated_with_its_placeholders(language: str) -> None:
    with (ROOT / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = pofile.read_po(file, locale=language)
    assert len(catalogue) > 400
    for message in catalogue:
        translations = message.string if isinstance(message.string, tuple) else (message.string,)
        assert (message.id, message.fuzzy) == (message.id, False)
        assert (message.id, all(translations)) == (message.id, True)
        assert (message.id, [str(error) for error in message.check(catalogue)]) == (message.id, [])


@pytest.mark.pure
def test_no_text_of_the_code_is_missing_in_the_catalogues(tmp_path: Path) -> None:
    """What makemessages would find stands in the catalogue already."""
    work = tmp_path / "copy"
    for part in ("portal", "submissions", "reporting", "templates", "locale"):
        shutil.copytree(ROOT / part, work / part)
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "da", "--no-location", "--no-obsolete"],
        cwd=work, check=True, capture_output=True,
    )  # fmt: skip
    with (work / "locale/da/LC_MESSAGES/django.po").open("rb") as file:
        fresh = {message.id for message in pofile.read_po(file, locale="da")}
    with (ROOT / "locale/da/LC_MESSAGES/django.po").open("rb") as file:
        kept = {message.id for message in pofile.read_po(file, locale="da")}
    assert fresh - kept == set()
