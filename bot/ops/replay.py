"""Posts recorded deliveries to the local server, signed as Meta signs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import requests

from bot.wiring.ground import local_origin
from channels.messenger.product import PATH, PRODUCT
from channels.meta.addresses import UNKNOWN_PAGE
from channels.meta.app import MetaApp, find_app
from channels.meta.signature import sign
from config.settings import Settings

_PATIENCE = 10  # seconds
_TAKEN = "EVENT_RECEIVED"
_MEANINGS: dict[int, str] = {
    HTTPStatus.FORBIDDEN: "the server was started with another MESSENGER_APP_SECRET",
    HTTPStatus.NOT_FOUND: "Messenger is not configured there, or it is no Whosthere",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the file is too large for a delivery",
    HTTPStatus.MISDIRECTED_REQUEST: "the server was started with another PUBLIC_URL",
    HTTPStatus.SERVICE_UNAVAILABLE: "its database can't take it now",
}


class CannotReplayError(Exception):
    """Nothing can be posted; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server made of a delivery."""

    taken: bool
    words: str


def post(settings: Settings, apps: Sequence[MetaApp], body: bytes, now: datetime) -> Answer:
    """Post a delivery as the app whose pages it is for. Raises CannotReplayError."""
    if not apps:
        message = "Messenger is not configured: set MESSENGER_APP_SECRET, or DEMO=true."
        raise CannotReplayError(message)
    app, parsed = find_app(apps, PRODUCT, body, now)
    answer = _send(settings, body, sign(app.secrets[0], body))
    if answer.status_code != HTTPStatus.OK or answer.text != _TAKEN:
        return Answer(taken=False, words=_explain(answer.status_code))
    words = [f"{answer.status_code} {_TAKEN}"]
    if parsed.ignored[UNKNOWN_PAGE]:
        words.append("for a page that is not served: the server ignores it")
    if parsed.faults:
        words.append(f"a dead letter: {parsed.faults[0].reason}")
    return Answer(taken=True, words="; ".join(words))


def _send(settings: Settings, body: bytes, signature: str) -> requests.Response:
    headers = {
        "Content-Type": "application/json",
        "Host": urlsplit(settings.public_origin).netloc,  # the only name that it surely goes by
        "X-Hub-Signature-256": signature,
    }
    with requests.Session() as session:
        session.trust_env = False
        url = local_origin(settings) + PATH
        try:
            return session.post(
                url, data=body, headers=headers, timeout=_PATIENCE, allow_redirects=False
            )
        except requests.RequestException:
            message = (
                f"No server answers at {url}: start ./run, or set HOST and PORT to where it is."
            )
    raise CannotReplayError(message)


def _explain(status: int) -> str:
    return f"{status}: {_MEANINGS.get(status, 'this is no answer of ours')}"
