"""Who and where: users, reporting entities, in which role a user acts for an entity, and programs that do."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from portal.access import Access, EntityKind, Role
from portal.reader import language


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def access(self) -> Access:
        """What this user may do, read once a request."""
        rows = list(
            self.memberships.values_list(
                "role", "entity_id", "entity__kind", "user__client__scopes", "user__client__sandbox"
            )
        )
        if not rows or not self.is_active:
            return Access()
        access, (*_, scopes, sandbox) = Access.of(row[:3] for row in rows), rows[0]
        return access if scopes is None else access.within(scopes, sandbox=sandbox)


class ReportingEntity(models.Model):  # type: ignore[django-manager-missing]  # of clients, whose base has no types
    """Who files, supervises or reviews."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=30, choices=EntityKind.choices)
    name_en = models.CharField(_("name (English)"), max_length=200)
    name_da = models.CharField(_("name (Danish)"), max_length=200)
    name_nl = models.CharField(_("name (Dutch)"), max_length=200)
    four_eyes = models.BooleanField(
        _("four eyes"), default=False, help_text=_("Who signs is somebody else than who prepared the filing.")
    )
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("ISO 3166-1, two letters."))
    supervised_by = models.ForeignKey(
        "self",
        verbose_name=_("supervisory authority"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supervises",
        limit_choices_to={"kind": EntityKind.SUPERVISORY_AUTHORITY},
    )

    class Meta:
        verbose_name = _("reporting entity")
        verbose_name_plural = _("reporting entities")
        ordering = ["kind", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return str(getattr(self, f"name_{language()}", "") or self.name_en)


class Membership(models.Model):
    """A user acts for an entity in one role; several roles are several rows."""

    user = models.ForeignKey(User, verbose_name=_("user"), on_delete=models.CASCADE, related_name="memberships")
    entity = models.ForeignKey(
        ReportingEntity, verbose_name=_("entity"), on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "entity", "role"], name="one_membership_a_role")]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()} – {self.entity}"


class ApiClient(AbstractApplication):  # type: ignore[misc]  # the library comes without types
    """A program that files or reads for one entity, as a user of its own. Its keys are `ClientKey`; the one secret that
    the library would keep here stays empty."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="client")
    entity = models.ForeignKey(ReportingEntity, on_delete=models.PROTECT, related_name="clients")
    scopes = models.JSONField(default=list)
    """The most that a token may be asked for; never changed."""
    sandbox = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.name)

    def is_usable(self, request: Any) -> bool:
        return self.revoked_at is None


class ClientKeyQuerySet(models.QuerySet["ClientKey"]):
    def usable(self) -> Self:
        return self.filter(expires_at__gt=timezone.now(), revoked_at=None, client__revoked_at=None)


class ClientKey(models.Model):
    """A secret of a client. Several are valid at a time, so that a key is changed without an hour in which none works.
    Rows are never deleted: they tell who made and who revoked which key."""

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="keys")
    begins = models.CharField(max_length=8)
    """The first letters, by which people tell keys apart."""
    digest = models.CharField(max_length=64, unique=True)
    """sha256; the secret is 256 random bits, so no slow hash is needed."""
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ClientKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key of an API client")
        verbose_name_plural = _("keys of API clients")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.begins}…"

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
