"""What is published, for data portals: DCAT-AP 3.0 (https://semiceu.github.io/DCAT-AP/releases/3.0.0/). Nodes have names and
none is blank, so that the same data gives the same triples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, XSD

from reporting.published import dumps
from reporting.published.reports import Report, reports
from reporting.published.serving import LICENCE_URL
from reporting.released import released
from reporting.statistics import Statistics
from submissions.presentation import in_language

DCATAP = Namespace("http://data.europa.eu/r5r/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
AUTHORITY = "http://publications.europa.eu/resource/authority"
LAW = URIRef("http://data.europa.eu/eli/reg/2021/1232/oj")
COMMISSION = URIRef(f"{AUTHORITY}/corporate-body/COM")
LICENCE = URIRef(f"{AUTHORITY}/licence/CC_BY_4_0")
LANGUAGES = {"en": "ENG", "da": "DAN", "nl": "NLD"}
MEDIA = {"CSV": "text/csv", "JSON": "application/json", "TXT": "text/plain", "ZIP": "application/zip"}
"""File type of the Union's vocabulary -> media type of IANA."""


@dataclass(frozen=True)
class Form:
    name: str
    """As rdflib calls it."""
    media_type: str


FORMS = {
    "ttl": Form("turtle", "text/turtle; charset=utf-8"),
    "rdf": Form("xml", "application/rdf+xml"),
    "jsonld": Form("json-ld", "application/ld+json"),
}


@dataclass(frozen=True)
class Copy:
    """A distribution: one file."""

    path: str
    file_type: str
    size: int | None = None
    sha256: str = ""


@dataclass(frozen=True)
class Dataset:
    id: str
    title: Any
    """Texts are functions: asked in each language."""
    description: Any
    page: str
    copies: tuple[Copy, ...]
    issued: datetime | None = None
    modified: datetime | None = None
    start: date | None = None
    end: date | None = None
    asked_in: str = ""
    """Path of the definition that says what the figures mean."""
    creator: str = ""


# What there is ------------------------------------------------------------------------------------------------


def datasets() -> list[Dataset]:
    return [
        *(of_statistics(one) for one in released().values()),
        *(of_report(one) for one in reports()),
        of_register(),
        of_dumps(dumps.kept()),
    ]


def of_statistics(one: Statistics) -> Dataset:
    path = f"/published/statistics/{one.definition.return_id}/{one.label}"
    return Dataset(
        f"{one.definition.return_id}-{one.label}",
        lambda: f"{in_language(one.definition.title)}, {one.label}",
        lambda: _("Figures as filed and accepted, small counts of people withheld, and sums where figures can be added."),
        f"{path}/",
        (Copy(f"{path}.csv", "CSV"), Copy(f"{path}.json", "JSON")),
        one.released_at, one.released_at, one.start, one.end,
        f"/definitions/{one.definition.return_id}/{one.definition.version}/",
    )  # fmt: skip


def of_report(one: Report) -> Dataset:
    newest, period = one.newest, one.period
    page = f"/published/{period.return_id}/{one.entity.code}/{period.label}/"
    path = f"{page}{newest.number}/report"
    return Dataset(
        f"{period.return_id}-{one.entity.code}-{period.label}",
        lambda: f"{in_language(newest.definition.title)}, {one.entity}, {period.label}",
        lambda: _("The report as filed and accepted, in its newest version; every earlier version stays at its address."),
        page,
        (
            Copy(f"{path}.csv", "CSV"),
            Copy(f"{path}.json", "JSON"),
            Copy(f"{path}.txt", "TXT", sha256=newest.content_hash),
        ),
        one.versions[-1].decided_at, newest.decided_at, period.start, period.end,
        f"/definitions/{period.return_id}/{newest.version}/", one.entity.name_en,
    )  # fmt: skip


