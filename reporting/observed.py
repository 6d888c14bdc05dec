"""Accepted observations as one frame, each with what its filing and its definition say of it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl
from django.db.models import Q

from portal.models import User
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.models import Observation, Revision
from submissions.models.revision import RevisionQuerySet

HEADS = {
    "filing": ("filing_id", pl.Int64),
    "entity": ("filing__obligation__entity__code", pl.String),
    "country": ("filing__obligation__entity__country", pl.String),
    "return_id": ("filing__period__return_id", pl.String),
    "version": ("version", pl.String),
    "period": ("filing__period__label", pl.String),
    "head_start": ("filing__period__start", pl.Date),
    "head_end": ("filing__period__end", pl.Date),
}
"""Column -> where a revision keeps it, and its type."""
LINES = {
    "line": pl.Int64,
    "address": pl.String,
    "code": pl.String,
    "value": pl.String,
    "number": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "obs_status": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "own_period": pl.Int64,
    "unit": pl.String,
    "qualifier": pl.String,
    "reason": pl.String,
    "flags": pl.String,
    "comment": pl.String,
}
"""What each observation has of its own: column, which is also the field, -> type."""
FILED = {"revision": pl.Int64, **{name: kind for name, (_path, kind) in HEADS.items()}, **LINES}
"""Column -> type."""
ASKED = {
    "value_type": pl.String,
    "asked_unit": pl.String,
    "basis": pl.String,
    "category": pl.Int64,
    "required": pl.String,
    "part_of": pl.String,
    "attributes": pl.String,
    "valued": pl.Boolean,
}
"""Column -> type, of what the definition says of the data point; `attributes` as `name=code;…`. `valued`: the status is
one of those that come with a value."""


ALL = Q()


def observed(
    user: User, as_of: date | None = None, *, columns: Container[str] = LINES, where: Q = ALL, **only: Any
) -> pl.DataFrame:
    """The observations that count and that this user may see, columns FILED and ASKED, by revision and line; with `as_of`
    those that counted at the end of that day. `columns`: of LINES only these. `where` and `only` filter as a query of
    observations does. Two queries."""
    lines, heads = parted(only)
    return framed(
        Revision.objects.visible_to(user).counting(as_of).filter(**heads), columns=columns, where=where, **lines
    )


def parted(only: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Filters of observations, and those of their revisions."""
    heads = {path.removeprefix("revision__"): value for path, value in only.items() if path.startswith("revision__")}
    return {path: value for path, value in only.items() if not path.startswith("revision__")}, heads


def framed(
    revisions: RevisionQuerySet, *, columns: Container[str] = LINES, where: Q = ALL, **only: Any
) -> pl.DataFrame:
    """Columns FILED (of LINES those of `columns`) and ASKED of the observations of these revisions, by revision and line.
    Two queries: the few revisions are joined here, which takes half the time that the database needs to repeat them on
    every line."""
    told = {"revision": pl.Int64} | {name: kind for name, (_path, kind) in HEADS.items()}
    paths = ("pk", *(path for path, _kind in HEADS.values()))
    heads = pl.DataFrame(list(revisions.order_by().values_list(*paths)), schema=told, orient="row")
    kept = {"revision": pl.Int64} | {name: kind for name, kind in LINES.items() if name in columns}
    rows = (
        Observation.objects.filter(where, revision__in=heads["revision"].to_list(), **only)
        .order_by("revision_id", "line")
        .values_list("revision_id", *list(kept)[1:])
    )
    lines = pl.DataFrame(list(rows), schema=kept, orient="row", infer_schema_length=None)
    both = lines.join(heads, on="revision", how="left", maintain_order="left")
    return with_definitions(both.select(name for name in FILED if name in both.columns))


def with_definitions(frame: pl.DataFrame) -> pl.DataFrame:
    """Beside each line what its definition says of its data point."""
    told = pl.concat([points(one) for one in catalogue().definitions.values()])
    keys = ["return_id", "version", "code"]
    found = frame.join(told, on=keys, how="left", maintain_order="left")
    missing = {(d.return_id, d.version): list(d.valued) for d in catalogue().definitions.values()}
    valued = pl.any_horizontal(
        pl.lit(False),
        *(
            (pl.col("return_id") == return_id) & (pl.col("version") == version) & pl.col("obs_status").is_in(statuses)
            for (return_id, version), statuses in missing.items()
        ),
    )
    return found.with_columns(valued.alias("valued"))


@lru_cache(maxsize=64)
def points(definition: Definition) -> pl.DataFrame:
    some = definition.points.values()
    columns: dict[str, list[Any]] = {
        "code": [p.code for p in some],
        "value_type": [p.value_type for p in some],
        "asked_unit": [p.unit for p in some],
        "basis": [p.basis for p in some],
        "category": [p.category for p in some],
        "required": [p.required for p in some],
        "part_of": [p.part_of for p in some],
        "attributes": [";".join(f"{k}={v}" for k, v in sorted(p.attributes.items())) for p in some],
    }
    schema = {"code": pl.String} | {name: kind for name, kind in ASKED.items() if name != "valued"}
    return pl.DataFrame(columns, schema=schema).with_columns(
        pl.lit(definition.return_id).alias("return_id"), pl.lit(definition.version).alias("version")
    )
