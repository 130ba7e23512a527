"""What came by mail before audiences were kept, and addresses for answers as they were."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import bot.storage
from bot.core.model import VisitorKey
from bot.live.visitor_view import VisitorViews
from bot.ports.visitor_view import Stretch
from bot.storage.database.engine import Database
from bot.storage.mails.mails import find_by_token
from bot.storage.migrate import upgrade
from bot.storage.tables import (
    browsers,
    contacts,
    conversations,
    mail_threads,
    mails,
    messages,
    visitors,
)
from tests.factories import NOON

SITE = "https://shop.example"
PLACES = {
    name: VisitorKey("webchat", SITE, name) for name in ("proved", "claimed", "unlinked", "phone")
}
ALL = Stretch(50)
_CONVERSATION = {
    "channel": "webchat",
    "account": SITE,
    "status": "open",
    "unanswered": 0,
    "owned_elsewhere": False,
    "capture_state": "idle",
    "capture_reason": "",
    "capture_by_hand": False,
    "agent_wrote_since_asked": False,
    "hints": 0,
    "version": 1,
    "last_seq": 2,
    "answered_seq": 0,
    "created_at": NOON,
}


@pytest.fixture
def older(database_url: str) -> Database:
    """A database as it was, with three visitors who have written, also by mail."""
    database = Database(database_url)
    config = Config()
    scripts = Path(bot.storage.__file__).parent / "migrations"
    config.set_main_option("script_location", str(scripts))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0015")
        for number, name in enumerate(("proved", "claimed", "unlinked"), 1):
            _add(connection, number, name)
        phone = {**PLACES["phone"]._asdict(), "visitor_id": 1, "created_at": NOON}
        connection.execute(sa.insert(browsers).values(phone))
    return database


def _add(connection: sa.Connection, number: int, name: str) -> None:
    email = f"{name}@example.com"
    known = {"email": email, "email_key": email, "lookalike": False, "source": "capture"}
    contact = {"id": number, **known, "created_at": NOON, "updated_at": NOON}
    connection.execute(sa.insert(contacts).values(contact))
    visitor: dict[str, object] = {"id": number, **PLACES[name]._asdict(), "created_at": NOON}
    if name != "unlinked":
        assurance = {"proved": "verified", "claimed": "claimed"}[name]
        visitor |= {"contact_id": number, "contact_assurance": assurance}
    connection.execute(sa.insert(visitors).values(visitor))
    talk = {"id": number, "visitor_id": number, "email": email, **_CONVERSATION}
    connection.execute(sa.insert(conversations).values(talk))
    said = {"conversation_id": number, "direction": "incoming", "author": "visitor", "kind": "text"}
    for seq, (text, key) in enumerate([("by chat", f"{name}/c1"), ("by mail", f"mail:{name}")], 1):
        row = {**said, "seq": seq, "text": text, "at": NOON, "created_at": NOON}
        row["provider_key"] = f"webchat/{SITE}/{key}"
        connection.execute(sa.insert(messages).values(row))
    thread = {"conversation_id": number, "token": f"{number:032}", "created_at": NOON}
    connection.execute(sa.insert(mail_threads).values(thread))
    for count in range(2):
        mail = {"conversation_id": number, "email_key": email, "first_seq": 1, "last_seq": 1}
        mail |= {"message_key": f"{number}-{count}", "at": NOON}
        if name == "unlinked" and count:
            mail["email_key"] = "former@example.com"
        connection.execute(sa.insert(mails).values(mail))


def test_what_came_by_mail_is_for_who_has_proved_the_address(older: Database) -> None:
    upgrade(older)
    rooms = VisitorViews(older)

    def read(name: str, browser: str | None = None) -> list[str]:
        room = rooms.look(PLACES[name], ALL, PLACES[browser or name])
        return [each.text for each in room.messages]

    assert read("proved") == read("proved", "phone") == ["by chat", "by mail"]
    assert read("claimed") == read("unlinked") == ["by chat"]
    older.close()


def test_an_older_address_for_answers_is_good_if_it_went_to_one_address(older: Database) -> None:
    upgrade(older)
    with older.read() as connection:
        found = [find_by_token(connection, f"{number:032}") for number in (1, 3)]
        assert find_by_token(connection, "0" * 32) is None
    assert [(who.email_key, who.is_current) for who in found if who] == [
        ("proved@example.com", True),
        (None, False),
    ]
    older.close()
