"""What may be added over all who owe a figure, as the comparability engine sees it."""

from __future__ import annotations

import polars as pl

from reporting.comparability import Comparison, compare_each
from reporting.comparability.estimating import headline
from reporting.report.material import Material
from reporting.report.outline import outline
from submissions.models import ReportingPeriod

SET = ["return_id", "period", "code"]


def comparison(period: ReportingPeriod, code: str, material: Material, purpose: str = "add") -> Comparison | None:
    """Of a data point in a period; None where nobody gave a number."""
    if purpose not in material.kept:
        material.kept[purpose] = compared(material, purpose)
    found: Comparison | None = material.kept[purpose].get((period.return_id, period.label, code))
    return found if found and found.reference else None


def compared(material: Material, purpose: str) -> dict[tuple[object, ...], Comparison]:
    """Every data point that a table wants to add, in one pass for each thing that is set side by side."""
    found: dict[tuple[object, ...], Comparison] = {}
    returns = outline().returns
    axes = {
        table.rows if table.rows not in ("entity", "entity_period") else "entity" for table in outline().tables.values()
    }
    for axis in sorted(axes):
        asked = [
            (returns[table.of], table.version, code)
            for table in outline().tables.values()
            if (table.rows.startswith("entity") and axis == "entity") or table.rows == axis
            for code in table.totals
        ]
        keys = pl.DataFrame(asked, schema=["return_id", "version", "code"], orient="row").unique()
        some = material.frame.join(keys, on=["return_id", "version", "code"], how="semi", maintain_order="left")
        expected = owed(material) if axis == "entity" else None
        found |= compare_each(some, purpose, by=SET, axes=[axis], expected=expected)
    return found


def owed(material: Material) -> pl.DataFrame:
    """`return_id`, `period` and `member`: who owes what."""
    rows = [(one.return_id, one.label, code) for one in material.periods for code in material.owing(one)]
    return pl.DataFrame(rows, schema=dict.fromkeys(["return_id", "period", "member"], pl.String), orient="row")


def as_filed(found: Comparison) -> pl.DataFrame:
    """The lines that `filed_sum` adds."""
    lines = found.lines.filter(~pl.col("aggregate") & (pl.col("figure") | pl.col("missing")))
    return headline(lines, pl.col("head_start"), pl.col("head_end")).filter("figure")
