"""A reply that a visitor has not seen is mailed: once, in one mail, and only where it may be."""

import re

import pytest

from bot.core.model import VisitorKey
from bot.desk.types import Words
from bot.erasure import erase_person
from bot.outbox.attempts import attempt
from bot.outbox.claiming import Claiming
from bot.outbox.handlers.mails import ENOUGH, NO_ADDRESS, SEEN, TOO_LATE
from bot.outbox.settling import Settling
from bot.storage.mails.suppressions import Reason, Signal, Silence, suppress
from bot.storage.outbox.accounts import AccountState, list_accounts
from bot.storage.outbox.mail_rows import order_proof
from bot.storage.outbox.rows import Work
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import lock_conversations
from tests.mailroom import ADA, DELAY, MAYA, SITE, VIS, MailRoom

A_DAY = 86_400
OTHER = VisitorKey("webchat", SITE, "other")


def text_of(room: MailRoom) -> str:
    part = room.post.mails[-1].get_body(("plain",))
    assert part
    return str(part.get_content())


def silence(room: MailRoom, why: Silence) -> None:
    with room.office.database.write() as connection:
        suppress(connection, ADA, Reason(why, Signal.LINK), room.office.now, ADA)


def test_an_unseen_reply_is_mailed_after_the_delay_and_not_before(room: MailRoom) -> None:
    room.reply(room.come(), "We open at nine")
    room.wait(DELAY - 1)
    assert room.post.mails == []
    room.wait(1)
    assert room.post.mail["To"] == ADA
    assert "We open at nine" in text_of(room)
    assert "Maya" in text_of(room)
    room.wait(A_DAY)
    assert len(room.post.mails) == 1


def test_several_replies_go_in_one_mail(room: MailRoom) -> None:
    talk = room.come()
    room.reply(talk, "first")
    room.office.pass_time(60)
    room.reply(talk, "second")
    room.wait(60)
    assert "first" in text_of(room)
    assert "second" in text_of(room)
    room.wait(DELAY)
    assert len(room.post.mails) == 1
    assert room.orders() == [("sent", None), ("cancelled", SEEN)]


@pytest.mark.parametrize(
    ("answers", "ends"),
    [
        ({}, ["sent", "cancelled"]),
        ({"rcpt": "450 4.2.0 Greylisted"}, ["sent", "cancelled"]),
        ({"rcpt": "550 5.6.0 No"}, ["dead", "sent"]),
    ],
)
def test_a_sibling_ends_only_when_the_mail_before_it_is_settled(
    room: MailRoom, answers: dict[str, str], ends: list[str]
) -> None:
    talk = room.come()
    for text in ("first", "second"):
        room.reply(talk, text)
    room.office.pass_time(DELAY)
    handler = room.plan().handlers[Work.FOLLOW_UP]
    under_way = Claiming(room.office.engine(), room.plan(), 2, []).take().jobs
    assert len(under_way) == 1
    room.lane.work()
    assert [state for state, _ in room.orders()] == ["sending", "pending"]
    room.post.answers.update(answers)
    results = [(job, attempt(handler, job, room.office.database, "mail")) for job in under_way]
    room.post.answers.clear()
    Settling(room.office.engine(), room.plan()).settle(results)
    room.wait(5)
    room.wait(60)
    assert (len(room.post.mails), [state for state, _ in room.orders()]) == (1, ends)
    assert "first" in text_of(room)
    assert "second" in text_of(room)


def test_what_was_mailed_is_not_mailed_again_with_the_next(room: MailRoom) -> None:
    talk = room.come()
    room.reply(talk, "first")
    room.wait()
    room.reply(talk, "second")
    room.wait()
    assert "first" not in text_of(room)
    assert "second" in text_of(room)


def test_what_is_seen_meanwhile_is_not_mailed(room: MailRoom) -> None:
    room.reply(room.come())
    room.office.pass_time(1)
    room.see()
    room.wait()
    assert room.post.mails == []
    assert room.orders() == [("cancelled", SEEN)]


def test_what_came_after_the_last_look_is_mailed_alone(room: MailRoom) -> None:
    talk = room.come()
    room.reply(talk, "seen")
    room.see()
    room.office.pass_time(5)
    room.reply(talk, "unseen")
    room.wait()
    assert "unseen" in text_of(room)
    assert "Maya:\nseen" not in text_of(room)


