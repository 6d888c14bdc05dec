"""Users to try every role with; made in demo mode only."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings

from portal.access import Role
from portal.environment import env
from portal.models import Membership, ReportingEntity, User


@dataclass(frozen=True)
class DemoUser:
    email: str
    name: str
    entity: str
    roles: tuple[Role, ...]
    staff: bool = False


USERS = (
    DemoUser("filer@google.example", "Demo filer, Google", "google", (Role.FILER, Role.SIGNATORY)),
    DemoUser("signatory@google.example", "Demo signatory, Google", "google", (Role.SIGNATORY,)),
    DemoUser("admin@google.example", "Demo administrator, Google", "google", (Role.ADMINISTRATOR,)),
    DemoUser("filer@dk.example", "Demo filer, Denmark", "dk", (Role.FILER, Role.SIGNATORY)),
    DemoUser("filer@nl.example", "Demo filer, Netherlands", "nl", (Role.FILER, Role.SIGNATORY)),
    DemoUser("client@libra.example", "Demo client, LIBRA", "libra", (Role.FILER, Role.SIGNATORY)),
    DemoUser("reader@dpc.example", "Demo reader, supervisory authority", "ie-dpc", (Role.READER,)),
    DemoUser("reviewer@commission.example", "Demo reviewer, Commission", "commission", (Role.REVIEWER,)),
    DemoUser("reader@commission.example", "Demo reader, Commission", "commission", (Role.READER,)),
    DemoUser("admin@commission.example", "Demo administrator, Commission", "commission", (Role.ADMINISTRATOR,), True),
)


def password() -> str:
    """One for all demo users: from DEMO_PASSWORD, or made once for this installation."""
    if given := env.str("DEMO_PASSWORD", default=""):
        return str(given)
    file = settings.VAR_DIR / "demo_password"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_urlsafe(9))
        file.chmod(0o600)
    return str(file.read_text())


def make_users() -> None:
    """Repeatable; an existing user keeps what was changed by hand, but for the password."""
    secret = password()
    for demo in USERS:
        user, created = User.objects.get_or_create(
            email=demo.email, defaults={"name": demo.name, "is_staff": demo.staff, "is_superuser": demo.staff}
        )
        if created or not user.check_password(secret):
            user.set_password(secret)
            user.save(update_fields=["password"])
        entity = ReportingEntity.objects.get(code=demo.entity)
        for role in demo.roles:
            Membership.objects.get_or_create(user=user, entity=entity, role=role)
