"""Reads the URL of a mail server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """The parts of a mail server's URL, decoded."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    path: str
    is_tls: bool
    """Encrypted from the start."""


def read_server_url(url: str, ports: Mapping[str, int]) -> ServerUrl:
    """Read a URL that the settings have checked; `ports` are the usual ones of its schemes."""
    parts = urlsplit(url)
    return ServerUrl(
        parts.hostname or "",
        parts.port or ports[parts.scheme],
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        unquote(parts.path.strip("/")),
        parts.scheme.endswith("s"),
    )
