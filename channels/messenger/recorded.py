"""Recorded deliveries, signed as Meta signs them."""

from collections.abc import Iterator
from http import HTTPStatus
from types import MappingProxyType

from channels.base import CannotReplayError, Given, Recorded
from channels.messenger.apps import open_apps
from channels.messenger.product import PATH, PRODUCT
from channels.meta.addresses import UNKNOWN_PAGE
from channels.meta.app import find_app
from channels.meta.payloads import Parsed
from channels.meta.signature import sign
from channels.meta.webhook import TAKEN

_REFUSALS = MappingProxyType[int, str](
    {
        HTTPStatus.FORBIDDEN: "the server was started with another MESSENGER_APP_SECRET",
        HTTPStatus.NOT_FOUND: "Messenger is not configured there, or it is no Whosthere",
    }
)


def dress_delivery(given: Given, body: bytes) -> Recorded:
    """Sign a delivery as the app whose pages it is for. Raises CannotReplayError."""
    apps = open_apps(given)
    if not apps:
        message = "Messenger is not configured: set MESSENGER_APP_SECRET, or DEMO=true."
        raise CannotReplayError(message)
    app, parsed = find_app(apps, PRODUCT, body, given.clock())
    headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature-256": sign(app.secrets[0], body),
    }
    remarks, is_foreign = tuple(_remarks(parsed)), parsed.foreign is not None
    return Recorded(PATH, headers, TAKEN, remarks, _REFUSALS, is_foreign)


def _remarks(parsed: Parsed) -> Iterator[str]:
    if parsed.ignored[UNKNOWN_PAGE]:
        yield "for a page that is not served: the server ignores it"
    if parsed.faults:
        yield f"a dead letter: {parsed.faults[0].reason}"
