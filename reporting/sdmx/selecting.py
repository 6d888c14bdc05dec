"""Which rows a request wants: keys, components, periods."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import and_, or_

import polars as pl
from django.utils.translation import gettext as _

from reporting.sdmx.components import TIME
from reporting.sdmx.faults import fault
from reporting.sdmx.parameters import COMPONENT, days

NUMBERS = ("OBS_VALUE", "LOW", "HIGH")
OPERATORS = re.compile(r"(?:(eq|ne|lt|le|gt|ge|co|nc|sw|ew):)?(.*)", re.S)
ANY = ("", "*")
EVERYTHING = pl.lit(True)


def of_key(text: str, dimensions: Sequence[str]) -> pl.Expr:
    """`A.DK+FR..*`: a member, some, or none for all, of each dimension in its order; several keys with commas between
    them. Raises Fault 400."""
    if text in ("", "*", "all"):
        return EVERYTHING
    return reduce(or_, (one_key(key.split("."), dimensions) for key in text.split(",")))


def one_key(parts: Sequence[str], dimensions: Sequence[str]) -> pl.Expr:
    if len(parts) != len(dimensions):
        told = {"n": len(parts), "all": len(dimensions), "names": ".".join(dimensions)}
        raise fault(400, _("The key has %(n)s parts and not %(all)s: %(names)s") % told)
    wanted = [
        pl.col(name).is_in(part.split("+")) for name, part in zip(dimensions, parts, strict=True) if part not in ANY
    ]
    return reduce(and_, wanted, EVERYTHING)


def of_period(first: str | None, last: str | None) -> pl.Expr:
    """Reporting periods of which any day lies between the two."""
    begins = pl.col("head_end") >= days(first)[0] if first else EVERYTHING
    return begins & (pl.col("head_start") <= days(last)[1] if last else EVERYTHING)


def of_components(asked: Mapping[str, str], known: Sequence[str]) -> pl.Expr:
    """`c[REPORTING_ENTITY]=DK,FR`, `c[TIME_PERIOD]=ge:2021+le:2022`: commas mean or, plus signs and. Raises Fault 400."""
    found = EVERYTHING
    for name, text in asked.items():
        match = COMPONENT.fullmatch(name)
        if match is None:
            continue
        if match[1] not in known:
            raise fault(400, _("There is no component '%(name)s'.") % {"name": match[1]})
        for part in text.split("+"):
            found = found & compared(match[1], part)
    return found


def compared(name: str, part: str) -> pl.Expr:
    operator, text = OPERATORS.fullmatch(part).groups("")  # type: ignore[union-attr]  # it matches every text
    column = pl.col(name)
    values = text.split(",")
    match operator:
        case "" | "eq":
            return column.is_in(values).fill_null(value=False)
        case "ne":
            return ~column.is_in(values).fill_null(value=False)
        case "co" | "nc":
            inside = some(values, lambda value: column.str.contains(value, literal=True))
            return inside if operator == "co" else ~inside
        case "sw":
            return some(values, column.str.starts_with)
        case "ew":
            return some(values, column.str.ends_with)
        case _:
            return some(values, lambda value: ordered(name, operator, value))


def some(values: Sequence[str], test: Callable[[str], pl.Expr]) -> pl.Expr:
    return reduce(or_, (test(value).fill_null(value=False) for value in values))


def ordered(name: str, operator: str, value: str) -> pl.Expr:
    """Numbers as numbers, periods by their days, all else as text."""
    if name == TIME:
        first, last = days(value)
        begins, ends = pl.col("head_start"), pl.col("head_end")
        return {"lt": ends < first, "le": begins <= last, "gt": begins > last, "ge": ends >= first}[operator]
    column = pl.col(name)
    limit: str | float = value
    if name in NUMBERS:
        column = column.cast(pl.Float64)
        try:
            limit = float(value)
        except ValueError:
            raise fault(400, _("'%(text)s' is no number.") % {"text": value}) from None
    return {"lt": column < limit, "le": column <= limit, "gt": column > limit, "ge": column >= limit}[operator]