def test_without_an_address_nothing_is_mailed_and_one_given_later_is_used(room: MailRoom) -> None:
    talk = room.come(email=None)
    room.reply(talk)
    room.wait()
    assert room.orders() == [("cancelled", NO_ADDRESS)]
    room.reply(talk)
    room.come()
    room.wait()
    assert len(room.post.mails) == 1


def test_without_a_mail_server_nothing_is_even_ordered(room: MailRoom) -> None:
    room.rules(follow_up_delay=None)
    room.reply(room.come())
    assert room.orders() == []


def test_notes_are_never_mailed(room: MailRoom) -> None:
    talk = room.come()
    room.desk.note(talk, Words("internal", "n1"), MAYA)
    room.reply(talk, "public")
    room.wait()
    assert "internal" not in room.post.mail.as_string()


def test_a_thread_holds_together(room: MailRoom) -> None:
    talk = room.come()
    for text in ("first", "second", "third"):
        room.reply(talk, text)
        room.wait()
    keys = [mail["Message-ID"] for mail in room.post.mails]
    assert len(set(keys)) == 3
    assert room.post.mails[2]["In-Reply-To"] == keys[1]
    assert room.post.mails[2]["References"] == f"{keys[0]} {keys[1]}"
    assert len({mail["Subject"] for mail in room.post.mails}) == 1
    assert len({mail["Reply-To"] for mail in room.post.mails}) == 1


@pytest.mark.parametrize("why", list(Silence))
def test_nothing_leaves_for_an_address_that_unsubscribed_or_bounced(
    room: MailRoom, why: Silence
) -> None:
    room.reply(room.come())
    silence(room, why)
    room.wait()
    assert room.post.mails == []
    [(state, reason)] = room.orders()
    assert state == "cancelled"
    assert room.notes() == [f"Not mailed: {reason}"]


def test_nothing_leaves_after_an_erasure(room: MailRoom) -> None:
    room.reply(room.come())
    assert erase_person(room.office.database, ADA, room.office.now, room.doorbell)
    room.wait()
    assert room.post.mails == []
    assert room.orders() == []


def test_an_address_that_many_give_gets_three_mails_a_day(room: MailRoom) -> None:
    for number in range(5):
        room.reply(room.come(VisitorKey("webchat", SITE, f"v{number}")))
    room.wait()
    assert len(room.post.mails) == 3
    assert [state for state, _ in room.orders()].count("pending") == 2
    assert (room.orders()[-1]) == ("pending", ENOUGH)
    room.wait(A_DAY / 2)
    assert len(room.post.mails) == 3
    room.wait(A_DAY / 2)
    assert len(room.post.mails) == 5


def test_who_has_proved_to_read_the_address_gets_more_than_three(room: MailRoom) -> None:
    talk = room.come()
    room.prove()
    for number in range(5):
        room.reply(talk, f"reply {number}")
        room.wait()
    assert len(room.post.mails) == 5


def test_the_first_mail_holds_nothing_that_a_visitor_has_written(room: MailRoom) -> None:
    talk = room.come(text="BUY-PILLS https://evil.example")
    with room.office.database.write() as connection:
        connection.exec_driver_sql("UPDATE visitors SET first_name = 'CLICK-HERE'")
    room.reply(talk)
    room.wait()
    [envelope] = room.post.envelopes
    written = str(envelope.content) + text_of(room)
    assert not [word for word in ("PILLS", "evil", "CLICK-HERE") if word in written]


def test_what_an_agent_writes_is_shown_and_not_obeyed(room: MailRoom) -> None:
    room.reply(room.come(), "<img src=x onerror=alert(1)> & {{7*7}}")
    room.wait()
    html = room.post.mail.get_body(("html",))
    assert html
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; {{7*7}}" in html.get_content()


def test_a_server_that_is_away_delays_a_mail_and_stops_no_other_work(room: MailRoom) -> None:
    room.reply(room.come())
    room.post.answers["rcpt"] = "450 4.2.0 Greylisted"
    room.wait()
    [(state, reason)] = room.orders()
    assert (state, room.office.count("mails")) == ("pending", 0)
    assert reason
    room.post.answers.clear()
    room.wait(600)
    assert len(room.post.mails) == 1


