"""The settings: do they agree with each other."""

from collections.abc import Iterator

from bot.findings import Finding, attention, broken, ok
from config.own_texts import all_texts
from config.rules import Availability, ConsentMode, Timing
from config.settings import Settings
from config.variables.channel import ChannelVariables


def check_address(settings: Settings) -> Iterator[Finding]:
    """Look at what the world calls this server; a channel says more if it is called."""
    if not settings.is_connected:
        yield ok("address", f"This server is {settings.public_origin}.")
    elif settings.is_for_this_machine:
        yield broken(
            "address",
            "PUBLIC_URL names this machine only, so what other services deliver is turned away.",
            "Set it to the https address that they call.",
        )


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
    channels, names = settings.channel_variables, settings.asked_channels
    asked = [each for each in channels if each.facts.name in names]
    if not asked:
        yield attention("capture", "Nobody is asked for an email: CAPTURE_CHANNELS is empty.")
        return
    for each in channels:
        if each.is_connected and each not in asked:
            words = f"Nobody is asked on {each.facts.title}: it is not in CAPTURE_CHANNELS."
            yield attention("capture", words)
    for each in asked:
        yield from _doubt_on(each, settings)
    if settings.consent_mode is not ConsentMode.OFF and not settings.privacy_url:
        yield attention(
            "capture",
            f"Under CONSENT_MODE={settings.consent_mode} visitors read nowhere what is done with"
            " addresses: PRIVACY_URL is not set.",
        )
    if message and settings.availability is Availability.AWAY:
        yield attention(
            "capture",
            "CAPTURE_MESSAGE is never used: under AVAILABILITY=away the default text is asked.",
        )


def _doubt_on(channel: ChannelVariables, settings: Settings) -> Iterator[Finding]:
    facts, window = channel.facts, channel.rules().window
    longest = facts.longest_part
    lengths = [len(each.encode("utf-16-le")) // 2 for each in all_texts(settings.capture_message)]
    if longest and max(lengths, default=0) > longest:
        yield attention(
            "capture",
            f"CAPTURE_MESSAGE is too long for one message on {facts.title}: it arrives in parts.",
            f"Keep it under {longest:,} characters.",
        )
    waits = settings.capture_timing is Timing.NO_REPLY
    if window and waits and settings.capture_delay_seconds >= window.total_seconds():
        yield attention(
            "capture",
            f"{facts.title} lets nobody be asked later than {facts.window} after a message.",
            "Lower CAPTURE_DELAY_SECONDS.",
        )


def _channels(settings: Settings) -> list[str]:
    return sorted(settings.asked_channels)
