"""Dead letters of the chat: messages that could not be stored, kept for another try."""

import json
from datetime import datetime
from typing import NamedTuple

from bot.core.arrivals import Arrival, Fault
from bot.core.events import Attachment, EmailGiven, VisitorWrote
from bot.core.model import VisitorKey
from channels.webchat import views
from channels.webchat.settings import NAME


class SentFile(NamedTuple):
    """A file that goes with a message."""

    id: str
    kind: str
    name: str


_FIELDS = len(SentFile._fields)


class ChatText(NamedTuple):
    """A browser's words in a message."""

    text: str
    client_id: str
    files: tuple[SentFile, ...] = ()


def message_arrival(place: VisitorKey, said: ChatText, at: datetime, locale: str | None) -> Arrival:
    """Report a message of the browser at this place."""
    text, client_id, files = said
    raw = _write(place, locale, text=text, client_id=client_id, files=list(files))
    report = VisitorWrote(
        text,
        at,
        at,
        attachments=tuple(Attachment(one.kind, one.name) for one in files),
        files=tuple(one.id for one in files),
    )
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
        case {"text": str(text), "client_id": str(client_id), **more}:
            said = ChatText(text, client_id, _read_files(more.get("files")))
            return message_arrival(place, said, at, locale)
        case {"email": str(email), **more}:
            given = EmailGiven(email, at, consent=more.get("consent") is True)
            return email_arrival(place, given, locale)
        case _:
            return None


def _read_files(written: object) -> tuple[SentFile, ...]:
    match written:
        case [*files]:
            return tuple(
                SentFile(*one) for one in files if isinstance(one, list) and len(one) == _FIELDS
            )
        case _:  # of a version before
            return ()


class Letters:
    """Reads letters for whoever serves no chat."""

    def reread(self, raw: bytes, received_at: datetime) -> tuple[list[Arrival], list[Fault]]:
        """Read again what could not be stored."""
        arrival = read_letter(raw, received_at)
        if arrival is None:
            return [], [Fault(raw, "not written by this channel")]
        return [arrival], []


def _write(place: VisitorKey, locale: str | None, **given: object) -> bytes:
    fields = {"site": place.account, "visitor": place.external_id, "locale": locale, **given}
    return json.dumps(fields).encode()
