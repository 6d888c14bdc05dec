"""Administration of people and entities, with import and export of entities for staff."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.admin import ImportExportModelAdmin
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget
from oauth2_provider.models import AccessToken, Grant, IDToken, RefreshToken

from portal.models import ApiClient, Membership, ReportingEntity, User


class EntityResource(resources.ModelResource):
    supervised_by = Field("supervised_by", "supervised_by", ForeignKeyWidget(ReportingEntity, "code"))

    class Meta:
        model = ReportingEntity
        import_id_fields = ["code"]
        fields = ["code", "kind", "name_en", "name_da", "name_nl", "country", "supervised_by"]


class MembershipInline(admin.TabularInline[Membership, User]):
    model = Membership
    extra = 0
    autocomplete_fields = ["entity"]


@admin.register(ReportingEntity)
class EntityAdmin(ImportExportModelAdmin):
    resource_classes = [EntityResource]
    list_display = ["code", "name_en", "kind", "country", "supervised_by"]
    list_filter = ["kind"]
    list_select_related = ["supervised_by"]
    search_fields = ["code", "name_en", "name_da", "name_nl"]


class CreationForm(AdminUserCreationForm[User]):
    class Meta:
        model = User
        fields = ["email", "name"]


@admin.register(User)
class PortalUserAdmin(UserAdmin[User]):
    add_form = CreationForm
    form: type[ModelForm[User]] = UserChangeForm
    inlines = [MembershipInline]
    ordering = ["email"]
    list_display = ["email", "name", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    fieldsets = (
        (None, {"fields": ["email", "name", "password"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
    )
    add_fieldsets = ((None, {"fields": ["email", "name", "usable_password", "password1", "password2"]}),)
    filter_horizontal = ["groups"]


# Tokens and secrets are nobody's to read or write here; clients are kept by the administrators of their entity.
for model in (ApiClient, AccessToken, Grant, IDToken, RefreshToken):
    admin.site.unregister(model)


@admin.register(ApiClient)
class ClientAdmin(admin.ModelAdmin[ApiClient]):
    list_display = ["name", "entity", "sandbox", "created", "created_by", "revoked_at", "revoked_by"]
    list_select_related = ["entity", "created_by", "revoked_by"]
    fields = ["name", "entity", "scopes", "sandbox", "created", "created_by", "revoked_at", "revoked_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
