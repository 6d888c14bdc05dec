"""Filing kinds that look at the filing as a whole, or from one line to another. Each gives the violating rows."""

from __future__ import annotations

import polars as pl

from submissions.addresses import WORD
from submissions.datatypes import holds_any
from submissions.rules.registry import Judged, Params, filing_kind

WHOLE = pl.DataFrame({"line": [None], "address": [""]}, schema={"line": pl.UInt32, "address": pl.String})
"""The one violating row of a rule that speaks of the filing, not of a line."""
NONE = WHOLE.clear()


def whole_if(broken: bool) -> pl.DataFrame:
    return WHOLE if broken else NONE


@filing_kind("obs_status")
def row_answered(params: Params, judged: Judged) -> pl.DataFrame:
    """Every required data point has a line; `unless_yes` names the answer that excuses the rest."""
    excuse = params.get("unless_yes")
    if excuse and judged.sound.filter((pl.col("code") == excuse) & (pl.col("value") == "1")).height:
        return NONE
    wanted = [p.code for p in judged.definition.points.values() if p.required == "required"]
    told = pl.col("code").filter(pl.col("address_fault") == "").unique()
    present = set(judged.lines.select(told).to_series())
    missing = [code for code in wanted if code not in present]
    return pl.DataFrame({"line": [None] * len(missing), "address": missing}, schema=WHOLE.schema)


@filing_kind("flags", looks_at="flags")
def answer_flags(params: Params, judged: Judged) -> pl.DataFrame:
    """An answer that meets `flag_if` calls for its flag on the figures it speaks of."""
    found = []
    for point in judged.definition.points.values():
        if not point.flag_code:
            continue
        limit = point.flag_if.removeprefix("<")
        meets = pl.col("number") < float(limit) if point.flag_if.startswith("<") else pl.col("value") == limit
        answer = judged.sound.filter((pl.col("code") == point.code) & pl.col("valued") & meets)
        bare = judged.sound.filter(
            pl.col("code").is_in(list(point.flag_on))
            & pl.col("valued")
            & ~pl.col("flags").str.split(";").list.contains(point.flag_code)
        )
        if answer.height and bare.height:
            flagged = ";".join(bare["address"].unique().sort())
            found.append(
                answer.head(1).select(
                    "line", "address", pl.lit(point.flag_code).alias("flag"), pl.lit(flagged).alias("flagged")
                )
            )
    return pl.concat(found) if found else NONE


@filing_kind("flags", looks_at="flags")
def flags_answered(params: Params, judged: Judged) -> pl.DataFrame:
    """A flag on a figure does not deny the answer that speaks of it: *online only* and *online and offline together*."""
    if not judged.sound.select((pl.col("flags") != "").any()).item():
        return NONE
    found = []
    for point in judged.definition.points.values():
        if not point.flag_code or point.flag_if.startswith("<"):
            continue
        other = (pl.col("code") == point.code) & pl.col("valued") & (pl.col("value") != point.flag_if)
        flagged = (
            pl.col("code").is_in(list(point.flag_on)) & pl.col("valued") & holds_any(pl.col("flags"), [point.flag_code])
        )
        answer = judged.sound.filter(other)
        if answer.height:
            flag = pl.lit(point.flag_code).alias("flag")
            related = pl.lit([answer["address"][0]]).alias("related")
            found.append(judged.sound.filter(flagged).select("line", "address", flag, related))
    return pl.concat(found) if found else NONE


@filing_kind("period")
def same_dates_as_whole(params: Params, judged: Judged) -> pl.DataFrame:
    """A part covers the days of a line of the figure it is part of."""
    valued = judged.sound.filter(pl.col("valued") & (pl.col("t_type") == "count"))
    wholes = valued.select(pl.col("code").cast(WORD).alias("t_part_of"), "start", "end").unique()
    fixed = valued.filter((pl.col("t_part_of") != "") & pl.all_horizontal(
        pl.lit(True), *(pl.col(f"d_{name}").is_null() for name in judged.definition.dimensions)
    ))  # fmt: skip
    with_whole = fixed.join(wholes.select("t_part_of").unique(), on="t_part_of", how="semi")
    return with_whole.join(wholes, on=["t_part_of", "start", "end"], how="anti").select("line", "address")


@filing_kind()
def members_filed(params: Params, judged: Judged) -> pl.DataFrame:
    """A data point has figures for each of these members of a dimension."""
    mine = judged.sound.filter((pl.col("code") == params["code"]) & pl.col("valued"))
    filed = set(mine[f"d_{params['dimension']}"])
    return whole_if(not set(params["members"]) <= filed).with_columns(pl.lit(params["code"]).alias("address"))


@filing_kind("address")
def member_absent(params: Params, judged: Judged) -> pl.DataFrame:
    """No line of the filing carries this member."""
    lines = judged.sound.filter(pl.col("valued") & (pl.col(f"d_{params['dimension']}") == params["member"]))
    return lines.head(1).select("line", "address")


@filing_kind("period")
def one_period(params: Params, judged: Judged) -> pl.DataFrame:
    """Figures of one filing cover one period (those with both days given)."""
    spans = judged.sound.filter((pl.col("own_period") == 2) & pl.col("valued")).select("start", "end").unique()
    return whole_if(spans.height > 1)
