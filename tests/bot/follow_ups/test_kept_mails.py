"""Mails are kept for the team for thirty days, and one from another address can be taken."""

from datetime import timedelta
from typing import Any

import pytest

from bot.core.model import ConversationId, Status
from bot.desk.errors import NotFoundError
from bot.erasure import erase_person
from bot.follow_ups.answers import AnswerDesk, MailVerdict
from bot.keeping import Keeper
from bot.live.visitor_view import VisitorViews
from bot.ports.visitor_view import Stretch
from bot.storage.mails.original_mails import KEPT, MOST_BYTES
from bot.storage.visitors.message_rows import AUTOMATIC_MAIL
from tests.letters import answer
from tests.mailroom import ADA, MAYA, VIS, MailRoom

OTHER = "Ada <ada.private@example.org>"


def talk_of(room: MailRoom) -> ConversationId:
    return ConversationId(room.office.rows("conversations")[0]["id"])


def note_of(room: MailRoom) -> int:
    return int(room.office.rows("messages", kind="note")[-1]["seq"])


def originals(room: MailRoom) -> list[dict[str, Any]]:
    return room.office.rows("original_mails")


def test_an_answer_is_kept_as_it_came(room: MailRoom, desk: AnswerDesk, to: str) -> None:
    raw = answer(to, f"Monday\n\nOn Mon, 23 Nov 2026 at 9:00, N <{to}> wrote:\n> Which day?")
    assert desk.take(raw) is MailVerdict.TAKEN
    assert desk.take(raw) is MailVerdict.KNOWN
    [kept], message = originals(room), room.office.rows("messages")[-1]
    assert (kept["raw"], kept["standing"], kept["sender"]) == (raw, "answer", ADA)
    assert kept["message_key"] == message["provider_key"]
    assert (message["text"], "> Which day?" in str(kept["whole"])) == ("Monday", True)


def test_of_a_long_mail_the_beginning_is_kept(room: MailRoom, desk: AnswerDesk, to: str) -> None:
    desk.take(answer(to, "x " * MOST_BYTES))
    assert len(originals(room)[0]["raw"]) == MOST_BYTES


def test_an_absence_notice_is_a_quiet_line_that_waits_for_nobody(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    assert desk.take(answer(to, "Back on Monday", X_Autoreply="yes")) is MailVerdict.NOTED
    [note] = room.office.rows("messages", kind="note")
    assert (note["origin"], originals(room)[0]["standing"]) == (AUTOMATIC_MAIL, "automatic")
    assert room.office.rows("conversations")[0]["waiting_since"] is None
    with pytest.raises(NotFoundError):
        room.desk.take_answer(talk_of(room), note["seq"], MAYA)


def test_an_answer_from_another_address_waits_and_the_team_is_told(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    room.rules(announces=True)
    assert desk.take(answer(to, sender=OTHER)) is MailVerdict.NOTED
    [talk] = room.office.rows("conversations")
    assert (talk["unanswered"], talk["waiting_since"]) == (1, room.office.now)
    [told] = room.office.rows("outbox", kind="announce")
    assert told["payload"]["waiting"] == [talk["id"]]


def test_it_opens_a_closed_conversation_for_the_team(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    view = room.desk.conversation(talk_of(room))
    room.desk.change(view.id, view.version, {"status": Status.CLOSED}, MAYA)
    desk.take(answer(to, sender=OTHER))
    [talk] = room.office.rows("conversations")
    assert (talk["status"], talk["closed_for_others"]) == ("open", True)


def test_an_agent_takes_it_once_as_the_visitors_answer_for_the_team_alone(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    desk.take(answer(to, sender=OTHER))
    shown = VisitorViews(room.office.database).look(VIS, Stretch(50))
    for _ in range(2):
        room.desk.take_answer(talk_of(room), note_of(room), MAYA)
    taken = room.office.rows("messages")[-1]
    assert (taken["author"], taken["text"]) == ("visitor", "Monday is fine.")
    assert (taken["audience"], taken["assurance"]) == ("agents", "claimed")
    assert room.office.count("messages", author="visitor") == 2
    [deed] = room.office.rows("audit", action="answer.taken")
    assert (deed["actor"], deed["detail"]["note"]) == (MAYA.key, note_of(room))
    assert VisitorViews(room.office.database).look(VIS, Stretch(50)).messages == shown.messages


@pytest.mark.parametrize("seq", [1, 999])
def test_nothing_else_can_be_taken(room: MailRoom, desk: AnswerDesk, to: str, seq: int) -> None:
    desk.take(answer(to))
    last = room.office.rows("messages")[-1]["seq"]
    for each in (seq, last):
        with pytest.raises(NotFoundError):
            room.desk.take_answer(talk_of(room), each, MAYA)


def test_mails_go_after_thirty_days_a_few_at_a_time(
    room: MailRoom, desk: AnswerDesk, to: str
) -> None:
    for number in range(25):
        desk.take(answer(to, key=f"{number}@example.com"))
    keeper = Keeper(room.office.database, lambda: room.office.now)
    assert not keeper.forget_mails(room.office.now)
    room.office.pass_time(KEPT.total_seconds() - 1)
    assert not keeper.forget_mails(room.office.now)
    room.office.pass_time(timedelta(minutes=2).total_seconds())
    assert keeper.forget_mails(room.office.now)
    assert room.office.count("original_mails") == 5
    assert keeper.forget_mails(room.office.now)
    assert not keeper.forget_mails(room.office.now)
    assert room.office.count("original_mails") == 0
    assert room.office.count("messages", author="visitor") == 26


def test_mails_go_with_the_person(room: MailRoom, desk: AnswerDesk, to: str) -> None:
    desk.take(answer(to))
    desk.take(answer(to, sender=OTHER, key="b@example.org"))
    assert room.office.count("original_mails") == 2
    erase_person(room.office.database, ADA, room.office.now, room.doorbell)
    assert room.office.count("original_mails") == 0
