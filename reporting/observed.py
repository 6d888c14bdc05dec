"""Accepted observations as one frame, each with what its filing and its definition say of it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from portal.models import User
from submissions.catalogue import catalogue
from submissions.definition import Definition
from submissions.models import Observation
from submissions.models.verdict import ObservationQuerySet

FILED = {
    "revision": ("revision_id", pl.Int64),
    "filing": ("revision__filing_id", pl.Int64),
    "entity": ("revision__filing__obligation__entity__code", pl.String),
    "country": ("revision__filing__obligation__entity__country", pl.String),
    "return_id": ("revision__filing__period__return_id", pl.String),
    "version": ("revision__version", pl.String),
    "period": ("revision__filing__period__label", pl.String),
    "head_start": ("revision__filing__period__start", pl.Date),
    "head_end": ("revision__filing__period__end", pl.Date),
    "line": ("line", pl.Int64),
    "address": ("address", pl.String),
    "code": ("code", pl.String),
    "value": ("value", pl.String),
    "number": ("number", pl.Float64),
    "low": ("low", pl.Float64),
    "high": ("high", pl.Float64),
    "obs_status": ("obs_status", pl.String),
    "start": ("start", pl.Date),
    "end": ("end", pl.Date),
    "own_period": ("own_period", pl.Int64),
    "unit": ("unit", pl.String),
    "qualifier": ("qualifier", pl.String),
    "reason": ("reason", pl.String),
    "flags": ("flags", pl.String),
    "comment": ("comment", pl.String),
}
"""Column -> where it is kept, and its type."""
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


def observed(user: User, as_of: date | None = None, **only: Any) -> pl.DataFrame:
    """The observations that count and that this user may see, columns FILED and ASKED, by filing and line; with `as_of`
    those that counted at the end of that day. `only` filters them as a query does. One query."""
    counting = Observation.objects.current(as_of).visible_to(user)
    return framed(counting.filter(revision__filing__sandbox=False, **only))


def framed(observations: ObservationQuerySet) -> pl.DataFrame:
    """Columns FILED and ASKED of these observations, by revision and line. One query."""
    rows = observations.order_by("revision", "line").values_list(*(path for path, _type in FILED.values()))
    frame = pl.DataFrame(
        list(rows), schema={name: kind for name, (_path, kind) in FILED.items()}, orient="row", infer_schema_length=None
    )
    return with_definitions(frame)


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
