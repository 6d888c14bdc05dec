"""Line kinds: what can be said of a line by itself. Each gives an expression that is true where the rule is broken.

Common operands, all optional, choose the lines: `types`, `codes`, `statuses`, `required`, `basis`, and
`asked_units`, the unit that the data point asks for.
"""

from __future__ import annotations

import operator
from datetime import date
from functools import reduce

import polars as pl

from submissions.addresses import repeats_by
from submissions.datatypes import DATA_TYPES, NUMERIC, holds_any, holds_other, one_of
from submissions.definition import Definition
from submissions.rules.registry import Params, address_number, line_kind

ENDLESS = ["account_lifetime", "indefinite"]
"""Units of time without a number: the period has no fixed end."""
DAYS = {"days": 1.0, "months": 30.4375, "years": 365.25}
TRUE = pl.lit(True)


def chosen(params: Params) -> pl.Expr:
    """Lines the rule speaks of."""
    columns = {"types": "t_type", "codes": "code", "statuses": "obs_status", "required": "t_required",
               "basis": "t_basis", "asked_units": "t_unit"}  # fmt: skip
    asked = [one_of(pl.col(column), params[key]) for key, column in columns.items() if key in params]
    return reduce(operator.and_, asked) if asked else TRUE


def valued(params: Params) -> pl.Expr:
    return chosen(params) & pl.col("valued")


def range_given() -> pl.Expr:
    return (pl.col("qualifier") == "range") & (pl.col("value") == "")


def flags_that_force(definition: Definition, effects: list[str]) -> list[str]:
    """Comparability flags whose entry in the code list forces one of these statuses, or a comment."""
    flags = definition.code_lists["comparability_flag"].codes.values()
    return [flag.id for flag in flags if flag.equivalent.removeprefix("forces ").split("=")[-1] in effects]


# Format ---------------------------------------------------------------------------------------------------


@line_kind("address", blocks=True)
def known_address(params: Params, definition: Definition) -> pl.Expr:
    """Code, dimensions and members are in the definition."""
    return pl.col("address_fault") != ""


@line_kind("address", blocks=True, needs=pl.col("repeated"))
def unique_address(params: Params, definition: Definition) -> pl.Expr:
    """One line for one address and period; with `any_period`, for one address."""
    days = [] if params.get("any_period") else ["start", "end"]
    return ~pl.struct(address_number().alias("address"), *days).is_first_distinct()


@line_kind("address", needs=pl.col("extra") != "")
def known_fields(params: Params, definition: Definition) -> pl.Expr:
    """No field that nobody reads: a misspelt one would lose what it holds."""
    return pl.col("extra") != ""


@line_kind("obs_status", blocks=True)
def known_status(params: Params, definition: Definition) -> pl.Expr:
    return ~pl.col("obs_status").is_in([*definition.valued, *definition.missing])


@line_kind("value", blocks=True)
def readable(params: Params, definition: Definition) -> pl.Expr:
    """A value that can be read as the type of its data point."""
    readings = dict.fromkeys(DATA_TYPES[kind].readable for kind in params["types"])
    unreadable = [
        one_of(pl.col("t_type"), [kind for kind in params["types"] if DATA_TYPES[kind].readable is reading])
        & ~reading(pl.col("value"))
        for reading in readings
    ]
    endless = pl.col("unit").is_in(ENDLESS) & (pl.col("value") == "")
    return valued(params) & reduce(operator.or_, unreadable) & ~endless & ~range_given()


@line_kind("value", blocks=True)
def whole_number(params: Params, definition: Definition) -> pl.Expr:
    return valued(params) & (pl.col("t_type") == "count") & (pl.col("number") % 1 != 0)


@line_kind("value", blocks=True)
def no_value_if_missing(params: Params, definition: Definition) -> pl.Expr:
    given = pl.any_horizontal(pl.col(name) != "" for name in ("value", "low", "high"))
    return pl.col("obs_status").is_in(list(definition.missing)) & given


