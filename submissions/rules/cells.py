"""Cell kinds: figures of one filing beside each other.

An operand is an address, which stands for its filed number (no number: the rule is skipped), or a list of
addresses, which stands for the sum of what is filed. With `per = ["technology"]` the rule runs once a member;
figures without that dimension take part in every group.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from submissions.definition import Definition
from submissions.rules.registry import Judged, Params, cell_kind

Operand = str | list[str] | float
COMPARE: dict[str, Callable[[Any, Any], pl.Expr]] = {
    "<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "==": operator.eq,
}  # fmt: skip
FACTS = ("number", "status", "valued", "filled", "noted", "answered", "value", "reason", "start", "end", "bad")


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
    return pl.col(f"{name}_{code}")


def number(operand: Operand) -> pl.Expr:
    if isinstance(operand, str):
        return fact("number", operand)
    if not isinstance(operand, list):
        return pl.lit(operand)
    # A part filed as a range has no number; a sum without it would be too small.
    open_part = pl.any_horizontal(fact("valued", c) & fact("number", c).is_null() for c in operand)
    return pl.when(~open_part).then(pl.sum_horizontal(fact("number", c) for c in operand))


# The table of cells ---------------------------------------------------------------------------------------


def one_line_a_cell(judged: Judged) -> pl.DataFrame:
    """Where a data point has lines for several periods, the one with most days inside the reporting period stands
    for it, then the later one. Unusable lines stay, as blanks that block."""
    lines = judged.lines.filter(pl.col("address_fault") == "")
    if lines["address"].n_unique() == lines.height:
        return lines
    head = judged.context.head
    inside = pl.min_horizontal(pl.col("end"), pl.lit(head.end)) - pl.max_horizontal(pl.col("start"), pl.lit(head.start))
    ranked = lines.with_columns(inside.alias("inside")).sort("inside", "end", descending=True, maintain_order=True)
    return ranked.unique("address", keep="first", maintain_order=True)


def cells(judged: Judged, codes: set[str], per: tuple[str, ...]) -> pl.DataFrame:
    """One row a group (one in all without `per`), FACTS of each code as columns `<fact>_<code>`."""
    if "one_line" not in judged.cache:
        judged.cache["one_line"] = one_line_a_cell(judged)
    points = judged.definition.points
    misaddressed = judged.lines.filter((pl.col("address_fault") != "") & pl.col("t_type").is_not_null())["code"]
    astray = codes & set(misaddressed)
    repeated = [code for code in codes if per and set(per) <= set(points[code].dimensions)]
    table = pivot(judged.cache["one_line"], [code for code in codes if code not in repeated], ())
    if per:
        groups = pivot(judged.cache["one_line"], repeated, per)
        if groups.is_empty() and astray & set(repeated):
            groups = complete(pl.DataFrame({f"d_{name}": [None] for name in per}), repeated)
        table = groups.join(table, how="cross")
    # A line with a misspelt member may belong to any group that lacks one: it blocks its data point there.
    return table.with_columns(
        (fact("bad", code) | ~fact("answered", code) if code in repeated else pl.lit(True)).alias(f"bad_{code}")
        for code in sorted(astray)
    )


def pivot(lines: pl.DataFrame, codes: list[str], per: tuple[str, ...]) -> pl.DataFrame:
    keys = [f"d_{name}" for name in per]
    usable = ~pl.col("unusable")
    value_in = usable & pl.col("valued")
    long = (
        lines.filter(pl.col("code").is_in(codes))
        .group_by([*keys, "code"], maintain_order=True)
        .agg(
            pl.when(value_in.any()).then(pl.col("number").filter(value_in).sum()).alias("sum"),
            pl.col("number").filter(value_in).count().alias("numbers"),
            pl.col("obs_status").sort_by("valued", descending=True).first().alias("status"),
            value_in.any().alias("valued"),
            (value_in & ((pl.col("value") != "") | (pl.col("comment") != "") | (pl.col("low") != "")))
            .any()
            .alias("filled"),
            (pl.col("comment") != "").any().alias("noted"),
            usable.any().alias("answered"),
            pl.col("value").filter(value_in).first().fill_null("").alias("value"),
            pl.col("reason").unique().sort().str.join(";").alias("reason"),
            pl.col("start").filter(value_in).min().alias("start"),
            pl.col("end").filter(value_in).max().alias("end"),
            pl.col("unusable").any().alias("bad"),
        )
        .with_columns(pl.when(pl.col("numbers") > 0).then(pl.col("sum")).alias("number"))
        .with_columns(pl.when(pl.col("status").is_null()).then(pl.lit("")).otherwise(pl.col("status")).alias("status"))
    )
    index = keys or ["one"]
    if not keys:
        long = long.with_columns(pl.lit(0).alias("one"))
    wide = long.pivot(on="code", index=index, values=list(FACTS), aggregate_function="first")
    if not keys and wide.is_empty():
        wide = pl.DataFrame({"one": [0]})
    return complete(wide, codes).drop("one", strict=False)


BLANK: dict[str, pl.Expr] = {
    "number": pl.lit(None, pl.Float64), "status": pl.lit(""), "valued": pl.lit(False), "filled": pl.lit(False),
    "noted": pl.lit(False), "answered": pl.lit(False), "value": pl.lit(""), "reason": pl.lit(""),
    "start": pl.lit(None, pl.Date), "end": pl.lit(None, pl.Date), "bad": pl.lit(False),
}  # fmt: skip


def complete(wide: pl.DataFrame, codes: list[str]) -> pl.DataFrame:
    """Columns for what was not filed, and blanks instead of nulls."""
    filled, present = [], set(wide.columns)
    for code in codes:
        for name, blank in BLANK.items():
            column = f"{name}_{code}"
            if column not in present:
                filled.append(blank.alias(column))
            elif name not in ("number", "start", "end"):
                filled.append(pl.col(column).fill_null(blank))
    return wide.with_columns(filled)


# Conditions -----------------------------------------------------------------------------------------------


def condition(entry: dict[str, Any], judged: Judged) -> pl.Expr:
    """One condition `{name = operands}` as an expression over the cells."""
    ((name, args),) = entry.items()
    return CONDITIONS[name](args, judged)


def all_of(entries: list[dict[str, Any]], judged: Judged) -> pl.Expr:
    return pl.all_horizontal(pl.lit(True), *(condition(entry, judged) for entry in entries))


def under(prefix: str, judged: Judged) -> pl.Expr:
    mine = pl.col("code").str.starts_with(prefix + ".") & (pl.col("address_fault") == "")
    return pl.lit(not judged.lines.filter(mine).is_empty())


def given_reason(reason: str, judged: Judged) -> pl.Expr:
    return pl.lit(bool(judged.lines["reason"].str.split(";").list.contains(reason).any()))


def filed_counts(least: int, judged: Judged) -> pl.Expr:
    """Counts with a value; answers that only frame them, such as an age limit, are none."""
    figures = (pl.col("t_type") == "count") & (pl.col("t_basis") != "context")
    counts = judged.sound.filter(figures & pl.col("number").is_not_null())
    return pl.lit(counts.height >= least)


CONDITIONS: dict[str, Callable[[Any, Judged], pl.Expr]] = {
    "above": lambda a, j: number(a[0]) > a[1],
    "at_least": lambda a, j: number(a[0]) >= a[1],
    "equals": lambda a, j: number(a[0]) == a[1],
    "yes": lambda a, j: fact("value", a) == "1",
    "no": lambda a, j: fact("value", a) == "0",
    "sums_to": lambda a, j: number(a[0]) == number(a[1]),
    "filled": lambda a, j: fact("filled", a),
    "noted": lambda a, j: fact("noted", a),
    "valued": lambda a, j: fact("valued", a),
    "answered": lambda a, j: fact("answered", a),
    "answered_under": under,
    "status_in": lambda a, j: fact("status", a[0]).is_in(a[1]),
    "status_not_in": lambda a, j: ~fact("status", a[0]).is_in(a[1]),
    "contains": lambda a, j: fact("value", a[0]).str.split(";").list.eval(pl.element().is_in(a[1])).list.any(),
    "reason": lambda a, j: fact("reason", a[0]).str.split(";").list.contains(a[1]),
    "reasoned": lambda a, j: fact("reason", a) != "",
    "reason_anywhere": given_reason,
    "same_days": lambda a, j: ~periods_differ(a),
    "counts_filed": filed_counts,
    "any": lambda a, j: pl.any_horizontal(condition(entry, j) for entry in a),
}


def broken(when: pl.Expr, holds: pl.Expr) -> pl.Expr:
    """A number that is not there leaves the rule unjudged: null counts as neither met nor broken."""
    return when.fill_null(False) & (~holds).fill_null(False)


# Kinds ----------------------------------------------------------------------------------------------------


@cell_kind
def requires(params: Params, judged: Judged) -> pl.Expr:
    """When all of `when` hold, all of `then` hold."""
    return broken(all_of(params.get("when", []), judged), all_of(params["then"], judged))


@cell_kind
def compare(params: Params, judged: Judged) -> pl.Expr:
    """`left` op `factor` x `right`, when all of `when` hold."""
    right = number(params["right"]) * params.get("factor", 1)
    return broken(all_of(params.get("when", []), judged), COMPARE[params["op"]](number(params["left"]), right))


@cell_kind
def alike(params: Params, judged: Judged) -> pl.Expr:
    """The data points of `of` all have the fact, or none has."""
    first, *rest = (fact(params["fact"], code) for code in params["of"])
    return pl.any_horizontal(first != other for other in rest)


@cell_kind
def parts(params: Params, judged: Judged) -> pl.Expr:
    """In each of `sets` the parts do not exceed the whole; with `fill` they make it up once all are filed."""
    faults = []
    for entry in params["sets"]:
        whole, total = number(entry["whole"]), number(list(entry["parts"]))
        complete_ = pl.all_horizontal(fact("number", code).is_not_null() for code in entry["parts"])
        faults.append(total > whole)
        if entry.get("fill"):
            faults.append(complete_ & (total != whole))
    return pl.any_horizontal(fault.fill_null(False) for fault in faults)


@cell_kind
def computed(params: Params, judged: Judged) -> pl.Expr:
    """The filed figure of `of` is the one computed from its parts, within `tolerance`."""
    filed = fact("number", params["of"])
    return ((filed - formula(judged.definition, params["of"])).abs() > params["tolerance"]).fill_null(False)


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
def not_a_fraction(params: Params, judged: Judged) -> pl.Expr:
    """A percentage that equals numerator over denominator was not multiplied by 100."""
    top, bottom, filed = (number(params[key]) for key in ("numerator", "denominator", "of"))
    share = top / bottom
    return ((bottom > 0) & (top > 0) & ((filed - share).abs() <= 0.01 * share)).fill_null(False)


@cell_kind
def within_factor(params: Params, judged: Judged) -> pl.Expr:
    """Two figures differ by no more than `factor`, the smaller taken as at least 1."""
    a, b = number(params["a"]), number(params["b"])
    most, least = pl.max_horizontal(a, b), pl.max_horizontal(pl.min_horizontal(a, b), pl.lit(1.0))
    return (a.is_not_null() & b.is_not_null() & (most > params["factor"] * least)).fill_null(False)


@cell_kind
def same_period(params: Params, judged: Judged) -> pl.Expr:
    """Those of `of` that have a value cover the same days."""
    return periods_differ(params["of"])


def periods_differ(codes: list[str]) -> pl.Expr:
    """Those of `codes` that have a value do not all cover the same days."""
    spans = [(pl.min_horizontal(fact(edge, c) for c in codes), pl.max_horizontal(fact(edge, c) for c in codes))
             for edge in ("start", "end")]  # fmt: skip
    return pl.any_horizontal((low != high).fill_null(False) for low, high in spans)


@cell_kind
def nil_matches(params: Params, judged: Judged) -> pl.Expr:
    """The answer that nothing can be filed is given exactly when no count is filed."""
    nil = params["flag"]
    return fact("valued", nil) & ((fact("value", nil) == "1") == filed_counts(1, judged))


@cell_kind
def same_reason(params: Params, judged: Judged) -> pl.Expr:
    """The reason of a figure is the one given for the whole filing."""
    given = fact("filled", params["reason_of_filing"]) & (fact("value", params["nil"]) == "1")
    return (
        given
        & fact("answered", params["of"])
        & (fact("reason", params["of"]) != fact("value", params["reason_of_filing"]))
    )


@cell_kind
def common_period(params: Params, judged: Judged) -> pl.Expr:
    """The reporting period runs over calendar years, but for the first and last day of the law."""
    start, end = fact("value", params["start"]), fact("value", params["end"])
    good_start = start.str.ends_with("-01-01") | (start == params["first_day"])
    good_end = end.str.ends_with("-12-31") | (end == params["last_day"])
    one_year = (start.str.head(4) == end.str.head(4)) | (start == params["first_day"])
    given = (start != "") & (end != "")
    return given & ~(good_start & good_end & one_year & (start < end))
