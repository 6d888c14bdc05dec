"""Where a webhook may lead. Whoever names an address must not reach through it into our own network, so the address is
looked at when it is connected to, not only when it is written down: a name may mean another machine tomorrow."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.conf import settings
from django.utils.translation import gettext as _

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Addresses that stand for the IPv4 address in their last 32 bits."""


class Forbidden(Exception):
    """An address to which nothing is sent; the message is for people."""


def require_allowed(url: str) -> None:
    """Raises Forbidden for what can never be an address of a webhook, whatever its name resolves to."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as problem:
        raise Forbidden(_("This is no web address.")) from problem
    if not host or parts.username is not None or any(ord(letter) <= 32 or ord(letter) > 126 for letter in url):
        raise Forbidden(_("This is no web address."))
    if parts.scheme == "http" and settings.WEBHOOKS_TO_LOOPBACK and host in ("127.0.0.1", "localhost"):
        return
    if parts.scheme != "https":
        raise Forbidden(_("The address must begin with https://."))
    literal = as_address(host)
    if literal is not None and not is_public(literal):
        raise Forbidden(_("The address is not on the public internet."))


def as_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if address in NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return is_public(inner)
    loopback = settings.WEBHOOKS_TO_LOOPBACK and address.is_loopback
    return loopback or (address.is_global and not address.is_multicast)


class PublicOnly(httpcore.NetworkBackend):
    """Resolves a name once, refuses it if any of its addresses is not public, and connects to what was looked at. All
    of it, the answer too, ends after `seconds`: who answers a letter at a time holds no worker."""

    def __init__(self, seconds: float) -> None:
        self.inner = httpcore.SyncBackend()
        self.deadline = time.monotonic() + seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as problem:
            raise httpcore.ConnectError(f"{host} cannot be resolved") from problem
        addresses = [str(place[0]) for *_rest, place in found]
        if not addresses or not all(is_public(ipaddress.ip_address(one.partition("%")[0])) for one in addresses):
            raise Forbidden(_("The address is not on the public internet."))
        stream = self.inner.connect_tcp(addresses[0], port, timeout, local_address, socket_options)
        return Bounded(stream, self.deadline)

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise NotImplementedError


class Bounded(httpcore.NetworkStream):
    """A connection that is read until a moment, and not beyond."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self.inner, self.deadline = inner, deadline

    def left(self, timeout: float | None) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("it took too long")
        return min(left, timeout or left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, self.left(timeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Bounded(self.inner.start_tls(ssl_context, server_hostname, self.left(timeout)), self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)
