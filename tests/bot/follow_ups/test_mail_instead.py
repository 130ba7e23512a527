"""Where a channel lets nobody answer any more, a mail still may."""

import pytest

from bot.core.events import EmailGiven
from bot.core.model import ConversationId
from bot.desk.errors import NotMailedError
from bot.desk.mailing import NO_ADDRESS, NO_SERVER, NOT_NEEDED
from bot.desk.types import Words
from bot.storage.mails.suppressions import Reason, Signal, Silence, suppress
from tests.letters import answer
from tests.mailroom import ADA, MAYA, MailRoom, answer_desk
from tests.office import ANN

A_DAY = 86_400


@pytest.fixture
def talk(room: MailRoom) -> ConversationId:
    """Ann has written on Messenger, given her address, and is gone for two days."""
    room.office.write("Hello", ANN)
    room.office.receive(EmailGiven(ADA, room.office.now), place=ANN)
    room.office.pass_time(2 * A_DAY)
    return ConversationId(room.office.rows("conversations")[0]["id"])


def mail(room: MailRoom, talk: ConversationId, text: str = "Sorry for the wait") -> None:
    room.desk.mail_instead(talk, Words(text, "m1"), MAYA)


def test_it_goes_by_mail_at_once_and_not_through_the_channel(
    room: MailRoom, talk: ConversationId
) -> None:
    assert room.desk.why_not_mail(talk) is None
    mail(room, talk)
    room.lane.work()
    room.office.work()
    assert "Sorry for the wait" in room.post.mail.as_string()
    assert "Messenger" in room.post.mail["Subject"]
    assert "chat/return" not in room.post.mail.as_string()
    assert "Sorry for the wait" not in room.office.channel.texts
    [message] = room.office.rows("messages", author="agent")
    assert (message["delivery"], message["origin"]) == ("sent", "mail")


def test_the_owners_answers_and_ours_stay_one_thread_of_mails(
    room: MailRoom, talk: ConversationId
) -> None:
    mail(room, talk)
    room.lane.work()
    first = room.post.mail
    answer_desk(room.office).take(answer(str(first["Reply-To"]), sender=ADA, key="k@x"))
    side = ConversationId(room.office.rows("conversations", channel="email")[0]["id"])
    assert room.desk.why_not_mail(side) is None
    room.office.write("I am back", ANN)
    assert room.desk.why_not_mail(talk) is None  # though the channel takes replies
    room.desk.reply(side, Words("Until Monday", "r1"), MAYA)
    room.lane.work()
    second = room.post.mails[-1]
    assert first["Message-ID"] in second["References"]
    assert first["Reply-To"] != second["Reply-To"]


def test_the_same_words_twice_are_one_mail(room: MailRoom, talk: ConversationId) -> None:
    mail(room, talk)
    mail(room, talk)
    room.lane.work()
    assert len(room.post.mails) == 1


def test_a_mail_that_fails_shows_as_failed(room: MailRoom, talk: ConversationId) -> None:
    room.post.answers["rcpt"] = "550 5.6.0 No"
    mail(room, talk)
    room.lane.work()
    [message] = room.office.rows("messages", author="agent")
    assert message["delivery"] == "failed"
    assert message["delivery_error"]


@pytest.mark.parametrize("answer", ["250 OK", "550 5.6.0 No"])
def test_who_looks_at_the_conversation_sees_what_becomes_of_it(
    room: MailRoom, talk: ConversationId, answer: str
) -> None:
    room.post.answers["rcpt"] = answer
    mail(room, talk)
    room.doorbell.hints.clear()
    room.lane.work()
    assert [hint.conversation_id for hint in room.doorbell.hints] == [talk]


def test_a_mail_that_may_not_leave_any_more_shows_as_failed_at_once(
    room: MailRoom, talk: ConversationId
) -> None:
    mail(room, talk)
    with room.office.database.write() as connection:
        suppress(connection, ADA, Reason(Silence.UNSUBSCRIBED, Signal.LINK), room.office.now, ADA)
    room.doorbell.hints.clear()
    room.lane.work()
    assert room.office.rows("messages", author="agent")[0]["delivery"] == "failed"
    assert [hint.conversation_id for hint in room.doorbell.hints] == [talk]


def test_not_while_the_window_is_open(room: MailRoom, talk: ConversationId) -> None:
    room.office.write("Still there?", ANN)
    assert room.desk.why_not_mail(talk) == NOT_NEEDED
    with pytest.raises(NotMailedError, match="in the conversation itself"):
        mail(room, talk)


def test_not_on_the_web_chat_which_is_always_open(room: MailRoom) -> None:
    talk = room.come()
    room.office.pass_time(9 * A_DAY)
    assert room.desk.why_not_mail(talk) == NOT_NEEDED


def test_not_without_an_address(room: MailRoom) -> None:
    room.office.write("Hello", ANN)
    room.office.pass_time(2 * A_DAY)
    talk = ConversationId(room.office.rows("conversations")[0]["id"])
    assert room.desk.why_not_mail(talk) == NO_ADDRESS


def test_not_without_a_mail_server(room: MailRoom, talk: ConversationId) -> None:
    room.rules(follow_up_delay=None)
    assert room.desk.why_not_mail(talk) == NO_SERVER


def test_not_to_who_wants_none(room: MailRoom, talk: ConversationId) -> None:
    with room.office.database.write() as connection:
        suppress(connection, ADA, Reason(Silence.UNSUBSCRIBED, Signal.LINK), room.office.now, ADA)
    with pytest.raises(NotMailedError, match="wants no mails"):
        mail(room, talk)
