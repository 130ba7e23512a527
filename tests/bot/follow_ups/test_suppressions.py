"""Addresses that get no mails: by which signal, for whom, and how that ends."""

import re

import pytest
import sqlalchemy as sa

from bot.desk.errors import NotFoundError
from bot.desk.suppressions import Suppressions, describe_signal
from bot.desk.types import OPERATOR
from bot.follow_ups.answers import AnswerDesk, MailVerdict
from bot.mail.status import MAILBOX_GONE
from bot.storage.mails.mails import open_threads
from bot.storage.mails.suppressions import (
    Reason,
    Signal,
    Silence,
    email_hash,
    find_silence,
    forget_addresses,
    suppress,
)
from bot.storage.tables import mails
from tests.letters import bounce, complaint
from tests.mailroom import ADA, DELAY, VIS, MailRoom

NOT_ABOUT_THE_MAILBOX = [
    *("5.0.0", "5.1.0", "5.1.3", "5.1.7", "5.1.8", "5.1.11", "5.2.1", "5.2.2"),
    *("5.3.4", "5.4.4", "5.5.0", "5.7.1", "5.7.26", "5.1", "5.1.1.1"),
]


@pytest.fixture
def desk(room: MailRoom) -> AnswerDesk:
    return AnswerDesk(
        room.office.database,
        lambda: room.office.rules,
        room.doorbell,
        lambda: room.office.now,
        "reply@shop.example",
    )


@pytest.fixture
def list_of(room: MailRoom) -> Suppressions:
    return Suppressions(room.office.database, lambda: room.office.now)


def silence(room: MailRoom) -> Silence | None:
    with room.office.database.read() as connection:
        return find_silence(connection, ADA)


@pytest.mark.parametrize("code", sorted(MAILBOX_GONE))
def test_a_mail_that_came_back_from_no_mailbox_ends_mails(
    room: MailRoom, desk: AnswerDesk, code: str
) -> None:
    to = str(room.follow_up()["Reply-To"])
    assert desk.take(bounce(ADA, reply_to=to, status=code)) is MailVerdict.BOUNCED
    [row] = room.office.rows("suppressions")
    assert (row["reason"], row["signal"], row["email"]) == ("bounced", f"return {code}", ADA)


@pytest.mark.parametrize("code", [*NOT_ABOUT_THE_MAILBOX, ""])
def test_what_is_about_sender_relay_or_policy_is_a_note_and_mails_go_on(
    room: MailRoom, desk: AnswerDesk, code: str
) -> None:
    talk = room.come()
    room.reply(talk)
    room.wait()
    to = str(room.post.mail["Reply-To"])
    raw = bounce(ADA, reply_to=to, status=code or "5").replace(b"Status: 5\r\n", b"")
    assert desk.take(raw) is MailVerdict.NOTED
    [note] = room.notes()
    assert f"A mail to {ADA} did not arrive" in note
    assert silence(room) is None
    room.reply(talk, "Still there?")
    room.wait()
    assert len(room.post.mails) == 2


def test_a_forged_report_ends_nothing(room: MailRoom, desk: AnswerDesk) -> None:
    to = str(room.follow_up()["Reply-To"])
    raw = b"Authentication-Results: mx; dmarc=fail\r\n" + bounce(ADA, reply_to=to)
    assert desk.take(raw) is MailVerdict.NOTED
    assert silence(room) is None


def test_a_report_about_an_address_that_got_no_mail_of_the_conversation_ends_nothing(
    room: MailRoom, desk: AnswerDesk
) -> None:
    talk = room.come()
    with room.office.database.write() as connection:
        token = open_threads(connection, {talk: ADA}, room.office.now)[talk]
    assert desk.take(bounce(ADA, reply_to=f"reply+{token}@shop.example")) is MailVerdict.NOTED
    assert silence(room) is None


def test_a_mail_that_surely_did_not_leave_counts_as_none(room: MailRoom, desk: AnswerDesk) -> None:
    to = str(room.follow_up()["Reply-To"])
    with room.office.database.write() as connection:
        connection.execute(sa.delete(mails))
    assert desk.take(bounce(ADA, reply_to=to)) is MailVerdict.NOTED
    assert silence(room) is None


@pytest.mark.parametrize("named", [ADA, ""])
def test_a_complaint_ends_mails(room: MailRoom, desk: AnswerDesk, named: str) -> None:
    key = str(room.follow_up()["Message-ID"]).strip("<>")
    assert desk.take(complaint(named, key)) is MailVerdict.BOUNCED
    assert silence(room) is Silence.COMPLAINED
    assert "complaint" in room.notes()[0]


