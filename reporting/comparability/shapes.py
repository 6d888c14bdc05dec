"""What a figure is about, apart from its days and unit: data point, place, members. Worked out once an address."""

from __future__ import annotations

import re

import polars as pl

from reporting.comparability.knowledge import Knowledge
from submissions.catalogue import catalogue

ASKING = ("return_id", "version", "code")
SHAPE = ("subject", "where", "what")


def placed(observations: pl.DataFrame, axes: tuple[str, ...], known: Knowledge) -> pl.DataFrame:
    """The lines with `row`, `at` (number of the address), `shape` (number of what is counted where, in the order of the
    words), `member` of the axes, and whether something about place or service is `unclear`."""
    asking = observations.select("return_id", "version").unique()
    key = ["address"] if len(asking) == 1 else ["return_id", "version", "address"]
    addresses = observations.unique(key, keep="first", maintain_order=True).select(*ASKING, "address", "attributes")
    addresses = described(addresses, axes, known).with_row_index("at")
    shapes = addresses.select(SHAPE).unique().sort(SHAPE).with_row_index("shape")
    addresses = addresses.join(shapes, on=SHAPE, how="left", maintain_order="left")
    dims = [name for name in axes if name not in ("entity", "period")]
    kept = [*key, "at", "shape", "unclear", "overlapping", *SHAPE, "relation", *(f"axis_{name}" for name in dims)]
    lines = observations.with_row_index("row").join(addresses.select(kept), on=key, how="left", maintain_order="left")
    named = [pl.col(f"axis_{name}" if name in dims else name) for name in axes]
    return lines.with_columns((named[0] if len(named) == 1 else pl.concat_str(named, separator="/")).alias("member"))


def described(addresses: pl.DataFrame, axes: tuple[str, ...], known: Knowledge) -> pl.DataFrame:
    """Beside each address: `subject`, `where`, `what`, `relation`, `unclear`, `overlapping`, and a column an axis."""
    asked = dimensions_of(addresses.select(*ASKING, "attributes").unique(ASKING), known)
    found = addresses.join(asked, on=ASKING, how="left", maintain_order="left")
    dims = sorted(set(asked["dimensions"].explode().drop_nulls()))
    lists = {name: code_list for name, code_list, _in_series in all_dimensions() if name in dims}
    places = [name for name in dims if lists[name] in known.territories and name not in axes]
    aside = [
        name
        for name, code_list, in_series in all_dimensions()
        if name in dims and (code_list in known.told_by_unit or not in_series)
    ]
    taken = sorted({*axes, *places, *aside} & set(dims))
    members = pl.col("address").str.extract(r"\[(.*)\]$").fill_null("")
    found = found.with_columns(
        members.alias("members"),
        *(member_of(name).alias(f"axis_{name}") for name in sorted({*taken, *axes} - {"entity", "period"})),
    )
    place = [pl.col(f"axis_{name}") for name in places]
    unknown = [
        pl.col(f"axis_{name}").is_in(list(known.unclear[lists[name]])) for name in taken if lists[name] in known.unclear
    ]
    unstated = [pl.col("dimensions").list.contains(name) & (pl.col(f"axis_{name}") == "") for name in places]
    what = (
        pl.col("members").str.replace_all(rf"(^|,)(?:{'|'.join(map(re.escape, taken))})=[^,]*", "")
        if taken
        else pl.col("members")
    )
    over = [name for name in axes if lists.get(name) in known.overlapping]
    found = found.with_columns(
        what.str.strip_chars_start(",").alias("what"),
        pl.concat_str([*place, "fixed_place"]).alias("where"),
        pl.any_horizontal(pl.lit(False), *unknown, *unstated).fill_null(False).alias("unclear"),
        pl.lit(bool(over)).alias("overlapping"),
    )
    return bridged(found, known)


def member_of(dimension: str) -> pl.Expr:
    """The member of a dimension in an address; empty where it is left out."""
    return pl.col("address").str.extract(rf"[\[,]{re.escape(dimension)}=([^,\]]*)").fill_null("")


