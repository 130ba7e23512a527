"""Trusted proxies."""

from config.networks import Network, read_network
from config.settings import Settings


def proxies_of(settings: Settings) -> tuple[Network, ...]:
    """List whose word counts about where a request comes from."""
    return tuple(read_network(each) for each in settings.trusted_proxies)
