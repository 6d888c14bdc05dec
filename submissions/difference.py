"""What is new in one set of canonical lines against another: added, changed, removed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from submissions.canonical import FIELDS

PLACE = ["address", "start", "end", "turn"]
ANSWER = [name for name in FIELDS if name not in ("address", "period")]
KEPT = [*ANSWER, "code", "number", "low_number", "high_number"]


@dataclass(frozen=True)
class Difference:
    """One row a place where the two differ, by address. Columns of the earlier lines begin with `was_`; `kind` is
    added, changed or removed."""

    rows: pl.DataFrame

    def count(self, kind: str) -> int:
        return self.rows.filter(pl.col("kind") == kind).height


def difference(before: pl.DataFrame, after: pl.DataFrame) -> Difference:
    """Compare two sets of canonical lines of one filing. A place is an address and its days."""
    was = placed(before).rename({name: f"was_{name}" for name in KEPT})
    both = placed(after).join(was, on=PLACE, how="full", coalesce=True)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"was_{name}")) for name in ANSWER)
    kind = (
        pl.when(pl.col("was_code").is_null()).then(pl.lit("added"))
        .when(pl.col("code").is_null()).then(pl.lit("removed"))
        .otherwise(pl.lit("changed")).alias("kind")
    )  # fmt: skip
    return Difference(both.filter(~same).with_columns(kind).sort(PLACE))


def placed(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with their place; of several at one address and days, the first is compared with the first."""
    turn = pl.int_range(pl.len()).over("address", "start", "end").alias("turn")
    return lines.with_columns(turn).select(*PLACE, *KEPT)
