"""Of the mails that were set aside no more are kept than anybody looks at."""

import pytest
import sqlalchemy as sa

from bot.core.model import ConversationId
from bot.storage.database.engine import Database
from bot.storage.mails.unread_mails import UnreadMail, UnreadRoom, keep_mail
from bot.storage.tables import dead_letters
from tests.factories import NOON

ROOM = UnreadRoom(of_conversation=3, in_all=5, bytes_in_all=1_000, bytes_of_mail=500)


def keep(database: Database, talk: int, text: bytes) -> int:
    mail = UnreadMail(ConversationId(talk), "email", text, "unreadable")
    with database.write() as connection:
        return keep_mail(connection, mail, NOON, ROOM)


def kept(database: Database) -> list[bytes]:
    query = sa.select(dead_letters.c.raw).order_by(dead_letters.c.id)
    with database.read() as connection:
        return [row.raw for row in connection.execute(query)]


def test_a_long_mail_is_cut(database: Database) -> None:
    keep(database, 1, b"x" * 5_000)
    assert kept(database) == [b"x" * 500]


def test_one_conversation_takes_no_room_from_another(database: Database) -> None:
    keep(database, 1, b"first")
    assert sum(keep(database, 2, str(number).encode()) for number in range(9)) == 6
    assert kept(database) == [b"first", b"6", b"7", b"8"]


@pytest.mark.parametrize(("size", "most"), [(1, 5), (300, 3)])
def test_the_oldest_make_room_in_number_and_in_bytes(
    database: Database, size: int, most: int
) -> None:
    for number in range(20):
        keep(database, number, f"{number:02}".encode() * (size // 2 + 1))
    newest = [f"{number:02}".encode() for number in range(20 - most, 20)]
    assert [raw[:2] for raw in kept(database)] == newest


def test_what_is_no_mail_to_a_conversation_stays(database: Database) -> None:
    row = {"channel": "messenger", "raw": b"x" * 5_000, "reason": "?", "state": "open"}
    with database.write() as connection:
        connection.execute(dead_letters.insert(), [{**row, "created_at": NOON}] * 9)
    for number in range(9):
        keep(database, number, b"mail")
    assert len(kept(database)) == 9 + 5
