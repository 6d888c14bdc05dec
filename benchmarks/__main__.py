"""`make bench`: what the portal takes for large filings on this machine. Needs PostgreSQL and Redis (bin/test-servers)."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from benchmarks import volume  # noqa: E402 -- models need django.setup()

volume.run()
