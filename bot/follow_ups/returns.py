"""Brings a conversation back into a browser that somebody opens a mail's link in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.emails import Address, validate
from bot.core.model import ConversationId, VisitorKey
from bot.ownership import Proof, prove
from bot.ports.doorbell import Doorbell
from bot.ports.visitor_view import Comeback, Invitation
from bot.storage.conversations.owners import find_former
from bot.storage.conversations.return_links import ReturnLink, find_home, find_link, use_link
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read, retry_races
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import VisitorState, lock_conversations


@dataclass(frozen=True, slots=True)
class Returns:
    """Reads and uses links; blocks, so the web calls it from threads."""

    database: Database
    clock: Callable[[], datetime]
    doorbell: Doorbell

    def look(self, token: str) -> Invitation | None:
        """Say where a link leads, and change nothing; None: it is not good."""
        link = read(self.database, lambda found: find_link(found, token, self.clock()))
        return Invitation(link.home.account, link.locale) if link else None

    def look_again(self, token: str, browser: str) -> Invitation | None:
        """Say where a used link leads, if it is for this browser to know: by its own id there."""

        def look(connection: sa.Connection) -> Invitation | None:
            link = find_link(connection, token, self.clock(), is_used=True)
            if link is None:
                return None
            own = link.home._replace(external_id=browser)
            reads = link.home in {own, find_home(connection, own)}
            return Invitation(link.home.account, link.locale) if reads else None

        return read(self.database, look)

    def come_back(
        self, token: str, was: VisitorKey | None, shall_be: VisitorKey
    ) -> Comeback | None:
        """Use a link up: its address is proved, and a browser reads the conversation from now on.

        A browser that reads it already, or once did, goes on as who it `was`. Any other gets
        another id: what it may have said stays with that visitor, for two may share a browser.
        """

        def write(connection: sa.Connection) -> tuple[Comeback, Batch] | None:
            return self._come_back(connection, token, was, shall_be)

        done = retry_races(self.database, write)
        if done is None:
            return None
        comeback, batch = done
        self.doorbell.hint(*batch.hints())
        return comeback

    def _come_back(
        self, connection: sa.Connection, token: str, was: VisitorKey | None, shall_be: VisitorKey
    ) -> tuple[Comeback, Batch] | None:
        now = self.clock()
        link = find_link(connection, token, now)
        thread = _hold(connection, link) if link else None
        if link is None or thread is None or thread.visitor_id is None:
            return None
        address = validate(link.email)
        if not isinstance(address, Address) or not use_link(connection, token, now):
            return None
        is_new = was is None or not _has_read(connection, thread, link.conversation_id, was)
        browser = shall_be if was is None or is_new else was
        batch = Batch(connection, now)
        prove(batch, thread, Proof(address, browser))
        batch.save()
        return Comeback(is_new=is_new), batch


def _has_read(
    connection: sa.Connection, thread: VisitorState, id: ConversationId, browser: VisitorKey
) -> bool:
    """Say whether a browser reads the conversation, or did before its address was proved."""
    if thread.place in {browser, find_home(connection, browser)}:
        return True
    return find_former(connection, browser, id) is not None


def _hold(connection: sa.Connection, link: ReturnLink) -> VisitorState | None:
    """Hold the conversation, if it still has the address that the link was sent to."""
    thread = lock_conversations(connection, [link.conversation_id]).get(link.conversation_id)
    talk = thread.conversation if thread else None
    return thread if talk and link.email in talk.own_emails else None
