"""Judging again what was judged before: under the same definition, beside the same revisions. Reads only."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from submissions.actions.checking import lines_of_each, verdicts_on
from submissions.canonical import content_hash
from submissions.models import Finding, Revision
from submissions.models.revision import RevisionQuerySet

TOGETHER, LINES_TOGETHER = 40, 20_000
"""Filings and lines that are judged in one go."""
FIELDS = ("rule", "severity", "address", "field", "line", "value", "related", "params", "blocked_by")


def canonical_finding(finding: Any) -> str:
    """A finding, fresh from the judge or kept in the database, as one line of JSON: keys sorted, numbers as floats,
    because a database may give 2.0 back as 2."""
    said = {name: plain(getattr(finding, name)) for name in FIELDS}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def plain(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) + 0.0  # no negative zero
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class Rechecked:
    """What came of judging a revision again. Nothing in any field: the same findings, byte for byte."""

    receipt: str
    findings: int
    """How many are stored."""
    problem: str = ""
    """Why it cannot be judged as it was."""
    only_stored: tuple[str, ...] = ()
    """Findings that are not found any more, canonical."""
    only_now: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return not (self.problem or self.only_stored or self.only_now)


def recheck(revisions: RevisionQuerySet) -> Iterator[Rechecked]:
    """Every checked revision among these, the oldest first."""
    sizes = revisions.filter(checked_at__isnull=False).order_by("pk").values_list("pk", "lines")
    for keys in batches(sizes.iterator()):
        yield from recheck_together(keys)


def batches(sizes: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Primary keys, of (primary key, number of lines), as many together as are judged in one go."""
    batch: list[int] = []
    lines = 0
    for key, height in sizes:
        if batch and (len(batch) == TOGETHER or lines + height > LINES_TOGETHER):
            yield batch
            batch, lines = [], 0
        batch.append(key)
        lines += height
    if batch:
        yield batch


def recheck_together(keys: list[int]) -> Iterator[Rechecked]:
    filed = Revision.objects.with_names().select_related("source").defer("source__deflated")
    revisions = list(filed.filter(pk__in=keys).order_by("pk"))
    stored: dict[int, list[str]] = defaultdict(list)
    for finding in Finding.objects.filter(revision__in=keys).order_by("revision", "position").iterator():
        stored[finding.revision_id].append(canonical_finding(finding))
    problems = {revision.pk: problem for revision in revisions if (problem := changed_since(revision))}
    sound = [revision for revision in revisions if revision.pk not in problems]
    lines = lines_of_each(sound)
    verdicts = verdicts_on(sound, lines)
    for revision in revisions:
        problem = problems.get(revision.pk, "")
        if not problem and content_hash(lines[revision.pk], revision.filing.head) != revision.content_hash:
            problem = "the lines that are kept have another sha256 than the receipt"
        if problem:
            yield Rechecked(revision.receipt, len(stored[revision.pk]), problem)
        else:
            yield compared(revision, stored[revision.pk], [*map(canonical_finding, verdicts[revision.pk].findings)])


def changed_since(revision: Revision) -> str:
    """Why the definition that a revision was judged under is not there any more; empty if it is."""
    name = f"{revision.filing.period.return_id} {revision.version}"
    try:
        now = revision.definition.fingerprint
    except KeyError:
        return f"the definition {name} is not there any more"
    if now == revision.fingerprint:
        return ""
    return f"the definition {name} was changed since: its fingerprint was {revision.fingerprint}, and is {now}"


def compared(revision: Revision, stored: list[str], found: list[str]) -> Rechecked:
    if "\n".join(stored) == "\n".join(found):
        return Rechecked(revision.receipt, len(stored))
    before, now = Counter(stored), Counter(found)
    if before == now:
        return Rechecked(revision.receipt, len(stored), "the same findings in another order")
    return Rechecked(
        revision.receipt,
        len(stored),
        only_stored=tuple((before - now).elements()),
        only_now=tuple((now - before).elements()),
    )