@line_kind("unit", blocks=True)
def unit_fits(params: Params, definition: Definition) -> pl.Expr:
    """The unit of the data point; periods of time may use any unit of time, open units any listed one."""
    times = list(DAYS)
    listed = [*definition.code_lists["unit"].codes, *definition.code_lists["retention_unit"].codes]
    fits = (
        (pl.col("unit") == pl.col("t_unit"))
        | ((pl.col("t_type") == "duration") & pl.col("unit").is_in(times))
        | ((pl.col("t_unit") == "open") & pl.col("unit").is_in(listed))
    )
    return valued(params) & one_of(pl.col("t_type"), NUMERIC) & ~fits


@line_kind("qualifier", blocks=True)
def qualifier_fits(params: Params, definition: Definition) -> pl.Expr:
    """A listed qualifier; low and high together, in order, for a range and for nothing else."""
    known = pl.col("qualifier").is_in(["", *definition.code_lists["qualifier"].codes])
    is_range = pl.col("qualifier") == "range"
    ordered = (pl.col("low_number") <= pl.col("high_number")).fill_null(False)
    bounds = (pl.col("low") != "") | (pl.col("high") != "")
    return ~known | (is_range & ~ordered) | (bounds & ~is_range & pl.col("valued"))


@line_kind("value")
def known_codes(params: Params, definition: Definition) -> pl.Expr:
    """Answers of code-list points are codes of that list."""
    used = {p.code_list for p in definition.points.values() if p.value_type == "code_list" and p.code_list}
    wrong = [
        (pl.col("t_code_list") == name) & holds_other(pl.col("value"), list(definition.code_lists[name].codes))
        for name in used
    ]
    return valued(params) & (pl.col("t_type") == "code_list") & pl.any_horizontal(pl.lit(False), *wrong)


@line_kind("reason", needs=pl.col("reason") != "")
def known_reasons(params: Params, definition: Definition) -> pl.Expr:
    """Reason codes, for missing values or for other dates, come from their lists."""
    lists = definition.code_lists
    return holds_other(pl.col("reason"), [*lists["reason"].codes, *lists["reason_period"].codes])


@line_kind("flags", needs=pl.col("flags") != "")
def known_flags(params: Params, definition: Definition) -> pl.Expr:
    """Comparability flags come from their list."""
    return holds_other(pl.col("flags"), list(definition.code_lists["comparability_flag"].codes))


@line_kind("period", blocks=True)
def period_readable(params: Params, definition: Definition) -> pl.Expr:
    """An own period has two days in order; with `open_ends` one may be left open as `..`."""
    incomplete = TRUE & (pl.col("own_period") == 1) if not params.get("open_ends") else pl.lit(False)
    return ~pl.col("period_read") | (pl.col("start") > pl.col("end")) | incomplete


@line_kind("address", blocks=True)
def dimension_given(params: Params, definition: Definition) -> pl.Expr:
    """Rows that repeat name their member."""
    absent = [repeats_by(definition, name) & pl.col(f"d_{name}").is_null() for name in params["dimensions"]]
    return chosen(params) & (pl.col("address_fault") == "") & pl.any_horizontal(absent)


@line_kind("address")
def dimension_named(params: Params, definition: Definition) -> pl.Expr:
    """Figures of rows that repeat should name their member; without it they are kept as not stated."""
    return pl.col("valued") & dimension_given(params, definition)


# Range and answers ----------------------------------------------------------------------------------------


@line_kind("value", blocks=True)
def value_between(params: Params, definition: Definition) -> pl.Expr:
    outside = (pl.col("number") < params["min"]) | (pl.col("low_number") < params["min"])
    if "max" in params:
        outside = outside | (pl.col("number") > params["max"]) | (pl.col("high_number") > params["max"])
    return valued(params) & outside


@line_kind("obs_status")
def status_not_in(params: Params, definition: Definition) -> pl.Expr:
    return chosen(params) & pl.col("obs_status").is_in(params["refused"])


@line_kind("comment")
def comment_given(params: Params, definition: Definition) -> pl.Expr:
    """A comment where the status, or a flag that `forces comment`, needs one."""
    speaks = chosen(params)
    if params.get("or_flags"):
        speaks = speaks | holds_any(pl.col("flags"), flags_that_force(definition, ["comment"]))
    return speaks & (pl.col("comment") == "") & ((pl.col("reason") == "") | pl.lit(not params.get("or_reason")))


