"""Answers by mail come into their conversation; what is not certain comes nowhere."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.events import EmailGiven
from bot.core.model import ConversationId
from bot.desk.dead_letters import DeadLetterOffice
from bot.desk.types import Person
from bot.edge.child_process import ChildProcess
from bot.follow_ups.answers import (
    EMPTY,
    FORGED,
    NOT_VERIFIED,
    SET_ASIDE,
    AnswerDesk,
    AnswerLetters,
    MailVerdict,
)
from bot.mail.parser import TOO_LONG, MailParser
from bot.storage.mails.mails import open_threads
from tests.bot.mail.test_parser import STUBBORN
from tests.letters import answer, bounce, raw_answer
from tests.mailroom import ADA, DELAY, MAYA, MailRoom
from tests.office import ANN

GUESS = "reply+" + "0" * 32 + "@shop.example"


def texts(room: MailRoom) -> list[tuple[str, str]]:
    rows = room.office.rows("messages")
    return [(row["author"], row["text"]) for row in rows if row["author"] != "bot"]


def letters(room: MailRoom) -> list[str]:
    return [row["reason"] for row in room.office.rows("dead_letters")]


def test_an_answer_is_a_message_of_the_visitor(room: MailRoom, desk: AnswerDesk, to: str) -> None:
    quoted = room.post.mail.get_body(("plain",))
    assert quoted
    below = re.sub(r"^", "> ", quoted.get_content(), flags=re.MULTILINE)
    text = f"Monday is fine.\n\nOn Monday, Northwind <{to}> wrote:\n{below}"
    assert desk.take(answer(to, text)) is MailVerdict.TAKEN
    assert texts(room)[-1] == ("visitor", "Monday is fine.")
    [talk] = room.office.rows("conversations")
    assert talk["unanswered"] == 1
    assert [hint.conversation_id for hint in room.doorbell.hints][-1] == talk["id"]


def test_an_answer_below_the_quote_is_no_empty_message(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    quoted = room.post.mail.get_body(("plain",))
    assert quoted
    above = re.sub(r"^", "> ", quoted.get_content(), flags=re.MULTILINE)
    assert desk.take(answer(to, f"On Monday, <{to}> wrote:\n{above}\nMonday!")) is MailVerdict.TAKEN
    assert texts(room)[-1] == ("visitor", "Monday!")


def test_an_empty_mail_is_no_message_and_the_team_is_told(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    assert desk.take(answer(to, "\n")) is MailVerdict.NOTED
    assert room.notes() == [EMPTY]


def test_the_same_mail_twice_is_one_message(room: MailRoom, desk: AnswerDesk, to: str) -> None:
    assert desk.take(answer(to)) is MailVerdict.TAKEN
    assert desk.take(answer(to)) is MailVerdict.KNOWN
    assert len(texts(room)) == 3


def test_an_address_in_other_letters_is_the_same(room: MailRoom, desk: AnswerDesk, to: str) -> None:
    raw = answer(to.upper().replace("REPLY", "Reply"), sender="ADA@Example.com")
    assert desk.take(raw) is MailVerdict.TAKEN


def test_what_the_agent_writes_next_is_mailed_into_the_same_thread(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    desk.take(answer(to))
    room.reply(ConversationId(room.office.rows("conversations")[0]["id"]), "Monday it is")
    room.wait()
    assert room.post.mails[1]["In-Reply-To"] == room.post.mails[0]["Message-ID"]


def test_a_guessed_address_is_dropped(room: MailRoom, desk: AnswerDesk, to: str) -> None:
    assert desk.take(answer(GUESS)) is MailVerdict.UNKNOWN
    assert desk.take(answer("reply@shop.example")) is MailVerdict.UNKNOWN
    assert desk.take(answer(to.replace("shop.example", "evil.example"))) is MailVerdict.UNKNOWN
    assert len(texts(room)) == 2
    assert letters(room) == []


def test_a_bomb_for_nobody_is_dropped_like_any_other(room: MailRoom, desk: AnswerDesk) -> None:
    assert desk.take(answer(GUESS) + b"\r\n--" * 10_000) is MailVerdict.UNKNOWN
    assert desk.take(b"To: " + b"a" * 40_000 + b"\r\n\r\n") is MailVerdict.UNKNOWN
    assert letters(room) == []


def test_a_token_has_128_bits(to: str) -> None:
    found = re.fullmatch(r"reply\+([0-9a-f]{32})@shop\.example", to)
    assert found
    assert len(bytes.fromhex(found[1])) == 16


@pytest.mark.parametrize(
    "raw",
    [
        lambda to: answer(to, sender="mallory@evil.test", verdict="mx; dmarc=fail"),
        lambda to: answer(to, verdict="mx; dmarc=fail"),
        lambda to: raw_answer(to, b"From: ada@example.com <mallory@evil.test>"),
        lambda to: raw_answer(to, b"From: mallory@evil.test\r\nFrom: ada@example.com"),
    ],
    ids=["other and failing", "failing", "M08 dressed up", "M08 two"],
)
def test_a_forged_sender_is_set_aside_and_nobody_is_answered(
    room: MailRoom, desk: AnswerDesk, to: str, raw: object
) -> None:
    assert callable(raw)
    assert desk.take(raw(to)) is MailVerdict.DEAD
    assert desk.take(raw(to)) is MailVerdict.KNOWN
    assert letters(room) == [NOT_VERIFIED]
    [letter], [talk] = room.office.rows("dead_letters"), room.office.rows("conversations")
    assert letter["conversation_id"] == talk["id"]
    assert room.notes() == [FORGED]
    assert len(texts(room)) == 3
    room.wait(DELAY)
    assert len(room.post.mails) == 1


def test_another_sender_is_noted_and_nobody_is_answered(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    assert desk.take(answer(to, sender="mallory@evil.test")) is MailVerdict.NOTED
    [note] = room.notes()
    assert "mallory@evil.test" in note
    assert "Monday is fine." in note
    assert letters(room) == []
    room.wait(DELAY)
    assert len(room.post.mails) == 1


def test_what_a_program_wrote_is_a_note_that_nobody_answers(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    raw = answer(to, "I am on holiday", Auto_Submitted="auto-replied")
    assert desk.take(raw) is MailVerdict.NOTED
    assert desk.take(raw) is MailVerdict.KNOWN
    [note] = room.notes()
    assert "I am on holiday" in note
    assert room.office.rows("conversations")[0]["unanswered"] == 0
    room.wait(DELAY)
    assert len(room.post.mails) == 1


def test_our_own_mail_that_comes_back_ends_here(room: MailRoom, desk: AnswerDesk, to: str) -> None:
    raw = room.post.envelopes[0].content
    assert isinstance(raw, bytes)
    raw = re.sub(rb"^To: .*$", b"To: " + to.encode(), raw, flags=re.MULTILINE)
    assert desk.take(raw) is MailVerdict.NOTED
    room.wait(DELAY)
    assert len(room.post.mails) == 1


@pytest.mark.parametrize("way", ["reply_to", "key"])
def test_a_bounce_silences_the_address_and_tells_the_agent(
    room: MailRoom, desk: AnswerDesk, to: str, way: str
) -> None:
    told = {"reply_to": to, "key": str(room.post.mail["Message-ID"]).strip("<>")}
    assert desk.take(bounce(ADA, **{way: told[way]})) is MailVerdict.BOUNCED
    [note] = room.notes()
    assert ADA in note
    assert [row["reason"] for row in room.office.rows("suppressions")] == ["bounced"]
    room.reply(ConversationId(room.office.rows("conversations")[0]["id"]), "Still there?")
    room.wait()
    assert len(room.post.mails) == 1


def test_a_bounce_about_somebody_else_silences_nobody(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    assert desk.take(bounce("bob@example.org", reply_to=to)) is MailVerdict.NOTED
    assert desk.take(bounce(ADA, reply_to=to, status="4.2.2")) is MailVerdict.NOTED
    assert room.office.rows("suppressions") == []


def test_a_bomb_is_set_aside_once_and_the_team_is_told(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    bomb = answer(to) + b"\r\n--" * 10_000
    assert desk.take(bomb) is MailVerdict.DEAD
    assert desk.take(bomb) is MailVerdict.KNOWN
    assert room.notes() == [SET_ASIDE.format(reason="mail of too many parts")]
    [letter] = room.office.rows("dead_letters")
    assert len(letter["raw"]) <= 256 * 1024


def test_a_mail_that_stops_the_parser_is_set_aside_and_the_next_one_is_taken(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    parser = MailParser(ChildProcess(STUBBORN, timedelta(seconds=0.5)))
    careful = replace(desk, parse=parser.read)
    assert careful.take(answer(to, "sleep")) is MailVerdict.DEAD
    assert careful.take(answer(to, "Monday", key="next@example.com")) is MailVerdict.TAKEN
    parser.close()
    assert texts(room)[-2:] == [
        ("system", SET_ASIDE.format(reason=TOO_LONG)),
        ("visitor", "Monday"),
    ]
    assert letters(room) == [TOO_LONG]


def test_what_was_set_aside_unread_is_taken_once_it_can_be_read(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    parser = MailParser(ChildProcess(STUBBORN, timedelta(seconds=0.5)))
    replace(desk, parse=parser.read).take(answer(to, "sleep"))
    parser.close()
    [letter] = room.office.rows("dead_letters")
    letters = {"email": AnswerLetters(room.office.database, "reply@shop.example")}
    office = DeadLetterOffice(room.office.database, letters, room.office.rules, room.office.now)
    assert office.retry(letter["id"]).settled
    assert texts(room)[-1] == ("visitor", "sleep")


def test_an_answer_opens_no_window_of_another_channel(room: MailRoom, desk: AnswerDesk) -> None:
    room.office.write("Hello", ANN)
    room.office.receive(EmailGiven(ADA, room.office.now), place=ANN)
    [talk] = room.office.rows("conversations")
    with room.office.database.write() as connection:
        token = open_threads(connection, {talk["id"]: ADA}, room.office.now)[talk["id"]]
    room.office.pass_time(3 * 86_400)
    to = f"reply+{token}@shop.example"
    assert desk.take(answer(to)) is MailVerdict.TAKEN
    letters = AnswerLetters(room.office.database, "reply@shop.example")
    [late], _ = letters.reread(answer(to, key="k2@x"), room.office.now)
    room.office.receive_all([late])
    assert room.office.rows("conversations", channel="messenger") == [talk]
    [side] = room.office.rows("conversations", channel="email")
    assert room.office.count("messages", conversation_id=side["id"]) == 2


def test_no_log_line_quotes_a_mail(
    room: MailRoom, desk: AnswerDesk, to: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    desk.take(answer(to, "canary"))
    desk.take(answer(to, "canary", sender="canary@evil.test", key="k2@x"))
    logged = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert not [word for word in ("canary", ADA, to[6:38]) if word in logged]


def test_what_was_set_aside_is_never_taken_from_a_forged_sender(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    desk.take(answer(to, sender="bob@example.org", verdict="mx; dmarc=fail"))
    [letter] = room.office.rows("dead_letters")
    letters = {"email": AnswerLetters(room.office.database, "reply@shop.example")}
    office = DeadLetterOffice(room.office.database, letters, room.office.rules, room.office.now)
    room.desk.associate_person(
        ConversationId(room.office.rows("conversations")[0]["id"]), Person("bob@example.org"), MAYA
    )
    assert office.retry(letter["id"]).words == f"still open: {NOT_VERIFIED}"
