"""The settings: do they agree with each other."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.findings import Finding, attention, broken, ok
from channels.messenger.channel import NAME
from channels.messenger.parts import split_text
from channels.messenger.variables import WINDOW
from config.rules import Availability, Timing
from config.settings import Settings


def check_address(settings: Settings) -> Iterator[Finding]:
    """Look at what the world calls this server."""
    public = urlsplit(settings.public_origin)
    if not settings.is_connected:
        yield ok("address", f"This server is {settings.public_origin}.")
    elif settings.is_for_this_machine:
        yield broken(
            "address",
            "PUBLIC_URL names this machine only, so what Meta delivers is turned away.",
            "Set it to the https address that Meta calls.",
        )
    elif public.scheme != "https":
        yield attention(
            "address",
            "PUBLIC_URL is not https, and Meta calls no other.",
            "Set it as Meta knows it.",
        )
    else:
        webhook = f"{settings.public_origin}/webhooks/messenger"
        yield ok("address", f"Meta's callback URL is {webhook}.")


def check_capture(settings: Settings) -> Iterator[Finding]:
    """Look for wishes that can't all come true."""
    if not settings.capture_enabled:
        yield attention("capture", "Nobody is asked for an email: CAPTURE_ENABLED is false.")
        return
    doubts = list(_doubts(settings))
    yield from doubts
    if not doubts:
        yield ok("capture", f"Unknown visitors are asked on {' and '.join(_channels(settings))}.")


def _doubts(settings: Settings) -> Iterator[Finding]:
    message = settings.capture_message
    on_messenger = NAME in settings.asked_channels
    if not settings.asked_channels:
        yield attention("capture", "Nobody is asked for an email: CAPTURE_CHANNELS is empty.")
    elif settings.is_connected and not on_messenger:
        yield attention("capture", "Nobody is asked on Messenger: it is not in CAPTURE_CHANNELS.")
    if on_messenger and message and len(split_text(message)) > 1:
        yield attention(
            "capture",
            "CAPTURE_MESSAGE is too long for one message on Messenger: it arrives in parts.",
            "Keep it under 1,900 characters.",
        )
    if message and settings.availability is Availability.AWAY:
        yield attention(
            "capture",
            "CAPTURE_MESSAGE is never used: under AVAILABILITY=away the default text is asked.",
        )
    if on_messenger and _never_in_time(settings):
        yield attention(
            "capture",
            "Messenger lets nobody be asked later than 24 hours after a message.",
            "Lower CAPTURE_DELAY_SECONDS.",
        )


def _channels(settings: Settings) -> list[str]:
    return sorted(settings.asked_channels)


def _never_in_time(settings: Settings) -> bool:
    delay = settings.capture_delay_seconds
    waits = settings.capture_timing is Timing.NO_REPLY
    return waits and delay >= WINDOW.total_seconds()
