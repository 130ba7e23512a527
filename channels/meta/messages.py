"""Readers of messages, postbacks, edits and echoes."""

import re
from collections.abc import Iterator

from bot.core.arrivals import EchoSeen, EchoUnsent, VisitorIdentified
from bot.core.events import Attachment, VisitorEdited, VisitorUnsent, VisitorWrote, WindowOpened
from bot.core.model import Kind
from channels.meta.addresses import USER_REF
from channels.meta.attachments import attachments_of
from channels.meta.automatic import is_automatic
from channels.meta.faults import FaultReason, UnreadableItemError
from channels.meta.items import Finding, Ignored, Item, Reported
from channels.meta.keys import message_key
from channels.meta.signals import read_guest_flag
from channels.meta.texts import (
    JsonObject,
    is_on,
    object_of,
    text_of,
)

_OUR_METADATA = re.compile(r"ob:([0-9]{1,18})(/[0-9]{1,4})?")
_MOST_EDITS = 1_000
_LONGEST_APP_ID = 255
_UNSUPPORTED = Attachment("unsupported")


def read_message(item: Item, message: JsonObject) -> Iterator[Finding]:
    """Read a visitor's message, its unsending, or the echo of what the page wrote."""
    if is_on(message.get("is_echo")):
        yield from _read_echo(item, message)
    elif is_on(message.get("is_deleted")):
        yield Reported(VisitorUnsent(_required_key(message), item.at))
    else:
        yield from read_guest_flag(item, message.get("referral"))
        yield from _read_former_id(item)
        yield from _read_words(item, message)


def read_edit(item: Item, edit: JsonObject) -> Iterator[Finding]:
    """Read another text for an old message."""
    if not isinstance(edit.get("text"), str):
        raise UnreadableItemError(FaultReason.NO_TEXT)
    number = text_of(edit.get("num_edit"))
    report = VisitorEdited(
        key=_required_key(edit),
        text=text_of(edit["text"]),
        edit=min(int(number), _MOST_EDITS) if number.isascii() and number.isdigit() else 0,
        at=item.at,
        received_at=item.received_at,
    )
    yield Reported(report)


def read_postback(item: Item, postback: JsonObject) -> Iterator[Finding]:
    """Read the tap on a button. One that says nothing is still a sign of life."""
    yield from read_guest_flag(item, postback.get("referral"))
    payload = text_of(postback.get("payload")) or None
    text = text_of(postback.get("title")) or payload
    key = message_key(postback.get("mid")) or item.make_key("postback")
    if text:
        report = VisitorWrote(
            text=text,
            at=item.at,
            received_at=item.received_at,
            kind=Kind.POSTBACK,
            payload=payload,
            overheard=item.overheard,
        )
        yield Reported(report, key)
    else:
        yield Reported(WindowOpened(item.at), key)


def _read_words(item: Item, message: JsonObject) -> Iterator[Finding]:
    text = text_of(message.get("text"))
    attachments, too_many = attachments_of(message.get("attachments"), text)
    if too_many:
        yield Ignored("attachment", too_many)
    payload = text_of(object_of(message.get("quick_reply")).get("payload")) or None
    mid = message_key(message.get("mid"))
    unsupported = is_on(message.get("is_unsupported"))
    if not (text or payload or attachments):
        if not (unsupported or mid):
            yield Ignored("empty_message")
            return
        unsupported = True
    report = VisitorWrote(
        text=text or payload or "",
        at=item.at,
        received_at=item.received_at,
        attachments=attachments or ((_UNSUPPORTED,) if unsupported else ()),
        payload=payload,
        email_from_profile=payload is not None and payload == text and "@" in text,
        overheard=item.overheard,
        reply_to=_replied_to(message),
    )
    yield Reported(report, mid or item.make_key("message"))


def _read_former_id(item: Item) -> Iterator[Finding]:
    former = text_of(object_of(item.body.get("prior_message")).get("identifier"))
    if former:
        yield Reported(VisitorIdentified(f"{USER_REF}{former}", item.at))


def _read_echo(item: Item, message: JsonObject) -> Iterator[Finding]:
    app_id = text_of(message.get("app_id"))[:_LONGEST_APP_ID] or None
    ours = _OUR_METADATA.fullmatch(text_of(message.get("metadata")))
    if item.app_id is not None and app_id != item.app_id:
        ours = None
    if is_on(message.get("is_deleted")):
        yield Reported(EchoUnsent(_required_key(message), item.at))
    elif ours and ours[2]:
        # A first part of a longer text: only the echo of the last says that all has arrived.
        yield Ignored("echo_of_part")
    else:
        text = text_of(message.get("text"))
        attachments, too_many = attachments_of(message.get("attachments"), text)
        if too_many:
            yield Ignored("attachment", too_many)
        report = EchoSeen(
            text=text,
            at=item.at,
            received_at=item.received_at,
            outbox_id=int(ours[1]) if ours else None,
            attachments=attachments,
            app_id=app_id,
            automatic=False if ours else is_automatic(text, app_id, item.automatic_texts),
            reply_to=_replied_to(message),
        )
        yield Reported(report, message_key(message.get("mid")) or item.make_key("message"))


def _replied_to(message: JsonObject) -> str | None:
    return message_key(object_of(message.get("reply_to")).get("mid"))


def _required_key(message: JsonObject) -> str:
    key = message_key(message.get("mid"))
    if key is None:
        raise UnreadableItemError(FaultReason.NO_KEY)
    return key
