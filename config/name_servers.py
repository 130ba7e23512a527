"""Name servers, as operators write them."""

from ipaddress import ip_address
from typing import NamedTuple

OFF = "off"
_PORT = 53
_LAST_PORT = 65_535


class NameServer(NamedTuple):
    """A DNS server."""

    address: str
    port: int = _PORT


def read_name_server(text: str) -> NameServer:
    """Read `1.1.1.1`, `1.1.1.1:5353`, `::1` or `[::1]:5353`. Raises ValueError."""
    bare, bracket, rest = text.removeprefix("[").partition("]")
    if not bracket and text.count(":") == 1:
        bare, _, rest = text.partition(":")
        rest = f":{rest}"
    port = int(rest.removeprefix(":")) if rest else _PORT
    if not 0 < port <= _LAST_PORT or (rest and not rest.startswith(":")):
        raise ValueError
    return NameServer(str(ip_address(bare)), port)
