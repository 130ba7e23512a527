"""Dead letters of the chat: messages that could not be stored, kept for another try."""

import json
from datetime import datetime

from bot.core.arrivals import Arrival, Fault
from bot.core.events import EmailGiven, VisitorWrote
from bot.core.model import VisitorKey
from channels.webchat import views
from channels.webchat.settings import NAME


def message_arrival(
    place: VisitorKey, text: str, client_id: str, at: datetime, locale: str | None
) -> Arrival:
    """Report a message of the browser at this place."""
    raw = _write(place, locale, text=text, client_id=client_id)
    report = VisitorWrote(text, at, at)
    return Arrival(place, report, views.key_of(place, client_id), raw, locale, browser=place)


def email_arrival(place: VisitorKey, given: EmailGiven, locale: str | None) -> Arrival:
    """Report an address that the browser at this place gave."""
    raw = _write(place, locale, email=given.email, consent=given.consent)
    return Arrival(place, given, raw=raw, locale=locale, browser=place)


def read_letter(raw: bytes, at: datetime) -> Arrival | None:
    """Read what one of the above has kept; None: it is none of these."""
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    match fields:
        case {"site": str(site), "visitor": str(visitor), "locale": str() | None as locale}:
            place = VisitorKey(NAME, site, visitor)
        case _:
            return None
    match fields:
        case {"text": str(text), "client_id": str(client_id)}:
            return message_arrival(place, text, client_id, at, locale)
        case {"email": str(email), **more}:
            given = EmailGiven(email, at, consent=more.get("consent") is True)
            return email_arrival(place, given, locale)
        case _:
            return None


class Letters:
    """Reads letters for whoever serves no chat."""

    def reread(self, raw: bytes, received_at: datetime) -> tuple[list[Arrival], list[Fault]]:
        """Read again what could not be stored."""
        arrival = read_letter(raw, received_at)
        if arrival is None:
            return [], [Fault(raw, "not written by this channel")]
        return [arrival], []


def _write(place: VisitorKey, locale: str | None, **given: str | bool) -> bytes:
    fields = {"site": place.account, "visitor": place.external_id, "locale": locale, **given}
    return json.dumps(fields).encode()
