"""From which address somebody calls, as far as that can be believed."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

from aiohttp import web

_HOME = 64  # bits: what one household or host is given of IPv6
Network: TypeAlias = IPv4Network | IPv6Network
_Address: TypeAlias = IPv4Address | IPv6Address


def caller(request: web.BaseRequest, proxies: Sequence[Network]) -> str:
    """Name where a request comes from; a whole IPv6 /64 is one."""
    address = _read(request.remote or "")
    if address is None:
        return "local"
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    for hop in reversed(forwarded.split(",")):
        before = _read(hop.strip()) if _is_among(address, proxies) else None
        if before is None:
            break
        address = before
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _HOME), strict=False))
    return str(address)


def _read(text: str) -> _Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_among(address: _Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
