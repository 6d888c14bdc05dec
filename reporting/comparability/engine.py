"""Sets of observations compared: one vectorised pass over a frame with the columns of `reporting.observed`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from reporting.comparability import shapes
from reporting.comparability.bands import bands
from reporting.comparability.comparison import DETAILS, Comparison
from reporting.comparability.knowledge import PURPOSES, Knowledge, flags_forcing, knowledge
from reporting.comparability.sets import REASONS, Sets

Expected = Sequence[str] | pl.DataFrame
HEDGES = {
    "approximate": ("approximate",),
    "rounded": ("rounded",),
    "bound": ("lower_bound", "upper_bound"),
    "range": ("range",),
}
HARD = (
    "missing", "not_applicable", "no_figure", "not_additive", "overlap", "unclear", "definition", "estimated",
    "provisional", "break", "series_break", "remark", *HEDGES, "aggregate",
)  # fmt: skip
"""Reasons that a figure carries by itself, whatever it is compared with; columns of that name."""
RELATIVE = ("unit", "subject", "version", "source", "territory", "members", "period")
"""Ways in which a figure differs from the reference of its set."""
KEY = ("shape", "unit", "source", "from", "to")
EPOCH = date(2000, 1, 1)
MONTH = 30.4375
"""Days on average; tells years from months where periods are set beside each other, and leap years not from others."""


def compare(
    observations: pl.DataFrame, purpose: str, *, axes: Sequence[str] = ("entity",), expected: Expected | None = None
) -> Comparison:
    """All `observations` as one set; see `compare_each`."""
    if observations.is_empty():
        return nothing(observations, purpose, axes, expected)
    return compare_each(observations, purpose, axes=axes, expected=expected)[()]


def compare_each(
    observations: pl.DataFrame,
    purpose: str,
    *,
    by: Sequence[str] = (),
    axes: Sequence[str] = ("entity",),
    expected: Expected | None = None,
) -> dict[tuple[object, ...], Comparison]:
    """Whether the observations of each set may be put together, sets told apart by the columns `by`.

    `purpose` is add, rank or chart. `axes` says what is set side by side: `entity`, `period` (its label), or a dimension;
    on all else the figures of a set must agree. `expected` names everybody who should be there: members of the axes
    (several axes joined by `/`), or a frame of `member` and columns of `by`.

    The figures that agree with the most others are the reference: the largest comparable subset. Of several equally
    large ones that is taken whose period covers most days of the reporting period, then begins first, then ends first;
    at last the first by data point, place, members and unit. Everything else gets its reasons (see
    `comparability.toml` for what each does and why).

    Statuses (SDMX): a value with D counts something else and stays out of sums and rankings, though a chart may show it;
    E and P enter, and make the result an estimate or provisional; B is a break against earlier periods, so it matters
    only where periods are compared. Missing values bar a sum, except M: what cannot exist is not missing. K (counted
    elsewhere) is missing, because nobody knows whether that other figure is in the sum.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"purpose is one of {', '.join(PURPOSES)}")
    known = knowledge()
    sets = observations.select(by).unique(maintain_order=True) if by else pl.DataFrame({"": [None]})
    if observations.is_empty():
        return {}
    sets = sets.with_row_index("set")
    lines = marked(observations, sets, by, tuple(axes), known)
    lines = with_reference(lines, purpose, known)
    lines = with_differences(lines, tuple(axes))
    lines = with_subset(lines, purpose, known)
    if purpose == "rank":
        lines = ordered(lines)
    reasons = told(lines, purpose, known)
    return dict(taken_apart(observations, lines, reasons, sets, by, purpose, tuple(axes), expected, known))


# Each figure by itself ------------------------------------------------------------------------------------


