"""Definitions as SDMX artefacts: agency, concepts, code lists, data structures, dataflows. They follow the definition
folders: a new data point or code shows up by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from pysdmx.model import (
    Agency,
    AgencyScheme,
    Code,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    ItemReference,
)
from pysdmx.model.__base import MaintainableArtefact

from portal.reader import language
from reporting.sdmx import names
from reporting.sdmx.components import Part, dimension_lists, indicator_list, parts
from reporting.sdmx.names import AGENCY, Standard
from submissions.catalogue import catalogue
from submissions.definition import Definition

Artefact = MaintainableArtefact


def artefacts(standard: Standard) -> list[Artefact]:
    """Everything there is, in the language of the request."""
    some = catalogue().definitions.values()
    lists = {one.id: one for definition in some for one in code_lists(definition, standard)}
    return [
        agencies(),
        *lists.values(),
        *(found for definition in some for found in of_definition(definition, standard)),
    ]


def agencies() -> AgencyScheme:
    """The part of SDMX's own list of agencies that this portal knows of."""
    return AgencyScheme(
        id="AGENCIES",
        agency="SDMX",
        name=_("Agencies"),
        is_partial=True,
        items=[Agency(id=AGENCY, name=_("European Commission, reports under Regulation (EU) 2021/1232"))],
    )


def of_definition(definition: Definition, standard: Standard) -> Iterator[Artefact]:
    own, version = names.flow_id(definition), standard.version(definition.version)
    title = definition.title[language()]
    points = codelist(indicator_list(definition), version, title, indicators(definition))
    lists = {one.id: one for one in (points, *code_lists(definition, standard))}
    some = parts(definition)
    scheme = ConceptScheme(
        id=f"CS_{own}", agency=AGENCY, version=version, name=title, items=[concept(part) for part in some]
    )
    structure = DataStructureDefinition(
        id=own,
        agency=AGENCY,
        version=version,
        name=title,
        components=Components([component(part, scheme, lists) for part in some]),
    )
    flow = Dataflow(
        id=own, agency=AGENCY, version=version, name=title, description=definition.legal_ref, structure=structure
    )
    yield from (points, scheme, structure, flow)


def concept(part: Part) -> Concept:
    return Concept(id=part.id, name=str(part.name), description=str(part.about) or None)


def component(part: Part, scheme: ConceptScheme, lists: dict[str, Codelist]) -> Component:
    found = lists.get(names.code_list_id(part.code_list))
    return Component(
        part.id,
        part.required,
        part.role,
        ItemReference("Concept", AGENCY, scheme.id, scheme.version, part.id),
        local_codes=found,
        local_enum_ref=f"urn:sdmx:org.sdmx.infomodel.codelist.{found.short_urn}" if found else None,
        local_dtype=None if found else part.kind,
        attachment_level="O" if part.role == "A" else None,
    )


# Code lists ---------------------------------------------------------------------------------------------------


def code_lists(definition: Definition, standard: Standard) -> Iterator[Codelist]:
    """Those that its dimensions and attributes use, but for that of its data points."""
    wanted = {part.code_list for part in parts(definition)} - {"", indicator_list(definition)}
    for name in sorted(wanted):
        label, codes = OWN_LISTS[name]() if name in OWN_LISTS else shared(definition, name)
        yield codelist(name, standard.list_version, label, codes)


def codelist(name: str, version: str, label: str, codes: Iterable[Code]) -> Codelist:
    return Codelist(id=names.code_list_id(name), agency=AGENCY, version=version, name=label, items=list(codes))


def indicators(definition: Definition) -> Iterator[Code]:
    for point in definition.points.values():
        yield Code(
            id=names.indicator(point.code), name=point.label[language()], description=point.help[language()] or None
        )


def shared(definition: Definition, name: str) -> tuple[str, list[Code]]:
    """A list of the definition folders; the same whichever definition it is asked of."""
    known = [definition.code_lists[one] for one in TOGETHER.get(name, [name])]
    all_codes = {code.id: code for one in known for code in one.codes.values()}
    codes = [Code(id=names.eu_code(code.id), name=code.label[language()]) for code in all_codes.values()]
    if any(name in dimension_lists(one) for one in catalogue().definitions.values()):
        codes += [
            Code(id=names.NOT_APPLICABLE, name=_("Not applicable")),
            Code(id=names.NOT_STATED, name=_("Not stated")),
        ]
    return known[0].name[language()], codes


TOGETHER = {"unit": ["unit", "retention_unit"]}
"""Lists that one column of observations takes its codes from; the first gives the name."""


def frequencies() -> tuple[str, list[Code]]:
    return _("Frequency"), [Code(id="A", name=_("Yearly")), Code(id=names.NOT_STATED, name=_("Not stated"))]


def confidentiality() -> tuple[str, list[Code]]:
    return _("Confidentiality"), [Code(id="C", name=_("Withheld")), Code(id="F", name=_("Free"))]


OWN_LISTS = {"freq": frequencies, "conf_status": confidentiality}
"""Lists of SDMX that no return uses."""
