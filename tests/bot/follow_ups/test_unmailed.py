"""What agents are told of a chat's reply that was neither seen nor mailed."""

from dataclasses import replace

import pytest

from bot.core.events import EmailGiven
from bot.core.model import ConversationId
from bot.desk.reading import Reading
from bot.outbox.handlers.mails import NO_ADDRESS
from bot.storage.conversations.messages import Span
from bot.storage.mails.suppressions import Reason, Signal, Silence, suppress
from tests.mailroom import ADA, DELAY, VIS, MailRoom


def told(room: MailRoom, talk: ConversationId) -> list[str]:
    reading = Reading(room.office.database, lambda: room.office.rules, lambda: room.office.now)
    return list(reading.open(talk, Span(50)).mail_fates.values())


def close_the_post(room: MailRoom) -> None:
    room.office.rules = replace(room.office.rules, follow_up_delay=None)


def test_without_a_mail_server_a_reply_to_a_known_address_is_not_mailed(room: MailRoom) -> None:
    close_the_post(room)
    talk = room.come()
    room.reply(talk)
    assert told(room, talk) == ["Not mailed: no mail server is set"]
    room.office.pass_time(1)
    room.see()
    assert told(room, talk) == []


def test_without_a_mail_server_nor_an_address_no_mail_is_missing(room: MailRoom) -> None:
    close_the_post(room)
    talk = room.come(email=None)
    room.reply(talk)
    assert told(room, talk) == []


def test_a_mail_that_is_due_needs_no_words_and_one_that_has_left_is_told(room: MailRoom) -> None:
    talk = room.come()
    room.reply(talk)
    room.reply(talk, "And this")
    assert told(room, talk) == []
    room.wait()
    assert told(room, talk) == ["Mailed", "Mailed"]


@pytest.mark.parametrize(
    ("silence", "why"),
    [
        (Silence.UNSUBSCRIBED, "The visitor wants no mails from conversations."),
        (Silence.BOUNCED, "Mails to this address come back."),
        (Silence.COMPLAINED, "The visitor has complained about our mails."),
    ],
)
def test_an_address_that_gets_no_mails_is_told_as_the_reason(
    room: MailRoom, silence: Silence, why: str
) -> None:
    talk = room.come()
    with room.office.database.write() as connection:
        suppress(connection, ADA, Reason(silence, Signal.REFUSAL), room.office.now, ADA)
    room.reply(talk)
    room.wait()
    assert told(room, talk) == [f"Not mailed: {why}".rstrip(".")]


def test_without_an_address_that_is_the_reason_until_one_is_mailed(room: MailRoom) -> None:
    talk = room.come(email=None)
    room.reply(talk)
    room.wait()
    assert told(room, talk) == [f"Not mailed: {NO_ADDRESS}".rstrip(".")]
    room.office.receive(EmailGiven(ADA, room.office.now), place=VIS)
    room.reply(talk, "And this")
    room.wait(DELAY)
    assert told(room, talk) == ["Mailed", "Mailed"]