def marked(
    observations: pl.DataFrame, sets: pl.DataFrame, by: Sequence[str], axes: tuple[str, ...], known: Knowledge
) -> pl.DataFrame:
    """The lines with set, member, shape and a column for each of HARD."""
    lines = shapes.placed(observations, axes, known)
    if len(sets) > 1:
        lines = lines.join(sets, on=by, how="left", maintain_order="left", nulls_equal=True)
    else:
        lines = lines.with_columns(pl.lit(0, pl.UInt32).alias("set"))
    numeric = pl.col("value_type").is_in(["count", "percentage", "duration"]) | pl.col("value_type").is_null()
    has_number = numeric & (pl.col("number").is_not_null() | pl.col("low").is_not_null())
    valued, impossible = pl.col("valued"), pl.col("obs_status").is_in(statuses(known, "not_applicable"))
    figure = valued & has_number
    flags = observations["flags"].unique().to_list()
    broken = figure & forced(known, "break", flags)
    hard = {
        "missing": ~valued & ~impossible,
        "not_applicable": ~valued & impossible,
        "no_figure": valued & ~has_number,
        "not_additive": figure & pl.col("value_type").is_in(known.not_added),
        "overlap": figure & pl.col("overlapping"),
        "unclear": figure & pl.col("unclear"),
        **{reason: figure & forced(known, reason, flags) for reason in ("definition", "estimated", "provisional")},
        "break": broken if "period" not in axes else pl.lit(False),
        "series_break": broken if "period" in axes else pl.lit(False),
        "remark": figure & pl.col("flags").is_in(containing(flags_forcing("comment"), flags)),
        **{reason: figure & pl.col("qualifier").is_in(codes) for reason, codes in HEDGES.items()},
    }
    lines = lines.with_columns(
        figure.alias("figure"),
        (pl.lit("") if "entity" in axes else pl.col("entity")).alias("source"),
        *days(axes),
        *(found.fill_null(False).alias(reason) for reason, found in hard.items()),
    )
    return with_aggregates(lines, axes, known)


def days(axes: tuple[str, ...]) -> list[pl.Expr]:
    """First and last day that must agree; where periods are set side by side, a period as long instead."""
    if "period" not in axes:
        return [pl.col("start").alias("from"), pl.col("end").alias("to")]
    months = (((pl.col("end") - pl.col("start")).dt.total_days() + 1) / MONTH).round().cast(pl.Int32)
    return [pl.lit(EPOCH).alias("from"), pl.lit(EPOCH).dt.offset_by(pl.format("{}mo", months)).alias("to")]


def statuses(known: Knowledge, reason: str) -> list[str]:
    return [status for status, given in known.status.items() if given == reason]


def forced(known: Knowledge, reason: str, flags: Sequence[str]) -> pl.Expr:
    """The status gives this reason, or a flag forces such a status. `flags`: all that is filed as flags."""
    some = statuses(known, reason)
    forcing = frozenset().union(*(flags_forcing(f"CL_OBS_STATUS={status}") for status in some))
    return pl.col("obs_status").is_in(some) | pl.col("flags").is_in(containing(forcing, flags))


def containing(wanted: frozenset[str], flags: Sequence[str]) -> list[str]:
    return [filed for filed in flags if wanted & set(filed.split(";"))]


def with_aggregates(lines: pl.DataFrame, axes: tuple[str, ...], known: Knowledge) -> pl.DataFrame:
    """Marks members that stand for others of the same set."""
    code_list = shapes.list_of_axis(lines, axes)
    if code_list not in known.parts:
        return lines.with_columns(pl.lit(False).alias("aggregate"))
    present = lines.filter("figure").group_by("set").agg(pl.col("member").unique())
    wholes = [
        (number, one, True)
        for number, members in present.iter_rows()
        for one in members
        if known.descendants(code_list, one) & set(members)
    ]
    table = pl.DataFrame(wholes, schema={"set": pl.UInt32, "member": pl.String, "aggregate": pl.Boolean}, orient="row")
    return lines.join(table, on=["set", "member"], how="left", maintain_order="left").with_columns(
        pl.col("aggregate").fill_null(False)
    )


# Figures beside each other --------------------------------------------------------------------------------


def with_reference(lines: pl.DataFrame, purpose: str, known: Knowledge) -> pl.DataFrame:
    """Beside each line the key that most eligible figures of its set agree on (see `compare_each` for ties)."""
    leaving = [reason for reason in HARD if known.effect[reason][purpose] in ("bars", "out")]
    lines = lines.with_columns((pl.col("figure") & ~pl.any_horizontal(leaving)).alias("eligible"))
    figures = lines.lazy().filter("figure")
    key = ["set", *(name for name in KEY if lines[name].n_unique() > 1)]
    inside = overlap(pl.col("from"), pl.col("to"), pl.col("head_start"), pl.col("head_end"))
    members = figures.filter("eligible").select(*key, "member").unique().group_by(key).len("members")
    best = (
        figures.group_by(key)
        .agg(
            pl.len().alias("figures"),
            inside.max().alias("inside"),
            *(pl.col(name).first() for name in KEY if name not in key),
        )
        .join(members, on=key, how="left")
        .sort(
            "set", "members", "figures", "inside", "from", "to", "shape", "unit", "source",
            descending=[False, True, True, True, False, False, False, False, False], nulls_last=True,
        )
        .unique("set", keep="first", maintain_order=True)
        .select("set", *(pl.col(name).alias(f"ref_{name}") for name in KEY))
        .collect()
    )  # fmt: skip
    if len(best) == 1 and lines["set"].n_unique() == 1:
        return lines.with_columns(pl.lit(column[0], column.dtype).alias(column.name) for column in best.drop("set"))
    return lines.join(best, on="set", how="left", maintain_order="left")


