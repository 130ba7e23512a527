"""Brings a conversation back into a browser that somebody opens a mail's link in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.core.emails import Address, validate
from bot.core.model import Assurance, Place, Source
from bot.ports import Doorbell
from bot.storage.batch import Batch
from bot.storage.contact_rows import NewClaim
from bot.storage.engine import Database
from bot.storage.return_links import (
    ReturnLink,
    add_browser,
    add_proof,
    find_home,
    find_link,
    use_link,
)
from bot.storage.threads import Thread, lock_conversations
from bot.storage.transactions import read, retry_races
from bot.viewing import Comeback, Invitation

_VISITOR = "visitor"


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

    def come_back(self, token: str, was: Place | None, shall_be: Place) -> Comeback | None:
        """Use a link up: its address is proved, and a browser reads the conversation from now on.

        A browser that reads it already goes on as who it `was`. Any other gets another id: what it
        may have said before stays with whoever that was, for two people may share a browser.
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
        self, connection: sa.Connection, token: str, was: Place | None, shall_be: Place
    ) -> tuple[Comeback, Batch] | None:
        now = self.clock()
        link = find_link(connection, token, now)
        thread = _hold(connection, link) if link else None
        if link is None or thread is None or thread.visitor_id is None:
            return None
        address = validate(link.email)
        if not isinstance(address, Address) or not use_link(connection, token, now):
            return None
        is_new = was is None or link.home not in {was, find_home(connection, was)}
        if is_new:
            add_browser(connection, shall_be, thread.visitor_id, now)
        browser = shall_be if was is None or is_new else was
        add_proof(connection, browser, thread.visitor_id, address.key, now)
        batch = Batch(connection, now)
        batch.add_claim(_proof(thread, address, now))
        thread.conversation_changed = True  # there may be more to read for who has it open
        batch.save()
        return Comeback(is_new=is_new), batch


def _hold(connection: sa.Connection, link: ReturnLink) -> Thread | None:
    """Hold the conversation, if it still has the address that the link was sent to."""
    thread = lock_conversations(connection, [link.conversation_id]).get(link.conversation_id)
    talk = thread.conversation if thread else None
    return thread if talk and talk.email == link.email else None


def _proof(thread: Thread, address: Address, at: datetime) -> NewClaim:
    talk = thread.conversation
    return NewClaim(
        thread,
        email=address.email,
        key=address.key,
        lookalike=address.lookalike,
        source=(talk.email_source if talk else None) or Source.CAPTURE,
        at=at,
        assurance=Assurance.VERIFIED,
        actor=_VISITOR,
    )
