"""Whose conversations are after an upgrade: of whom they were, where an address was verified."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import bot.storage
from bot.storage.database.engine import Database
from bot.storage.migrate import upgrade
from bot.storage.tables import claims, contacts, conversations, messages, visitors
from tests.bot.storage.test_audience_migration import _CONVERSATION, SITE
from tests.factories import NOON

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def older(database_url: str) -> Database:
    """A database as it was, with a verified, a claimed and an unknown visitor."""
    database = Database(database_url)
    config = Config()
    scripts = Path(bot.storage.__file__).parent / "migrations"
    config.set_main_option("script_location", str(scripts))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0016")
        for number, assurance in enumerate(("verified", "claimed", None), 1):
            _add(connection, number, assurance)
    return database


def _add(connection: sa.Connection, number: int, assurance: str | None) -> None:
    email = f"{number}@example.com"
    known = {"email": email, "email_key": email, "lookalike": False, "source": "capture"}
    contact = {"id": number, **known, "created_at": NOON, "updated_at": NOON}
    connection.execute(sa.insert(contacts).values(contact))
    place = {"channel": "webchat", "account": SITE, "external_id": f"v{number}"}
    who = {"contact_id": number, "contact_assurance": assurance} if assurance else {}
    visitor = {"id": number, **place, "created_at": NOON, **who}
    connection.execute(sa.insert(visitors).values(visitor))
    if assurance:
        claim = {"visitor_id": number, "contact_id": number, "email": email, "source": "capture"}
        claim |= {"assurance": assurance, "at": LATER}
        connection.execute(sa.insert(claims).values(claim))
    talk = {"id": number, "visitor_id": number, "email": email if assurance else None}
    connection.execute(sa.insert(conversations).values({**talk, **_CONVERSATION}))
    said = {"conversation_id": number, "direction": "incoming", "author": "visitor", "kind": "text"}
    for seq, at in enumerate((NOON, LATER), 1):
        row = {**said, "seq": seq, "text": "Hello", "at": at, "created_at": at}
        connection.execute(sa.insert(messages).values(row))


def test_the_owner_of_a_verified_conversation_stays_its_owner(older: Database) -> None:
    upgrade(older)
    with older.read() as connection:
        chosen = sa.select(conversations.c.proved_email, conversations.c.owner_after_seq)
        owners = connection.execute(chosen.order_by(conversations.c.id)).all()
        sure = sa.select(messages.c.assurance).order_by(messages.c.id)
        assert connection.execute(sure).scalars().all() == ["claimed", "verified", *[None] * 4]
    assert [tuple(row) for row in owners] == [("1@example.com", None), (None, None), (None, None)]
    older.close()
