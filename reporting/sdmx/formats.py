"""Which format goes out: by `?format=`, else by `Accept`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http.request import MediaType
from django.utils.translation import gettext as _
from pysdmx.io.format import Format

from reporting.sdmx.faults import fault
from reporting.sdmx.names import Standard

# The first is what goes to a client that takes anything. sdmx1 says so, and reads neither CSV nor JSON by itself.
DATA = {
    Standard.V21: [
        Format.DATA_SDMX_ML_2_1_GEN, Format.DATA_SDMX_ML_2_1_STR, Format.DATA_SDMX_CSV_1_0_0, Format.DATA_SDMX_CSV_2_0_0,
    ],
    Standard.V30: [Format.DATA_SDMX_ML_3_0, Format.DATA_SDMX_CSV_2_0_0, Format.DATA_SDMX_CSV_1_0_0],
}  # fmt: skip
STRUCTURE = {
    Standard.V21: [Format.STRUCTURE_SDMX_ML_2_1],
    Standard.V30: [Format.STRUCTURE_SDMX_ML_3_0, Format.STRUCTURE_SDMX_JSON_2_0_0],
}
PREFIX = "vnd.sdmx."
COMMON = {"application/xml": "+xml", "text/xml": "+xml", "application/json": "+json", "text/json": "+json",
          "text/csv": "+csv", "application/csv": "+csv"}  # fmt: skip
"""Plain media types -> what SDMX's own end in."""


def chosen(offered: Sequence[Format], asked: str | None, accept: str) -> Format:
    """`asked`: a media type, or its middle word such as csv, xml, genericdata. Raises Fault 406."""
    wanted = [asked] if asked else by_quality(accept)
    for one in wanted:
        found = next((form for form in offered if matches(form, one)), None)
        if found:
            return found
    known = ", ".join(form.value for form in offered)
    raise fault(406, _("The portal has this as: %(formats)s") % {"formats": known})


def by_quality(accept: str) -> list[str]:
    """Media types of an Accept header, the most wanted first; those with q=0 left out."""
    ranges = [(quality(part), part) for part in split(accept or "*/*")]
    return [part for rank, part in sorted(ranges, key=lambda one: -one[0]) if rank > 0]


def split(accept: str) -> Iterator[str]:
    return (part.strip() for part in accept.split(",") if part.strip())


def quality(part: str) -> float:
    try:
        return float(MediaType(part).params.get("q", 1))
    except ValueError:
        return 0


def matches(form: Format, asked: str) -> bool:
    own, wanted = MediaType(form.value), MediaType(asked)
    name = f"{wanted.main_type}/{wanted.sub_type}"
    if name in ("*/*", "application/*"):
        return True
    if name in COMMON:
        return own.sub_type.endswith(COMMON[name])
    if "/" not in asked:
        return asked in (own.sub_type.removeprefix(PREFIX).partition("+")[0], own.sub_type.partition("+")[2])
    return own.sub_type == wanted.sub_type and wanted.params.get("version") in (None, own.params["version"])
