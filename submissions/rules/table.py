"""The table of cells: facts of data points beside each other, one row a group of lines.

A group is a combination of members of the dimensions of `per`; without any there is one group, the filing. Data points
that have these dimensions are told of each group apart, all others of the filing as a whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from submissions.rules.registry import Judged


@dataclass(frozen=True)
class Fact:
    """What is looked at in a line, and how the lines of a cell give one fact: nulls stand for no line at all."""

    of_line: pl.Expr
    of_cell: Callable[[pl.Expr], pl.Expr]


def total(of_line: pl.Expr) -> pl.Expr:
    return pl.when(of_line.count() > 0).then(of_line.sum())


def total_if_known(of_line: pl.Expr) -> pl.Expr:
    """A part filed as a range (not a number here) makes the sum unknown; without it the sum would be too small."""
    known = of_line.drop_nans()
    return pl.when((known.count() > 0) | (of_line.count() == 0)).then(known.sum())


def first_told(of_line: pl.Expr) -> pl.Expr:
    return of_line.drop_nulls().first().fill_null("")


def first_status(of_line: pl.Expr) -> pl.Expr:
    """That of a line with a value, if there is one."""
    status, valued = of_line.struct[0], of_line.struct[1]
    return pl.coalesce(status.filter(valued).first(), status.drop_nulls().first(), pl.lit(""))


def all_codes(of_line: pl.Expr) -> pl.Expr:
    return of_line.drop_nulls().unique().sort().str.join(";")


USABLE = ~pl.col("unusable")
HAS_VALUE = USABLE & pl.col("valued")
FILLED = HAS_VALUE & ((pl.col("value") != "") | (pl.col("comment") != "") | (pl.col("low") != ""))

FACTS = {
    "number": Fact(pl.when(HAS_VALUE).then("number"), total),
    "part": Fact(pl.when(HAS_VALUE).then(pl.col("number").fill_null(float("nan"))), total_if_known),
    "value": Fact(pl.when(HAS_VALUE).then("value"), first_told),
    "valued": Fact(HAS_VALUE, pl.Expr.any),
    "answered": Fact(USABLE, pl.Expr.any),
    "bad": Fact(pl.col("unusable"), pl.Expr.any),
    "status": Fact(pl.struct("obs_status", "valued"), first_status),
    "filled": Fact(FILLED, pl.Expr.any),
    "noted": Fact(pl.col("comment") != "", pl.Expr.any),
    "reason": Fact(pl.col("reason"), all_codes),
    "start": Fact(pl.when(HAS_VALUE).then("start"), pl.Expr.min),
    "end": Fact(pl.when(HAS_VALUE).then("end"), pl.Expr.max),
}
"""`number`: the sum of what is filed, null where nothing is. `part`: the same as part of a larger sum, zero where nothing
is filed. `bad`: some line of the cell is unusable."""
TOLD_IN_FINDINGS = ("number", "value", "valued")


# Facts of the filing as a whole ---------------------------------------------------------------------------


def answered_under(prefix: str, judged: Judged) -> bool:
    mine = pl.col("code").str.starts_with(prefix + ".") & (pl.col("address_fault") == "")
    return bool(judged.lines.select(mine.any()).item())


def reason_anywhere(reason: str, judged: Judged) -> bool:
    return bool(judged.lines.select(pl.col("reason").str.split(";").list.contains(reason).any()).item())


def counts_filed(least: str, judged: Judged) -> bool:
    """Counts with a value; answers that only frame them, such as an age limit, are none."""
    figures = (pl.col("t_type") == "count") & (pl.col("t_basis") != "context") & pl.col("number").is_not_null()
    return bool(judged.sound.select(figures.sum()).item() >= int(least))


def statuses_before(code: str, judged: Judged) -> list[str]:
    previous = judged.context.previous
    return [] if previous is None else previous.filter(pl.col("code") == code)["obs_status"].to_list()


WHOLE: dict[str, Callable[[str, Judged], bool]] = {
    "answered_under": answered_under,
    "reason_anywhere": reason_anywhere,
    "counts_filed": counts_filed,
    "answered_before": lambda code, judged: bool(statuses_before(code, judged)),
    "valued_before": lambda code, judged: any(s in judged.definition.valued for s in statuses_before(code, judged)),
}


# The table ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Table:
    """Facts by name, each a column of cells: one a data point of `once`, one a data point and group of `own`."""

    groups: list[dict[str, Any]]
    """Members of each group, `d_<dimension>`."""
    once: Mapping[str, int]
    own: Mapping[str, int]
    facts_once: Mapping[str, pl.Series]
    facts_own: Mapping[str, pl.Series]

    def column(self, name: str, code: str) -> pl.Series:
        """One value a group."""
        size = len(self.groups)
        if code in self.own:
            return self.facts_own[name].slice(self.own[code] * size, size)
        return self.facts_once[name].new_from_index(self.once[code], size)

    def value(self, name: str, code: str, group: int) -> Any:
        if code in self.own:
            return self.facts_own[name][self.own[code] * len(self.groups) + group]
        return self.facts_once[name][self.once[code]]

    def bad(self) -> dict[str, set[int]]:
        """Data point -> groups in which a line of it is unusable."""
        size = len(self.groups)
        told_once = zip(self.once, self.facts_once["bad"], strict=True)
        told_apart = zip(itertools.product(self.own, range(size)), self.facts_own["bad"], strict=True)
        found = {code: set(range(size)) for code, is_bad in told_once if is_bad and code not in self.own}
        for (code, group), is_bad in told_apart:
            if is_bad:
                found.setdefault(code, set()).add(group)
        return found

    def columns(self, names: Iterable[str], judged: Judged) -> pl.DataFrame:
        """The columns that expressions made of `fact` and `of_filing` ask for."""
        found = []
        for name in names:
            about, _, code = name.partition(":")
            if code:
                found.append(self.column(about, code).alias(name))
            else:
                told = of_the_filing(name, judged)
                found.append(pl.Series(name, [told] * len(self.groups), pl.Boolean))
        return pl.DataFrame(found)


def of_the_filing(name: str, judged: Judged) -> bool:
    if name not in judged.cache:
        about, _, operand = name.partition("=")
        judged.cache[name] = WHOLE[about](operand, judged)
    return judged.cache[name]


def table(
    judged: Judged, codes: Iterable[str], per: tuple[str, ...], names: Sequence[str], names_once: Sequence[str]
) -> Table:
    """The table of these facts of these data points. No groups: nothing is filed that has the dimensions of `per`."""
    points = judged.definition.points
    own = [code for code in codes if per and set(per) <= set(points[code].dimensions)]
    once = told_once(judged, names_once)
    groups, facts_own = by_group(judged, own, per, names) if per else ([{}], once.clear())
    return Table(
        groups,
        once={code: place for place, code in enumerate(points)},
        own={code: place for place, code in enumerate(own)},
        facts_once={fact.name: fact for fact in once},
        facts_own={fact.name: fact for fact in facts_own},
    )


def told_once(judged: Judged, names: Sequence[str]) -> pl.DataFrame:
    """Facts of every data point, whatever its dimensions, in the order of the definition."""
    if "once" not in judged.cache:
        cells = pl.DataFrame({"code": list(judged.definition.points)}, schema={"code": pl.String})
        found = facts(cells, looked_at(judged, [], names), names)
        judged.cache["once"] = found.with_columns(pl.col("bad") | pl.col("code").is_in(astray(judged)))
    return judged.cache["once"]


def by_group(
    judged: Judged, codes: list[str], per: tuple[str, ...], names: Sequence[str]
) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """The groups, in the order in which they are first filed; facts of one data point after another, by group."""
    keys = [f"d_{name}" for name in per]
    lines = looked_at(judged, keys, names).filter(pl.col("code").is_in(codes))
    groups, led_astray = lines.select(keys).unique(maintain_order=True), astray(judged)
    if groups.is_empty() and not led_astray.isdisjoint(codes):
        groups = pl.DataFrame({key: [None] for key in keys}, schema=dict.fromkeys(keys, pl.String))
    cells = pl.DataFrame({"code": codes}, schema={"code": pl.String}).join(
        groups, how="cross", maintain_order="left_right"
    )
    found = facts(cells, lines, names)
    if led_astray:
        # A line with a misspelt member may belong to any group that lacks one: it blocks its data point there.
        found = found.with_columns(pl.col("bad") | (pl.col("code").is_in(led_astray) & ~pl.col("answered")))
    return groups.to_dicts(), found


def looked_at(judged: Judged, keys: list[str], names: Sequence[str]) -> pl.DataFrame:
    return one_line_a_cell(judged).select("code", *keys, *(FACTS[name].of_line.alias(name) for name in names))


def facts(cells: pl.DataFrame, lines: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The facts of each of `cells`, in their order. Every cell stands before the lines, so none is missing."""
    return (
        pl.concat([cells, lines], how="diagonal")
        .group_by(cells.columns, maintain_order=True)
        .agg(FACTS[name].of_cell(pl.col(name)).alias(name) for name in names)
    )


