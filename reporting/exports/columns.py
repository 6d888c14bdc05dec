"""The columns of an export: what was filed, by whom and when it was accepted, and what its definition asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from reporting.exports.reading import KEPT
from reporting.observed import ASKED, HEADS, with_definitions
from reporting.places import place_code
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.models import Revision
from submissions.models.revision import RevisionQuerySet

HEAD: Mapping[str, tuple[str, Any]] = {
    **{name: HEADS[name] for name in ("return_id", "version", "period", "head_start", "head_end", "entity")},
    "entity_name": ("filing__obligation__entity__name_{language}", pl.String),
    "country": HEADS["country"],
    "filing": HEADS["filing"],
    "revision": ("pk", pl.Int64),
    "receipt": ("receipt", pl.String),
    "state": ("state", pl.String),
    "filed_on": ("filed_on", pl.Date),
    "decided_at": ("decided_at", pl.Datetime("us", "UTC")),
    "lines": ("lines", pl.Int64),
}
"""Column -> where it is kept, and its type; the same for every line of a revision."""


def heads(revisions: RevisionQuerySet, language: str) -> pl.DataFrame:
    """Columns HEAD, a row a revision, by return, period and entity. Countries as the Union writes them. One query."""
    rows = revisions.order_by(
        "filing__period__return_id", "filing__period__start", "filing__obligation__entity__code", "pk"
    ).values_list(*(path.format(language=language) for path, _kind in HEAD.values()))
    schema = {name: kind for name, (_path, kind) in HEAD.items()}
    found = pl.DataFrame(list(rows), schema=schema, orient="row", infer_schema_length=None)
    return found.with_columns(pl.col("country").replace(union_codes()))


def heads_of(keys: Iterable[int], language: str) -> pl.DataFrame:
    """The same of revisions by their primary keys."""
    found: RevisionQuerySet = Revision.objects.filter(pk__in=list(keys))
    return heads(found, language)


def union_codes() -> dict[str, str]:
    """EL for Greece: countries that the Union writes otherwise than ISO 3166-1."""
    told = {code: place_code(code) for code in catalogue().code_lists["area"].codes}
    return {code: other for code, other in told.items() if code != other}


def full(lines: pl.DataFrame, head: pl.DataFrame, definition: Definition | None, language: str) -> pl.DataFrame:
    """Lines (columns KEPT) with every column of an export, in the order of the revisions; with a definition a column for
    each of its dimensions."""
    turns = head.drop("lines").with_row_index("turn")
    told = lines.join(turns, on="revision", how="left", maintain_order="left").sort("turn", "line")
    told = with_definitions(told).join(labels(language), on=["return_id", "version", "code"], how="left")
    dimensions = [member(definition, name) for name in definition.dimensions] if definition else []
    return told.select(
        pl.col("return_id").alias("return"),
        *(name for name in HEAD if name not in ("return_id", "lines")),
        "line", "address", "code", "label", *dimensions,
        *(name for name in KEPT if name not in ("revision", "line", "address", "code")),
        *ASKED,
    )  # fmt: skip


def member(definition: Definition, name: str) -> pl.Expr:
    """The member of a dimension; empty where it was not stated, or the data point has no such dimension."""
    found = pl.col("address").str.extract(rf"[\[,]{name}=([^,\]]*)").fill_null("")
    codes = definition.code_lists.get(definition.dimensions[name].code_list or "")
    other = {iso: union for iso, union in union_codes().items() if codes and iso in codes.codes}
    return (found.replace(other) if other else found).alias(f"dim_{name}")


def labels(language: str) -> pl.DataFrame:
    """The label of each data point of each definition."""
    rows = [
        (one.return_id, one.version, code, point.label[language])
        for one in catalogue().definitions.values()
        for code, point in one.points.items()
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("return_id", "version", "code", "label"), pl.String), orient="row")
