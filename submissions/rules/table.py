"""The table of cells: facts of data points beside each other, one row a group of lines.

A group is a combination of members of the dimensions of `per`; without any there is one group, the filing. Data points
that have these dimensions are told of each group apart, all others of the filing as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from submissions.rules.registry import Docket, address_number


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
LOOKED_AT = {"filing", "code", *(name for told in FACTS.values() for name in told.of_line.meta.root_names())}
"""Columns of a line that cells are made of, beside its members."""
TOLD_IN_FINDINGS = ("number", "value", "valued")


# Facts of the filing as a whole ---------------------------------------------------------------------------


def in_filings(lines: pl.DataFrame, which: pl.Expr) -> set[int]:
    """The filings of which some line is meant."""
    return set(lines.select(pl.col("filing").filter(which).unique()).to_series())


def answered_under(prefix: str, docket: Docket) -> set[int]:
    mine = pl.col("code").str.starts_with(prefix + ".") & (pl.col("address_fault") == "")
    return in_filings(docket.lines, mine)


def reason_anywhere(reason: str, docket: Docket) -> set[int]:
    return in_filings(docket.lines, pl.col("reason").str.split(";").list.contains(reason))


def counts_filed(least: str, docket: Docket) -> set[int]:
    """Counts with a value; answers that only frame them, such as an age limit, are none."""
    figures = (pl.col("t_type") == "count") & (pl.col("t_basis") != "context") & pl.col("number").is_not_null()
    return set(docket.sound.filter(figures).group_by("filing").len().filter(pl.col("len") >= int(least))["filing"])


def told_before(code: str, docket: Docket, which: Callable[[str], bool]) -> set[int]:
    """The filings before which this data point was answered with such a status."""
    return {
        place
        for place, context in enumerate(docket.contexts)
        if context.previous is not None
        and any(which(status) for status in context.previous.filter(pl.col("code") == code)["obs_status"])
    }


WHOLE: dict[str, Callable[[str, Docket], set[int]]] = {
    "answered_under": answered_under,
    "reason_anywhere": reason_anywhere,
    "counts_filed": counts_filed,
    "answered_before": lambda code, docket: told_before(code, docket, lambda status: True),
    "valued_before": lambda code, docket: told_before(code, docket, docket.definition.valued.__contains__),
}


# The table ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Table:
    """Facts by name, each a column of cells: one data point after another, each told of every group."""

    groups: list[dict[str, Any]]
    """`filing`, and the members of each group, `d_<dimension>`."""
    own: frozenset[str]
    """Data points that are told of each group apart; the others of its filing as a whole."""
    places: Mapping[str, int]
    facts: Mapping[str, pl.Series]

    def column(self, name: str, code: str) -> pl.Series:
        """One value a group."""
        size = len(self.groups)
        return self.facts[name].slice(self.places[code] * size, size)

    def value(self, name: str, code: str, group: int) -> Any:
        return self.facts[name][self.places[code] * len(self.groups) + group]

    def bad(self) -> dict[str, set[int]]:
        """Data point -> groups in which a line of it is unusable."""
        found: dict[str, set[int]] = {}
        if self.facts["bad"].any():
            codes, size = list(self.places), len(self.groups)
            for cell in self.facts["bad"].arg_true():
                found.setdefault(codes[cell // size], set()).add(cell % size)
        return found

    def columns(self, names: Iterable[str], docket: Docket) -> pl.DataFrame:
        """The columns that expressions made of `fact` and `of_filing` ask for."""
        found = []
        for name in names:
            about, _, code = name.partition(":")
            if code:
                found.append(self.column(about, code).alias(name))
            else:
                met = of_the_filing(name, docket)
                found.append(pl.Series(name, [group["filing"] in met for group in self.groups], pl.Boolean))
        return pl.DataFrame(found)


def of_the_filing(name: str, docket: Docket) -> set[int]:
    """The filings of which this is true."""
    if name not in docket.cache:
        about, _, operand = name.partition("=")
        docket.cache[name] = WHOLE[about](operand, docket)
    return docket.cache[name]


def table(
    docket: Docket, codes: Iterable[str], per: tuple[str, ...], names: Sequence[str], names_once: Sequence[str]
) -> Table:
    """The table of these facts of these data points. No groups: nothing is filed that has the dimensions of `per`."""
    points, once = docket.definition.points, told_once(docket, names_once)
    if not per:
        groups, told = every_filing(docket), [*points]
        return Table(groups.to_dicts(), frozenset(), places(told), by_name(once))
    own = [code for code in codes if set(per) <= set(points[code].dimensions)]
    shared = [code for code in codes if code not in own]
    groups, apart = by_group(docket, own, per, names)
    beside = told_of_each(groups, shared, once, docket).select(names)
    return Table(
        groups.to_dicts(), frozenset(own), places([*own, *shared]), by_name(pl.concat([apart.select(names), beside]))
    )


def places(codes: list[str]) -> dict[str, int]:
    return {code: place for place, code in enumerate(codes)}


def by_name(cells: pl.DataFrame) -> dict[str, pl.Series]:
    return {fact.name: fact for fact in cells}


def told_of_each(groups: pl.DataFrame, codes: list[str], once: pl.DataFrame, docket: Docket) -> pl.DataFrame:
    """What is told of filings as a whole, beside each group of theirs."""
    place = places([*docket.definition.points])
    filing, filings = groups["filing"].to_list(), len(docket.contexts)
    return once[[place[code] * filings + of_group for code in codes for of_group in filing]]


def every_filing(docket: Docket) -> pl.DataFrame:
    return pl.DataFrame({"filing": range(len(docket.contexts))}, schema={"filing": pl.UInt32})


def told_once(docket: Docket, names: Sequence[str]) -> pl.DataFrame:
    """Facts of every data point, whatever its dimensions, in the order of the definition, each for every filing."""
    if "once" not in docket.cache:
        found = facts(
            cells_of(docket.definition.points, every_filing(docket)),
            looked_at(one_line_a_cell(docket), [], names),
            names,
        )
        docket.cache["once"] = with_astray(found, docket).with_columns(pl.col("bad") | pl.col("astray"))
    return docket.cache["once"]


def cells_of(codes: Iterable[str], groups: pl.DataFrame) -> pl.DataFrame:
    """One data point after another, by group."""
    cells = pl.DataFrame({"code": list(codes)}, schema={"code": pl.String})
    return cells.join(groups, how="cross", maintain_order="left_right")


def by_group(
    docket: Docket, codes: list[str], per: tuple[str, ...], names: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The groups, in the order in which they are first filed; facts of one data point after another, by group."""
    keys = [f"d_{name}" for name in per]
    lines = looked_at(one_line_a_cell(docket).filter(pl.col("code").is_in(codes)), keys, names)
    groups = lines.select("filing", *keys).unique(maintain_order=True)
    # A filing whose lines of these data points all have a misspelt member still has a group, of no member.
    lost = astray(docket).filter(pl.col("code").is_in(codes)).join(groups, on="filing", how="anti")
    groups = pl.concat([groups, lost.select("filing").unique(maintain_order=True)], how="diagonal")
    found = with_astray(facts(cells_of(codes, groups), lines, names), docket)
    # A line with a misspelt member may belong to any group that lacks one: it blocks its data point there.
    return groups, found.with_columns(pl.col("bad") | (pl.col("astray") & ~pl.col("answered")))