def test_a_mail_that_can_not_leave_in_time_expires(room: MailRoom) -> None:
    room.reply(room.come())
    room.wait(3 * A_DAY)
    assert room.post.mails == []
    assert room.orders() == [("expired", TOO_LATE)]


def test_an_address_that_does_not_exist_is_silenced_and_the_agent_told(room: MailRoom) -> None:
    talk = room.come()
    room.reply(talk)
    room.post.answers["rcpt"] = "550 5.1.1 No such user"
    room.wait()
    [(state, _)] = room.orders()
    assert state == "dead"
    [note] = room.notes()
    assert ADA in note
    assert [hint.conversation_id for hint in room.doorbell.hints][-1] == talk
    room.post.answers.clear()
    room.reply(talk)
    room.wait()
    assert room.post.mails == []


def test_a_lost_answer_is_unknown_and_the_mail_never_sent_again(room: MailRoom) -> None:
    room.reply(room.come())
    room.post.is_hanging_up = True
    room.wait()
    [(state, _)] = room.orders()
    assert state == "unknown"
    room.post.is_hanging_up = False
    room.wait(A_DAY)
    assert len(room.post.mails) == 1


def test_a_wrong_password_stops_all_mails_after_one_until_it_is_another(room: MailRoom) -> None:
    for number in range(3):
        room.reply(room.come(VisitorKey("webchat", SITE, f"v{number}"), f"v{number}@example.com"))
    room.post.password = "right"  # noqa: S105 - of this test only
    right = room.lane
    room.post.password = "wrong"  # noqa: S105 - as above
    wrong = room.lane
    room.post.password = "right"  # noqa: S105 - as above
    room.office.pass_time(DELAY)
    assert wrong.work() == 1
    with room.office.database.read() as connection:
        [account] = [one for one in list_accounts(connection) if one.channel == "email"]
    assert account.state is AccountState.STOPPED
    room.office.pass_time(60)
    assert wrong.work() == 0
    right.work()
    room.office.pass_time(60)
    right.work()
    assert len(room.post.mails) == 3


def test_a_row_in_a_dead_workers_hand_ends_as_unknown(
    room: MailRoom, caplog: pytest.LogCaptureFixture
) -> None:
    room.reply(room.come())
    room.office.pass_time(DELAY)
    assert Claiming(room.office.engine(), room.plan(), 1, []).take().jobs  # then it dies
    room.wait(30)
    assert room.orders() == [("sending", None)]
    room.wait(90)
    [(state, _)] = room.orders()
    assert state == "unknown"
    assert room.post.mails == []
    assert "mail unknown" in caplog.text


@pytest.mark.parametrize(
    ("locale", "words"),
    [("de", "Unsere Antwort auf shop.example"), ("pt-BR", "A nossa resposta em shop.example")],
)
def test_the_mail_speaks_the_visitors_language(room: MailRoom, locale: str, words: str) -> None:
    talk = room.come()
    with room.office.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE conversations SET locale = '{locale}'")  # noqa: S608 - of this test only
    room.reply(talk)
    room.wait()
    assert room.post.mail["Subject"] == words


def test_no_link_of_a_mail_names_another_host_or_the_address(room: MailRoom) -> None:
    mail = room.follow_up()
    links = [*re.findall(r"https?://[^\s\"<>]+", text_of(room)), mail["List-Unsubscribe"]]
    assert len(links) >= 3
    assert all(link.strip("<").startswith("https://chat.shop.example/") for link in links)
    assert not [link for link in links if "ada" in link]
    assert VIS.external_id not in text_of(room).split("chat/return/")[0]


def test_a_clock_that_is_set_back_leaves_no_mail_in_a_dead_hand(room: MailRoom) -> None:
    room.reply(room.come())
    room.office.pass_time(DELAY)
    assert Claiming(room.office.engine(), room.plan(), 1, []).take().jobs  # then it dies
    room.wait(-A_DAY)
    [(state, _)] = room.orders()
    assert state == "unknown"


def test_a_mail_to_prove_what_is_no_longer_to_be_proved_tells_no_reply_early(
    room: MailRoom,
) -> None:
    talk = room.come()
    room.reply(talk)
    with room.office.database.write() as connection:
        batch = Batch(connection, room.office.now)
        order_proof(batch, lock_conversations(connection, [talk])[talk], proof=7)
        batch.save()
    room.wait(0)
    assert room.post.mails == []
    room.wait()
    assert len(room.post.mails) == 1
