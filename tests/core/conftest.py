"""Generated examples are the same on every run and leave nothing behind."""

from hypothesis import HealthCheck, settings

settings.register_profile("core", deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
settings.load_profile("core")