def looked_at(lines: pl.DataFrame, keys: list[str], names: Sequence[str]) -> pl.DataFrame:
    return lines.select("filing", "code", *keys, *(FACTS[name].of_line.alias(name) for name in names))


def facts(cells: pl.DataFrame, lines: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The facts of each of `cells`, in their order. Every cell stands before the lines, so none is missing."""
    return (
        pl.concat([cells, lines], how="diagonal")
        .group_by(cells.columns, maintain_order=True)
        .agg(FACTS[name].of_cell(pl.col(name)).alias(name) for name in names)
    )


def astray(docket: Docket) -> pl.DataFrame:
    """Filing and data point of lines whose address is wrong elsewhere than in the code."""
    if "astray" not in docket.cache:
        wrong = (pl.col("address_fault") != "") & pl.col("t_type").is_not_null()
        docket.cache["astray"] = docket.lines.filter(wrong).select("filing", "code").unique(maintain_order=True)
    return docket.cache["astray"]


def with_astray(cells: pl.DataFrame, docket: Docket) -> pl.DataFrame:
    """Whether a line of the data point went astray."""
    lost = astray(docket)
    if lost.is_empty():
        return cells.with_columns(pl.lit(False).alias("astray"))
    marked = lost.with_columns(pl.lit(True).alias("astray"))
    told = cells.join(marked, on=["filing", "code"], how="left", maintain_order="left")
    return told.with_columns(pl.col("astray").fill_null(False))


def one_line_a_cell(docket: Docket) -> pl.DataFrame:
    """Where a data point has lines for several periods, the one with most days inside the reporting period stands
    for it, then the later one. Unusable lines stay, as blanks that block."""
    if "one_line" not in docket.cache:
        docket.cache["one_line"] = longest_inside(docket.lines)
    return docket.cache["one_line"]


def longest_inside(lines: pl.DataFrame) -> pl.DataFrame:
    if lines.select((pl.col("address_fault") != "").any()).item():
        lines = lines.filter(pl.col("address_fault") == "")
    if not lines.select(pl.col("repeated").any()).item():
        return lines
    inside = pl.min_horizontal("end", "head_end") - pl.max_horizontal("start", "head_start")
    # Ranked by a few narrow columns: whole lines, sorted and hashed, take as much memory as they do, and more time.
    ranked = lines.select(
        "end", inside.alias("inside"), address_number().alias("address"), pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
    ).sort("inside", "end", descending=True, maintain_order=True)  # fmt: skip
    kept = lines.select(name for name in lines.columns if name in LOOKED_AT or name.startswith("d_"))
    return kept[ranked.unique("address", keep="first", maintain_order=True)["row"]]
