"""`make bench`: what the portal takes on this machine. Needs PostgreSQL and Redis (bin/test-servers).

Runs all, or those named: `python -m benchmarks filings files`. Dashboards need ten million figures, which they make
where the database is empty: run them alone.
"""

from __future__ import annotations

import importlib
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
if sys.argv[1:] == ["dashboards"]:
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # as in a web process, see portal.wsgi
django.setup()

from benchmarks.portal import prepare  # noqa: E402 -- models need django.setup()

prepare()
for name in sys.argv[1:] or ("files", "filings", "comparability", "quality", "dashboards"):
    importlib.import_module(f"benchmarks.{name}").run()
