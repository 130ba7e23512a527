"""Posts recorded deliveries to the local server, as a channel's service would send them."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import requests

from bot.wiring.settings import kinds_of
from channels.base import CannotReplayError, Given, Recorded

_PATIENCE = 10  # seconds
_MEANINGS: dict[int, str] = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the file is too large for a delivery",
    HTTPStatus.MISDIRECTED_REQUEST: "the server was started with another PUBLIC_URL",
    HTTPStatus.SERVICE_UNAVAILABLE: "its database can't take it now",
}


@dataclass(frozen=True, slots=True)
class ReplayAnswer:
    """The server's answer to a replayed delivery."""

    taken: bool
    words: str


def post(given: Given, body: bytes) -> ReplayAnswer:
    """Post a delivery to the channel that it is for. Raises CannotReplayError."""
    recorded = _dress(given, body)
    answer = _send(given, recorded, body)
    if answer.status_code != HTTPStatus.OK or answer.text != recorded.taken:
        return ReplayAnswer(taken=False, words=_explain(answer.status_code, recorded))
    words = (f"{answer.status_code} {recorded.taken}", *recorded.remarks)
    return ReplayAnswer(taken=True, words="; ".join(words))


def _dress(given: Given, body: bytes) -> Recorded:
    """Let the first channel dress it that says it is its own, or else the first that can."""
    refusals = list[CannotReplayError]()
    dressed = list(_dress_each(given, body, refusals))
    own = [recorded for recorded in dressed if not recorded.is_for_another]
    for recorded in (*own, *dressed):
        return recorded
    raise refusals[0] if refusals else CannotReplayError("No channel takes deliveries here.")


def _dress_each(given: Given, body: bytes, refusals: list[CannotReplayError]) -> Iterator[Recorded]:
    for kind in kinds_of(given.settings):
        try:
            recorded = kind.dress(given, body)
        except CannotReplayError as error:
            refusals.append(error)
            continue
        if recorded:
            yield recorded


def _send(given: Given, recorded: Recorded, body: bytes) -> requests.Response:
    # the only name that the server surely goes by
    headers = {"Host": urlsplit(given.settings.public_origin).netloc, **recorded.headers}
    with requests.Session() as session:
        session.trust_env = False
        url = given.local_origin + recorded.path
        try:
            return session.post(
                url, data=body, headers=headers, timeout=_PATIENCE, allow_redirects=False
            )
        except requests.RequestException:
            message = (
                f"No server answers at {url}: start ./run, or set HOST and PORT to where it is."
            )
    raise CannotReplayError(message)


def _explain(status: int, recorded: Recorded) -> str:
    meanings = {**_MEANINGS, **recorded.refusals}
    return f"{status}: {meanings.get(status, 'this is no answer of ours')}"