def all_dimensions() -> list[tuple[str, str, bool]]:
    """Id, code list and `in_series` of every dimension of every definition."""
    found = {
        d.id: (d.id, d.code_list or "", d.in_series)
        for one in catalogue().definitions.values()
        for d in one.dimensions.values()
    }
    return sorted(found.values())


def dimensions_of(asked: pl.DataFrame, known: Knowledge) -> pl.DataFrame:
    """The dimensions of each data point, and the place that its row in the form fixes."""
    rows = []
    for return_id, version, code, attributes in asked.iter_rows():
        definition = catalogue().definitions.get((return_id, version))
        point = definition.points.get(code) if definition else None
        fixed = dict(part.split("=", 1) for part in (attributes or "").split(";") if part)
        place = "".join(member for name, member in fixed.items() if name in known.territories)
        rows.append((return_id, version, code, list(point.dimensions) if point else [], place))
    schema: dict[str, pl.DataType] = {name: pl.String() for name in (*ASKING, "dimensions", "fixed_place")}
    schema["dimensions"] = pl.List(pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def list_of_axis(lines: pl.DataFrame, axes: tuple[str, ...]) -> str:
    """The code list of the one dimension that is set side by side; empty where there is none."""
    return next((code_list for name, code_list, _ in all_dimensions() if axes == (name,)), "")


def bridged(addresses: pl.DataFrame, known: Knowledge) -> pl.DataFrame:
    """`subject`: return and data point, as the next version names it where the bridge calls both equal; else with its
    version. Members that the bridge has taken into the new code are no members any more."""
    asked = addresses.select("return_id", "version").unique()
    several = asked.filter(pl.col("return_id").is_duplicated())
    plain = pl.concat_str(["return_id", "code"], separator=" ")
    if several.is_empty():
        return addresses.with_columns(plain.alias("subject"), pl.lit("").alias("relation"))
    rows = []
    newest = {r: max(v for r2, v in several.iter_rows() if r2 == r) for r, _v in several.iter_rows()}
    old = addresses.join(several, on=["return_id", "version"], how="semi")
    for return_id, version, code, address in old.select(*ASKING, "address").iter_rows():
        if version != newest[return_id]:
            new, relation = known.bridged(catalogue().get(return_id, version), code, address)
            rows.append((return_id, version, address, new, relation))
    schema = dict.fromkeys(("return_id", "version", "address", "new", "relation"), pl.String)
    table = pl.DataFrame(rows, schema=schema, orient="row")
    found = addresses.join(table, on=["return_id", "version", "address"], how="left", maintain_order="left")
    joined, older = pl.col("new").fill_null("") != "", pl.col("new").is_not_null()
    return found.with_columns(
        pl.when(joined)
        .then(pl.concat_str(["return_id", "new"], separator=" "))
        .when(older)
        .then(pl.concat_str(["return_id", "code", "version"], separator=" "))
        .otherwise(plain)
        .alias("subject"),
        pl.when(joined).then(pl.lit("")).otherwise(pl.col("what")).alias("what"),
        pl.col("relation").fill_null(""),
    )


def with_shape_differences(lines: pl.DataFrame) -> pl.DataFrame:
    """Where the shape is another than that of the reference: in data point, version, place or members."""
    names = ("subject", "version", "territory", "members")
    if not (lines["figure"] & (lines["shape"] != lines["ref_shape"])).any():
        return lines.with_columns(pl.lit(False).alias(f"{name}_differs") for name in names)
    texts = lines.select("shape", *SHAPE).unique("shape").rename({name: f"ref_{name}" for name in ("shape", *SHAPE)})
    compared = lines.join(texts, on="ref_shape", how="left", maintain_order="left")
    other = pl.col("figure") & (pl.col("subject") != pl.col("ref_subject"))
    versions = pl.col("subject").str.split(" ").list.len() != pl.col("ref_subject").str.split(" ").list.len()
    return compared.with_columns(
        (other & ~versions).alias("subject_differs"),
        (other & versions).alias("version_differs"),
        (pl.col("figure") & (pl.col("where") != pl.col("ref_where"))).alias("territory_differs"),
        (pl.col("figure") & (pl.col("what") != pl.col("ref_what"))).alias("members_differs"),
    )
