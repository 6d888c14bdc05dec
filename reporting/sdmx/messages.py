"""Structure messages in every language, and errors, as bytes.

pysdmx writes names in one language. So each message is written once a language, and the texts of the others are put beside
those of the first: the messages differ in nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from django.utils import translation
from lxml import etree
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.model import Organisation
from pysdmx.model.message import Header

from reporting.sdmx.names import AGENCY
from reporting.sdmx.structures import Artefact
from submissions.definition import LANGUAGES

TEXTS = ("{*}Name", "{*}Description")
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MESSAGE = "http://www.sdmx.org/resources/sdmxml/schemas/{}/message"
COMMON = "http://www.sdmx.org/resources/sdmxml/schemas/{}/common"


def structure_message(make: Callable[[], Sequence[Artefact]], form: Format) -> bytes:
    """`make` gives the artefacts in the language that is active when it is called."""
    header = Header(
        id=f"{AGENCY}_STRUCTURES", prepared=datetime.now(UTC).replace(microsecond=0), sender=Organisation(id=AGENCY)
    )
    written = []
    for one in LANGUAGES:
        with translation.override(one):
            written.append(str(write_sdmx(list(make()), form, header=header, prettyprint=False)))
    return merged_json(written) if "json" in form.value else merged_xml(written)


def merged_xml(written: Sequence[str]) -> bytes:
    trees = [etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False)) for text in written]
    for texts in zip(*(list(tree.iter(*TEXTS)) for tree in trees), strict=True):
        first, *others = texts
        first.set(LANG, LANGUAGES[0])
        for other, one in zip(reversed(others), reversed(LANGUAGES[1:]), strict=True):
            other.set(LANG, one)
            other.tail = None
            first.addnext(other)
    # With one measure this says nothing, and sdmx1 stops at it.
    etree.strip_elements(trees[0], "{*}MeasureRelationship", with_tail=False)
    return etree.tostring(trees[0], xml_declaration=True, encoding="UTF-8")


def merged_json(written: Sequence[str]) -> bytes:
    return json.dumps(beside([json.loads(text) for text in written]), ensure_ascii=False).encode()


def beside(nodes: Sequence[Any]) -> Any:
    """One node with the texts of all languages; SDMX-JSON knows no empty lists."""
    first = nodes[0]
    if isinstance(first, dict):
        kept = {key: beside([node[key] for node in nodes]) for key in first if first[key] != []}
        for name in ("name", "description"):
            if name in first:
                kept[f"{name}s"] = {one: node[name] for one, node in zip(LANGUAGES, nodes, strict=True)}
        return kept
    if isinstance(first, list):
        return [beside(items) for items in zip(*nodes, strict=True)]
    return first


# Errors -------------------------------------------------------------------------------------------------------


def error_xml(code: int, text: str, schema: str) -> bytes:
    """`schema`: v2_1, v3_0."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><mes:Error xmlns:mes="{MESSAGE.format(schema)}" '
        f'xmlns:com="{COMMON.format(schema)}"><mes:ErrorMessage code="{code}">'
        f"<com:Text>{escape(text)}</com:Text></mes:ErrorMessage></mes:Error>"
    ).encode()


def error_json(code: int, text: str) -> bytes:
    meta = {"id": "ERROR", "prepared": datetime.now(UTC).isoformat(timespec="seconds"), "sender": {"id": AGENCY}}
    return json.dumps({"meta": meta, "errors": [{"code": code, "title": text}]}, ensure_ascii=False).encode()
