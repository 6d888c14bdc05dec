"""Missing or wrong settings stop the start, each with one clear line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "VAR_DIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_embedded_default_needs_no_setting(tmp_path: Path) -> None:
    assert start(VAR_DIR=str(tmp_path)).returncode == 0
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_served_mode_names_every_missing_setting_at_once() -> None:
    result = start(DATABASE_URL="postgres://portal@127.0.0.1/portal")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "Setting SECRET_KEY: is not set; the served mode needs a long random value",
        "Setting ALLOWED_HOSTS: is not set; name the hosts that this portal answers for, separated by commas",
    ]


def test_demo_users_are_refused_in_served_mode_without_a_second_switch() -> None:
    served = {"DATABASE_URL": "postgres://portal@127.0.0.1/portal", "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "a"}
    refused = start(**served, DEMO="true")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Setting DEMO: demo users are refused in served mode")
    assert start(**served, DEMO="true", DEMO_IN_SERVED_MODE="true").returncode == 0


def test_a_threshold_of_disclosure_that_would_tell_the_figure_is_refused() -> None:
    for wrong in ("1", "2", "-5"):
        refused = start(DISCLOSURE_THRESHOLD=wrong)
        assert refused.stderr.splitlines() == [
            f"Setting DISCLOSURE_THRESHOLD: '{wrong}' is neither 0 (nothing is withheld) nor 3 or more"
        ]
    assert start(DISCLOSURE_THRESHOLD="0").returncode == 0


def test_a_value_that_cannot_be_read_is_named() -> None:
    result = start(MAX_UPLOAD_MB="many")
    assert result.returncode == 1
    assert result.stderr.startswith("Setting MAX_UPLOAD_MB: ")
    assert len(result.stderr.splitlines()) == 1
