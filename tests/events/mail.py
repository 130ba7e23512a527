"""The mail side of an installation: what leaves, and what is answered."""

import re
from dataclasses import dataclass
from email.message import EmailMessage

from bot.core.emails import key_of
from bot.core.model import ConversationId
from bot.storage.mails.mails import open_threads
from bot.storage.visitors.visitor_states import lock_conversations
from tests.bot.web.sites import HOST
from tests.events.world import World
from tests.letters import NO_VERDICT, answer
from tests.mailroom import MailRoom

DOOR_SECRET = "a door's secret that is long enough"  # noqa: S105 - of these tests only
MAIL = {
    "inbound_email_address": "reply@shop.example",
    "inbound_email_secret": DOOR_SECRET,
    "smtp_url": "smtp://127.0.0.1:1",
    "email_from": "Northwind <chat@shop.example>",
    "follow_up_delay_seconds": "0",
    "inbound_authserv_id": "mx.shop.example",
}


@dataclass
class MailWorld(World):
    """An installation whose replies follow by mail."""

    room: MailRoom

    async def mailed(self, person: str, text: str = "Here I am") -> EmailMessage:
        """Let a reply be mailed, and give the mail."""
        await self.answer(person, text)
        self.room.wait()
        return self.room.post.mails[-1]

    async def take(self, raw: bytes) -> None:
        """Post a mail as a provider does."""
        shown = {**HOST, "Authorization": f"Bearer {DOOR_SECRET}"}
        async with self.client.post("/webhooks/email", data=raw, headers=shown) as done:
            assert done.status == 200

    async def answer_by_mail(
        self, mail: EmailMessage, text: str, sender: str, key: str, verdict: str = NO_VERDICT
    ) -> None:
        """Let an answer come; without a verdict nobody says whether it is genuine."""
        to = str(mail["Reply-To"])
        await self.take(answer(to, text, sender=sender, key=key, verdict=verdict))

    def last_link(self) -> str:
        """Find the way back in the last mail."""
        body = self.room.post.mails[-1].get_body(("plain",))
        assert body
        found = re.search(r"https?://[^/\s]+(/chat/return/[\w-]+)", body.get_content())
        assert found
        return found[1]

    def last_code(self, mail: EmailMessage | None = None) -> str:
        """Find the code in a mail, by default in the last one."""
        body = (mail or self.room.post.mails[-1]).get_body(("plain",))
        assert body
        found = re.search(r"\b(\d{6})\b", body.get_content())
        assert found
        return found[1]

    def address_for_answers(self, person: str) -> str:
        """Make the address that a mail of now would name."""
        office, talk = self.office, ConversationId(self.find(person) or 0)
        with office.database.write() as connection:
            thread = lock_conversations(connection, [talk])[talk]
            email = thread.conversation and thread.conversation.mailed_email
            token = open_threads(connection, {talk: key_of(email or "")}, office.now)[talk]
        return f"reply+{token}@shop.example"

    def everybody(self) -> list[str]:
        return self.people("")
