"""Between which numbers a figure lies, by its qualifier."""

from __future__ import annotations

import polars as pl

LARGEST = 1e15
"""Up to here every whole number and its half are exact."""


def rounding() -> pl.Expr:
    """Half a unit of the last digit that is not zero, of `value` as it was written where it has decimals."""
    decimals = pl.col("value").fill_null("").str.extract(r"\.(\d+)$").fill_null("").str.len_chars()
    whole = pl.col("number").abs().clip(0, LARGEST).cast(pl.Int64).cast(pl.String)
    zeros = pl.when(pl.col("number") == 0).then(0).otherwise(whole.str.extract(r"(0*)$").str.len_chars())
    place = pl.when(decimals > 0).then(-decimals.cast(pl.Int32)).otherwise(zeros.cast(pl.Int32))
    return 0.5 * pl.lit(10.0).pow(place)


def bands() -> list[pl.Expr]:
    """`band_low` and `band_high`: null where no number is known. Counts are never below zero."""
    qualifier, number = pl.col("qualifier"), pl.col("number")
    low = (
        pl.when(qualifier == "range").then("low")
        .when(qualifier == "lower_bound").then(number)
        .when(qualifier == "upper_bound").then(0.0)
        .when(qualifier == "rounded").then((number - rounding()).clip(0))
        .when(qualifier == "approximate").then(None)
        .otherwise(pl.coalesce(number, "low"))
    )  # fmt: skip
    high = (
        pl.when(qualifier == "range").then("high")
        .when(qualifier == "lower_bound").then(None)
        .when(qualifier == "upper_bound").then(number)
        .when(qualifier == "rounded").then(number + rounding())
        .when(qualifier == "approximate").then(None)
        .otherwise(pl.coalesce(number, "high"))
    )  # fmt: skip
    return [low.alias("band_low"), high.alias("band_high")]
