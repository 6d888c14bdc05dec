"""A request for data, and the message that answers it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl
from django.utils.translation import gettext as _
from pysdmx.io.format import Format

from reporting.sdmx import names, selecting, writing
from reporting.sdmx.components import TIME, attribute_ids, key_ids
from reporting.sdmx.faults import fault
from reporting.sdmx.figures import Reader
from reporting.sdmx.names import AGENCY, Standard
from reporting.sdmx.parameters import day, moment, number, parameters
from reporting.sdmx.table import columns, rows
from submissions.catalogue import catalogue
from submissions.definition import Definition

COMMON = [
    "updatedAfter",
    "firstNObservations",
    "lastNObservations",
    "dimensionAtObservation",
    "includeHistory",
    "as_of",
    "asOf",
]
KNOWN = {
    Standard.V21: [*COMMON, "startPeriod", "endPeriod", "detail"],
    Standard.V30: [*COMMON, "updateAfter", "c", "attributes", "measures"],  # sdmx1 writes updateAfter
}
DETAILS = {
    # name: values, attributes, keys only
    "full": (True, True, False), "dataonly": (True, False, False), "nodata": (False, True, False),
    "serieskeysonly": (False, False, True),
}  # fmt: skip
LATEST, ALL = ("latest", "~", "+"), ("all", "*", "")


@dataclass(frozen=True)
class DataQuery:
    definition: Definition
    reader: Reader
    wanted: pl.Expr
    layout: writing.Layout
    first: int | None = None
    last: int | None = None

    def message(self, form: Format) -> Iterator[bytes]:
        """Raises Fault 404 before anything is sent, if there is nothing to send."""
        # Series, and the first of them, need all that belongs together at once; CSV is one row after the other.
        whole = self.limited or self.layout.keys_only or (self.layout.series and "xml" in form.value)
        figures = self.reader.figures(self.definition, whole=whole)
        frames = writing.begun(self.selected(rows(self.definition, some)) for some in figures)
        if frames is None:
            raise fault(
                404,
                _("No figure that you may read matches. Sign in, or send a token, to read more than what is public."),
            )
        return writing.WRITERS[form](self.layout, frames)

    @property
    def limited(self) -> bool:
        return self.first is not None or self.last is not None

    def selected(self, frame: pl.DataFrame) -> pl.DataFrame:
        found = frame.filter(self.wanted)
        if not self.limited:
            return found
        # Both may be asked for: the first and the last of each series.
        place, size = pl.int_range(pl.len()).over(self.layout.key), pl.len().over(self.layout.key)
        chosen = pl.lit(False)
        if self.first is not None:
            chosen = chosen | (place < self.first)
        if self.last is not None:
            chosen = chosen | (place >= size.cast(pl.Int64) - self.last)
        return found.sort("head_start", maintain_order=True).filter(chosen)


def data_query(standard: Standard, path: str, query_string: str, reader: Reader) -> DataQuery:
    """`path`: what follows `/data/`. Raises Fault."""
    asked = parameters(query_string, KNOWN[standard])
    if asked.get("includeHistory", "false") not in ("false", "False"):
        raise fault(
            501, _("There is no history of a figure here; as_of gives the figures as they stood at the end of a day.")
        )
    definition, key = flow_and_key(standard, path.strip("/").split("/"))
    dimensions = key_ids(definition)
    wanted = selecting.of_key(key, dimensions)
    wanted = wanted & selecting.of_period(asked.get("startPeriod"), asked.get("endPeriod"))
    wanted = wanted & selecting.of_components(asked, columns(definition))
    return DataQuery(
        definition,
        replace(
            reader,
            as_of=day(asked.get("as_of", asked.get("asOf")), "as_of"),
            since=moment(asked.get("updatedAfter", asked.get("updateAfter")), "updatedAfter"),
        ),
        wanted,
        layout(standard, definition, asked),
        number(asked.get("firstNObservations"), "firstNObservations"),
        number(asked.get("lastNObservations"), "lastNObservations"),
    )


# Dataflows ----------------------------------------------------------------------------------------------------


def flow_and_key(standard: Standard, parts: Sequence[str]) -> tuple[Definition, str]:
    if standard is Standard.V21:  # flow[/key[/provider]]; flow: ID | AGENCY,ID | AGENCY,ID,VERSION
        named = parts[0].split(",")
        agency, name, version = [AGENCY, *named, "latest"] if len(named) == 1 else [*named, "latest"][:3]
        rest = parts[1:]
        if rest[1:] not in ([], ["all"], [AGENCY]):
            raise fault(404, no_flow("/".join(parts)))
    else:  # dataflow/agency/id/version[/key]
        context, agency, name, version, *rest = [*parts, *["*"] * (4 - len(parts))]
        if context not in ("dataflow", *ALL) or len(rest) > 1:
            raise fault(404, no_flow("/".join(parts)))
    return flow(standard, agency, name, version), rest[0] if rest else ""


def flow(standard: Standard, agency: str, name: str, version: str) -> Definition:
    """Raises Fault 404 where there is none, 400 where several are meant."""
    found = [
        one
        for one in catalogue().definitions.values()
        if names.flow_id(one) == name
        and agency in (AGENCY, *ALL)
        and version in (*LATEST, *ALL, standard.version(one.version))
    ]
    if not found:
        raise fault(404, no_flow(f"{agency}:{name}({version})"))
    if version in ALL and len(found) > 1:
        known = ", ".join(standard.version(one.version) for one in found)
        raise fault(400, _("Name one version: %(known)s") % {"known": known})
    return found[-1]


def no_flow(text: str) -> str:
    return _("There is no dataflow %(name)s.") % {"name": text}


# What goes out of each row --------------------------------------------------------------------------------------


def layout(standard: Standard, definition: Definition, asked: Mapping[str, str]) -> writing.Layout:
    across = asked.get("dimensionAtObservation", TIME)
    if across not in (TIME, writing.FLAT):
        raise fault(501, _("dimensionAtObservation is TIME_PERIOD or AllDimensions."))
    if asked.get("detail", "full") not in DETAILS:
        raise fault(400, _("detail is one of: %(names)s") % {"names": ", ".join(DETAILS)})
    values, attributes, keys_only = DETAILS[asked.get("detail", "full")]
    return writing.Layout(
        names.flow_id(definition),
        standard.version(definition.version),
        key_ids(definition),
        values and measured(asked.get("measures", "all")),
        attributes_of(asked.get("attributes", "dsd")) if attributes else [],
        across == TIME or keys_only,
        keys_only,
    )


def measured(text: str) -> bool:
    if text not in ("all", "none", "OBS_VALUE"):
        raise fault(400, _("There is no component '%(name)s'.") % {"name": text})
    return text != "none"


def attributes_of(text: str) -> list[str]:
    """All of them hang on observations, so there is none of a series or of the dataset."""
    if text in ("dsd", "all", "obs"):
        return attribute_ids()
    if text in ("none", "msd", "dataset", "series"):
        return []
    wanted = text.split(",")
    for name in wanted:
        if name not in attribute_ids():
            raise fault(400, _("There is no component '%(name)s'.") % {"name": name})
    return [name for name in attribute_ids() if name in wanted]
