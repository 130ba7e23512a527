"""Asks addresses that others have named, without ever being led into our own network.

The name is resolved once, every address that it has is checked, and the connection goes to the one
that was checked: a name that means something else a moment later leads nowhere. Redirects are not
followed, proxies not asked, an answer is cut at a size and by a deadline.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

import certifi

from bot.edge.deadline_http import TimedResponse

IpAddress: TypeAlias = IPv4Address | IPv6Address
LONGEST_URL = 2_000
_HTTPS = 443
_FIRST_OPEN_PORT = 1_024
_CHUNK = 16 * 1024
_TRANSLATED = IPv6Network("64:ff9b::/96")
_INSIDE = tuple(
    map(
        ip_network,
        (
            "192.88.99.0/24",  # relays of 6to4
            "3fff::/20",  # documentation
            "64:ff9b:1::/48",  # translation of a network's own
            "::/96",  # these two hold an IPv4 address, as ISATAP does
            "::ffff:0:0:0/96",
        ),
    )
)
_ISATAP = 0x5EFE


class GuardedError(Exception):
    """No answer that can be used; the text is a sentence of our own."""


class RefusedUrlError(GuardedError):
    """We do not go there, now or ever: change the URL."""


class UnreachableError(GuardedError):
    """No connection came about: surely nothing was handed over."""


class LostAnswerError(GuardedError):
    """The request went out, and no whole answer came in time."""


class TooLargeError(GuardedError):
    """The answer is larger than we take."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Limits on a guarded request: connect time, total time and bytes of the answer."""

    connect: timedelta = timedelta(seconds=3)
    in_all: timedelta = timedelta(seconds=10)
    size: int = 64 * 1024
    """0: nothing, so that whoever wants only the status is not kept by the rest."""


@dataclass(frozen=True, slots=True)
class FetchedAnswer:
    """The answer to a guarded request, of any status; redirects are not followed."""

    status: int
    headers: Mapping[str, str]
    """The names in lower case."""
    body: bytes


def is_public(address: IpAddress) -> bool:
    """Say whether an address is on the internet, and not a way round into something inside."""
    if isinstance(address, IPv6Address):
        if address.sixtofour or address.teredo or address.is_site_local:
            return False
        if (int(address) >> 32) & 0xFDFFFFFF == _ISATAP:  # the bit left out says "unique"
            return False
        if address in _TRANSLATED:
            address = IPv4Address(int(address) & 0xFFFFFFFF)
        elif address.ipv4_mapped:
            address = address.ipv4_mapped
    if any(address in network for network in _INSIDE):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for all addresses of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


@dataclass(frozen=True, slots=True)
class Guard:
    """The addresses that guarded requests may reach; tests and the demo may allow more."""

    may_reach: Callable[[IpAddress], bool] = is_public
    resolve: Callable[[str, int], Sequence[str]] = resolve
    schemes: frozenset[str] = frozenset({"https"})
    trusted: Callable[[], ssl.SSLContext] = _trusted

    def check(self, url: str) -> SplitResult:
        """Say what a URL means, or raise `RefusedUrlError`; looks nothing up."""
        if len(url) > LONGEST_URL or not url.isascii() or any(one <= " " for one in url):
            msg = "The URL is too long, or holds characters that it must not."
            raise RefusedUrlError(msg)
        try:
            parts = urlsplit(url)
            port = _port(parts)
        except ValueError:
            msg = "The URL can't be read."
            raise RefusedUrlError(msg) from None
        if parts.scheme not in self.schemes or not parts.hostname:
            msg = f"The URL must begin with {' or '.join(sorted(self.schemes))}://."
            raise RefusedUrlError(msg)
        if parts.username is not None or parts.password is not None:
            msg = "The URL must hold no user name or password."
            raise RefusedUrlError(msg)
        if self.may_reach is is_public and port != _HTTPS and port < _FIRST_OPEN_PORT:
            msg = "The URL names a port that is kept for something else."
            raise RefusedUrlError(msg)
        return parts

    def find(self, host: str, port: int) -> list[str]:
        """Look a name up; raises unless every address that it has may be reached."""
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError):
            msg = "The name of the server is not known."
            raise UnreachableError(msg) from None
        if not found or not all(self.may_reach(ip_address(one.split("%")[0])) for one in found):
            msg = "The server is in a private network."
            raise RefusedUrlError(msg)
        return list(found)


@dataclass(frozen=True, slots=True)
class GuardedClient:
    """Makes one request with one connection; any number of threads may use it."""

    guard: Guard = field(default_factory=Guard)

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        limits: FetchLimits | None = None,
    ) -> FetchedAnswer:
        """Ask and read the answer, or raise one of the errors above; blocks while it does."""
        parts = self.guard.check(url)
        limits = limits or FetchLimits()
        connection = _open(self.guard, parts, limits)
        target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        told = {"Host": parts.netloc, "Accept-Encoding": "identity", "Connection": "close"}
        try:
            connection.request(method, target, body, {**told, **(headers or {})})
            response = connection.getresponse()
            return FetchedAnswer(
                response.status,
                {name.lower(): value for name, value in response.getheaders()},
                _read(response, limits.size),
            )
        except (OSError, http.client.HTTPException):
            msg = "The server took the request, and gave no whole answer in time."
            raise LostAnswerError(msg) from None
        finally:
            connection.close()


def _open(guard: Guard, parts: SplitResult, limits: FetchLimits) -> http.client.HTTPConnection:
    host, port = parts.hostname or "", _port(parts)
    deadline = time.monotonic() + limits.in_all.total_seconds()
    connected = _connect(guard.find(host, port), port, limits.connect.total_seconds())
    try:
        if parts.scheme == "https":
            connected = guard.trusted().wrap_socket(connected, server_hostname=host)
        connected.settimeout(max(deadline - time.monotonic(), 0.001))
    except OSError:  # also a certificate that is not of this name
        connected.close()
        msg = "No safe connection to the server came about."
        raise UnreachableError(msg) from None
    connection = http.client.HTTPConnection(host, port)
    connection.response_class = TimedResponse
    connection.sock = connected
    return connection


def _connect(addresses: Sequence[str], port: int, seconds: float) -> socket.socket:
    deadline = time.monotonic() + seconds
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=left)
        except OSError:
            continue
    msg = "Nobody answers there."
    raise UnreachableError(msg)


def _read(response: http.client.HTTPResponse, size: int) -> bytes:
    body = bytearray()
    while size and (chunk := response.read(_CHUNK)):
        body += chunk
        if len(body) > size:
            msg = "The answer is larger than we take."
            raise TooLargeError(msg)
    return bytes(body)


def _port(parts: SplitResult) -> int:
    return parts.port or _default_port(parts.scheme)


def _default_port(scheme: str) -> int:
    return _HTTPS if scheme == "https" else http.client.HTTP_PORT
