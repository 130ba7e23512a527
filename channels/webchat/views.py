"""JSON views of conversations, messages and settings."""

from datetime import datetime
from urllib.parse import urlsplit

from bot.core.events import Attachment
from bot.core.files import KeptFile
from bot.core.model import Author, Kind, VisitorKey
from bot.ports.visitor_view import VisitorConversation, VisitorMessage


def message(shown: VisitorMessage, room: VisitorConversation) -> dict[str, object]:
    """Write a message."""
    fields: dict[str, object] = {
        "seq": shown.seq,
        "direction": "incoming" if shown.author is Author.VISITOR else "outgoing",
        "author": shown.author,
        "name": shown.name,
        "kind": shown.kind,
        "text": shown.text,
        "attachments": [
            _attachment(each, shown.files.get(position))
            for position, each in enumerate(shown.attachments)
        ],
        "at": moment(shown.at),
    }
    if shown.client_id:
        fields["client_id"] = shown.client_id
    if shown.kind is Kind.CAPTURE_PROMPT and room.confirm_email:
        fields["email"] = room.confirm_email
    return fields


def messages(room: VisitorConversation) -> list[dict[str, object]]:
    """Write the messages that are shown."""
    return [message(each, room) for each in room.messages]


def key_of(place: VisitorKey, client_id: str) -> str:
    """Make the key by which a visitor's message is known when it comes again."""
    return f"{place.external_id}/{client_id}"


def conversation(room: VisitorConversation) -> dict[str, object]:
    """Write all that the frame shows at first."""
    return {
        "messages": messages(room),
        "last_seq": room.state.last_seq,
        "read_seq": _read_seq(room),
        "seen_seq": room.state.answered_seq,
        "status": room.state.status,
        "asked": room.asked,
        "earlier": room.earlier,
        "goes_on": room.goes_on,
        "owned": room.is_owned,
        "to_prove": room.to_prove,
    }


def summary(room: VisitorConversation) -> dict[str, object]:
    """Write how far a conversation is, and for whom it goes on elsewhere."""
    goes_on = {"goes_on": room.goes_on} if room.goes_on else {}
    return {"status": room.state.status, "last_seq": room.state.last_seq, **goes_on}


def site_name(origin: str) -> str:
    """Name a site as people know it."""
    return urlsplit(origin).netloc or origin


def moment(at: datetime) -> str:
    """Write a moment as RFC 3339 in UTC."""
    return at.isoformat().replace("+00:00", "Z")


def _attachment(each: Attachment, kept: KeptFile | None) -> dict[str, object]:
    if kept is not None:
        return {"type": each.type, **file(kept)}
    return {"type": each.type, "name": each.title, "url": each.url}


def file(kept: KeptFile) -> dict[str, object]:
    """Write what is known of a file; its bytes are given by its id to whoever may read it."""
    size = {"width": kept.width, "height": kept.height} if kept.width else {}
    told = {"id": kept.id, "kind": kept.kind, "name": kept.name, "size": kept.size, **size}
    return {**told, "content_type": kept.content_type}


def _read_seq(room: VisitorConversation) -> int:
    read_up_to = room.read_up_to
    if read_up_to is None:
        return 0
    read = [each.seq for each in room.messages if each.at <= read_up_to]
    if read:
        return max(read)
    return room.messages[0].seq - 1 if room.messages else room.state.last_seq
