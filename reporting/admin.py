"""What operators look at: files that workers write. Nothing is written here."""

from __future__ import annotations

from django.contrib import admin

from reporting.models import Export
from submissions.admin import ReadOnlyAdmin


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """Without what is in them."""

    list_display = [
        "__str__",
        "made_by",
        "state",
        "stage",
        "rows_done",
        "rows_total",
        "attempt",
        "heartbeat_at",
        "error",
    ]
    list_filter = ["state", "kind"]
    list_select_related = ["made_by"]
    fields = ["made_by", "query", "kind", "language", "state", "stage", "rows_done", "rows_total", "attempt", "created_at",
              "started_at", "heartbeat_at", "finished_at", "size", "seconds", "error"]  # fmt: skip
