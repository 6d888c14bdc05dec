"""What a draft of a definition would say of what was filed already. Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from submissions.actions.checking import lines_of_each
from submissions.canonical import FIELDS, canonicalise
from submissions.definition import Definition
from submissions.models import Filing, Finding, Revision, RevisionState
from submissions.rechecking import batches
from submissions.rules import Context
from submissions.validation import Verdict, validate_together

READABLE = 0.5
"""Share of the lines of a revision whose addresses a draft must know, else it asks for other things altogether."""


@dataclass(frozen=True)
class Impact:
    """What a draft says of a revision, beside what was said of it."""

    receipt: str
    entity: str
    period: str
    version: str
    lines: int
    unknown: int
    """Lines whose address the draft does not know."""
    errors_before: int
    errors_now: int | None
    """None where the draft cannot read the revision."""
    fires: tuple[tuple[str, str], ...] = ()
    """Rule and address of findings that are new."""
    ceases: tuple[tuple[str, str], ...] = ()
    """Rule and address of findings that are gone."""

    @property
    def change(self) -> str:
        if self.errors_now is None:
            return "not_read"
        if bool(self.errors_now) == bool(self.errors_before):
            return "same"
        return "newly_fails" if self.errors_now else "newly_passes"


def impact(draft: Definition) -> Iterator[Impact]:
    """Of a draft on the last revision of every filing of its return that was checked and not withdrawn, beside the
    revisions it was compared with. The oldest first."""
    latest = Filing.objects.filter(period__return_id=draft.return_id, sandbox=False, latest__checked_at__isnull=False)
    sizes = (
        latest.exclude(latest__state=RevisionState.WITHDRAWN).order_by("latest").values_list("latest", "latest__lines")
    )
    for keys in batches(sizes.iterator()):
        yield from impact_on(draft, keys)


def impact_on(draft: Definition, keys: list[int]) -> Iterator[Impact]:
    filed = Revision.objects.with_names().select_related("source").defer("source__deflated")
    revisions = list(filed.filter(pk__in=keys).order_by("pk"))
    beside = {key for one in revisions for key in (one.compared_with_id, one.replaces_accepted_id) if key}
    lines = read_through(draft, [*revisions, *filed.filter(pk__in=beside.difference(keys))])
    unknown = {one.pk: lines[one.pk].filter(pl.col("address_fault") != "").height for one in revisions}
    readable = [one for one in revisions if unknown[one.pk] <= (1 - READABLE) * lines[one.pk].height]
    verdicts = verdicts_under(draft, readable, lines)
    said = fired(keys)
    for one in revisions:
        head, verdict, before = one.filing.head, verdicts.get(one.pk), said[one.pk]
        now = Counter((f.rule, f.address) for f in verdict.findings if not f.blocked_by) if verdict else before
        yield Impact(
            one.receipt, head.entity, head.period, one.version, lines[one.pk].height, unknown[one.pk],
            one.errors, verdict.count("error") if verdict else None,
            tuple(sorted((now - before).elements())), tuple(sorted((before - now).elements())),
        )  # fmt: skip


def read_through(draft: Definition, revisions: list[Revision]) -> dict[int, pl.DataFrame]:
    """By revision, its lines as they would have been received under the draft."""
    kept = lines_of_each(revisions)
    return {
        one.pk: canonicalise(draft, kept[one.pk].select("line", *FIELDS, "extra"), one.filing.head) for one in revisions
    }


def verdicts_under(
    draft: Definition, revisions: list[Revision], lines: Mapping[int, pl.DataFrame]
) -> dict[int, Verdict]:
    """By revision. Each is judged beside the revisions it was compared with."""

    def context(one: Revision) -> Context:
        return Context(one.filing.head, lines.get(one.compared_with_id or 0), lines.get(one.replaces_accepted_id or 0))

    if not revisions:
        return {}
    verdicts = validate_together(draft, [(lines[one.pk], context(one)) for one in revisions])
    return dict(zip((one.pk for one in revisions), verdicts, strict=True))


def fired(keys: list[int]) -> Mapping[int, Counter[tuple[str, str]]]:
    """By revision: rule and address of what was found."""
    said: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    stored = Finding.objects.filter(revision__in=keys, blocked_by="")
    for of, rule, address in stored.values_list("revision", "rule", "address"):
        said[of][rule, address] += 1
    return said
