"""Words of the workbook itself in the reader's language."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from submissions.definition import Text


@lru_cache(maxsize=1)
def texts() -> dict[str, dict[str, Text]]:
    return tomllib.loads(Path(__file__).with_name("texts.toml").read_text(encoding="utf-8"))


class Words:
    """`Words("da")("columns", "value")`."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, section: str, key: str) -> str:
        return texts()[section][key][self.language]