def astray(judged: Judged) -> set[str]:
    """Data points of lines whose address is wrong elsewhere than in the code."""
    if "astray" not in judged.cache:
        wrong = (pl.col("address_fault") != "") & pl.col("t_type").is_not_null()
        judged.cache["astray"] = set(judged.lines.select(pl.col("code").filter(wrong).unique()).to_series())
    return judged.cache["astray"]


def one_line_a_cell(judged: Judged) -> pl.DataFrame:
    """Where a data point has lines for several periods, the one with most days inside the reporting period stands
    for it, then the later one. Unusable lines stay, as blanks that block."""
    if "one_line" not in judged.cache:
        judged.cache["one_line"] = longest_inside(judged.lines)
    return judged.cache["one_line"]


def longest_inside(lines: pl.DataFrame) -> pl.DataFrame:
    if lines.select((pl.col("address_fault") != "").any()).item():
        lines = lines.filter(pl.col("address_fault") == "")
    if not lines.select(pl.col("repeated").any()).item():
        return lines
    inside = pl.min_horizontal("end", "head_end") - pl.max_horizontal("start", "head_start")
    ranked = lines.with_columns(inside.alias("inside")).sort("inside", "end", descending=True, maintain_order=True)
    return ranked.unique("address", keep="first", maintain_order=True)