def of_register() -> Dataset:
    path = "/published/organisations"
    return Dataset(
        "organisations",
        lambda: _("Register of organisations"),
        lambda: _(
            "Organisations acting against child sexual abuse that accepted filings name, by whom and in which year."
        ),
        f"{path}/",
        (Copy(f"{path}.csv", "CSV"), Copy(f"{path}.json", "JSON")),
    )


def of_dumps(kept: Sequence[dumps.Dump]) -> Dataset:
    return Dataset(
        "dumps",
        lambda: _("Everything in one file"),
        lambda: _(
            "All published reports, statistics and the register as CSV and JSON in one archive, written at night."
        ),
        "/published/dumps/",
        tuple(Copy(f"/published/dumps/{one.name}", "ZIP", one.size, one.sha256) for one in kept[:1]),
        modified=kept[0].written_at if kept else None,
    )


# As triples ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Document:
    data: bytes
    etag: str
    """Weak: of what is said. rdflib writes the same triples in another order in another process."""


@lru_cache(maxsize=16)
def document(root: str, form: str, changed: datetime | None) -> Document:
    """The catalogue of the portal at `root` (scheme and host), in a form of rdflib. Kept in the process until something
    was published later than `changed`."""
    made = graph(root)
    said = sorted(made.serialize(format="nt", encoding="utf-8").splitlines())
    digest = hashlib.sha256(b"\n".join([form.encode(), *said])).hexdigest()
    return Document(made.serialize(format=form, encoding="utf-8"), f'W/"{digest}"')


def graph(root: str) -> Graph:
    made = Graph()
    for prefix, space in {"dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "spdx": SPDX, "dcatap": DCATAP, "vcard": VCARD,
                          "eli": ELI}.items():  # fmt: skip
        made.bind(prefix, space)
    everything = datasets()
    add_catalogue(made, root, everything)
    for one in everything:
        add_dataset(made, root, one)
    return made


def node(root: str, name: str) -> URIRef:
    return URIRef(f"{root}/published/catalogue#{name}")


def say(made: Graph, what: URIRef, pairs: Iterable[tuple[Any, Any]]) -> None:
    for predicate, value in pairs:
        made.add((what, predicate, value))


def in_each_language(text: Any) -> list[Literal]:
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(Literal(str(text()), lang=code))
    return found


def moment(value: datetime) -> Literal:
    return Literal(timezone.localtime(value).isoformat(timespec="seconds"), datatype=XSD.dateTime)


def add_catalogue(made: Graph, root: str, everything: Sequence[Dataset]) -> None:
    me = URIRef(f"{root}/published/catalogue")
    changed = max((one.modified for one in everything if one.modified), default=None)
    say(made, me, [
        (RDF.type, DCAT.Catalog), (DCTERMS.publisher, COMMISSION), (DCTERMS.license, LICENCE),
        (FOAF.homepage, URIRef(f"{root}/published/")),
        (DCATAP.applicableLegislation, LAW), (DCAT.themeTaxonomy, URIRef(f"{AUTHORITY}/data-theme")),
        *((DCTERMS.title, text) for text in in_each_language(lambda: _("Submissions portal: published data"))),
        *((DCTERMS.description, text) for text in in_each_language(
            lambda: _("Reports of providers and statistics of Member States under Regulation (EU) 2021/1232."))),
        *((DCTERMS.language, language_of(code)) for code in LANGUAGES),
        *((DCAT.dataset, node(root, one.id)) for one in everything),
        *([(DCTERMS.modified, moment(changed))] if changed else []),
    ])  # fmt: skip
    typed: list[tuple[URIRef, Any]] = [
        (COMMISSION, FOAF.Agent), (LAW, ELI.LegalResource), (LICENCE, DCTERMS.LicenseDocument),
        (URIRef(f"{AUTHORITY}/data-theme"), URIRef("http://www.w3.org/2004/02/skos/core#ConceptScheme")),
    ]  # fmt: skip
    for what, kind in typed:
        made.add((what, RDF.type, kind))
    say(made, COMMISSION, [(FOAF.name, Literal("European Commission", lang="en"))])
    say(made, LICENCE, [(RDF.type, DCTERMS.LicenseDocument), (DCTERMS.source, URIRef(LICENCE_URL))])
    contact = node(root, "contact")
    say(made, contact, [
        (RDF.type, VCARD.Organization), (VCARD.fn, Literal("European Commission", lang="en")),
        (VCARD.hasURL, URIRef(f"{root}/about/")),
    ])  # fmt: skip


