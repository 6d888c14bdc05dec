"""Typed settings from the environment. Wrong or missing values are collected and stop the start, one line each."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import environ

T = TypeVar("T")
env = environ.Env()
problems: list[str] = []


def read(reader: Callable[..., T], name: str, default: T) -> T:
    """The variable `name` read by `reader`; the default, and a noted problem, where it cannot be read."""
    try:
        return reader(name, default=default)
    except Exception as problem:  # the readers of environ raise many kinds; each means: wrong value
        problems.append(f"{name}: {problem}")
        return default


def secret_key(served: bool, folder: Path) -> str:
    """From the environment; the embedded default keeps one of its own in `folder`."""
    if key := env.str("SECRET_KEY", default=""):
        return key
    if served:
        problems.append("SECRET_KEY: is not set; the served mode needs a long random value")
        return "missing"
    file = folder / "secret_key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_urlsafe(50))
        file.chmod(0o600)
    return file.read_text()


def stop_on_problems() -> None:
    if problems:
        sys.exit("\n".join(f"Setting {line}" for line in problems))
