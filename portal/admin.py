"""Administration of people and entities, with import and export of both for staff. A file with a faulty row changes
nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db import models
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export import resources
from import_export.admin import ImportExportMixin, ImportExportModelAdmin
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
        skip_unchanged = True
        clean_model_instances = True


class MembershipResource(resources.ModelResource):
    """Who acts for whom. A person or entity that is not there is a fault of its row."""

    user = Field("user", "user", ForeignKeyWidget(User, "email"))
    entity = Field("entity", "entity", ForeignKeyWidget(ReportingEntity, "code"))

    class Meta:
        model = Membership
        import_id_fields = ["user", "entity", "role"]
        fields = ["user", "entity", "role"]
        skip_unchanged = True
        clean_model_instances = True


class UserResource(resources.ModelResource):
    """People without their passwords: who is new can sign in once an administrator has set one. What opens the
    administration is neither told nor taken, and neither are programs, which are users of their own."""

    class Meta:
        model = User
        import_id_fields = ["email"]
        fields = ["email", "name", "is_active"]
        skip_unchanged = True
        clean_model_instances = True

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.filter(client=None).order_by("email")

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        row["email"] = str(row.get("email") or "").strip().lower()

    def init_instance(self, row: dict[str, Any] | None = None) -> User:
        new = User()
        new.set_unusable_password()
        return new


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
class PortalUserAdmin(ImportExportMixin, UserAdmin[User]):
    resource_classes = [UserResource]
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


@admin.register(Membership)
class MembershipAdmin(ImportExportModelAdmin):
    resource_classes = [MembershipResource]
    list_display = ["user", "entity", "role"]
    list_filter = ["role", "entity__kind"]
    list_select_related = ["user", "entity"]
    autocomplete_fields = ["user", "entity"]
    search_fields = ["user__email", "entity__code"]


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
