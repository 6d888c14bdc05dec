"""`/definitions/`: what is asked, by return and version, for machines."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.reader import language
from submissions.api.problems import not_found
from submissions.catalogue import catalogue
from submissions.datatypes import DATA_TYPES
from submissions.definition import CodeList, DataPoint, Definition, Rule

ANY_OBJECT = OpenApiResponse(OpenApiTypes.OBJECT)


class PublicView(APIView):
    """Definitions are public: everybody may know what is asked and what is checked."""

    permission_classes = [AllowAny]


class Nowhere(PublicView):
    """Every other address of the API: a 404 like all its errors."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404


def get_definition(return_id: str, version: str) -> Definition:
    try:
        return catalogue().get(return_id, version)
    except KeyError as missing:
        raise not_found(f"There is no definition '{return_id}' in version '{version}'.") from missing


def summary(definition: Definition) -> dict[str, Any]:
    base = f"/api/v1/definitions/{definition.return_id}/{definition.version}/"
    return {
        "return": definition.return_id,
        "version": definition.version,
        "title": dict(definition.title),
        "fingerprint": definition.fingerprint,
        "filed_by": list(definition.filed_by),
        "legal_ref": definition.legal_ref,
        "data_points": len(definition.points),
        "rules": len(definition.rules),
        "url": base,
        "schema": f"{base}schema.json",
        "workbook": f"{base}workbook.xlsx",
    }


def point_json(point: DataPoint) -> dict[str, Any]:
    return {
        "address": point.code,
        "category": point.category,
        "type": point.value_type,
        "unit": point.unit,
        "required": point.required,
        "basis": point.basis,
        "dimensions": list(point.dimensions),
        "attributes": dict(point.attributes),
        "part_of": point.part_of or None,
        "code_list": point.code_list or None,
        "computed": list(point.computed) or None,
        "legal_ref": point.legal_ref,
        "label": dict(point.label),
        "group": dict(point.group),
        "help": dict(point.help),
        "condition": dict(point.condition),
    }


def rule_json(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "severity": rule.severity,
        "topic": rule.topic,
        "kinds": [clause.kind for clause in rule.clauses],
        "legal_ref": rule.legal_ref,
        "message": dict(rule.message),
        "mend": dict(rule.mend),
        "why": dict(rule.why),
    }


def code_list_json(codes: CodeList) -> dict[str, Any]:
    return {
        "id": codes.id,
        "name": dict(codes.name),
        "codes": [
            {"code": c.id, "label": dict(c.label), "description": c.description, "equivalent": c.equivalent}
            for c in codes.codes.values()
        ],
    }


def observation_schema(definition: Definition, point: DataPoint, language: str) -> dict[str, Any]:
    """JSON Schema of an observation of one data point."""
    code = point.code.replace(".", r"\.")
    members = rf"\[({'|'.join(point.dimensions)})=[^\[\]]+\]" if point.dimensions else ""
    statuses = [*definition.valued, *definition.missing]
    return {
        "title": point.label[language],
        "description": point.help[language],
        "properties": {
            "address": {"type": "string", "pattern": f"^{code}({members})?$"},
            "value": DATA_TYPES[point.value_type].schema,
            "obs_status": {"enum": statuses},
            "unit": {"type": "string"}
            if point.unit == "open" or point.value_type == "duration"
            else {"const": point.unit},
        },
        "required": ["address"],
    }


def json_schema(definition: Definition, language: str) -> dict[str, Any]:
    """JSON Schema 2020-12 of a submission: shape and types; the rules say the rest."""
    text = {"type": ["string", "null"]}
    flags = list(definition.code_lists["comparability_flag"].codes)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"/api/v1/definitions/{definition.return_id}/{definition.version}/schema.json",
        "title": definition.title[language],
        "type": "object",
        "required": ["return", "entity", "period", "observations"],
        "additionalProperties": False,
        "properties": {
            "return": {"const": definition.return_id},
            "version": {"const": definition.version},
            "entity": {"type": "string"},
            "period": {"type": "string"},
            "replaces": {"type": "integer", "minimum": 1},
            "reason": {"type": "string"},
            "observations": {"type": "array", "items": {"$ref": "#/$defs/observation"}},
        },
        "$defs": {
            "observation": {
                "type": "object",
                "properties": {
                    "address": {"type": "string"},
                    "value": True,
                    "obs_status": {"type": "string"},
                    "period": text,
                    "unit": {"type": "string"},
                    "qualifier": {"enum": ["", *definition.code_lists["qualifier"].codes]},
                    "low": {"type": ["number", "string", "null"]},
                    "high": {"type": ["number", "string", "null"]},
                    "reason": text,
                    "flags": {"anyOf": [{"type": "array", "items": {"enum": flags}}, {"type": "string"}]},
                    "comment": text,
                },
                "required": ["address"],
                "additionalProperties": False,
                "anyOf": [observation_schema(definition, point, language) for point in definition.points.values()],
            }
        },
    }


class DefinitionList(PublicView):
    @extend_schema(operation_id="definitions_list", responses=ANY_OBJECT)
    def get(self, request: Request) -> Response:
        """All returns and versions."""
        return Response({"results": [summary(d) for d in catalogue().definitions.values()]})


class DefinitionDetail(PublicView):
    @extend_schema(operation_id="definitions_read", responses=ANY_OBJECT)
    def get(self, request: Request, return_id: str, version: str) -> Response:
        """One version of a return: categories, dimensions, data points, rules, labels in every language."""
        return Response(detail(get_definition(return_id, version)))


def detail(definition: Definition) -> dict[str, Any]:
    lists = {p.code_list for p in definition.points.values()} | {d.code_list for d in definition.dimensions.values()}
    return summary(definition) | {
        "statuses": {"with_value": list(definition.valued), "without_value": list(definition.missing)},
        "categories": [{"number": c.number, "label": dict(c.label)} for c in definition.categories.values()],
        "dimensions": [
            {"id": d.id, "label": dict(d.label), "code_list": d.code_list, "pattern": d.pattern}
            for d in definition.dimensions.values()
        ],
        "code_lists": sorted({name for name in lists if name} | {"obs_status", "unit", "reason", "reason_period",
                                                                "comparability_flag", "qualifier"}),
        "data_point_list": [point_json(p) for p in definition.points.values()],
        "rule_list": [rule_json(r) for r in definition.rules.values()],
    }  # fmt: skip


class DefinitionSchema(PublicView):
    @extend_schema(operation_id="definitions_schema", responses=ANY_OBJECT)
    def get(self, request: Request, return_id: str, version: str) -> Response:
        """JSON Schema of a submission, titles in the language asked for (Accept-Language)."""
        schema = json_schema(get_definition(return_id, version), language())
        return Response(schema, content_type="application/schema+json")


class CodeListList(PublicView):
    @extend_schema(operation_id="codelists_list", responses=ANY_OBJECT)
    def get(self, request: Request) -> Response:
        """Names of all code lists."""
        return Response(
            {
                "results": [
                    {"id": c.id, "name": dict(c.name), "codes": len(c.codes)} for c in catalogue().code_lists.values()
                ]
            }
        )


class CodeListDetail(PublicView):
    @extend_schema(operation_id="codelists_read", responses=ANY_OBJECT)
    def get(self, request: Request, list_id: str) -> Response:
        """One code list with labels in every language."""
        codes = catalogue().code_lists.get(list_id)
        if codes is None:
            raise not_found(f"There is no code list '{list_id}'.")
        return Response(code_list_json(codes))
