"""The definitions this portal runs on."""

from __future__ import annotations

from django.conf import settings

from submissions.loading import Catalogue, load_catalogue


def catalogue() -> Catalogue:
    """Loaded once a process from `settings.DEFINITIONS_DIR`."""
    return load_catalogue(settings.DEFINITIONS_DIR)
