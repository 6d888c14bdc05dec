"""A request for structures: which artefacts it names, and which others come with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _
from msgspec.structs import replace
from pysdmx.io.format import Format
from pysdmx.model import AgencyScheme, Codelist, ConceptScheme, Dataflow, DataStructureDefinition, ItemReference

from reporting.sdmx.data import ALL, LATEST
from reporting.sdmx.faults import fault
from reporting.sdmx.messages import structure_message
from reporting.sdmx.names import Standard
from reporting.sdmx.parameters import parameters
from reporting.sdmx.structures import Artefact, artefacts

KINDS: dict[str, type[Artefact]] = {
    "agencyscheme": AgencyScheme, "codelist": Codelist, "conceptscheme": ConceptScheme, "dataflow": Dataflow,
    "datastructure": DataStructureDefinition,
}  # fmt: skip
OTHER_NAMES = {"organisationscheme": "agencyscheme"}
EVERY_KIND = ("structure", "*")
DETAILS = [
    "full",
    "raw",
    "referencepartial",
    "allstubs",
    "allcompletestubs",
    "referencestubs",
    "referencecompletestubs",
]
REFERENCES = ["none", "children", "descendants", "parents", "parentsandsiblings", "ancestors", "all"]


@dataclass(frozen=True)
class StructureQuery:
    """Empty names mean all."""

    standard: Standard
    kind: str
    agency: str = ""
    name: str = ""
    version: str = "latest"
    references: str = "none"
    detail: str = "full"

    def message(self, form: Format) -> bytes:
        """Raises Fault 404 where there is no such artefact."""
        return written(self, form, str(settings.DEFINITIONS_DIR))

    def found(self) -> list[Artefact]:
        """In the language of the request."""
        known = artefacts(self.standard)
        named = [one for one in known if self.names(one)]
        if self.version in LATEST:
            newest = {(type(one), one.id): one for one in named}  # versions come oldest first
            named = list(newest.values())
        beside = [one for one in related(named, known, self.references) if one not in named]
        stubbed = self.detail in ("allstubs", "allcompletestubs")
        return [
            *(stub(one) if stubbed else one for one in named),
            *(stub(one) if self.detail.endswith("stubs") else one for one in beside),
        ]

    def names(self, one: Artefact) -> bool:
        return (
            (self.kind in EVERY_KIND or isinstance(one, KINDS[self.kind]))
            and among(str(one.agency), self.agency)
            and among(one.id, self.name)
            and (self.version in LATEST or among(one.version, self.version))
        )


@lru_cache(maxsize=64)
def written(query: StructureQuery, form: Format, root: str) -> bytes:
    """Kept in the process: definitions change with a new start only. `root`: the folder they were read from."""
    if not query.found():
        raise fault(404, _("There is no such artefact."))
    return structure_message(query.found, form)


def structure_query(standard: Standard, path: str, query_string: str) -> StructureQuery:
    """`path`: kind/agency/id/version, the last ones left out for all, or for the latest version. Raises Fault."""
    asked = parameters(query_string, ["references", "detail", "dimensionAtObservation", "explicitMeasure"])
    kind, agency, name, version, *more = [*path.strip("/").split("/"), "", "", "", ""][: max(4, path.count("/") + 1)]
    kind = OTHER_NAMES.get(kind, kind)
    if kind not in (*KINDS, *EVERY_KIND) or any(part for part in more):
        raise fault(404, _("There is no such artefact."))
    references, detail = asked.get("references", "none"), asked.get("detail", "full")
    if references not in (*REFERENCES, *KINDS):
        raise fault(400, _("references is one of: %(names)s") % {"names": ", ".join([*REFERENCES, *KINDS])})
    if detail not in DETAILS:
        raise fault(400, _("detail is one of: %(names)s") % {"names": ", ".join(DETAILS)})
    return StructureQuery(standard, kind, agency, name, version or "latest", references, detail)


def among(own: str, wanted: str) -> bool:
    """Names are joined with commas, in 2.1 with plus signs."""
    return wanted in ALL or own in wanted.replace("+", ",").split(",")


# References ---------------------------------------------------------------------------------------------------


def related(named: Sequence[Artefact], known: Sequence[Artefact], references: str) -> list[Artefact]:
    """What `references` adds, in the order of `known`."""

    def down(some: Iterable[Artefact]) -> set[str]:
        return {urn for one in some for urn in children(one)}

    def up(some: Iterable[Artefact]) -> set[str]:
        urns = {one.short_urn for one in some}
        return {one.short_urn for one in known if children(one) & urns}

    def all_the_way(step: Callable[[Iterable[Artefact]], set[str]]) -> set[str]:
        found: set[str] = set()
        fresh = step(named)
        while fresh - found:
            found |= fresh
            fresh = step([one for one in known if one.short_urn in found])
        return found

    match references:
        case "none":
            wanted: set[str] = set()
        case "children":
            wanted = down(named)
        case "descendants":
            wanted = all_the_way(down)
        case "parents":
            wanted = up(named)
        case "ancestors":
            wanted = all_the_way(up)
        case "parentsandsiblings":
            parents = up(named)
            wanted = parents | down([one for one in known if one.short_urn in parents])
        case _:
            wanted = all_the_way(down) | all_the_way(up)
    some = [one for one in known if one.short_urn in wanted]
    return [one for one in some if isinstance(one, KINDS[references])] if references in KINDS else some


def children(one: Artefact) -> set[str]:
    """What an artefact refers to itself, as short URNs."""
    if isinstance(one, Dataflow) and isinstance(one.structure, DataStructureDefinition):
        return {one.structure.short_urn}
    if isinstance(one, DataStructureDefinition):
        concepts = [part.concept for part in one.components]
        schemes = {f"ConceptScheme={c.agency}:{c.id}({c.version})" for c in concepts if isinstance(c, ItemReference)}
        return schemes | {part.local_codes.short_urn for part in one.components if part.local_codes}
    return set()


def stub(one: Artefact) -> Artefact:
    """Its name and no content."""
    if isinstance(one, Codelist | ConceptScheme | AgencyScheme):
        return replace(one, items=(), is_external_reference=True)
    return one
