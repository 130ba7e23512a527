"""Concerns about settings that are valid alone and risky together."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.origins import is_loopback
from config.secret_texts import LEAST_CHARACTERS, is_long_enough
from config.settings import Settings


@dataclass(frozen=True, slots=True)
class Concern:
    """A concern, and what to do about it."""

    subject: str
    words: str
    advice: str


def find_concerns(settings: Settings) -> Iterator[Concern]:
    """Look at the settings alone; said at the start, by `./run check` and to operators."""
    yield from _about_demo(settings)
    yield from _about_address(settings)
    yield from _about_proxies(settings)
    yield from _about_secrets(settings)


def _about_demo(settings: Settings) -> Iterator[Concern]:
    if not settings.demo_enabled or (settings.is_for_this_machine and is_loopback(settings.host)):
        return
    where = f"at {settings.public_origin}/demo"
    if settings.is_for_this_machine:
        where = f"on port {settings.port} of this machine, since HOST lets other machines in"
    yield Concern(
        "demo",
        f"The demo is open to the world {where}: anybody can write there as a visitor and answer "
        "as your team.",
        "Set DEMO=false, unless this server is only for show.",
    )


def _about_address(settings: Settings) -> Iterator[Concern]:
    if settings.is_for_this_machine and not is_loopback(settings.host):
        yield Concern(
            "address",
            "HOST lets other machines in, but PUBLIC_URL names this machine only: whoever comes by "
            "another name is refused with 421.",
            "Set PUBLIC_URL to the address that browsers use.",
        )


def _about_proxies(settings: Settings) -> Iterator[Concern]:
    is_behind_one = is_loopback(settings.host) and not settings.is_for_this_machine
    if is_behind_one and not settings.trusted_proxies:
        yield Concern(
            "proxy",
            "HOST lets only this machine in and PUBLIC_URL is public, so requests come through a "
            "proxy here. TRUSTED_PROXIES is not set, so visitors can't be told apart.",
            "Set TRUSTED_PROXIES=127.0.0.1,::1 and let the proxy send X-Forwarded-For.",
        )


def _about_secrets(settings: Settings) -> Iterator[Concern]:
    if not all(map(is_long_enough, settings.secret_key)):
        yield Concern(
            "secret key",
            f"An older one in SECRET_KEY has fewer than {LEAST_CHARACTERS} characters: whoever "
            "guesses it can forge visitors' cookies.",
            "Take it out of SECRET_KEY; chats that only it has signed begin anew then.",
        )
