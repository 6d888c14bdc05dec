"""`manage.py make_demo_users`: users to try every role with, in demo mode only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import demo


class Command(BaseCommand):
    help = "Make the demo users and print them with their password."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo users are made in demo mode only (DEMO=true).")
        demo.make_users()
        self.stdout.write(f"Demo users (password {demo.password()}):")
        for user in demo.USERS:
            roles = ", ".join(str(role.label) for role in user.roles)
            self.stdout.write(f"  {user.email:32} {roles} of {user.entity}")
