"""Generated examples are the same on every run."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "entry", deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile("entry")
