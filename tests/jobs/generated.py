"""A measurement series of any length, generated and so marked: monthly counts, and moves from country to country."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice

from submissions.catalogue import catalogue

RETURN = "measurement_series"
HEAD = f"return={RETURN}&entity=libra&period=2025"
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
BROKEN_EVERY = 100
"""In every hundredth month and country more locations are removed than were observed."""


def countries() -> list[str]:
    return list(catalogue().get(RETURN, "1").code_lists["country"].codes)


def cells() -> list[str]:
    return [f"month={month},hosting_country={country}" for month in MONTHS for country in countries()]


def series() -> Iterator[tuple[str, str]]:
    """Address and value of every line, the same at every call."""
    yield "method.description", "Generated for tests and benchmarks; nothing was measured."
    for number, cell in enumerate(cells()):
        observed = 100_000 + number
        yield f"observed.locations[{cell}]", str(observed)
        yield f"observed.items[{cell}]", str(observed * 7)
        yield f"removed.locations[{cell}]", str(observed + 1 if number % BROKEN_EVERY == 0 else observed - 1)
        yield f"removed.median_time[{cell}]", f"{number % 90}.25"
    places = countries()
    for offset in range(1, len(places)):
        for number, cell in enumerate(cells()):
            moved_to = places[(number + offset) % len(places)]
            yield f"displaced.locations[{cell},moved_to={moved_to}]", str((number * 7919 + offset) % 997)


def lines(count: int) -> list[tuple[str, str]]:
    return list(islice(series(), count))


def as_csv(count: int) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["address", "value"])
    writer.writerows(lines(count))
    return out.getvalue().encode()