def language_of(code: str) -> URIRef:
    return URIRef(f"{AUTHORITY}/language/{LANGUAGES[code]}")


def add_dataset(made: Graph, root: str, one: Dataset) -> None:
    me = node(root, one.id)
    link = partial(node, root)
    say(made, me, [
        (RDF.type, DCAT.Dataset), (DCTERMS.identifier, Literal(one.id)), (DCTERMS.publisher, COMMISSION),
        (DCAT.landingPage, URIRef(root + one.page)), (DCAT.theme, URIRef(f"{AUTHORITY}/data-theme/JUST")),
        (DCAT.contactPoint, link("contact")), (DCATAP.applicableLegislation, LAW),
        (DCTERMS.accessRights, URIRef(f"{AUTHORITY}/access-right/PUBLIC")), (DCTERMS.language, language_of("en")),
        *((DCTERMS.title, text) for text in in_each_language(one.title)),
        *((DCTERMS.description, text) for text in in_each_language(one.description)),
        *((DCAT.distribution, link(f"{one.id}-{copy.file_type.lower()}")) for copy in one.copies),
        *([(DCTERMS.issued, moment(one.issued))] if one.issued else []),
        *([(DCTERMS.modified, moment(one.modified))] if one.modified else []),
        *([(DCTERMS.conformsTo, URIRef(root + one.asked_in))] if one.asked_in else []),
    ])  # fmt: skip
    if one.asked_in:
        made.add((URIRef(root + one.asked_in), RDF.type, DCTERMS.Standard))
    if one.creator:
        agent = link(f"{one.id}-creator")
        made.add((me, DCTERMS.creator, agent))
        say(made, agent, [(RDF.type, FOAF.Agent), (FOAF.name, Literal(one.creator))])
    if one.start and one.end:
        time = link(f"{one.id}-time")
        made.add((me, DCTERMS.temporal, time))
        say(made, time, [
            (RDF.type, DCTERMS.PeriodOfTime), (DCAT.startDate, Literal(one.start)), (DCAT.endDate, Literal(one.end)),
        ])  # fmt: skip
    for copy in one.copies:
        add_copy(made, root, link(f"{one.id}-{copy.file_type.lower()}"), copy)


def add_copy(made: Graph, root: str, me: URIRef, copy: Copy) -> None:
    address = URIRef(root + copy.path)
    say(made, me, [
        (RDF.type, DCAT.Distribution), (DCAT.accessURL, address), (DCAT.downloadURL, address), (DCTERMS.license, LICENCE),
        (DCAT.mediaType, URIRef(f"https://www.iana.org/assignments/media-types/{MEDIA[copy.file_type]}")),
        (DCTERMS["format"], URIRef(f"{AUTHORITY}/file-type/{copy.file_type}")),
        (DCATAP.availability, URIRef(f"{AUTHORITY}/planned-availability/AVAILABLE")), (DCATAP.applicableLegislation, LAW),
        *([(DCAT.byteSize, Literal(copy.size, datatype=XSD.nonNegativeInteger))] if copy.size is not None else []),
    ])  # fmt: skip
    if copy.sha256:
        checksum = URIRef(f"{me}-checksum")
        made.add((me, SPDX.checksum, checksum))
        say(made, checksum, [
            (RDF.type, SPDX.Checksum), (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
            (SPDX.checksumValue, Literal(copy.sha256, datatype=XSD.hexBinary)),
        ])  # fmt: skip
