"""Cursor pagination: `next`, `previous`, `results`; stable while rows are added."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import CursorPagination


class ByNewest(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    ordering: tuple[str, ...] = ("-submitted_at", "-pk")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As OpenAPI 3.1 says null."""
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": [*properties], "properties": properties}


class ByKey(ByNewest):
    ordering = ("pk",)


class ByLine(ByNewest):
    page_size = 500
    max_page_size = 10_000
    ordering = ("line",)


class ByPosition(ByNewest):
    page_size = 500
    max_page_size = 10_000
    ordering = ("position",)


class ByLatest(ByNewest):
    ordering = ("-pk",)
