"""Exposure of this server: the ways of requests as its web processes saw them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from ipaddress import ip_address

from bot.edge.client_ip import is_among
from bot.storage.operations.sightings import Sighting, SightingKind
from config.concerns import Concern
from config.networks import Network

LATELY = timedelta(days=1)
_STRANGERS = Concern(
    "proxy",
    "Requests with X-Forwarded-For come from public addresses that TRUSTED_PROXIES does not name: "
    "it counts for nothing there.",
    "If they are those of your proxy or CDN, set TRUSTED_PROXIES to its networks; else strangers "
    "made it up.",
)


def describe_sightings(
    sightings: Iterable[Sighting], public_host: str, proxies: Sequence[Network]
) -> Iterator[Concern]:
    """Say what still needs attention; what the settings have answered since is left out."""
    for sighting in sightings:
        if sighting.name == SightingKind.MISDIRECTED:
            yield from _describe_host(sighting.detail.get("host", ""), public_host)
        if sighting.name == SightingKind.UNTRUSTED_PROXY:
            yield from _describe_proxy(sighting.detail.get("sender", ""), proxies)
        if sighting.name == SightingKind.UNTRUSTED_STRANGER and not proxies:
            yield _STRANGERS


def _describe_host(asked: str, public_host: str) -> Iterator[Concern]:
    if asked != public_host:
        yield Concern(
            "address",
            f"Requests come for {asked} and are refused with 421: PUBLIC_URL names {public_host}.",
            "Set PUBLIC_URL to the address that browsers use.",
        )


def _describe_proxy(peer: str, proxies: Sequence[Network]) -> Iterator[Concern]:
    if not is_among(ip_address(peer), proxies):
        yield Concern(
            "proxy",
            f"Requests come through a proxy at {peer} that TRUSTED_PROXIES does not name: visitors "
            "behind it can't be told apart.",
            f"If it is yours, add {peer} or its network to TRUSTED_PROXIES.",
        )
