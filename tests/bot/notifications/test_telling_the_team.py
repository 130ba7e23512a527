"""What the team's channels are told, and what they are not."""

from dataclasses import replace

import pytest

from bot.core.events import EmailGiven
from bot.core.model import VisitorKey
from bot.mail.ways import MAIL_SERVER, MAILBOX
from bot.ports.errors import OutcomeUnknownError, SendError, Trouble
from bot.storage.forgetting.erasing import Erasure, erase_places
from bot.storage.outbox.rows import Work
from bot.storage.outbox.stops import StopCause
from bot.storage.team.recipients import Wishes
from config.notices import NoticeContent, name_of
from tests.bot.notifications.bureau import SLACK, Bureau
from tests.office import ANN, BEN

TEAMS = "msteams://a/b/c"


def test_a_new_conversation_is_told_at_once_and_once(bureau: Bureau) -> None:
    bureau.write("Hello")
    bureau.write("Anybody?")
    assert bureau.recorder.to(SLACK) == ["New conversation"]


def test_a_visitor_who_waits_too_long_is_told(bureau: Bureau) -> None:
    bureau.write("Hello")
    bureau.pass_time(119)
    assert "A visitor waits" not in bureau.recorder.to(SLACK)
    bureau.pass_time(1)
    assert bureau.recorder.to(SLACK)[1:] == ["A visitor waits"]
    assert "2 minutes" in bureau.recorder.bodies[-1]
    bureau.pass_time(3_600)
    assert len(bureau.recorder.said) == 2


def test_a_visitor_who_was_answered_does_not_wait(bureau: Bureau) -> None:
    bureau.write("Hello")
    bureau.pass_time(60)
    bureau.office.reply()
    bureau.pass_time(300)
    assert bureau.recorder.to(SLACK) == ["New conversation"]
    [row] = [row for row in bureau.errands("notice") if row["payload"]["about"] == "waiting"]
    assert (row["state"], row["reason"]) == ("cancelled", "It was answered meanwhile.")


def test_a_visitor_who_waits_again_soon_after_is_told_of_later(bureau: Bureau) -> None:
    bureau.write("Hello")
    bureau.pass_time(120)  # told
    bureau.office.reply()
    bureau.write("One more thing")
    bureau.pass_time(120)
    assert bureau.recorder.to(SLACK).count("A visitor waits") == 1
    bureau.pass_time(180)  # five minutes after the first time
    assert bureau.recorder.to(SLACK).count("A visitor waits") == 2


def test_a_captured_contact_is_told(bureau: Bureau) -> None:
    bureau.write("Hello")
    bureau.office.receive(EmailGiven("ada@example.com", bureau.now))
    bureau.work()
    assert bureau.recorder.to(SLACK) == ["New conversation", "New contact"]
    assert "ada@example.com" not in "".join(bureau.recorder.bodies)


def test_each_cause_of_a_stop_is_told_once_and_at_its_end(bureau: Bureau) -> None:
    for number in range(12):  # a crowd of notices, which becomes a digest
        bureau.write("Hello", VisitorKey("messenger", "1001", f"visitor-{number}"))
    before = len(bureau.recorder.said)
    for _ in range(2):
        bureau.stop(StopCause.CREDENTIALS)
    bureau.stop(StopCause.SILENT)
    bureau.start()
    bureau.office.pass_time(60)
    bureau.stop(StopCause.CREDENTIALS)  # the same day once more
    page = "the page 1001 on Messenger"
    assert bureau.recorder.to(SLACK)[before:] == [
        f"Stopped: {page}",
        f"Unusual silence: {page}",
        f"Works again: {page}",
        f"Heard again: {page}",
        f"Stopped: {page}",
    ]
    said = bureau.recorder.said[before][1]
    assert said.body.startswith("It is no good. In Meta's console")
    assert said.link == "https://chat.example.com/inbox/operations"


def test_a_stop_is_told_by_all_ways_but_the_one_it_is_about(bureau: Bureau) -> None:
    bureau.hire("ada", admin=True, wishes=Wishes(mail=True))
    bureau.rules = replace(bureau.rules, urls=(SLACK, TEAMS))
    phone, mailbox = "ada's phone", "ada@shop.example"
    for key, left_out in [
        (MAIL_SERVER, mailbox),
        (MAILBOX, None),
        ((Work.NOTIFY, name_of(SLACK)), SLACK),
    ]:
        before = len(bureau.recorder.said)
        bureau.stop(StopCause.GONE, key)
        told = {whom for whom, _ in bureau.recorder.said[before:]}
        assert told == {SLACK, TEAMS, phone, mailbox} - {left_out}


@pytest.mark.parametrize(
    ("content", "goes_along"),
    [
        (NoticeContent.NONE, set()),
        (NoticeContent.LINK, {"/inbox/"}),
        (NoticeContent.PREVIEW, {"/inbox/", "Zoe", "My secret"}),
    ],
)
def test_no_more_leaves_than_the_operator_wishes(
    bureau: Bureau, content: NoticeContent, goes_along: set[str]
) -> None:
    bureau.rules = replace(bureau.rules, content=content)
    bureau.office.write("My secret")
    with bureau.office.database.write() as connection:
        connection.exec_driver_sql("UPDATE visitors SET first_name = 'Zoe'")
    bureau.work()
    [(_, notice)] = bureau.recorder.said
    assert {one for one in ("/inbox/", "Zoe", "My secret") if one in notice.text} == goes_along


