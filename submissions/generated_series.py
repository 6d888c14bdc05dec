"""Made-up measurement series of any length: the return whose rows are many."""

from __future__ import annotations

import random

import polars as pl

from submissions.canonical import Head
from submissions.catalogue import catalogue

TOLD = "Generated for tests and benchmarks; nothing was measured."
COUNTED = ("observed.locations", "observed.items", "observed.new_items", "removed.locations", "removed.median_time")
"""Told of every month and country; the other lines are moves from country to country."""
MONTHS = 12
DESTINATIONS = 4
"""A short series has this many moves for each month and country at least, if it has any."""
LARGEST = 40_000
"""Locations a month in the country that hosts most."""


def series(head: Head, rows: int, seed: int) -> bytes:
    """A CSV of `rows` lines for a year. Which countries host much follows from entity and seed, so years resemble each
    other; the same arguments give the same bytes."""
    hosts = in_order_of_size(random.Random(f"{seed}/{head.entity}"))  # noqa: S311 -- no secret hangs on it
    chance = random.Random(f"{seed}/{head.entity}/{head.period}")  # noqa: S311
    chosen = hosts[: max(1, rows // (MONTHS * (len(COUNTED) + DESTINATIONS)))]
    cells = monthly(head, chosen, chance)
    told = pl.DataFrame({"address": ["method.description"], "value": [TOLD]})
    counts = pl.concat([counted(cells, code) for code in COUNTED])
    moves = moved(cells, hosts, max(0, rows - 1 - counts.height))
    return pl.concat([told, counts, moves]).head(rows).write_csv().encode()


def in_order_of_size(chance: random.Random) -> list[str]:
    """All countries, in one order a source: a few host most of it."""
    places = list(catalogue().code_lists["country"].codes)
    chance.shuffle(places)
    return places


def monthly(head: Head, hosts: list[str], chance: random.Random) -> pl.DataFrame:
    """Of each month and country what was observed and removed, and what moved on. The country of rank n hosts about an
    n-th of what the first does."""
    months = pl.DataFrame({"month": [f"{head.start.year}-{month:02}" for month in range(1, MONTHS + 1)]})
    places = pl.DataFrame({"host": hosts}).with_row_index("rank", 1)
    cells = months.join(places, how="cross")
    draws = {name: [chance.uniform(low, 1) for _ in range(cells.height)] for name, low in
             (("seen", 0.6), ("cleared", 0.3), ("new", 0.1), ("gone_on", 0.05))}  # fmt: skip
    observed = (LARGEST / pl.col("rank") * pl.col("seen")).round().cast(pl.Int64)
    return cells.with_columns(pl.Series(name, values) for name, values in draws.items()).with_columns(
        observed.alias("observed.locations"),
        (observed * 7).alias("observed.items"),
        (observed * 7 * pl.col("new")).round().cast(pl.Int64).alias("observed.new_items"),
        (observed * pl.col("cleared")).round().cast(pl.Int64).alias("removed.locations"),
        (90 * (1 - pl.col("cleared")) + 1).round(1).alias("removed.median_time"),
        (observed * pl.col("cleared") * pl.col("gone_on")).alias("moved"),
    )


def counted(cells: pl.DataFrame, code: str) -> pl.DataFrame:
    address = pl.format(f"{code}[month={{}},hosting_country={{}}]", "month", "host")
    return cells.select(address.alias("address"), pl.col(code).cast(pl.String).alias("value"))


def moved(cells: pl.DataFrame, places: list[str], rows: int) -> pl.DataFrame:
    """`rows` lines: what was removed in a month and country turns up in those that host most, the first of them most
    often."""
    each = -(-rows // cells.height)
    to = pl.DataFrame({"to": places}).with_row_index("place", 1).head(each + 1)
    pairs = cells.select("month", "host", "moved").join(to, how="cross").filter(pl.col("to") != pl.col("host"))
    share = 1 / pl.col("place")
    count = (pl.col("moved") * share / share.sum().over("month", "host")).floor().cast(pl.Int64)
    address = pl.format("displaced.locations[month={},hosting_country={},moved_to={}]", "month", "host", "to")
    return pairs.select(address.alias("address"), count.cast(pl.String).alias("value")).head(rows)
