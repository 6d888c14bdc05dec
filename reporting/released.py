"""Statistics as everybody may read them: what was released, through disclosure control."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import polars as pl
from django.conf import settings

from reporting.assumed import table
from reporting.comparability import compare_each
from reporting.disclosure import Key, Ledger
from reporting.observed import framed
from reporting.statistics import Line, Statistics, UnionTotal
from submissions.models import Release, ReportingPeriod, Revision

NUMERIC = ("count", "percentage", "duration")


def released() -> dict[tuple[str, str], Statistics]:
    """The last release of every period by return and label, the newest period first."""
    return made(tuple(Release.objects.values_list("pk", "released_at")), settings.DISCLOSURE_THRESHOLD)


@lru_cache(maxsize=4)
def made(marks: tuple[tuple[int, datetime], ...], threshold: int) -> dict[tuple[str, str], Statistics]:
    """Kept in the process: releases never change. `marks` names them all, in the order of publication."""
    releases = list(Release.objects.filter(pk__in=[pk for pk, _at in marks]).select_related("period"))
    through = Release.revisions.through.objects
    found = pl.DataFrame(
        list(through.values_list("release_id", "revision_id")),
        schema={"release": pl.Int64, "revision": pl.Int64},
        orient="row",
    )
    everything = framed(Revision.objects.filter(pk__in=through.values("revision_id")))
    standing: dict[tuple[str, str], Statistics] = {}
    protected: dict[tuple[str, str], Statistics] = {}
    ledgers: dict[str, Ledger] = defaultdict(lambda: Ledger(threshold))
    runs: dict[tuple[object, ...], Line] = {}
    silent: set[tuple[str, str]] = set()
    for release in releases:
        mine = everything.filter(pl.col("revision").is_in(found.filter(release=release.pk)["revision"].implode()))
        one = unprotected(release, mine, runs, threshold)
        name = (release.period.return_id, release.period.label)
        standing[name] = one
        beside = [other for (return_id, _label), other in standing.items() if return_id == name[0]]
        why = ledgers[name[0]].publish(table(one, beside))
        silent |= {(name[0], line.entity) for line in one.lines if line.key in why}
        protected[name] = protect(one, why, {entity for return_id, entity in silent if return_id == name[0]})
    return dict(sorted(protected.items(), key=lambda item: (item[0][0], item[1].start), reverse=True))


def unprotected(
    release: Release, frame: pl.DataFrame, runs: dict[tuple[object, ...], Line], threshold: int
) -> Statistics:
    """`runs`: the last figure of every cell, which is brought up to date."""
    period: ReportingPeriod = release.period
    shown = frame.filter(pl.col("value_type").is_in(NUMERIC)).sort("entity", "line")
    lines = [
        counted(line, runs) if valued else line._replace(number=None, low=None, high=None)
        for line, valued in zip(read_lines(shown), shown["valued"], strict=True)
    ]
    keys = {line.cell: line.key for line in lines if line.valued}
    return Statistics(
        period.definition, period.label, period.start, period.end, release.released_at, threshold,
        tuple(lines), tuple(union_totals(shown, keys)),
    )  # fmt: skip


def counted(line: Line, runs: dict[tuple[object, ...], Line]) -> Line:
    """The line with its run."""
    last = runs.get(line.cell)
    same = last is None or (last.number, last.low, last.high) == (line.number, line.low, line.high)
    runs[line.cell] = line._replace(run=(last.run if last else 0) + (not same))
    return runs[line.cell]


def read_lines(frame: pl.DataFrame) -> list[Line]:
    names = [name for name in Line._fields if name not in ("run", "withheld")]
    return [Line(*row) for row in frame.select(names).iter_rows()]


def union_totals(frame: pl.DataFrame, keys: Mapping[tuple[object, ...], Key]) -> Iterator[UnionTotal]:
    """Of every data point that two entities at least can be added in; the comparability engine decides. `keys`: of the
    figures by their place."""
    for (address,), comparison in compare_each(frame, "add", by=["address"]).items():
        total = comparison.subset_total
        if total is None or total.value is None or total.qualifier != "exact" or comparison.counted < 2:
            continue
        added = read_lines(comparison.lines.filter("subset"))
        yield UnionTotal(
            str(address), added[0].code, added[0].unit, added[0].start, added[0].end, total.value, total.status,
            tuple(sorted({line.entity for line in added})), tuple(sorted(keys[line.cell] for line in added)),
        )  # fmt: skip


def protect(one: Statistics, why: Mapping[Key, str], silent: set[str]) -> Statistics:
    """What is withheld goes. So do the comments of entities of which anything is: a sentence may repeat a number."""
    lines = [line.hidden(why[line.key]) if line.key in why else line for line in one.lines]
    return replace(
        one,
        lines=tuple(line._replace(comment="") if line.entity in silent else line for line in lines),
        totals=tuple(
            replace(total, number=None, obs_status="", withheld=why[total.key]) if total.key in why else total
            for total in one.totals
        ),
    )
