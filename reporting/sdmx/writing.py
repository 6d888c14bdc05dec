"""Rows of a data structure as SDMX-CSV and SDMX-ML, a batch at a time.

pysdmx writes data row by row, and wrongly where a comment holds an apostrophe or a new line. Here each format is one
expression over columns, so that a million rows take seconds and the first leave at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain

import polars as pl
from pysdmx.io.format import Format

from reporting.sdmx.components import TIME, VALUE
from reporting.sdmx.messages import COMMON, MESSAGE
from reporting.sdmx.names import AGENCY, short_urn
from submissions.datatypes import NUMBER
from submissions.workbook.safe import STARTS

FLAT = "AllDimensions"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
ILLEGAL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
"""Characters that no XML 1.0 document may hold, however written."""


@dataclass(frozen=True)
class Layout:
    """What a message is about and how it is laid out."""

    flow: str
    version: str
    key: Sequence[str]
    """Dimensions of a series."""
    values: bool = True
    """With OBS_VALUE."""
    attributes: Sequence[str] = ()
    series: bool = False
    """Observations in series of one key, else one by one."""
    keys_only: bool = False
    """Series without observations."""

    @property
    def reference(self) -> str:
        return f"{AGENCY}:{self.flow}({self.version})"

    @property
    def columns(self) -> list[str]:
        return [*self.key, TIME, *([VALUE] if self.values else []), *self.attributes]

    def distinct(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.unique(self.key, keep="first", maintain_order=True) if self.keys_only else frame


Writer = Callable[[Layout, Iterable[pl.DataFrame]], Iterator[bytes]]


# SDMX-CSV -----------------------------------------------------------------------------------------------------


def csv(head: Callable[[Layout], dict[str, str]], layout: Layout, frames: Iterable[pl.DataFrame]) -> Iterator[bytes]:
    """Every column always stands there; what was not asked for is empty."""
    first = head(layout)
    begins = [pl.lit(value).alias(name) for name, value in first.items()]
    yield (",".join([*first, *layout.key, TIME, VALUE, *layout.attributes]) + "\n").encode()
    for frame in map(layout.distinct, frames):
        value = pl.col(VALUE) if layout.values else pl.lit(None, pl.String).alias(VALUE)
        chosen = frame.select(*begins, *layout.key, TIME, value, *map(safe, layout.attributes))
        yield chosen.write_csv(include_header=False).encode()


def safe(column: str) -> pl.Expr:
    """As `safe_text`: what a spreadsheet would take for a formula."""
    text = pl.col(column)
    formula = pl.any_horizontal(text.str.starts_with(start) for start in STARTS) & ~text.str.contains(NUMBER)
    return pl.when(formula).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(column)


def head_of_2(layout: Layout) -> dict[str, str]:
    return {"STRUCTURE": "dataflow", "STRUCTURE_ID": layout.reference, "ACTION": "I"}


def head_of_1(layout: Layout) -> dict[str, str]:
    return {"DATAFLOW": layout.reference}


# SDMX-ML ------------------------------------------------------------------------------------------------------


def escaped(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(ILLEGAL, "").str.replace_many(list(SPECIAL), list(SPECIAL.values()))


def plain_attribute(column: str) -> pl.Expr:
    """` COLUMN="…"`, or nothing."""
    return pl.format(f' {column}="{{}}"', escaped(column)).fill_null("")


def generic_value(column: str) -> pl.Expr:
    return pl.format(f'<gen:Value id="{column}" value="{{}}"/>', escaped(column)).fill_null("")


def specific_observation(layout: Layout) -> pl.Expr:
    own = layout.columns[len(layout.key) :] if layout.series else layout.columns
    return pl.concat_str(pl.lit("<Obs"), *map(plain_attribute, own), pl.lit("/>"))


def specific_series(layout: Layout) -> pl.Expr:
    return pl.concat_str(pl.lit("<Series"), *map(plain_attribute, layout.key), pl.lit(">"))


def generic_observation(layout: Layout) -> pl.Expr:
    if layout.series:
        place = [pl.format('<gen:ObsDimension value="{}"/>', TIME)]
    else:
        place = [pl.lit("<gen:ObsKey>"), *map(generic_value, [*layout.key, TIME]), pl.lit("</gen:ObsKey>")]
    value = [pl.format('<gen:ObsValue value="{}"/>', VALUE).fill_null("")] if layout.values else []
    told = [pl.concat_str(*map(generic_value, layout.attributes))] if layout.attributes else []
    wrapped = [
        pl.when(one != "").then(pl.format("<gen:Attributes>{}</gen:Attributes>", one)).otherwise(pl.lit(""))
        for one in told
    ]
    return pl.concat_str(pl.lit("<gen:Obs>"), *place, *value, *wrapped, pl.lit("</gen:Obs>"))


def generic_series(layout: Layout) -> pl.Expr:
    return pl.concat_str(
        pl.lit("<gen:Series><gen:SeriesKey>"), *map(generic_value, layout.key), pl.lit("</gen:SeriesKey>")
    )


def xml(
    root: str, schema: str, prefix: str, observation: Callable[[Layout], pl.Expr], series: Callable[[Layout], pl.Expr],
    layout: Layout, frames: Iterable[pl.DataFrame],
) -> Iterator[bytes]:  # fmt: skip
    """`schema`: v2_1, v3_0; `prefix`: of the elements of series, `gen:` or none."""
    yield opening(root, schema, layout).encode()
    for frame in map(layout.distinct, frames):
        told = frame.select(*layout.key, observation(layout).alias("obs"))
        if layout.keys_only:
            told = told.with_columns(pl.lit("").alias("obs"))
        if layout.series:
            told = told.group_by(layout.key, maintain_order=True).agg(pl.col("obs").str.join(""))
            told = told.select(pl.concat_str(series(layout), "obs", pl.lit(f"</{prefix}Series>")).alias("obs"))
        yield "".join(told["obs"]).encode()
    yield f"</mes:DataSet></mes:{root}>".encode()


def opening(root: str, schema: str, layout: Layout) -> str:
    """All before the first series or observation."""
    across = TIME if layout.series else FLAT
    specific = root == "StructureSpecificData"
    urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.{short_urn('Dataflow', layout.flow, layout.version)}"
    ref = (
        f'<Ref agencyID="{AGENCY}" id="{layout.flow}" version="{layout.version}" class="Dataflow"/>'
        if schema == "v2_1"
        else urn
    )
    data = MESSAGE.format(schema).replace("message", "data/structurespecific" if specific else "data/generic")
    spaces = {
        "mes": MESSAGE.format(schema),
        "com": COMMON.format(schema),
        "xsi": XSI,
        "ss" if specific else "gen": data,
    }
    namespace = f' namespace="{urn}"' if specific else ""
    kind = ' ss:dataScope="DataStructure" xsi:type="own:DataSetType"' if specific else ""
    if specific:
        spaces["own"] = f"{urn}:ObsLevelDim:{across}"
    reference = "ss:structureRef" if specific else "structureRef"
    declared = "".join(f' xmlns:{name}="{uri}"' for name, uri in spaces.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><mes:{root}{declared}><mes:Header><mes:ID>{layout.flow}</mes:ID>'
        f"<mes:Test>false</mes:Test><mes:Prepared>{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}</mes:Prepared>"
        f'<mes:Sender id="{AGENCY}"/><mes:Structure structureID="{layout.flow}"{namespace} '
        f'dimensionAtObservation="{across}"><com:StructureUsage>{ref}</com:StructureUsage></mes:Structure></mes:Header>'
        f'<mes:DataSet {reference}="{layout.flow}"{kind} action="Information">'
    )


GENERIC = partial(xml, "GenericData", "v2_1", "gen:", generic_observation, generic_series)
SPECIFIC = {
    schema: partial(xml, "StructureSpecificData", schema, "", specific_observation, specific_series)
    for schema in ("v2_1", "v3_0")
}
WRITERS: dict[Format, Writer] = {
    Format.DATA_SDMX_CSV_1_0_0: partial(csv, head_of_1),
    Format.DATA_SDMX_CSV_2_0_0: partial(csv, head_of_2),
    Format.DATA_SDMX_ML_2_1_GEN: GENERIC,
    Format.DATA_SDMX_ML_2_1_STR: SPECIFIC["v2_1"],
    Format.DATA_SDMX_ML_3_0: SPECIFIC["v3_0"],
}


def begun(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame] | None:
    """The frames that hold rows; None if there is none. Reads the first."""
    filled = (frame for frame in frames if frame.height)
    first = next(filled, None)
    return None if first is None else chain([first], filled)
