"""Mails that the server refuses for our own fault: kept, told of, and sent when it takes them."""

import pytest

from bot.core.model import ConversationId, VisitorKey
from bot.desk.reading import Reading
from bot.storage.conversations.messages import Span
from bot.storage.outbox.stops import Stop, list_stops
from tests.mailroom import SITE, MailRoom

BEN = VisitorKey("webchat", SITE, "ben")


def stops(room: MailRoom) -> list[Stop]:
    with room.office.database.read() as connection:
        return list_stops(connection)


def fates(room: MailRoom, talk: ConversationId) -> list[str]:
    reading = Reading(room.office.database, lambda: room.office.rules, lambda: room.office.now)
    return list(reading.open(talk, Span(50)).mail_fates.values())


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("mail", "553 5.7.1 Sender address rejected: not owned by user"),
        ("rcpt", "554 5.7.1 Relay access denied"),
        ("data", "554 Refused by local policy"),
    ],
)
def test_a_mail_refused_for_our_own_fault_is_kept_and_told_of_with_the_servers_words(
    room: MailRoom, command: str, answer: str
) -> None:
    talk = room.come()
    room.reply(talk)
    room.post.answers[command] = answer
    room.wait()
    [stop] = stops(room)
    assert (stop.key, stop.cause) == (("email", "smtp"), "refused")
    assert answer in stop.reason
    [fate] = fates(room, talk)
    assert fate.startswith("Mail waits: ")
    assert answer in fate
    room.reply(room.come(BEN, "ben@example.com"))
    room.wait(20 * 60)
    room.wait(20 * 60)
    assert [state for state, _ in room.orders()] == ["pending", "pending"]
    room.post.answers.clear()
    room.wait(15 * 60)
    room.wait(5)
    assert [state for state, _ in room.orders()] == ["sent", "sent"]
    assert sorted(mail["To"] for mail in room.post.mails) == ["ada@example.com", "ben@example.com"]
    assert stops(room) == []
    assert fates(room, talk) == ["Mailed"]


def test_one_mail_that_is_refused_for_its_words_holds_up_no_other_for_long(room: MailRoom) -> None:
    first, second = room.come(), room.come(BEN, "ben@example.com")
    room.reply(first, "Buy pills")
    room.post.answers["data"] = "554 5.7.1 Spam"
    room.wait()
    room.reply(second)
    room.wait()
    room.post.refuses = "ada@example.com"
    room.post.answers.clear()
    for _ in range(4):
        room.wait(16 * 60)
    assert [state for state, _ in room.orders()] == ["dead", "sent"]
    assert fates(room, first)[0].startswith("Not mailed: The mail server refuses our mails")
    assert stops(room) == []
