"""From which address a request comes, as far as proxies that we trust vouch for it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from types import MappingProxyType
from typing import TypeAlias

from aiohttp import web

from config.networks import Network

_Address: TypeAlias = IPv4Address | IPv6Address

_PRIVATE = tuple(
    ip_network(each)
    for each in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"),
    )
)
_HOME = 64  # bits: what one household or host is given of IPv6
_WIDER = MappingProxyType({4: 24, 6: 48})
_MOST_HOPS = 30
_WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]{2,45})\](?::[0-9]{1,5})?|([0-9.]{7,15}):[0-9]{1,5}")
_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*("[^"]{1,60}"|[^\s;,"]{1,60})', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Route:
    """The way that a request took."""

    address: _Address | None
    """The last one that is vouched for: by the connection, or by a trusted proxy."""
    claimed: _Address | None
    """Whom that one says that it speaks for, though it is no trusted proxy."""

    @property
    def is_from_within(self) -> bool:
        """Whether the address is in a private network, from which no internet client calls."""
        return self.address is not None and is_among(self.address, _PRIVATE)


def trace(request: web.BaseRequest, proxies: Sequence[Network]) -> Route:
    """Follow the hops back, from the connection, for as long as each is a trusted proxy."""
    address = _read(request.remote or "")
    if address is None:
        return Route(None, None)
    for hop in _hops(request):
        before = _read(hop)
        if before is None or not is_among(address, proxies):
            return Route(address, before)
        address = before
    return Route(address, None)


def caller(request: web.BaseRequest, proxies: Sequence[Network]) -> str:
    """Name where a request surely comes from; a whole IPv6 /64 is one."""
    return _name(trace(request, proxies).address)


def likely_caller(request: web.BaseRequest, proxies: Sequence[Network]) -> str:
    """Name where a request comes from, for shares of what there is enough of.

    Behind a proxy of ours while no proxy is trusted everybody would be one caller, and one could
    use up the share of all. Whom such a proxy names is believed for this: it gives nobody more than
    many addresses would.
    """
    sender = untrusted_sender(request, proxies)
    if sender is None:
        return caller(request, proxies)
    return f"{_name(trace(request, proxies).claimed)} by {sender}"


def neighbourhood(caller: str) -> str:
    """Name the wider network of a caller: what one customer of a provider may have."""
    address, by, sender = caller.partition(" by ")
    try:
        network = ip_network(address)
    except ValueError:
        return caller
    return f"{network.supernet(new_prefix=_WIDER[network.version])}{by}{sender}"


def untrusted_sender(request: web.BaseRequest, proxies: Sequence[Network]) -> str | None:
    """Name a proxy of ours that speaks for somebody while no proxy is trusted."""
    route = trace(request, proxies)
    if proxies or not route.is_from_within or route.claimed is None:
        return None
    return _name(route.address)


def is_among(address: _Address, networks: Sequence[Network]) -> bool:
    """Say whether an address is in one of these networks."""
    return any(address in network for network in networks)


def _hops(request: web.BaseRequest) -> Iterator[str]:
    """List who passed the request on, the last one first, as the proxies wrote it."""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    hops = forwarded.split(",") if forwarded else _standard_hops(request)
    yield from (hop.strip() for hop in reversed(hops[-_MOST_HOPS:]))


def _standard_hops(request: web.BaseRequest) -> list[str]:
    elements = ",".join(request.headers.getall("Forwarded", [])).split(",")
    found = [_FOR.search(element) for element in elements]
    return [match[1].strip('"') if match else "" for match in found]


def _read(text: str) -> _Address | None:
    match = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address((match[1] or match[2]) if match else text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))  # without the zone
    return address


def _name(address: _Address | None) -> str:
    if address is None:
        return "local"
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _HOME), strict=False))
    return str(address)
