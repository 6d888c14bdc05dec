"""What a role allows. One place answers it for pages, API and queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntityKind(models.TextChoices):
    PROVIDER = "provider", _("Provider")
    MEMBER_STATE_AUTHORITY = "member_state_authority", _("Member State authority")
    SUPERVISORY_AUTHORITY = "supervisory_authority", _("Supervisory authority")
    COMMISSION = "commission", _("European Commission")
    REFERENCE_SOURCE = "reference_source", _("Reference source")
    MEASUREMENT_SOURCE = "measurement_source", _("Measurement source")


class Role(models.TextChoices):
    FILER = "filer", _("Filer")
    SIGNATORY = "signatory", _("Signatory")
    READER = "reader", _("Reader")
    REVIEWER = "reviewer", _("Reviewer")
    ADMINISTRATOR = "administrator", _("Administrator")


FILING_ROLES = {Role.FILER, Role.SIGNATORY}
FILE, READ = "file", "read"
"""What a scope of a client allows."""
OWN_KINDS = {EntityKind.PROVIDER, EntityKind.MEMBER_STATE_AUTHORITY, EntityKind.REFERENCE_SOURCE,
             EntityKind.MEASUREMENT_SOURCE}  # fmt: skip


@dataclass(frozen=True)
class Access:
    """Primary keys of the entities a user may file for, read, or supervise, and what the Commission grants."""

    files_for: frozenset[int] = frozenset()
    reads: frozenset[int] = frozenset()
    supervises_as: frozenset[int] = frozenset()
    commission: bool = False
    """Reads everything that was filed."""
    reviews: bool = False
    """Decides on revisions; files for reference sources."""
    signs_for: frozenset[int] = frozenset()
    administers: frozenset[int] = frozenset()
    sandbox: bool = False
    """A client that tries the portal out: it lives apart from all others, and nothing it files counts."""
    files_returns: frozenset[str] | None = None
    """Returns that may be filed; None: all. Only clients of the API are limited."""
    reads_returns: frozenset[str] | None = None

    @classmethod
    def of(cls, rows: Iterable[tuple[str, int, str]]) -> Access:
        """From (role, entity, kind of entity) of every membership."""
        memberships = list(rows)
        own = [(role, entity) for role, entity, kind in memberships if kind in OWN_KINDS]
        commission = {role for role, _, kind in memberships if kind == EntityKind.COMMISSION}
        return cls(
            files_for=frozenset(entity for role, entity in own if role in FILING_ROLES),
            signs_for=frozenset(entity for role, entity in own if role == Role.SIGNATORY),
            administers=frozenset(entity for role, entity in own if role == Role.ADMINISTRATOR),
            reads=frozenset(entity for _, entity in own),
            supervises_as=frozenset(e for _, e, kind in memberships if kind == EntityKind.SUPERVISORY_AUTHORITY),
            commission=bool(commission),
            reviews=Role.REVIEWER in commission,
        )

    @property
    def machine(self) -> bool:
        """A program with keys of its own, not a person."""
        return self.files_returns is not None

    def files(self, entity: int, return_id: str) -> bool:
        return entity in self.files_for and (self.files_returns is None or return_id in self.files_returns)

    def within(self, scopes: Iterable[str], *, sandbox: bool) -> Access:
        """No more than these scopes of a client allow: `file:<return>@<entity>`, which also reads, or `read:…`. A
        client acts for one entity, so the returns tell what is left."""
        asked = [scope.partition("@")[0].partition(":") for scope in scopes]
        filed = frozenset(return_id for action, _colon, return_id in asked if action == FILE)
        read = frozenset(return_id for _action, _colon, return_id in asked)
        return replace(self, files_returns=filed, reads_returns=read, sandbox=sandbox)
