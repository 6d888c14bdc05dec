"""How often rules fired, and how often somebody explained it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from django.db.models import Count, Exists, F, OuterRef, Q

from portal.models import User
from reporting import across
from reporting.rulebook.entries import ACROSS, ACROSS_VERSION, Entry
from submissions.models import Explanation, Finding, subject

Key = tuple[str, str, str]
"""Return, version, code of the rule."""


@dataclass(frozen=True)
class Tally:
    findings: int = 0
    filings: int = 0
    explained: int = 0
    """Findings that the filer explained, about the same figures."""


@dataclass(frozen=True)
class Fired:
    current: Tally
    """Over the revisions whose figures count."""
    ever: Tally
    """Over all revisions."""

    def as_json(self) -> dict[str, dict[str, int]]:
        return {"current": asdict(self.current), "all": asdict(self.ever)}


NEVER = Fired(Tally(), Tally())
RETURN, VERSION = "revision__filing__period__return_id", "revision__version"
IS_CURRENT = Q(revision__filing__current=F("revision"))


def fired(user: User, entries: Iterable[Entry]) -> Mapping[Key, Fired]:
    """How often each of these rules fired, as far as this user may know. Rules across filings are judged now, over what
    counts, and have no history."""
    chosen = list(entries)
    codes = {one.rule.code for one in chosen if one.return_id != ACROSS}
    found = by_verdicts(user, codes) if codes else {}
    return found | by_judging_now(user) if any(one.return_id == ACROSS for one in chosen) else found


def by_verdicts(user: User, codes: set[str]) -> dict[Key, Fired]:
    findings = Finding.objects.visible_to(user).filter(rule__in=codes, blocked_by="")
    rows = findings.order_by().values_list(RETURN, VERSION, "rule").annotate(
        findings=Count("pk", filter=IS_CURRENT), filings=Count("revision__filing", filter=IS_CURRENT, distinct=True),
        all_findings=Count("pk"), all_filings=Count("revision__filing", distinct=True),
    )  # fmt: skip
    now, ever = explained(user, codes)
    return {
        key: Fired(Tally(findings, filings, now[key]), Tally(all_findings, all_filings, ever[key]))
        for *names, findings, filings, all_findings, all_filings in rows
        for key in [(names[0], names[1], names[2])]
    }


def explained(user: User, codes: set[str]) -> tuple[Counter[Key], Counter[Key]]:
    """Explained findings over what counts, and over all revisions."""
    written = Explanation.objects.visible_to(user).filter(rule__in=codes)
    about = set(written.values_list("filing", "rule", "address", "subject"))
    here = Explanation.objects.filter(
        filing=OuterRef("revision__filing"), rule=OuterRef("rule"), address=OuterRef("address")
    )
    now, ever = Counter[Key](), Counter[Key]()
    if not about:
        return now, ever
    findings = Finding.objects.visible_to(user).filter(Exists(here), rule__in=codes, blocked_by="").order_by()
    for one in findings.select_related("revision__filing__period").iterator():
        filing = one.revision.filing
        if (filing.pk, one.rule, one.address, subject(one)) in about:
            key = (filing.period.return_id, one.revision.version, one.rule)
            ever[key] += 1
            now[key] += filing.current_id == one.revision_id
    return now, ever


def by_judging_now(user: User) -> dict[Key, Fired]:
    found = across.across(user)
    times = Counter(one.rule for one in found)
    places = {rule: {(one.return_id, one.period, one.entity) for one in found if one.rule == rule} for rule in times}
    tallies = {rule: Tally(n, len(places[rule])) for rule, n in times.items()}
    return {(ACROSS, ACROSS_VERSION, rule): Fired(tally, tally) for rule, tally in tallies.items()}
