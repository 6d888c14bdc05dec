"""Cell kinds: figures of one filing beside each other.

An operand is an address, which stands for its filed number (no number: the rule is skipped), or a list of
addresses, which stands for the sum of what is filed. With `per = ["technology"]` the rule runs once a member;
figures without that dimension take part in every group.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any

import polars as pl

from submissions.datatypes import holds_any, one_of
from submissions.definition import Definition
from submissions.rules.registry import Params, cell_kind

Operand = str | list[str] | float
COMPARE: dict[str, Callable[[Any, Any], pl.Expr]] = {
    "<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "==": operator.eq,
}  # fmt: skip


def operands(value: Any, definition: Definition) -> Iterator[str]:
    """Every address that stands anywhere in the operands of a check, in order."""
    if isinstance(value, str):
        if value in definition.points:
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from operands(item, definition)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from operands(item, definition)


def fact(name: str, code: str) -> pl.Expr:
    """A column of the table of cells: a fact of a data point."""
    return pl.col(f"{name}:{code}")


def of_filing(name: str, operand: str | int) -> pl.Expr:
    """A column of the table of cells: a fact of the filing as a whole."""
    return pl.col(f"{name}={operand}")


def number(operand: Operand) -> pl.Expr:
    if isinstance(operand, str):
        return fact("number", operand)
    if not isinstance(operand, list):
        return pl.lit(operand)
    return reduce(operator.add, (fact("part", code) for code in operand))


# Conditions -----------------------------------------------------------------------------------------------


def condition(entry: dict[str, Any]) -> pl.Expr:
    """One condition `{name = operands}` as an expression over the cells."""
    ((name, args),) = entry.items()
    return CONDITIONS[name](args)


def all_of(entries: list[dict[str, Any]]) -> pl.Expr:
    return reduce(operator.and_, map(condition, entries))


CONDITIONS: dict[str, Callable[[Any], pl.Expr]] = {
    "above": lambda a: number(a[0]) > a[1],
    "at_least": lambda a: number(a[0]) >= a[1],
    "equals": lambda a: number(a[0]) == a[1],
    "yes": lambda a: fact("value", a) == "1",
    "no": lambda a: fact("value", a) == "0",
    "sums_to": lambda a: number(a[0]) == number(a[1]),
    "filled": lambda a: fact("filled", a),
    "noted": lambda a: fact("noted", a),
    "valued": lambda a: fact("valued", a),
    "answered": lambda a: fact("answered", a),
    "answered_under": lambda a: of_filing("answered_under", a),
    "status_in": lambda a: one_of(fact("status", a[0]), a[1]),
    "status_not_in": lambda a: ~one_of(fact("status", a[0]), a[1]),
    "contains": lambda a: holds_any(fact("value", a[0]), a[1]),
    "reason": lambda a: holds_any(fact("reason", a[0]), [a[1]]),
    "reasoned": lambda a: fact("reason", a) != "",
    "reason_anywhere": lambda a: of_filing("reason_anywhere", a),
    "same_days": lambda a: ~periods_differ(a),
    "counts_filed": lambda a: of_filing("counts_filed", a),
    "any": lambda a: reduce(operator.or_, map(condition, a)),
}


def broken(when: list[dict[str, Any]], holds: pl.Expr) -> pl.Expr:
    """A number that is not there leaves the rule unjudged: null counts as neither met nor broken."""
    return all_of(when) & ~holds if when else ~holds


# Kinds ----------------------------------------------------------------------------------------------------


@cell_kind
def requires(params: Params, definition: Definition) -> pl.Expr:
    """When all of `when` hold, all of `then` hold."""
    return broken(params.get("when", []), all_of(params["then"]))


@cell_kind
def compare(params: Params, definition: Definition) -> pl.Expr:
    """`left` op `factor` x `right`, when all of `when` hold."""
    right = number(params["right"])
    if "factor" in params:
        right = right * params["factor"]
    return broken(params.get("when", []), COMPARE[params["op"]](number(params["left"]), right))


@cell_kind
def alike(params: Params, definition: Definition) -> pl.Expr:
    """The data points of `of` all have the fact, or none has."""
    first, *rest = (fact(params["fact"], code) for code in params["of"])
    return pl.any_horizontal(first != other for other in rest)


@cell_kind
def parts(params: Params, definition: Definition) -> pl.Expr:
    """In each of `sets` the parts do not exceed the whole; with `fill` they make it up once all are filed."""
    faults = []
    for entry in params["sets"]:
        whole, total = number(entry["whole"]), number(list(entry["parts"]))
        complete_ = pl.all_horizontal(fact("number", code).is_not_null() for code in entry["parts"])
        faults.append(total > whole)
        if entry.get("fill"):
            faults.append(complete_ & (total != whole))
    return pl.any_horizontal(faults)


@cell_kind
def computed(params: Params, definition: Definition) -> pl.Expr:
    """The filed figure of `of` is the one computed from its parts, within `tolerance`."""
    filed = fact("number", params["of"])
    return (filed - formula(definition, params["of"])).abs() > params["tolerance"]


def formula(definition: Definition, code: str) -> pl.Expr:
    """The computed value of a data point: a sum, a difference, or a ratio in percent (null over nothing)."""
    kind, *inputs = definition.points[code].computed
    first, *rest = (fact("number", name) for name in inputs)
    if kind == "sum":
        return pl.sum_horizontal(first, *rest)
    if kind == "difference":
        return first - rest[0]
    return pl.when(rest[0] > 0).then(100 * first / rest[0])


@cell_kind
def not_a_fraction(params: Params, definition: Definition) -> pl.Expr:
    """A percentage that equals numerator over denominator was not multiplied by 100."""
    top, bottom, filed = (number(params[key]) for key in ("numerator", "denominator", "of"))
    share = top / bottom
    return (bottom > 0) & (top > 0) & ((filed - share).abs() <= 0.01 * share)


@cell_kind
def within_factor(params: Params, definition: Definition) -> pl.Expr:
    """Two figures differ by no more than `factor`, the smaller taken as at least 1."""
    a, b = number(params["a"]), number(params["b"])
    most, least = pl.max_horizontal(a, b), pl.max_horizontal(pl.min_horizontal(a, b), pl.lit(1.0))
    return a.is_not_null() & b.is_not_null() & (most > params["factor"] * least)


@cell_kind
def same_period(params: Params, definition: Definition) -> pl.Expr:
    """Those of `of` that have a value cover the same days."""
    return periods_differ(params["of"])


def periods_differ(codes: list[str]) -> pl.Expr:
    """Those of `codes` that have a value do not all cover the same days."""
    spans = [(pl.min_horizontal(fact(edge, c) for c in codes), pl.max_horizontal(fact(edge, c) for c in codes))
             for edge in ("start", "end")]  # fmt: skip
    return pl.any_horizontal((low != high).fill_null(False) for low, high in spans)


@cell_kind
def nil_matches(params: Params, definition: Definition) -> pl.Expr:
    """The answer that nothing can be filed is given exactly when no count is filed."""
    nil = params["flag"]
    return fact("valued", nil) & ((fact("value", nil) == "1") == of_filing("counts_filed", 1))


@cell_kind
def same_reason(params: Params, definition: Definition) -> pl.Expr:
    """The reason of a figure is the one given for the whole filing."""
    given = fact("filled", params["reason_of_filing"]) & (fact("value", params["nil"]) == "1")
    return (
        given
        & fact("answered", params["of"])
        & (fact("reason", params["of"]) != fact("value", params["reason_of_filing"]))
    )


@cell_kind
def common_period(params: Params, definition: Definition) -> pl.Expr:
    """The reporting period runs over calendar years, but for the first and last day of the law."""
    start, end = fact("value", params["start"]), fact("value", params["end"])
    good_start = start.str.ends_with("-01-01") | (start == params["first_day"])
    good_end = end.str.ends_with("-12-31") | (end == params["last_day"])
    one_year = (start.str.head(4) == end.str.head(4)) | (start == params["first_day"])
    given = (start != "") & (end != "")
    return given & ~(good_start & good_end & one_year & (start < end))
