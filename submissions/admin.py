"""Administration of what is owed. Filings are read here, never written: writing is for actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from import_export import resources
from import_export.admin import ImportExportModelAdmin
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from portal.models import ReportingEntity, User
from portal.reader import user_of
from submissions import actions
from submissions.catalogue import catalogue
from submissions.models import Job, Obligation, Relief, ReportingPeriod, Revision


class ObligationResource(resources.ModelResource):
    entity = Field("entity", "entity", ForeignKeyWidget(ReportingEntity, "code"))

    class Meta:
        model = Obligation
        import_id_fields = ["entity", "return_id"]
        fields = ["entity", "return_id", "since", "until"]
        skip_unchanged = True
        clean_model_instances = True

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        require_return(row)


class PeriodResource(resources.ModelResource):
    class Meta:
        model = ReportingPeriod
        import_id_fields = ["return_id", "label"]
        fields = ["return_id", "version", "label", "start", "end", "due_on"]
        skip_unchanged = True
        clean_model_instances = True

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        require_return(row)
        if (row["return_id"], str(row.get("version"))) not in catalogue().definitions:
            raise ValidationError({"version": _("There is no such version.")})


def require_return(row: dict[str, Any]) -> None:
    """Raises ValidationError."""
    if row.get("return_id") not in catalogue().returns:
        raise ValidationError({"return_id": _("There is no such return.")})


@admin.register(Obligation)
class ObligationAdmin(ImportExportModelAdmin):
    resource_classes = [ObligationResource]
    list_display = ["entity", "return_id", "since", "until"]
    list_filter = ["return_id"]
    list_select_related = ["entity"]
    autocomplete_fields = ["entity"]
    search_fields = ["entity__code", "entity__name_en"]


@admin.register(ReportingPeriod)
class PeriodAdmin(ImportExportModelAdmin):
    resource_classes = [PeriodResource]
    list_display = ["return_id", "label", "version", "start", "end", "due_on"]
    list_filter = ["return_id"]


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReliefForm(forms.ModelForm[Relief]):
    by: User
    """Who grants it."""

    class Meta:
        model = Relief
        fields = ["obligation", "period", "kind", "due_on", "reason"]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                actions.require_grantable(by=self.by, **told)
            except actions.Refused as refusal:
                raise forms.ValidationError(refusal.message) from refusal
        return told


@admin.register(Relief)
class ReliefAdmin(admin.ModelAdmin[Relief]):
    """Grants through the action. What stands is taken back on its page of completeness, which asks for the reason."""

    form = ReliefForm
    list_display = ["obligation", "period", "kind", "due_on", "granted_by", "granted_at", "taken_back_at"]
    list_filter = ["kind", "period"]
    list_select_related = ["obligation__entity", "period", "granted_by"]
    autocomplete_fields = ["obligation"]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def save_model(self, request: HttpRequest, obj: Relief, form: Any, change: bool) -> None:
        obj.pk = actions.grant_relief(by=user_of(request), **form.cleaned_data).pk

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
