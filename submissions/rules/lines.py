"""Line kinds: what can be said of a line by itself. Each gives an expression that is true where the rule is broken.

Common operands, all optional, choose the lines: `types`, `codes`, `statuses`, `required`, `basis`, and
`asked_units`, the unit that the data point asks for.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from submissions.datatypes import DATA_TYPES, NUMERIC
from submissions.definition import Definition
from submissions.rules.registry import Context, Params, line_kind

ENDLESS = ["account_lifetime", "indefinite"]
"""Units of time without a number: the period has no fixed end."""
DAYS = {"days": 1.0, "months": 30.4375, "years": 365.25}
TRUE = pl.lit(True)


def chosen(params: Params) -> pl.Expr:
    """Lines the rule speaks of."""
    columns = {"types": "t_type", "codes": "code", "statuses": "obs_status", "required": "t_required",
               "basis": "t_basis", "asked_units": "t_unit"}  # fmt: skip
    return pl.all_horizontal(
        TRUE, *(pl.col(column).is_in(params[key]) for key, column in columns.items() if key in params)
    )


def valued(params: Params) -> pl.Expr:
    return chosen(params) & pl.col("valued")


def range_given() -> pl.Expr:
    return (pl.col("qualifier") == "range") & (pl.col("value") == "")


def outside(column: str, codes: list[str]) -> pl.Expr:
    """Some code of a semicolon list is not in `codes`."""
    unknown = pl.col(column).str.split(";").list.eval(~pl.element().is_in(codes)).list.any()
    return (pl.col(column) != "") & unknown


def flags_that_force(definition: Definition, effects: list[str]) -> list[str]:
    """Comparability flags whose entry in the code list forces one of these statuses, or a comment."""
    flags = definition.code_lists["comparability_flag"].codes.values()
    return [flag.id for flag in flags if flag.equivalent.removeprefix("forces ").split("=")[-1] in effects]


def carries(column: str, codes: list[str]) -> pl.Expr:
    return pl.col(column).str.split(";").list.eval(pl.element().is_in(codes)).list.any()


# Format ---------------------------------------------------------------------------------------------------


@line_kind("address", blocks=True)
def known_address(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """Code, dimensions and members are in the definition."""
    return pl.col("address_fault") != ""


@line_kind("address", blocks=True)
def unique_address(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """One line for one address and period; with `any_period`, for one address."""
    key = ["address"] if params.get("any_period") else ["address", "start", "end"]
    return ~pl.concat_str(key, separator="|").is_first_distinct()


@line_kind("address")
def known_fields(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """No field that nobody reads: a misspelt one would lose what it holds."""
    return pl.col("extra") != ""


@line_kind("obs_status", blocks=True)
def known_status(params: Params, definition: Definition, context: Context) -> pl.Expr:
    return ~pl.col("obs_status").is_in([*definition.valued, *definition.missing])


@line_kind("value", blocks=True)
def readable(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """A value that can be read as the type of its data point."""
    unreadable = pl.any_horizontal(
        (pl.col("t_type") == kind) & ~DATA_TYPES[kind].readable(pl.col("value")) for kind in params["types"]
    )
    endless = pl.col("unit").is_in(ENDLESS) & (pl.col("value") == "")
    return valued(params) & unreadable & ~endless & ~range_given()


@line_kind("value", blocks=True)
def whole_number(params: Params, definition: Definition, context: Context) -> pl.Expr:
    return valued(params) & (pl.col("t_type") == "count") & (pl.col("number") % 1 != 0)


@line_kind("value", blocks=True)
def no_value_if_missing(params: Params, definition: Definition, context: Context) -> pl.Expr:
    given = pl.any_horizontal(pl.col(name) != "" for name in ("value", "low", "high"))
    return pl.col("obs_status").is_in(list(definition.missing)) & given


@line_kind("unit", blocks=True)
def unit_fits(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """The unit of the data point; periods of time may use any unit of time, open units any listed one."""
    times = list(DAYS)
    listed = [*definition.code_lists["unit"].codes, *definition.code_lists["retention_unit"].codes]
    fits = (
        (pl.col("unit") == pl.col("t_unit"))
        | ((pl.col("t_type") == "duration") & pl.col("unit").is_in(times))
        | ((pl.col("t_unit") == "open") & pl.col("unit").is_in(listed))
    )
    return valued(params) & pl.col("t_type").is_in(NUMERIC) & ~fits


@line_kind("qualifier", blocks=True)
def qualifier_fits(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """A listed qualifier; low and high together, in order, for a range and for nothing else."""
    known = pl.col("qualifier").is_in(["", *definition.code_lists["qualifier"].codes])
    is_range = pl.col("qualifier") == "range"
    ordered = (pl.col("low_number") <= pl.col("high_number")).fill_null(False)
    bounds = (pl.col("low") != "") | (pl.col("high") != "")
    return ~known | (is_range & ~ordered) | (bounds & ~is_range & pl.col("valued"))


@line_kind("value")
def known_codes(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """Answers of code-list points are codes of that list."""
    used = {p.code_list for p in definition.points.values() if p.value_type == "code_list" and p.code_list}
    wrong = [
        (pl.col("t_code_list") == name) & outside("value", list(definition.code_lists[name].codes)) for name in used
    ]
    return valued(params) & (pl.col("t_type") == "code_list") & pl.any_horizontal(pl.lit(False), *wrong)


@line_kind("reason")
def known_reasons(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """Reason codes, for missing values or for other dates, come from their lists."""
    lists = definition.code_lists
    return outside("reason", [*lists["reason"].codes, *lists["reason_period"].codes])


@line_kind("flags")
def known_flags(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """Comparability flags come from their list."""
    return outside("flags", list(definition.code_lists["comparability_flag"].codes))


@line_kind("period", blocks=True)
def period_readable(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """An own period has two days in order; with `open_ends` one may be left open as `..`."""
    incomplete = TRUE & (pl.col("own_period") == 1) if not params.get("open_ends") else pl.lit(False)
    return ~pl.col("period_read") | (pl.col("start") > pl.col("end")) | incomplete


@line_kind("address", blocks=True)
def dimension_given(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """Rows that repeat name their member."""
    absent = [
        pl.col("t_dims").str.contains(f";{name};", literal=True) & pl.col(f"d_{name}").is_null()
        for name in params["dimensions"]
    ]
    return chosen(params) & (pl.col("address_fault") == "") & pl.any_horizontal(absent)


@line_kind("address")
def dimension_named(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """Figures of rows that repeat should name their member; without it they are kept as not stated."""
    return pl.col("valued") & dimension_given(params, definition, context)


# Range and answers ----------------------------------------------------------------------------------------


@line_kind("value", blocks=True)
def value_between(params: Params, definition: Definition, context: Context) -> pl.Expr:
    low = pl.min_horizontal("number", "low_number")
    above = pl.max_horizontal("number", "high_number") > params["max"] if "max" in params else pl.lit(False)
    return valued(params) & ((low < params["min"]) | above)


@line_kind("obs_status")
def status_not_in(params: Params, definition: Definition, context: Context) -> pl.Expr:
    return chosen(params) & pl.col("obs_status").is_in(params["refused"])


@line_kind("comment")
def comment_given(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """A comment where the status, or a flag that `forces comment`, needs one."""
    speaks = chosen(params)
    if params.get("or_flags"):
        speaks = speaks | carries("flags", flags_that_force(definition, ["comment"]))
    return speaks & (pl.col("comment") == "") & ((pl.col("reason") == "") | pl.lit(not params.get("or_reason")))


@line_kind("reason")
def reason_given(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """A reason code, or a comment where the status itself says why (`comment_suffices_for`)."""
    said = pl.col("obs_status").is_in(params.get("comment_suffices_for", [])) & (pl.col("comment") != "")
    return chosen(params) & pl.col("obs_status").is_in(list(definition.missing)) & (pl.col("reason") == "") & ~said


@line_kind("reason")
def reason_explained(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """Catch-all reasons need a comment; `only_until` names reasons that only older filings may give."""
    bare = carries("reason", params["reasons"]) & (pl.col("comment") == "")
    dated = [code for code, until in params["only_until"].items() if context.head.end >= date.fromisoformat(until)]
    return bare | carries("reason", dated)


@line_kind("value")
def answer_is(params: Params, definition: Definition, context: Context) -> pl.Expr:
    return valued(params) & (pl.col("value") != params["answer"])


@line_kind("value")
def duration_at_most(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """At most `days`; months and years are turned into days. `endless` units break it too."""
    factor = pl.col("unit").replace_strict(DAYS, default=None, return_dtype=pl.Float64)
    endless = pl.col("unit").is_in(ENDLESS) if params.get("endless") else pl.lit(False)
    return valued(params) & (pl.col("t_type") == "duration") & ((pl.col("number") * factor > params["days"]) | endless)


@line_kind("value")
def not_rounded(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """Whole thousands that do not say they are rounded."""
    said = (pl.col("obs_status") == "E") | (pl.col("qualifier") != "exact")
    return valued(params) & (pl.col("number") >= 1000) & (pl.col("number") % 1000 == 0) & ~said


# Comparability --------------------------------------------------------------------------------------------


@line_kind("obs_status")
def status_follows_flags(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """A flag that forces one of `forced` goes with one of `allowed` statuses."""
    forcing = flags_that_force(definition, params["forced"])
    return valued(params) & carries("flags", forcing) & ~pl.col("obs_status").is_in(params["allowed"])


@line_kind("address")
def dimension_clear(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """Figures with this dimension state it, and not as one of `unclear`."""
    member = pl.col(f"d_{params['dimension']}")
    has = pl.col("t_dims").str.contains(f";{params['dimension']};", literal=True)
    return valued(params) & has & (member.is_null() | member.is_in(params["unclear"]))


@line_kind("period")
def period_not_before(params: Params, definition: Definition, context: Context) -> pl.Expr:
    return (pl.col("own_period") > 0) & (pl.col("start") < date.fromisoformat(params["day"]))


@line_kind("period")
def period_from_the_start(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """An own period does not begin after the reporting period."""
    return (pl.col("own_period") > 0) & (pl.col("start") > context.head.start)


@line_kind("period")
def period_given(params: Params, definition: Definition, context: Context) -> pl.Expr:
    return valued(params) & (pl.col("own_period") < 2)


@line_kind("address", blocks=True)
def month_in_period(params: Params, definition: Definition, context: Context) -> pl.Expr:
    """The member of dimension `month` lies in the reporting period."""
    first, last = context.head.start.strftime("%Y-%m"), context.head.end.strftime("%Y-%m")
    return ((pl.col("d_month") < first) | (pl.col("d_month") > last)).fill_null(False)
