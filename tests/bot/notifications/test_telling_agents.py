"""What each agent is told on the own devices, and when they are left in peace."""

from dataclasses import replace

import sqlalchemy as sa

from bot.ports.errors import Cause, UndeliverableError
from bot.storage.tables import conversations, reading_marks
from bot.storage.team.recipients import Wishes, save_wishes
from tests.bot.notifications.bureau import Bureau
from tests.office import BEN

PHONE, MAIL = "ada's phone", "ada@shop.example"


def test_the_phones_of_all_buzz_for_what_nobody_has(bureau: Bureau) -> None:
    bureau.hire("ada")
    bureau.hire("ben")
    bureau.write()
    assert bureau.recorder.to(PHONE) == bureau.recorder.to("ben's phone") == ["New conversation"]


def test_who_wants_mail_gets_mail(bureau: Bureau) -> None:
    bureau.hire("ada", wishes=Wishes(push=False, mail=True))
    bureau.write()
    assert bureau.recorder.to(MAIL) == ["New conversation"]
    assert bureau.recorder.to(PHONE) == []


def test_who_is_not_of_the_team_any_more_gets_nothing(bureau: Bureau) -> None:
    ada = bureau.hire("ada")
    bureau.change_agent(ada, disabled_at=bureau.now)
    bureau.write()
    assert bureau.recorder.to(PHONE) == []


def test_a_wish_that_changed_meanwhile_counts(bureau: Bureau) -> None:
    ada = bureau.hire("ada", wishes=Wishes(quiet_from="11:00", quiet_to="13:00"))
    bureau.write()
    with bureau.office.database.write() as connection:
        save_wishes(connection, ada, Wishes(push=False))
    bureau.pass_time(2 * 3_600)
    assert bureau.recorder.to(PHONE) == []


def test_quiet_hours_end_with_what_is_still_waiting(bureau: Bureau) -> None:
    bureau.hire("ada", wishes=Wishes(quiet_from="11:00", quiet_to="13:00"))
    bureau.write("Hello")
    bureau.write("Hello", BEN)
    bureau.office.reply()
    bureau.pass_time(3_599)
    assert bureau.recorder.to(PHONE) == []
    bureau.pass_time(1)
    assert sorted(bureau.recorder.to(PHONE)) == ["A visitor waits", "New conversation"]


def test_an_agent_who_reads_the_conversation_is_not_told_that_it_waits(bureau: Bureau) -> None:
    ada = bureau.hire("ada")
    bureau.write()
    read_all(bureau, ada)
    bureau.change_agent(ada, seen_at=bureau.now.replace(minute=1, second=45))
    bureau.pass_time(120)
    assert bureau.recorder.to(PHONE) == ["New conversation"]


def test_what_another_agent_has_is_told_only_if_nobody_answers(bureau: Bureau) -> None:
    bureau.hire("ada")
    bureau.hire("ben")
    bureau.write()
    with bureau.office.database.write() as connection:
        connection.execute(sa.update(conversations).values(assignee="ben@shop.example"))
    bureau.pass_time(359)
    assert bureau.recorder.to(PHONE) == ["New conversation"]
    assert bureau.recorder.to("ben's phone") == ["New conversation", "A visitor waits"]
    bureau.pass_time(1)
    assert bureau.recorder.to(PHONE) == ["New conversation", "Still no answer"]
    assert len(bureau.recorder.to("ben's phone")) == 2


def test_who_is_away_hears_only_while_nobody_is_available(bureau: Bureau) -> None:
    ada, ben = bureau.hire("ada"), bureau.hire("ben")
    bureau.change_agent(ada, available=False)
    bureau.write()
    assert bureau.recorder.to(PHONE) == []
    assert bureau.recorder.to("ben's phone") == ["New conversation"]
    bureau.change_agent(ben, available=False)
    bureau.pass_time(120)
    assert bureau.recorder.to(PHONE) == ["A visitor waits"]
    assert bureau.recorder.to("ben's phone") == ["New conversation", "A visitor waits"]


def test_what_somebody_has_who_is_away_is_told_to_the_others(bureau: Bureau) -> None:
    bureau.hire("ada")
    bureau.change_agent(bureau.hire("ben"), available=False)
    bureau.write()
    with bureau.office.database.write() as connection:
        connection.execute(sa.update(conversations).values(assignee="ben@shop.example"))
    bureau.pass_time(120)
    assert bureau.recorder.to(PHONE) == ["New conversation", "A visitor waits"]
    assert bureau.recorder.to("ben's phone") == []


def test_trouble_is_told_to_admins(bureau: Bureau) -> None:
    bureau.hire("ada")
    bureau.hire("zoe", admin=True)
    bureau.stop()
    assert bureau.recorder.to(PHONE) == []
    assert bureau.recorder.to("zoe's phone") == ["Stopped: the page 1001 on Messenger"]


def test_quiet_hours_hold_for_alarms_but_where_an_admin_chose_otherwise(bureau: Bureau) -> None:
    quiet = Wishes(quiet_from="08:00", quiet_to="16:00")
    bureau.hire("yan", admin=True, wishes=quiet)
    bureau.hire("zoe", admin=True, wishes=replace(quiet, alarms=True))
    bureau.stop()
    assert bureau.recorder.to("yan's phone") == []
    assert bureau.recorder.to("zoe's phone") == ["Stopped: the page 1001 on Messenger"]
    bureau.start()
    bureau.pass_time(5 * 3_600)
    works = "Works again: the page 1001 on Messenger"
    assert bureau.recorder.to("yan's phone") == [works]  # what it was about is over
    assert bureau.recorder.to("zoe's phone")[1:] == [works]


def test_a_browser_that_is_gone_is_forgotten(bureau: Bureau) -> None:
    bureau.hire("ada")
    bureau.rules = replace(bureau.rules, urls=())
    bureau.recorder.error = UndeliverableError("Gone.", Cause.RECIPIENT_GONE)
    bureau.write()
    assert bureau.office.count("push_subscriptions") == 0
    bureau.recorder.error = None
    bureau.pass_time(600)
    assert not bureau.recorder.said


def read_all(bureau: Bureau, agent_id: int) -> None:
    [talk] = bureau.office.rows("conversations")
    with bureau.office.database.write() as connection:
        connection.execute(
            sa.insert(reading_marks).values(
                agent_id=agent_id, conversation_id=talk["id"], seq=talk["last_seq"]
            )
        )
