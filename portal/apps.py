from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("People and reporting entities")

    def ready(self) -> None:
        from portal import celery  # noqa: F401 -- tasks need the configured application
