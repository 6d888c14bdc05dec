"""Cursor pagination: `next`, `previous`, `results`; stable while rows are added."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class ByNewest(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    ordering: tuple[str, ...] = ("-submitted_at", "-pk")


class ByKey(ByNewest):
    ordering = ("pk",)


class ByLine(ByNewest):
    page_size = 500
    max_page_size = 10_000
    ordering = ("line", "pk")


class ByPosition(ByNewest):
    page_size = 500
    max_page_size = 10_000
    ordering = ("position",)
