"""`/api/v1/rules/`: the catalogue of rules for programs."""

from __future__ import annotations

import base64
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from portal.reader import user_of
from reporting.rulebook import entries as rulebook
from reporting.rulebook.counts import NEVER, Fired, fired
from reporting.rulebook.entries import Entry
from reporting.rulebook.views import FILTERS, chosen, counts_for, key
from submissions.api.definitions import PublicView, rule_json
from submissions.api.pagination import ByNewest
from submissions.api.problems import not_found
from submissions.api.schema import more_examples


class TextsShape(serializers.Serializer[Any]):
    en = serializers.CharField()
    da = serializers.CharField()
    nl = serializers.CharField()


class TallyShape(serializers.Serializer[Any]):
    findings = serializers.IntegerField()
    filings = serializers.IntegerField(help_text="Filings with such a finding.")
    explained = serializers.IntegerField(help_text="Findings that the filer explained.")


class FiredShape(serializers.Serializer[Any]):
    current = TallyShape(help_text="Over accepted revisions, whose figures count.")
    all = TallyShape(help_text="Over all revisions.")


class RuleShape(serializers.Serializer[Any]):
    version = serializers.CharField()
    code = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning", "info"])
    topic = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    legal_ref = serializers.CharField()
    message = TextsShape()
    mend = TextsShape()
    why = TextsShape()
    since = serializers.CharField(help_text="First version of the return that has it.")
    versions = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField()
    page = serializers.CharField()
    fired = FiredShape(allow_null=True, help_text="For staff of the Commission; null for others.")

    def get_fields(self) -> Any:  # `return` is a word of Python
        return {"return": serializers.CharField(), **super().get_fields()}


class OperandShape(serializers.Serializer[Any]):
    kind = serializers.CharField()
    about = serializers.CharField()
    operands = serializers.DictField()
    repeat = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class DataPointShape(serializers.Serializer[Any]):
    address = serializers.CharField()

    def get_fields(self) -> Any:  # `label` is a word of serializers
        return {**super().get_fields(), "label": TextsShape()}


class RuleDetailShape(RuleShape):
    looks_at = DataPointShape(many=True)
    clauses = OperandShape(many=True)


class RulePage(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = RuleShape(many=True)


def as_json(entry: Entry, told: Fired | None) -> dict[str, Any]:
    place = f"rules/{entry.return_id}/{entry.version}/{entry.rule.code}/"
    return {
        "return": entry.return_id, "version": entry.version, **rule_json(entry.rule), "kinds": list(entry.kinds),
        "since": entry.since, "versions": list(entry.versions), "url": f"/api/v1/{place}", "page": f"/{place}",
        "fired": told.as_json() if told else None,
    }  # fmt: skip


def in_full(entry: Entry, told: Fired | None) -> dict[str, Any]:
    return as_json(entry, told) | {
        "looks_at": [{"address": address, "label": dict(label)} for address, label in entry.looks_at().items()],
        "clauses": [
            {
                "kind": clause.kind, "about": rulebook.about(clause.kind), "operands": dict(clause.params),
                "repeat": {name: list(values) for name, values in clause.repeat.items()},
            }
            for clause in entry.rule.clauses
        ],
    }  # fmt: skip


class ByPlace:
    """Pages of a list that is in memory, told like those of the other lists. The cursor names a place in it."""

    def __init__(self, request: Request, length: int) -> None:
        self.request = request
        self.size = ByNewest().get_page_size(request) or ByNewest.page_size
        self.start, self.length = self.place(request.query_params.get("cursor", "")), length

    def place(self, cursor: str) -> int:
        try:
            told = base64.urlsafe_b64decode(cursor.encode()).decode() if cursor else "0"
        except ValueError as wrong:
            raise NotFound(_("Invalid cursor")) from wrong
        if not told.isdecimal():
            raise NotFound(_("Invalid cursor"))
        return int(told)

    def link(self, start: int) -> str:
        query = self.request.query_params.copy()
        query["cursor"] = base64.urlsafe_b64encode(str(start).encode()).decode()
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")

    def answer(self, results: list[Any]) -> Response:
        after, before = self.start + self.size, max(self.start - self.size, 0)
        return Response({
            "next": self.link(after) if after < self.length else None,
            "previous": self.link(before) if self.start else None,
            "results": results,
        })  # fmt: skip


def told(request: Request, entries: list[Entry]) -> dict[Any, Fired | None]:
    if not counts_for(request):
        return dict.fromkeys(map(key, entries))
    found = fired(user_of(request), entries)
    return {key(one): found.get(key(one), NEVER) for one in entries}


def examples() -> dict[str, Any]:
    entry = next(one for one in rulebook.entries() if one.definition and one.looks_at())
    page = {"next": None, "previous": None, "results": [as_json(entry, None)]}
    return {"rules_list": {"200": page}, "rules_read": {"200": in_full(entry, None)}}


more_examples.append(examples)


class RuleList(PublicView):
    @extend_schema(
        operation_id="rules_list", responses=RulePage,
        parameters=[OpenApiParameter(name, str) for name in (*FILTERS, "q", "cursor")] + [OpenApiParameter("page_size", int)],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Every rule of every return and version, and those across filings (return `across`)."""
        asked = {name: request.query_params.get(name, "") for name in FILTERS}
        found = chosen(rulebook.entries(), asked, request.query_params.get("q", ""))
        pages = ByPlace(request, len(found))
        part = found[pages.start : pages.start + pages.size]
        counted = told(request, part)
        return pages.answer([as_json(one, counted[key(one)]) for one in part])


class RuleDetail(PublicView):
    @extend_schema(operation_id="rules_read", responses=RuleDetailShape)
    def get(self, request: Request, return_id: str, version: str, code: str) -> Response:
        """One rule: its texts in every language, the data points it looks at, and how it is written."""
        entry = rulebook.find(return_id, version, code)
        if entry is None:
            raise not_found(f"There is no rule '{code}' of '{return_id}' in version '{version}'.")
        return Response(in_full(entry, told(request, [entry])[key(entry)]))