def overlap(start: pl.Expr, end: pl.Expr, other_start: pl.Expr, other_end: pl.Expr) -> pl.Expr:
    """Days that two periods share."""
    first, last = pl.max_horizontal(start, other_start), pl.min_horizontal(end, other_end)
    return ((last - first).dt.total_days() + 1).clip(0)


def with_differences(lines: pl.DataFrame, axes: tuple[str, ...]) -> pl.DataFrame:
    """A column for each of RELATIVE; only figures differ."""
    own_days = (pl.col("start") != pl.col("head_start")) | (pl.col("end") != pl.col("head_end"))
    other_days = (pl.col("from") != pl.col("ref_from")) | (pl.col("to") != pl.col("ref_to"))
    figure = pl.col("figure")
    return shapes.with_shape_differences(lines).with_columns(
        (figure & (pl.col("unit") != pl.col("ref_unit"))).alias("unit_differs"),
        (figure & (pl.col("source") != pl.col("ref_source"))).alias("source_differs"),
        (figure & (other_days | own_days if "period" in axes else other_days)).alias("period_differs"),
    )


def with_subset(lines: pl.DataFrame, purpose: str, known: Knowledge) -> pl.DataFrame:
    """`subset`: agrees in everything that bars. `alike`: agrees in everything but perhaps the days. `repeated`: who
    files stands in the subset with another figure for the same thing."""
    differing = {name: pl.col(f"{name}_differs") for name in RELATIVE if known.effect[name][purpose] == "bars"}
    other = [differs for name, differs in differing.items() if name != "period"]
    lines = lines.with_columns((pl.col("eligible") & ~pl.any_horizontal(other)).alias("alike"))
    lines = lines.with_columns((pl.col("alike") & ~differing["period"]).alias("subset"))
    lines = filed_once(lines)
    left = lines.lazy().filter(~pl.col("subset") & (pl.col("alike") | pl.col("missing")))
    within = lines.lazy().filter("subset").select("set", "member", "shape")
    again = (
        left.select("row", "set", "member", "shape").join(within, on=["set", "member", "shape"], how="semi").collect()
    )
    return lines.with_columns(pl.col("row").is_in(again["row"].implode()).alias("repeated"))


def filed_once(lines: pl.DataFrame) -> pl.DataFrame:
    """A figure that several filings hold for the same days counts once: as the latest period has it."""
    if lines["period"].n_unique() < 2:
        return lines
    same = ["set", "entity", "at", "start", "end"]
    chosen = lines.lazy().filter("subset").select(*same, "head_end", "revision", "row").collect()
    if chosen.select(pl.struct(same).n_unique()).item() == len(chosen):
        return lines
    last = chosen.sort("head_end", "revision", "row").unique(same, keep="last")
    return lines.with_columns((pl.col("subset") & pl.col("row").is_in(last["row"].implode())).alias("subset"))


def ordered(lines: pl.DataFrame) -> pl.DataFrame:
    """`order`: the true figure may lie above or below that of somebody else."""
    ranges = lines.lazy().filter("subset").select("row", "set", *bands()).sort("set", "band_low", "band_high").collect()
    low, high = pl.col("band_low"), pl.col("band_high")
    before, after = high.cum_max().over("set"), low.shift(-1).over("set")
    before = before.shift(1).over("set")
    touches = (before > low) | (after < high)
    open_tie = ((before == low) | (after == high)) & (low < high)
    unsure = ranges.filter((touches | open_tie).fill_null(False))["row"]
    lines = lines.with_columns((pl.col("subset") & pl.col("row").is_in(unsure.implode())).alias("order"))
    return lines.with_columns((pl.col("subset") & ~pl.col("order")).alias("subset"))


