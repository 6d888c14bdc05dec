"""Addresses as sent: code and dimensions, what is wrong with them, and the one way to write them."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from submissions.definition import Definition

LONGEST_ADDRESS = 300
ROWS_AT_ONCE = 200_000
WORD = pl.Categorical(pl.Categories("submissions.word", physical=pl.UInt16))
"""Words of the definitions: few, and beside every line, so two bytes each."""


@lru_cache(maxsize=64)
def template_frame(definition: Definition) -> pl.DataFrame:
    """The data points as a frame: `code` and what the definition says of each, columns `t_…`."""
    points = list(definition.points.values())
    return pl.DataFrame(
        {
            "code": [p.code for p in points],
            "t_type": [p.value_type for p in points],
            "t_unit": [p.unit for p in points],
            "t_required": [p.required for p in points],
            "t_basis": [p.basis for p in points],
            "t_category": [p.category for p in points],
            "t_dims": [dims(p.dimensions) for p in points],
            "t_part_of": [p.part_of for p in points],
            "t_code_list": [p.code_list for p in points],
        },
        schema_overrides={"code": pl.String, "t_category": pl.Int64},
    ).with_columns(pl.col(pl.String).exclude("code").cast(WORD))


def dims(names: tuple[str, ...]) -> str:
    return ";".join(names)


def repeats_by(definition: Definition, dimension: str) -> pl.Expr:
    """Lines whose data point repeats by this dimension."""
    having = {dims(p.dimensions) for p in definition.points.values() if dimension in p.dimensions}
    return pl.col("t_dims").is_in(sorted(having))


@lru_cache(maxsize=64)
def member_columns(definition: Definition) -> list[pl.Expr]:
    """One column `d_<dimension>` each, from what stands in the brackets."""
    return [
        pl.col("inner").str.extract(rf"(?:^|,)\s*{name}\s*=([^,]*)", 1).str.strip_chars().alias(f"d_{name}")
        for name in definition.dimensions
    ]


def read_address(frame: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """Adds the code, one column `d_<dimension>` each (null: not stated), t_… of the data point, and `address_fault`;
    writes addresses the one way."""
    # A part at a time: the pieces of a million addresses need not be in memory all at once.
    parts = [in_parts(part, definition) for part in frame.select("address").iter_slices(ROWS_AT_ONCE)]
    pieces = pl.concat(parts or [in_parts(frame.select("address"), definition)], rechunk=True)
    return frame.with_columns(pieces["address"]).hstack(pieces.drop("address"))


def in_parts(addresses: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    pieces = addresses.with_columns(BRACKETED).with_columns(INNER).with_columns(member_columns(definition))
    pieces = pieces.select("address", "code", *stated(definition), malformed(definition))
    read = beside_points(pieces, definition).select(pl.exclude("malformed"), address_fault(definition))
    if addresses.select(pl.col("address").str.contains(plain(definition)).all()).item():
        return read
    return read.with_columns(canonical_address(definition).alias("address"))


def beside_points(frame: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """Adds what the definition says of the data point of each line."""
    # A join copies every column it is given, so it is given one.
    found = frame.select("code").join(template_frame(definition), on="code", how="left", maintain_order="left")
    return frame.hstack(found.drop("code"))


BRACKETED = pl.col("address").str.split_exact("[", 2).struct.rename_fields(["code", "rest", "more"]).struct.unnest()
CLOSING = pl.col("rest").str.count_matches("]", literal=True)
INNER = [
    pl.col("code").str.strip_chars(),
    pl.when(
        pl.col("more").is_null()
        & (CLOSING == 1)
        & pl.col("rest").str.ends_with("]")
        & ~pl.col("code").str.contains("]", literal=True)
    )
    .then(pl.col("rest").str.strip_suffix("]"))
    .otherwise(pl.lit(""))
    .alias("inner"),
]


@lru_cache(maxsize=64)
def malformed(definition: Definition) -> pl.Expr:
    """Brackets out of order, or members that are unknown or stand twice."""
    inner = pl.col("inner")
    named = pl.when(inner == "").then(0).otherwise(inner.str.count_matches(",", literal=True) + 1)
    recognised = pl.sum_horizontal(pl.lit(0), *(pl.col(f"d_{name}").is_not_null() for name in definition.dimensions))
    unclosed = pl.col("rest").is_not_null() & (inner == "")
    return ((named != recognised) | unclosed | pl.col("code").str.contains("]", literal=True)).alias("malformed")


@lru_cache(maxsize=64)
def stated(definition: Definition) -> list[pl.Expr]:
    return [pl.when(pl.col(f"d_{name}") != "_U").then(pl.col(f"d_{name}")) for name in definition.dimensions]


@lru_cache(maxsize=64)
def address_fault(definition: Definition) -> pl.Expr:
    """Empty, or which part of the address is wrong: code, dimension, member."""
    misplaced, unknown = [pl.lit(False)], [pl.lit(False)]
    for dimension in definition.dimensions.values():
        member = pl.col(f"d_{dimension.id}")
        misplaced.append(member.is_not_null() & ~repeats_by(definition, dimension.id))
        if dimension.code_list:
            unknown.append(member.is_not_null() & ~member.is_in(list(definition.code_lists[dimension.code_list].codes)))
        else:
            unknown.append(member.is_not_null() & ~member.str.contains(dimension.pattern or r"^.+$"))
    return (
        pl.when(pl.col("t_type").is_null())
        .then(pl.lit("code", WORD))
        .when(pl.col("malformed") | pl.any_horizontal(misplaced))
        .then(pl.lit("dimension", WORD))
        .when(pl.any_horizontal(unknown) | (pl.col("address").str.len_chars() > LONGEST_ADDRESS))
        .then(pl.lit("member", WORD))
        .otherwise(pl.lit("", WORD))
        .alias("address_fault")
    )


@lru_cache(maxsize=64)
def plain(definition: Definition) -> str:
    """What most addresses look like. Such a one is canonical, or has a fault: either way it stays as it is."""
    member = r"(?:[^_,\[\]\s][^,\[\]\s]*)?"  # `_U`, not stated, is left out
    members = "".join(f"(?:,?{name}={member})?" for name in definition.dimensions)
    return rf"^[^\[\]\s]+(?:\[{members}\])?$"


@lru_cache(maxsize=64)
def canonical_address(definition: Definition) -> pl.Expr:
    """Dimensions in the order of the definition, those not stated left out; an address with a fault stays as sent."""
    members = pl.concat_str(
        [pl.format(f"{name}={{}}", pl.col(f"d_{name}")) for name in definition.dimensions] or [pl.lit(None, pl.String)],
        separator=",",
        ignore_nulls=True,
    )
    rebuilt = pl.when(members == "").then("code").otherwise(pl.concat_str("code", pl.lit("["), members, pl.lit("]")))
    return pl.when(pl.col("address_fault") == "").then(rebuilt).otherwise("address")
