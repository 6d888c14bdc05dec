"""One row of the form: a data point at an address, its fields, and what stands beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from submissions.canonical import FIELDS
from submissions.definition import DataPoint, Definition
from submissions.entry.choices import boxes, choices, options, statuses
from submissions.entry.fields import DAY, line_fields
from submissions.entry.lines import Line
from submissions.entry.numbers import Understood, question, shown
from submissions.presentation import ShownFinding, code_label, unit_label

SHORT = 60
"""Characters of a comment that the closed fold shows."""
PLAIN_KINDS = {"count": "number", "percentage": "number", "duration": "number", "list": "text"}


@dataclass(frozen=True)
class Clash:
    """Two people answered one address differently."""

    mine: str
    theirs: str
    by: str
    at: datetime | None
    edition: int


@dataclass
class Beside:
    """What stands beside the fields, by address."""

    findings: Mapping[str, list[ShownFinding]] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    """Answers of the period before, in words."""
    filed: Mapping[str, str] = field(default_factory=dict)
    """Answers of the last revision, where this one corrects it."""
    clashes: Mapping[str, Clash] = field(default_factory=dict)


def anchor(address: str) -> str:
    """The address as an `id` of the page: letters, digits, points; all else by its number."""
    return "".join(sign if sign.isalnum() or sign in "._" else f"-{ord(sign):x}-" for sign in address)


class Names:
    """Names of the fields of a line: `names.value` -> `value.0.reports.total`."""

    def __init__(self, address: str, turn: int) -> None:
        self.end = f"{turn}.{address}"

    def __getitem__(self, name: str) -> str:
        return f"{name}.{self.end}"


@dataclass
class Row:
    definition: Definition
    point: DataPoint
    address: str
    turn: int
    line: Line
    language: str
    beside: Beside

    def __post_init__(self) -> None:
        self.names = Names(self.address, self.turn)
        self.anchor = anchor(self.address) + (f"-{self.turn}" if self.turn else "")
        self.kind = PLAIN_KINDS.get(self.point.value_type, self.point.value_type)
        self.label = self.point.label[self.language]
        self.help = self.point.help[self.language]
        condition = self.point.condition[self.language]
        self.condition = condition[:1].upper() + condition[1:]
        self.fields: dict[str, list[str]] = line_fields(self.definition, self.line, self.language)
        self.one: dict[str, str] = {name: values[-1] for name, values in self.fields.items()}

    @property
    def heading(self) -> str:
        """The group of the form it belongs to: `Content data > Images`."""
        return self.point.group[self.language].replace(" > ", " › ")

    @property
    def has_answer(self) -> bool:
        return len(self.line) > 1

    # What stands beside

    @property
    def first(self) -> bool:
        """The first line of its address; what is said of the address stands there once."""
        return self.turn == 0

    @property
    def findings(self) -> list[ShownFinding]:
        """Without the error that a number cannot be read where the question says what it seems to mean."""
        found = self.beside.findings.get(self.address, []) if self.first else []
        return [
            one
            for one in found
            if not (self.asked and one.finding.severity == "error" and one.finding.field == "value")
        ]

    @property
    def invalid(self) -> bool:
        return any(found.finding.severity == "error" for found in self.findings)

    @property
    def computed(self) -> str:
        return self.beside.computed.get(self.address, "") if self.first else ""

    @property
    def before(self) -> str:
        return self.beside.before.get(self.address, "") if self.first else ""

    @property
    def filed(self) -> str:
        return self.beside.filed.get(self.address, "") if self.first else ""

    @property
    def clash(self) -> Clash | None:
        return self.beside.clashes.get(self.address) if self.first else None

    @cached_property
    def asked(self) -> str:
        """What the typed text seems to mean, in words, where that must be confirmed."""
        if not self.point.numeric or self.clash or "value" not in self.line:
            return ""
        understood = question(self.line.get("value", ""), self.language, self.point.value_type)
        return self.in_words(understood) if understood else ""

    def in_words(self, understood: Understood) -> str:
        low, high = shown(understood.low, self.language), shown(understood.high, self.language)
        number = f"{low} – {high}" if low else shown(understood.value, self.language)
        named = code_label(self.definition, "qualifier", understood.qualifier, self.language)
        return f"{number}, {named.lower()}" if understood.qualifier else number

    # Fields

    @property
    def carried_fields(self) -> list[tuple[str, str]]:
        """Hidden fields: what a field was where its text alone would not say it, and fields nobody knows."""
        return [
            (self.names[name], text) for name, text in self.one.items() if name.startswith("was-") or name == "extra"
        ]

    @property
    def height(self) -> int:
        """Lines of a field for words; where a reason stands instead of an answer, one is enough."""
        if self.line.get("obs_status") in self.definition.missing and not self.line.get("value"):
            return 1
        return 2 if self.point.value_type == "list" else 3

    @property
    def open_unit(self) -> bool:
        return self.point.unit == "open"

    @property
    def other_unit(self) -> bool:
        """A unit was named that the data point does not have."""
        return "unit" in self.one and not (self.open_unit and self.point.numeric)

    @property
    def hedged(self) -> bool:
        return self.point.numeric or any(name in self.one for name in ("qualifier", "low", "high"))

    @property
    def unit(self) -> str:
        return unit_label(self.definition, self.point.unit, self.language) if self.point.unit != "open" else ""

    @property
    def day(self) -> bool:
        """A browser's own field for dates shows it."""
        value = self.one.get("value", "")
        return not value or DAY.match(value) is not None

    @property
    def answers(self) -> SafeString:
        """Yes, no, and no answer; or the codes of the list."""
        if self.kind == "boolean":
            known = (("1", _("Yes")), ("0", _("No")), ("", _("No answer")))
            return boxes(known, self.fields["value"], self.names["value"], "radio")
        return boxes(self.listed(self.point.code_list), self.fields.get("value", []), self.names["value"])

    def listed(self, list_id: str) -> tuple[tuple[str, str], ...]:
        return choices(self.definition, list_id, self.language)

    @property
    def normal(self) -> SafeString:
        """The status that goes without saying; `A` where it is stated though there is no value."""
        chosen = self.one["obs_status"]
        named = code_label(self.definition, "obs_status", "A", self.language)
        if chosen == "A":
            return options((("", _("No answer")), ("A", named)), chosen)
        elsewhere = chosen in self.definition.valued or chosen in self.definition.missing
        return options((("", named),), None if elsewhere else chosen)

    @property
    def valued(self) -> SafeString:
        return options(statuses(self.definition, self.language, False), self.listed_status(self.definition.valued))

    @property
    def missing(self) -> SafeString:
        return options(statuses(self.definition, self.language, True), self.listed_status(self.definition.missing))

    def listed_status(self, among: tuple[str, ...]) -> str | None:
        chosen = self.one["obs_status"]
        return chosen if chosen in among and chosen != "A" else None

    @property
    def reasons(self) -> SafeString:
        given = [code for code in self.fields.get("reason", []) if code not in dict(self.listed("reason_period"))]
        return boxes(self.listed("reason"), given, self.names["reason"])

    @property
    def period_reasons(self) -> SafeString:
        known = self.listed("reason_period")
        return boxes(
            known, [code for code in self.fields.get("reason", []) if code in dict(known)], self.names["reason"]
        )

    @property
    def flags(self) -> SafeString | str:
        """Asked where the return knows figures that are flagged, and where one was flagged."""
        given = self.fields.get("flags", [])
        if not given and not (self.point.numeric and flagging(self.definition)):
            return ""
        return boxes(self.listed("comparability_flag"), given, self.names["flags"])

    @property
    def qualifiers(self) -> SafeString:
        chosen = self.one.get("qualifier", "")
        known = (("", ""), *self.listed("qualifier"))
        return options(known, chosen)

    @property
    def units(self) -> SafeString:
        lists = (*self.listed("unit"), *(self.listed("retention_unit") if self.point.value_type == "duration" else ()))
        known = {code: label for code, label in lists if code != "open"}
        return options((("", ""), *known.items()), self.one.get("unit", ""))

    # The fold

    @property
    def said(self) -> list[str]:
        """What is set in the fold, so that nothing set is hidden when it is closed."""
        line, words = self.line, []
        if status := line.get("obs_status"):
            words.append(code_label(self.definition, "obs_status", status, self.language))
        dated = self.definition.code_lists["reason_period"].codes
        for code in filter(None, line.get("reason", "").split(";")):
            words.append(
                code_label(self.definition, "reason_period" if code in dated else "reason", code, self.language)
            )
        words += [period_in_words(line["period"])] if "period" in line else []
        words += [hedge_in_words(self, line)] if line.get("qualifier") or "low" in line or "high" in line else []
        words += [code_label(self.definition, "unit", line["unit"], self.language)] if "unit" in line else []
        words += [
            code_label(self.definition, "comparability_flag", flag, self.language)
            for flag in line.get("flags", "").split(";") if flag
        ]  # fmt: skip
        if comment := line.get("comment", ""):
            words.append(f"“{comment[:SHORT]}{'…' if len(comment) > SHORT else ''}”")
        return words

    @property
    def carried(self) -> Line:
        """What was sent under names that nobody knows."""
        return {name: text for name, text in self.line.items() if name not in FIELDS}


def flagging(definition: Definition) -> bool:
    return any(point.flag_code for point in definition.points.values())


def hedge_in_words(row: Row, line: Line) -> str:
    """The precision that was stated, with both ends of a range."""
    named = code_label(row.definition, "qualifier", line["qualifier"], row.language) if "qualifier" in line else ""
    ends = [shown(line[name], row.language) for name in ("low", "high") if name in line]
    return ", ".join(filter(None, (named, " – ".join(ends))))


def period_in_words(period: str) -> str:
    first, _slash, last = period.partition("/")
    return " – ".join(day_in_words(day) for day in (first, last))


def day_in_words(day: str) -> str:
    try:
        return date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT")
    except ValueError:
        return day.replace("..", "…")