# Reasons --------------------------------------------------------------------------------------------------


def told(lines: pl.DataFrame, purpose: str, known: Knowledge) -> pl.DataFrame:
    """A row for each reason of each observation, columns REASONS and `set`."""
    found = []
    for code, effects in known.effect.items():
        effect = effects[purpose]
        column = f"{code}_differs" if code in RELATIVE else code
        if not effect or column not in lines.columns:
            continue
        given = pl.col(column)
        if code in ("period", "missing"):
            given = given & ~pl.col("repeated")
        if effect == "marks":
            given = given & (pl.col("subset") | ~pl.col("figure"))
        found.append(
            lines.lazy().filter(given).select(
                "set", "row", "member", pl.lit(code).alias("code"), pl.lit(effect).alias("effect"),
                DETAILS.get(code, pl.lit("")).alias("detail"),
            )
        )  # fmt: skip
    return pl.concat(found).collect()


def taken_apart(
    observations: pl.DataFrame,
    lines: pl.DataFrame,
    reasons: pl.DataFrame,
    sets: pl.DataFrame,
    by: Sequence[str],
    purpose: str,
    axes: tuple[str, ...],
    expected: Expected | None,
    known: Knowledge,
) -> Iterator[tuple[tuple[object, ...], Comparison]]:
    """A comparison for each set."""
    if len(sets) > 1:
        place = lines.select(pl.int_range(pl.len(), dtype=pl.UInt32).over("set")).to_series()
        reasons = reasons.with_columns(place[reasons["row"]].alias("row"))
        lines = lines.sort("set", maintain_order=True)
    asked = expected_members(sets, by, expected)
    if (code_list := shapes.list_of_axis(lines, axes)) in known.parts:
        found = members_of(lines.filter("figure"))
        asked = {
            number: asked[number] if number in asked else sorted(known.siblings(code_list, found.get(number, set())))
            for number in sets["set"]
        }
    present = members_of(lines) if asked else {}
    silent = [(number, one) for number, some in asked.items() for one in sorted(set(some) - present.get(number, set()))]
    reasons = pl.concat([reasons.select("set", *REASONS), absent(silent, known.effect["not_filed"][purpose])])
    together = Sets(purpose, axes, observations, lines, reasons.sort("set", maintain_order=True), asked)
    for number, *key in sets.iter_rows():
        yield tuple(key) if by else (), Comparison(together, number)


def members_of(lines: pl.DataFrame) -> dict[int, set[str]]:
    """Set -> members."""
    return {number: set(some) for number, some in lines.group_by("set").agg(pl.col("member").unique()).iter_rows()}


def absent(silent: Sequence[tuple[int, str]], effect: str) -> pl.DataFrame:
    """The reasons for members of a set of whom nothing is there."""
    schema = {"set": pl.UInt32, "member": pl.String}
    return pl.DataFrame(silent, schema=schema, orient="row").select(
        "set", pl.lit(None, pl.UInt32).alias("row"), "member", pl.lit("not_filed").alias("code"),
        pl.lit(effect).alias("effect"), pl.lit("").alias("detail"),
    )  # fmt: skip


def expected_members(sets: pl.DataFrame, by: Sequence[str], expected: Expected | None) -> dict[int, list[str]]:
    """Set -> who is expected in it."""
    if expected is None:
        return {}
    if not isinstance(expected, pl.DataFrame):
        return {number: list(expected) for number in sets["set"]}
    shared = [name for name in by if name in expected.columns]
    joined = sets.join(expected, on=shared, how="inner") if shared else sets.join(expected, how="cross")
    return dict(joined.group_by("set", maintain_order=True).agg("member").iter_rows())


def nothing(observations: pl.DataFrame, purpose: str, axes: Sequence[str], expected: Expected | None) -> Comparison:
    """The comparison of no observations at all."""
    known, sets = knowledge(), pl.DataFrame({"set": [0]}, schema={"set": pl.UInt32})
    lines = marked(observations, sets, (), tuple(axes), known)
    lines = with_subset(with_differences(with_reference(lines, purpose, known), tuple(axes)), purpose, known)
    reasons = told(lines, purpose, known)
    [(_key, one)] = taken_apart(observations, lines, reasons, sets, (), purpose, tuple(axes), expected, known)
    return one
