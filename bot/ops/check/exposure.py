"""Checks of exposure: the demo, host names and proxies."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.desk.exposure import describe_sightings
from bot.findings import Finding, attention, ok
from bot.ops.check.database import Records
from bot.wiring.proxies import proxies_of
from config.concerns import find_concerns
from config.settings import Settings

_SUBJECT = "demo"


def check_exposure(settings: Settings, records: Records) -> Iterator[Finding]:
    """Say what is open to whom; what a web process saw counts for a day."""
    host = urlsplit(settings.public_origin).netloc
    concerns = [
        *find_concerns(settings),
        *describe_sightings(records.sightings, host, proxies_of(settings)),
    ]
    for concern in concerns:
        yield attention(concern.subject, concern.words, concern.advice)
    if all(concern.subject != _SUBJECT for concern in concerns):
        yield ok(_SUBJECT, _describe_demo(settings))


def _describe_demo(settings: Settings) -> str:
    if settings.demo_enabled:
        return "It is on, for this machine alone."
    return settings.demo_hint or "It is off."