@line_kind("reason")
def reason_given(params: Params, definition: Definition) -> pl.Expr:
    """A reason code, or a comment where the status itself says why (`comment_suffices_for`)."""
    said = pl.col("obs_status").is_in(params.get("comment_suffices_for", [])) & (pl.col("comment") != "")
    return chosen(params) & pl.col("obs_status").is_in(list(definition.missing)) & (pl.col("reason") == "") & ~said


@line_kind("reason", needs=pl.col("reason") != "")
def reason_explained(params: Params, definition: Definition) -> pl.Expr:
    """Catch-all reasons need a comment; `only_until` names reasons that only older filings may give."""
    bare = holds_any(pl.col("reason"), params["reasons"]) & (pl.col("comment") == "")
    late = [holds_any(pl.col("reason"), [code]) & (pl.col("head_end") >= date.fromisoformat(until))
            for code, until in params["only_until"].items()]  # fmt: skip
    return pl.any_horizontal(bare, *late)


@line_kind("value")
def answer_is(params: Params, definition: Definition) -> pl.Expr:
    return valued(params) & (pl.col("value") != params["answer"])


@line_kind("value")
def duration_at_most(params: Params, definition: Definition) -> pl.Expr:
    """At most `days`; months and years are turned into days. `endless` units break it too."""
    factor = pl.coalesce(pl.when(pl.col("unit") == unit).then(days) for unit, days in DAYS.items())
    endless = pl.col("unit").is_in(ENDLESS) if params.get("endless") else pl.lit(False)
    return valued(params) & (pl.col("t_type") == "duration") & ((pl.col("number") * factor > params["days"]) | endless)


@line_kind("value")
def not_rounded(params: Params, definition: Definition) -> pl.Expr:
    """Whole thousands that do not say they are rounded."""
    said = (pl.col("obs_status") == "E") | (pl.col("qualifier") != "exact")
    return valued(params) & (pl.col("number") >= 1000) & (pl.col("number") % 1000 == 0) & ~said


# Comparability --------------------------------------------------------------------------------------------


@line_kind("obs_status", needs=pl.col("flags") != "")
def status_follows_flags(params: Params, definition: Definition) -> pl.Expr:
    """A flag that forces one of `forced` goes with one of `allowed` statuses."""
    forcing = flags_that_force(definition, params["forced"])
    return valued(params) & holds_any(pl.col("flags"), forcing) & ~pl.col("obs_status").is_in(params["allowed"])


@line_kind("flags", needs=pl.col("flags") != "")
def flags_absent(params: Params, definition: Definition) -> pl.Expr:
    """A figure bears none of `flags`, which say that it counts something else as well."""
    return valued(params) & one_of(pl.col("t_type"), NUMERIC) & holds_any(pl.col("flags"), params["flags"])


@line_kind("address")
def dimension_clear(params: Params, definition: Definition) -> pl.Expr:
    """Figures with this dimension state it, and not as one of `unclear`."""
    member = pl.col(f"d_{params['dimension']}")
    has = repeats_by(definition, params["dimension"])
    return valued(params) & has & (member.is_null() | member.is_in(params["unclear"]))


@line_kind("period", needs=pl.col("period") != "")
def period_not_before(params: Params, definition: Definition) -> pl.Expr:
    return (pl.col("own_period") > 0) & (pl.col("start") < date.fromisoformat(params["day"]))


@line_kind("period", needs=pl.col("period") != "")
def period_from_the_start(params: Params, definition: Definition) -> pl.Expr:
    """An own period does not begin after the reporting period."""
    return (pl.col("own_period") > 0) & (pl.col("start") > pl.col("head_start"))


@line_kind("period")
def period_given(params: Params, definition: Definition) -> pl.Expr:
    return valued(params) & (pl.col("own_period") < 2)


@line_kind("address", blocks=True)
def month_in_period(params: Params, definition: Definition) -> pl.Expr:
    """The member of dimension `month` lies in the reporting period."""
    first, last = (pl.col(edge).first().dt.strftime("%Y-%m").over("filing") for edge in ("head_start", "head_end"))
    return (pl.col("d_month") < first) | (pl.col("d_month") > last)