def test_a_complaint_about_another_address_ends_nothing(room: MailRoom, desk: AnswerDesk) -> None:
    key = str(room.follow_up()["Message-ID"]).strip("<>")
    assert desk.take(complaint("bob@example.org", key)) is MailVerdict.NOTED
    assert silence(room) is None


def test_a_relay_that_refuses_while_it_is_set_up_silences_nobody_and_loses_no_mail(
    room: MailRoom,
) -> None:
    room.reply(room.come())
    room.post.answers["rcpt"] = "550 relay not permitted"
    room.wait()
    assert silence(room) is None
    assert [state for state, _ in room.orders()] == ["pending"]
    room.post.answers.clear()
    room.wait(3_600)
    assert len(room.post.mails) == 1


def test_what_our_server_refuses_says_by_which_signal(
    room: MailRoom, list_of: Suppressions
) -> None:
    room.post.answers["rcpt"] = "550 5.1.1 No such user"
    room.reply(room.come())
    room.wait()
    [one] = list_of.list()
    assert (one.email, one.why) == (ADA, Silence.BOUNCED)
    assert describe_signal(one) == "our mail server refused the address"


def test_lifting_lets_mails_go_again_and_is_audited_without_the_address(
    room: MailRoom, list_of: Suppressions
) -> None:
    room.post.answers["rcpt"] = "550 5.1.1 No such user"
    talk = room.come()
    room.reply(talk)
    room.wait()
    room.post.answers.clear()
    list_of.lift_email(f" {ADA.upper()} ", OPERATOR)
    last = room.office.rows("audit")[-1]
    assert (last["actor"], last["action"], last["detail"]) == (
        "operator",
        "suppression.lifted",
        {"was": "bounced"},
    )
    room.reply(talk, "Again")
    room.wait(DELAY)
    assert len(room.post.mails) == 1
    for again in (ADA, "eve@example.com", "no address"):
        with pytest.raises(NotFoundError):
            list_of.lift_email(again, OPERATOR)


def test_an_address_stands_there_under_a_keyed_hash(room: MailRoom) -> None:
    with room.office.database.write() as connection:
        suppress(connection, ADA, Reason(Silence.BOUNCED, Signal.RETURN), room.office.now, ADA)
    [row] = room.office.rows("suppressions")
    assert row["email_hash"] != email_hash(ADA)
    assert room.office.count("server_keys", name="suppressions") == 1


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize("why", list(Silence))
def test_with_the_person_goes_what_was_found_out_but_not_what_it_asked_for(
    room: MailRoom, why: Silence, *, is_old: bool
) -> None:
    now = room.office.now
    with room.office.database.write() as connection:
        suppress(connection, ADA, Reason(why, Signal.LINK), now, ADA)
        if is_old:  # as they were written before there was a key
            connection.execute(
                sa.text("UPDATE suppressions SET email_hash = :old, email = NULL, signal = NULL"),
                {"old": email_hash(ADA)},
            )
    assert silence(room) is why
    with room.office.database.write() as connection:
        forget_addresses(connection, {ADA, "bob@example.org"}, now)
    assert silence(room) is (why if why is Silence.UNSUBSCRIBED else None)
    for row in room.office.rows("suppressions"):
        assert row["email"] is None
        assert row["email_hash"] != email_hash(ADA)
        assert row["at"] == now


def test_who_uses_the_link_of_a_mail_is_shown_to_admins(
    room: MailRoom, list_of: Suppressions
) -> None:
    room.follow_up()
    unsubscribing = room.unsubscribing()
    link = str(room.post.mail["List-Unsubscribe"]).strip("<>")
    assert unsubscribing.stop(link.rpartition("/")[2])
    [one] = list_of.list()
    assert (one.email, one.why, one.signal) == (ADA, Silence.UNSUBSCRIBED, "link")
    assert VIS.external_id not in str(one)


@pytest.mark.parametrize("why", [Silence.COMPLAINED, Silence.BOUNCED])
def test_what_the_owner_wants_outlasts_what_was_found_out(room: MailRoom, why: Silence) -> None:
    mail = room.follow_up()
    with room.office.database.write() as connection:
        suppress(connection, ADA, Reason(why, Signal.COMPLAINT), room.office.now, ADA)
    [token] = re.findall(r"/mail/unsubscribe/([^>]+)>", str(mail["List-Unsubscribe"]))
    assert room.unsubscribing().stop(token)
    assert silence(room) is Silence.UNSUBSCRIBED
    with room.office.database.write() as connection:
        assert not suppress(connection, ADA, Reason(why, Signal.RETURN), room.office.now, ADA)
        forget_addresses(connection, [ADA], room.office.now)
    assert silence(room) is Silence.UNSUBSCRIBED
