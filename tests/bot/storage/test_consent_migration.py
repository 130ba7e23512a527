"""Consents that only the audit knew are kept word for word after an upgrade."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import bot.storage
from bot.storage.database.engine import Database
from bot.storage.migrate import upgrade
from bot.storage.tables import audit, consents, conversations, visitors
from tests.bot.storage.test_audience_migration import _CONVERSATION, SITE
from tests.factories import NOON


def test_a_box_that_was_ticked_before_is_a_consent_now(database_url: str) -> None:
    database = Database(database_url)
    config = Config()
    scripts = Path(bot.storage.__file__).parent / "migrations"
    config.set_main_option("script_location", str(scripts))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0024")
        for number, gone_at in enumerate((None, None, NOON), 1):
            place = {"channel": "webchat", "account": SITE, "external_id": f"v{number}"}
            visitor = {"id": number, **place, "created_at": NOON, "gone_at": gone_at}
            connection.execute(sa.insert(visitors).values(visitor))
            talk = {"id": number, "visitor_id": number, "gone_at": gone_at}
            connection.execute(sa.insert(conversations).values({**talk, **_CONVERSATION}))
        given = {"actor": "visitor", "action": "consent.given", "at": NOON}
        for talk_id, locale in ((1, "de-AT"), (1, "en"), (3, "it")):
            entry = {**given, "conversation_id": talk_id, "detail": {"locale": locale}}
            connection.execute(sa.insert(audit).values(entry))
    upgrade(database)
    with database.read() as connection:
        kept = connection.execute(sa.select(consents).order_by(consents.c.id)).all()
        marked = sa.select(conversations.c.consent).order_by(conversations.c.id)
        assert connection.execute(marked).scalars().all() == ["given", None, None]
    german = "Ich bin einverstanden, dass Sie meine Adresse speichern, um mir zu antworten."
    english = "I agree that you keep my address to reply to me."
    assert [(row.visitor_id, row.text, row.language) for row in kept] == [
        (1, german, "de"),
        (1, english, "en"),
    ]
    assert {(row.channel, row.given_at, row.withdrawn_at) for row in kept} == {
        ("webchat", NOON, None)
    }
    database.close()
