"""Administration of what is owed. Filings are read here, never written: writing is for actions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from import_export import resources
from import_export.admin import ImportExportModelAdmin
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from portal.models import ReportingEntity
from submissions.models import Job, Obligation, ReportingPeriod, Revision


class ObligationResource(resources.ModelResource):
    entity = Field("entity", "entity", ForeignKeyWidget(ReportingEntity, "code"))

    class Meta:
        model = Obligation
        import_id_fields = ["entity", "return_id"]
        fields = ["entity", "return_id", "since", "until"]


@admin.register(Obligation)
class ObligationAdmin(ImportExportModelAdmin):
    resource_classes = [ObligationResource]
    list_display = ["entity", "return_id", "since", "until"]
    list_filter = ["return_id"]
    list_select_related = ["entity"]
    autocomplete_fields = ["entity"]
    search_fields = ["entity__code", "entity__name_en"]


@admin.register(ReportingPeriod)
class PeriodAdmin(admin.ModelAdmin[ReportingPeriod]):
    list_display = ["return_id", "label", "version", "start", "end", "due_on"]
    list_filter = ["return_id"]


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ["receipt", "state", "errors", "warnings", "submitted_at"]
    list_filter = ["state", "filing__period"]
    list_select_related = ["filing__period", "filing__obligation__entity"]
    search_fields = ["receipt"]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["revision", "state", "stage", "attempt", "heartbeat_at", "error"]
    list_filter = ["state"]
    list_select_related = ["revision"]
