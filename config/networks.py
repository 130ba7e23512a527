"""Networks of proxies, as operators write them."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
_MAPPED = IPv6Network("::ffff:0:0/96")


def read_network(text: str) -> Network:
    """Read a network or an address; what is IPv4 within IPv6 is IPv4. Raises ValueError."""
    network = ip_network(text.strip(), strict=False)
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        inner = int(network.network_address) & 0xFFFFFFFF
        return IPv4Network((inner, network.prefixlen - _MAPPED.prefixlen))
    return network


def is_whole_world(networks: Iterable[Network]) -> bool:
    """Say whether networks together hold every address there is, of either kind."""
    known = list(networks)
    joined: list[Network] = [
        *collapse_addresses(each for each in known if isinstance(each, IPv4Network)),
        *collapse_addresses(each for each in known if isinstance(each, IPv6Network)),
    ]
    return any(each.prefixlen == 0 for each in joined)
