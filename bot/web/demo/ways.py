"""The simulator's view behind the scenes, and its buttons that play the team."""

import asyncio
import secrets
from dataclasses import dataclass

from bot.core.model import ConversationId, VisitorKey
from bot.desk import Desk
from bot.desk.errors import DeskError
from bot.desk.types import Actor, Words
from bot.storage.conversations.messages import Span
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.visitors.dedupe import find_conversation_of
from bot.web.api import views
from bot.web.demo.settings import ReplyRefusedError

_TEAM = Actor("demo", name="Maya")
_MOST_MESSAGES = 100


@dataclass(frozen=True, slots=True)
class DemoWays:
    """The API's operations for the demo's own page."""

    database: Database
    desk: Desk
    page: str

    async def peek(self, psid: str) -> dict[str, object] | None:
        """Show somebody's conversation as the API does, with its messages."""
        return await asyncio.to_thread(self._peek, psid)

    async def reply(self, conversation_id: int, text: str) -> None:
        """Answer as the team; raises ReplyRefusedError with the reason."""
        words = Words(text, secrets.token_hex(8))
        try:
            await asyncio.to_thread(self.desk.reply, ConversationId(conversation_id), words, _TEAM)
        except DeskError as error:
            raise ReplyRefusedError(str(error)) from None

    def _peek(self, psid: str) -> dict[str, object] | None:
        place = VisitorKey("messenger", self.page, psid)
        found = read(self.database, lambda held: find_conversation_of(held, place))
        if found is None:
            return None
        seen = views.conversation(self.desk.conversation(found)).model_dump(mode="json")
        last = self.desk.messages(found, Span(_MOST_MESSAGES))
        return {**seen, "messages": views.messages(found, last).model_dump(mode="json")["messages"]}
