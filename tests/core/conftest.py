"""Generated examples are the same on every run, leave nothing behind and are not shrunk when they fail."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "core",
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("core")
