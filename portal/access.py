"""What a role allows. One place answers it for pages, API and queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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
