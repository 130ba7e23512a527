"""Acts on the simulated phone, posted to our webhook as Meta would post them."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from bot.web.demo import payloads
from bot.web.demo.people import (
    Chip,
    DemoHappening,
    DemoPerson,
    Direction,
    PersonKind,
    PhoneMessage,
    QuickReply,
)
from bot.web.demo.postman import DemoPostman
from bot.web.demo.settings import DemoSettings

_SITE = "https://www.example.com/"
_MOST_EDITS = 5  # Messenger allows no more


class NotPossibleError(Exception):
    """A phone would not offer this; the text says why."""


class Phone:
    """Any simulated person's phone: in goes what a finger does, out come webhooks."""

    def __init__(self, demo: DemoSettings, postman: DemoPostman) -> None:
        self._demo = demo
        self._postman = postman

    async def write(self, person: DemoPerson, text: str) -> None:
        """Send a message; a guest's first one comes after the word that it is a guest."""
        if person.kind is PersonKind.GUEST and person.last_wrote_at is None:
            referral = payloads.guest_referral(_SITE)
            await self._tell(person, "the referral of a guest", referral)
        await self._say(person, text, "a message")

    async def tap(self, person: DemoPerson, payload: str) -> None:
        """Tap what is shown below the last message."""
        chip = next((chip for chip in person.chips() if chip.payload == payload), None)
        if chip is None:
            text = "This can no longer be tapped."
            raise NotPossibleError(text)
        await self._say(person, chip.title, f"a tap on {_name(chip)}", chip.payload)

    async def edit(self, person: DemoPerson, mid: str, text: str) -> None:
        """Change a message that was sent."""
        message = _own(person, mid)
        if message.edits >= _MOST_EDITS:
            reason = "Messenger lets a message be changed five times."
            raise NotPossibleError(reason)
        message.text = text
        message.edits += 1
        await self._tell(person, "an edit", payloads.edit(mid, text, message.edits))

    async def unsend(self, person: DemoPerson, mid: str) -> None:
        """Take a message back."""
        _own(person, mid).is_unsent = True
        await self._tell(person, "a message taken back", payloads.unsent(mid))

    async def look(self, person: DemoPerson) -> None:
        """See what has arrived."""
        if person.has_unseen:
            person.last_saw_at = self._demo.now()
            await self._tell(person, "a read receipt", payloads.seen(person.last_saw_at))

    def receive(self, person: DemoPerson, message: Mapping[str, object]) -> str:
        """Show what the page wrote; its echo and the receipt follow by themselves."""
        mid, at = _new_mid(), self._demo.now()
        text, offers = str(message.get("text", "")), _read_offers(message)
        person.messages.append(
            PhoneMessage(mid, text, at, from_page=True, quick_replies=tuple(offers))
        )
        person.page_types_until = None
        asks = any(offer.content_type == "user_email" for offer in offers)
        what = "The worker sends the prompt" if asks else "The worker sends a message"
        person.note(DemoHappening(at, Direction.OUT, what, "200"))
        metadata = str(message.get("metadata", ""))
        self._postman.later(self._confirm(person, mid, text, metadata))
        return mid

    async def _confirm(self, person: DemoPerson, mid: str, text: str, metadata: str) -> None:
        echo = payloads.echo(mid, text, self._demo.app_id, metadata)
        who = payloads.between(self._demo.page_id, person.psid, self._demo.now())
        await self._postman.deliver(person, "an echo", who | echo)
        await self._tell(person, "a delivery receipt", payloads.delivered([mid], self._demo.now()))

    async def _say(
        self, person: DemoPerson, text: str, what: str, payload: str | None = None
    ) -> None:
        at = self._demo.now()
        message = PhoneMessage(_new_mid(), text, at)
        person.messages.append(message)
        person.last_wrote_at = at
        told = payloads.text_message(message.mid, text, payload)
        message.is_taken = await self._tell(person, what, told, at)

    async def _tell(
        self, person: DemoPerson, what: str, event: Mapping[str, object], at: datetime | None = None
    ) -> bool:
        who = payloads.between(person.psid, self._demo.page_id, at or self._demo.now())
        return await self._postman.deliver(person, what, {**who, **event})


def _own(person: DemoPerson, mid: str) -> PhoneMessage:
    message = person.find(mid)
    if message is None:
        reason = "This message is no longer there."
        raise NotPossibleError(reason)
    return message


def _name(chip: Chip) -> str:
    return "the email address" if chip.kind == "user_email" else f"“{chip.title}”"


def _new_mid() -> str:
    return f"m_{secrets.token_urlsafe(60)}"


def _read_offers(message: Mapping[str, object]) -> list[QuickReply]:
    offers = message.get("quick_replies")
    return [
        QuickReply(
            str(offer.get("content_type")), str(offer.get("title")), str(offer.get("payload"))
        )
        for offer in (offers if isinstance(offers, list) else [])
    ]
