"""WSGI entry point of the served mode."""

import os

# Requests run beside each other. More threads for one of them cost more than they bring: most filings are small.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
# What a request freed serves the next one; workers, whose files are large, give it back at once (`settling`).
os.environ.setdefault("_RJEM_MALLOC_CONF", "background_thread:false,narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0")

from django.core.wsgi import get_wsgi_application

from portal.settling import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()
settle()
