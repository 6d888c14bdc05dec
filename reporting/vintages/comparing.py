"""Figures as they stood at the end of two days: added, gone, changed. Revisions that stood on both days are never read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import polars as pl

from portal.models import User
from reporting.exports.asking import Asked, lines_among
from reporting.exports.columns import labels
from reporting.exports.reading import KEPT, frames
from reporting.places import place_code
from submissions.models import Revision
from submissions.models.revision import RevisionQuerySet, day_after

ANSWER = ("value", "obs_status", "unit", "qualifier", "low", "high", "reason", "flags", "comment")
"""What makes two lines at one place the same."""
TOLD = (*ANSWER, "number")
PLACE = ("filing", "address", "start", "end", "turn")
ADDED, GONE, CHANGED = KINDS = ("added", "gone", "changed")
READ = ["revision", "line", "address", "code", "start", "end", *TOLD]


@dataclass(frozen=True)
class Moved:
    """One filing whose figures are others on the later day: the revision that stood then, and the one before it."""

    now: Revision
    then: Revision | None
    """None where nothing was accepted by the earlier day."""


@dataclass(frozen=True)
class Vintages:
    """What changed from the end of one day to the end of another."""

    since: date
    until: date
    moved: Mapping[int, Moved]
    """By filing, the last accepted first."""
    rows: pl.DataFrame
    """A row a figure that differs: PLACE, `code`, `kind` (one of KINDS), `fields` (names of ANSWER that differ, with `;`),
    TOLD as it stands on the later day, and as `was_…` on the earlier. Changed ones first, by filing and address."""

    @cached_property
    def counts(self) -> dict[tuple[int, str], int]:
        """By filing and kind."""
        counted = self.rows.group_by("filing", "kind").len()
        return {(filing, kind): number for filing, kind, number in counted.iter_rows()}

    def has(self, pair: Moved) -> bool:
        """Another revision stands, and a figure of it is another."""
        return any((pair.now.filing_id, kind) in self.counts for kind in KINDS)

    def count(self, kind: str) -> int:
        return sum(number for (_filing, one), number in self.counts.items() if one == kind)


def vintages(user: User, since: date, until: date, asked: Asked) -> Vintages:
    """Between the ends of two days, of what this user may see. Two queries, and those that read the lines."""
    moved = moves(user, since, until, asked)
    revisions = [one for pair in moved.values() for one in (pair.then, pair.now) if one]
    return Vintages(since, until, moved, compare(lines_of(revisions, asked), moved))


def moves(user: User, since: date, until: date, asked: Asked) -> dict[int, Moved]:
    """What stands on the later day and was accepted after the earlier one did not stand on both; nothing else moved."""
    names = ("filing__obligation__entity", "filing__period", "submitted_by", "decided_by")
    later = replace(asked, as_of=until).revisions(user).filter(decided_at__gte=day_after(since))
    now = list(later.select_related(*names).order_by("-decided_at", "-pk"))
    seen: RevisionQuerySet = Revision.objects.filter(filing__in=[one.filing_id for one in now])
    then = {one.filing_id: one for one in seen.standing(since)}
    return {one.filing_id: Moved(one, then.get(one.filing_id)) for one in now}


def lines_of(revisions: Sequence[Revision], asked: Asked) -> pl.DataFrame:
    """Columns READ, and `filing`."""
    sizes = [(one.pk, one.lines) for one in revisions]
    read = [lines.select(READ) for _looked_at, lines in frames(lines_among(**asked.lines), sizes)]
    filings = pl.DataFrame(
        [(one.pk, one.filing_id) for one in revisions],
        schema={"revision": pl.Int64, "filing": pl.Int64},
        orient="row",
    )
    nothing = pl.DataFrame(schema={name: KEPT[name] for name in READ})
    return pl.concat([nothing, *read]).join(filings, on="revision", how="left")


def compare(lines: pl.DataFrame, moved: Mapping[int, Moved]) -> pl.DataFrame:
    """The rows of Vintages. Of several lines at one place the first is compared with the first."""
    turn = pl.int_range(pl.len()).over("revision", "address", "start", "end").alias("turn")
    placed = lines.sort("revision", "line").with_columns(turn)
    later = [pair.now.pk for pair in moved.values()]
    now = placed.filter(pl.col("revision").is_in(later)).select(*PLACE, "code", *TOLD)
    then = placed.filter(~pl.col("revision").is_in(later)).select(*PLACE, "code", *TOLD)
    was = then.rename({name: f"was_{name}" for name in ("code", *TOLD)})
    both = now.join(was, on=PLACE, how="full", coalesce=True)
    differs = {name: ~pl.col(name).eq_missing(pl.col(f"was_{name}")) for name in ANSWER}
    kind = (
        pl.when(pl.col("was_code").is_null()).then(pl.lit(ADDED))
        .when(pl.col("code").is_null()).then(pl.lit(GONE))
        .otherwise(pl.lit(CHANGED)).alias("kind")
    )  # fmt: skip
    fields = pl.concat_str(
        [pl.when(one).then(pl.lit(name)) for name, one in differs.items()], separator=";", ignore_nulls=True
    )
    found = both.filter(pl.any_horizontal(*differs.values(), pl.col("code").is_null(), pl.col("was_code").is_null()))
    order = pl.DataFrame({"filing": list(moved)}, schema={"filing": pl.Int64}).with_row_index("order")
    rank = pl.col("kind").replace_strict({CHANGED: 0, ADDED: 1, GONE: 2}, return_dtype=pl.Int8)
    return (
        found.with_columns(kind, pl.coalesce("code", "was_code").alias("code"))
        .with_columns(pl.when(pl.col("kind") == CHANGED).then(fields).otherwise(pl.lit("")).alias("fields"))
        .join(order, on="filing", how="left")
        .sort(rank, "order", "address", "start", "end", "turn")
        .drop("was_code", "order")
    )


def as_table(found: Vintages, language: str) -> pl.DataFrame:
    """Every change with who, when and why, as a table for a file. Countries as the Union writes them."""
    about = pl.DataFrame(
        [told(pair) for pair in found.moved.values()],
        schema=dict.fromkeys(ABOUT, pl.String) | {"filing": pl.Int64, "decided_at": pl.Datetime("us", "UTC")},
        orient="row",
    )
    rows = found.rows.join(about, on="filing", how="left", maintain_order="left")
    rows = rows.join(labels(language), on=["return_id", "version", "code"], how="left", maintain_order="left")
    beside = [name for one in TOLD for name in (f"was_{one}", one)]
    return rows.select(
        "kind", "fields", pl.col("return_id").alias("return"), "version", "period", "entity", "country", "address", "code",
        "label", "start", "end", *beside, *(name for name in ABOUT if name not in ("filing", *KEYS)),
    )  # fmt: skip


KEYS = ("return_id", "version", "period", "entity", "country")
ABOUT = (
    "filing", *KEYS, "was_receipt", "receipt", "submitted_by", "decided_by",
    "decided_at", "reason_of_correction", "decision_reason",
)  # fmt: skip


def told(pair: Moved) -> tuple[object, ...]:
    now, filing = pair.now, pair.now.filing
    entity = filing.obligation.entity
    return (
        filing.pk, filing.period.return_id, now.version, filing.period.label, entity.code,
        place_code(entity.country), pair.then.receipt if pair.then else "", now.receipt,
        str(now.submitted_by), str(now.decided_by), now.decided_at, now.reason, now.decision_reason,
    )  # fmt: skip
