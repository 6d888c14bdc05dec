"""Typed settings from the environment. Wrong or missing values are collected and stop the start, one line each."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

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


def flag(name: str, default: bool) -> bool:
    """true or false in the usual spellings, and nothing else: `HTTPS=perhaps` must not mean no."""
    given = env.str(name, default="").lower()
    if given in ("", "true", "1", "yes", "on", "false", "0", "no", "off"):
        return given in ("true", "1", "yes", "on") if given else default
    problems.append(f"{name}: '{given}' is neither true nor false")
    return default


def one_of(name: str, allowed: list[str]) -> str:
    """One of a list; the first is the default."""
    given = env.str(name, default=allowed[0]).upper()
    if given not in allowed:
        problems.append(f"{name}: '{given}' is none of {', '.join(allowed)}")
        return allowed[0]
    return str(given)


def mail(name: str) -> dict[str, Any]:
    """How mail is sent, as Django's settings have it; without the variable it is written to standard output."""
    nowhere = "consolemail://"
    try:
        return dict(env.email_url(name, default=nowhere))
    except Exception as problem:
        problems.append(f"{name}: {problem}")
        return dict(environ.Env.email_url_config(nowhere))


def rate(name: str, default: str) -> str:
    """Requests in a time, such as 300/min."""
    given = env.str(name, default=default)
    if not re.fullmatch(r"[0-9]+/(s|sec|m|min|h|hour|d|day)", given):
        problems.append(f"{name}: '{given}' is no rate such as 300/min")
        return default
    return str(given)


def beside_broker(broker_url: str) -> str:
    """The database after the broker's on the same Redis; nothing where the broker is no Redis."""
    parts = urlsplit(broker_url)
    if parts.scheme not in ("redis", "rediss"):
        return ""
    database = parts.path.strip("/")
    return parts._replace(path=f"/{int(database) + 1 if database.isdecimal() else 1}", query="").geturl()


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
