"""Why a source cannot be read, each reason with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def gettext_noop(text: str) -> str:
    """Marks a sentence for translation; it is translated where it is shown."""
    return text


OURS = ("kind",)
"""Values that are words of the portal, not of the file."""
IN_LINE = gettext_noop("Line %(line)s: %(problem)s")


@dataclass(frozen=True)
class Fault:
    """One reason why a source cannot be read, with its place: a sentence with %(placeholders)s and their values."""

    code: str
    sentence: str
    pointer: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    line: int = 0
    """Of the file, counted from 1, where the sentence itself does not name it."""

    @property
    def detail(self) -> str:
        return self.told()

    def told(self, translate: Callable[[str], str] = str) -> str:
        values = {name: translate(str(value)) if name in OURS else value for name, value in self.values.items()}
        sentence = translate(self.sentence) % values if values else translate(self.sentence)
        if not self.line:
            return sentence
        return translate(IN_LINE) % {"line": self.line, "problem": sentence}


class SourceError(Exception):
    """A source that cannot be read at all."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.told() for fault in faults))
        self.faults = faults


def refusal(code: str, sentence: str, **values: object) -> SourceError:
    """The error of a source that fails as a whole."""
    return SourceError(Fault(code, sentence, "", values))