def test_the_link_leads_to_the_conversation(bureau: Bureau) -> None:
    bureau.write("Hello")
    [talk] = bureau.office.rows("conversations")
    [(_, notice)] = bureau.recorder.said
    assert notice.link == f"https://chat.example.com/inbox/{talk['id']}"


def test_a_preview_pings_nobody(bureau: Bureau) -> None:
    bureau.rules = replace(bureau.rules, content=NoticeContent.PREVIEW)
    bureau.write("<!channel> <@U123> <https://evil.example|Reset password>")
    [body] = bureau.recorder.bodies
    assert "channel" in body
    assert not [trigger for trigger in ("<!", "<@", "https://evil", "evil.ex") if trigger in body]


def test_ten_thousand_messages_in_a_minute_are_one_notice_of_each_kind(bureau: Bureau) -> None:
    for _ in range(10):
        bureau.office.receive_all([bureau.office.arrival(f"{n}") for n in range(1_000)])
    bureau.work()
    bureau.pass_time(299)
    assert sorted(bureau.recorder.to(SLACK)) == ["A visitor waits", "New conversation"]


def test_many_conversations_become_a_digest(bureau: Bureau) -> None:
    places = [VisitorKey("messenger", "1001", f"visitor-{number}") for number in range(300)]
    bureau.office.receive_all([bureau.office.arrival("Hello", place) for place in places])
    bureau.work()
    assert bureau.recorder.to(SLACK) == ["New conversation"] * 10
    bureau.rules = replace(bureau.rules)
    for place in places:
        bureau.office.reply(place=place)
    bureau.pass_time(300)
    assert bureau.recorder.to(SLACK)[10:] == ["More has happened"]
    assert "290 new conversations" in bureau.recorder.bodies[-1]
    bureau.pass_time(3_600)
    assert len(bureau.recorder.said) == 11


def test_another_conversation_is_another_notice(bureau: Bureau) -> None:
    bureau.write("Hello", ANN)
    bureau.write("Hello", BEN)
    assert bureau.recorder.to(SLACK) == ["New conversation"] * 2


def test_what_was_not_taken_is_told_again(bureau: Bureau) -> None:
    bureau.recorder.error = SendError("No.")
    bureau.write("Hello")
    bureau.recorder.error = None
    bureau.pass_time(4)
    assert not bureau.recorder.said
    bureau.pass_time(1)
    assert bureau.recorder.to(SLACK) == ["New conversation"]


def test_who_never_answers_is_given_up(bureau: Bureau) -> None:
    bureau.recorder.error = SendError("Nobody.", trouble=Trouble.UNREACHABLE)
    bureau.write("Hello")
    bureau.office.reply()
    bureau.pass_time(3 * 3_600)
    [row] = bureau.errands("notify")
    assert row["state"] in {"dead", "cancelled"}


def test_a_target_that_is_gone_is_stopped_and_told_when_it_is_back(bureau: Bureau) -> None:
    bureau.recorder.error = SendError("Gone.", trouble=Trouble.GONE)
    bureau.write("Hello", ANN)
    bureau.recorder.error = None
    bureau.write("Hello", BEN)
    assert not bureau.recorder.said
    [stop] = bureau.office.rows("stops", channel="notify")
    assert (stop["cause"], stop["reason"]) == ("gone", "Gone.")
    bureau.pass_time(90)
    assert bureau.recorder.to(SLACK).count("New conversation") == 2
    [stop] = bureau.office.rows("stops", channel="notify")
    assert stop["ended_at"]


def test_what_may_have_arrived_is_told_again_and_said_in_the_log(
    bureau: Bureau, caplog: pytest.LogCaptureFixture
) -> None:
    bureau.recorder.error = OutcomeUnknownError("No answer came in time.")
    bureau.write("Hello")
    bureau.recorder.error = None
    bureau.pass_time(10)
    assert bureau.recorder.to(SLACK) == ["New conversation"]
    assert "may be done twice" in caplog.text


def test_a_url_that_was_taken_away_is_told_nothing(bureau: Bureau) -> None:
    bureau.recorder.error = SendError("No.")
    bureau.write("Hello")
    bureau.recorder.error = None
    bureau.rules = replace(bureau.rules, urls=())
    bureau.pass_time(60)
    [row] = bureau.errands("notify")
    assert row["state"] == "cancelled"


def test_no_url_and_no_token_is_stored(bureau: Bureau) -> None:
    bureau.write("Hello")
    assert "slack" not in str(bureau.office.rows("outbox") + bureau.office.rows("accounts"))


def test_what_is_erased_is_not_told(bureau: Bureau) -> None:
    bureau.recorder.error = SendError("No.")
    bureau.write("Hello")
    bureau.recorder.error = None
    with bureau.office.database.write() as connection:
        erase_places(connection, [ANN], Erasure("test", bureau.now))
    bureau.pass_time(600)
    assert not bureau.recorder.said
