"""Host names and origins in the one form in which they are compared, as browsers write them."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

import idna

_LONGEST = 300
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*")
_UNUSABLE = re.compile(r"[\x00-\x20\x7f*\\%]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalise_origin(origin: str) -> str:
    """Write an origin as browsers do; raises ValueError for what is none."""
    parts = urlsplit(_checked(origin))
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError
    return f"{parts.scheme}://{_host(parts, parts.scheme)}"


def normalise_host(host: str, scheme: str) -> str:
    """Write a `Host` header's name and port, without the scheme's own port; raises ValueError."""
    parts = urlsplit("//" + _checked(host))
    if parts.path or parts.query or parts.fragment:
        raise ValueError
    return _host(parts, scheme)


def read_origin(given: str) -> str:
    """Read what a browser says of an origin; empty for what no browser would say."""
    try:
        return "" if given.endswith("/") else normalise_origin(given)
    except ValueError:
        return ""


def is_same_origin(given: str, ours: str) -> bool:
    """Compare an `Origin` header with an origin in its one form."""
    return given == ours or read_origin(given) == ours


def host_of(origin: str) -> str:
    """Name the host of an origin in its one form, without its port."""
    return urlsplit(origin).hostname or ""


def is_loopback(host: str) -> bool:
    """Say whether a host's name or address means this machine only."""
    name = host.lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _checked(text: str) -> str:
    # urlsplit drops line breaks without a word
    if len(text) > _LONGEST or _UNUSABLE.search(text):
        raise ValueError
    return text


def _host(parts: SplitResult, scheme: str) -> str:
    if "@" in parts.netloc or not parts.hostname or parts.port == 0:
        raise ValueError
    if scheme not in _DEFAULT_PORTS:
        raise ValueError
    name, port = _name(parts.hostname), parts.port
    return name if port in {None, _DEFAULT_PORTS[scheme]} else f"{name}:{port}"


def _name(host: str) -> str:
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    name = name.lower().removesuffix(".")
    if not _NAME.fullmatch(name):
        raise ValueError
    return name
