"""Where a draft stands: its lines, what the judge says of them, what stands beside its fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import polars as pl
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from portal.models import User
from submissions import actions
from submissions.answers import Line as Answer
from submissions.answers import answer_in_words
from submissions.canonical import canonicalise, raw_frame
from submissions.definition import split_address
from submissions.entry.lines import Line, plain
from submissions.entry.numbers import shown
from submissions.entry.progress import Progress, progress
from submissions.entry.rows import Beside, day_in_words
from submissions.entry.sections import Form
from submissions.models import Draft, DraftSection, Filing, Severity
from submissions.presentation import RANK, ShownFinding, missing_words, show, shown_value
from submissions.sources import JSON, from_observations
from submissions.validation import Computed, Finding

JUDGED_AT_ONCE = 5_000
"""A draft of more lines is judged when somebody asks for it, not after every save."""
KEPT_SECONDS = 3600
RECENTLY = timedelta(minutes=15)


@dataclass
class FormSource:
    """The form as the source that findings point into."""

    media_type: str = JSON
    layout: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Standing:
    filing: Filing
    language: str
    everything: bool
    """Also what is said of fields nobody has answered yet: shown once somebody asked for a check."""

    @cached_property
    def draft(self) -> Draft | None:
        return Draft.objects.filter(filing=self.filing).first()

    @property
    def edition(self) -> int:
        return self.draft.edition if self.draft else 0

    @cached_property
    def saves(self) -> list[DraftSection]:
        """The current save of each section."""
        return list(self.draft.sections.filter(current=True).select_related("saved_by")) if self.draft else []

    def save_of(self, category: int) -> DraftSection | None:
        return next((save for save in self.saves if save.category == category), None)

    @cached_property
    def observations(self) -> list[dict[str, Any]]:
        return [line for save in self.saves for line in save.observations]

    @cached_property
    def verdict(self) -> tuple[tuple[Finding, ...], tuple[Computed, ...]]:
        """Of this edition, kept for the pages that are asked for next."""
        if self.draft is None or (len(self.observations) > JUDGED_AT_ONCE and not self.everything):
            return (), ()
        key = f"draft-verdict-{self.draft.pk}-{self.edition}-{self.filing.definition.fingerprint}"
        if (known := cache.get(key)) is None:
            filing = self.filing
            lines = canonicalise(filing.definition, from_observations(self.observations), filing.head)
            verdict = actions.judge(filing, lines)
            known = verdict.findings, verdict.computed
            cache.set(key, known, KEPT_SECONDS)
        return known

    @cached_property
    def findings(self) -> list[Finding]:
        """What is shown of the verdict, the worst first. Before anybody asks for a check an empty field is no fault."""
        answered = {str(line.get("address") or "") for line in self.observations}
        seen = [f for f in self.verdict[0] if not f.blocked_by and (self.everything or f.address in answered)]
        order = {code: place for place, code in enumerate(self.filing.definition.points)}
        return sorted(seen, key=lambda f: (RANK[Severity(f.severity)], order.get(split_address(f.address)[0], -1)))

    def shown(self, findings: Iterable[Finding]) -> list[ShownFinding]:
        return show(self.filing.definition, findings, FormSource(), self.explained, self.language)

    @cached_property
    def explained(self) -> Any:
        return self.filing.explanations.by_finding()

    @cached_property
    def computed(self) -> dict[str, str]:
        """What follows from the parts, in words, by address."""
        return {c.address: shown(f"{c.value:.2f}".rstrip("0").rstrip("."), self.language) for c in self.verdict[1]}

    @cached_property
    def progress(self) -> list[Progress]:
        return progress(self.filing.definition, self.observations, self.findings)

    def before(self, category: int) -> dict[str, str]:
        """Answers of the last accepted period, in words, by address."""
        return self.answers(actions.previous_lines(self.filing, self.filing.definition.version), category)

    def filed(self, category: int) -> dict[str, str]:
        """Answers of the revision that this draft corrects."""
        return self.answers(actions.canonical_lines(self.filing.latest) if self.filing.latest else None, category)

    def answers(self, lines: pl.DataFrame | None, category: int) -> dict[str, str]:
        if lines is None:
            return {}
        found: dict[str, str] = {}
        for row in lines.filter(pl.col("t_category") == category).iter_rows(named=True):
            said = [found[row["address"]]] if row["address"] in found else []
            found[row["address"]] = "; ".join([*said, self.answer(row)])
        return found

    def answer(self, row: dict[str, Any]) -> str:
        """Only what would be typed: no unit, no remarks."""
        definition, answered = self.filing.definition, Answer.of(row)
        if answered.obs_status in definition.missing:
            return missing_words(definition, answered, self.language)
        point = definition.points.get(row["code"])
        if point and point.value_type == "date":
            return day_in_words(answered.value)
        return shown_value(definition, answered, point, self.language)

    def in_words(self, lines: list[Line]) -> str:
        """What lines of one address say."""
        definition = self.filing.definition
        rows = canonicalise(definition, raw_frame(lines), self.filing.head).iter_rows(named=True)
        return "; ".join(
            answer_in_words(definition, Answer.of(row), definition.points.get(row["code"]), self.language)
            for row in rows
        )

    def others(self, category: int, user: User) -> list[DraftSection]:
        """Who else saved this section a short while ago: the last save of each."""
        if self.draft is None:
            return []
        since = timezone.now() - RECENTLY
        saves = (
            self.draft.sections.filter(category=category, saved_at__gte=since)
            .exclude(saved_by=user)
            .select_related("saved_by")
            .defer("observations")
        )
        return list({save.saved_by_id: save for save in saves}.values())


def by_address(findings: Iterable[ShownFinding]) -> dict[str, list[ShownFinding]]:
    found: dict[str, list[ShownFinding]] = defaultdict(list)
    for one in findings:
        found[one.finding.address].append(one)
    return found


def checked(request: HttpRequest, filing: Filing) -> bool:
    """Whether this reader asked for a check of this filing since he signed in."""
    return f"checked-{filing.pk}" in request.session


def note_check(request: HttpRequest, filing: Filing) -> None:
    if not checked(request, filing):
        request.session[f"checked-{filing.pk}"] = True


def lines_by_address(lines: list[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line["address"], []).append(line)
    return found


def form_of(standing: Standing, category: int, mine: dict[str, list[Line]] | None = None, **more: Any) -> Form:
    """The section from the draft as it stands, but for addresses where the reader's own answers are shown."""
    definition = standing.filing.definition
    save = standing.save_of(category)
    lines = plain(definition, save.observations if save else [])
    for address, typed_lines in (mine or {}).items():
        lines = [line for line in lines if line["address"] != address] + typed_lines
    return Form(definition, category, standing.filing.head, lines, standing.language, **({"beside": Beside()} | more))
