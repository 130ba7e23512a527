"""What a transaction brings about is announced by it, in one row, and only if somebody listens."""

from bot.core.events import EmailGiven
from bot.storage.outbox.announcements import Announcement
from tests.office import ANN, BEN, Office


def announced(office: Office) -> list[Announcement]:
    return [Announcement.read(row["payload"]) for row in office.rows("outbox", kind="announce")]


def test_nothing_is_announced_to_nobody(office: Office) -> None:
    office.write("Hello")
    assert office.count("outbox", kind="announce") == 0


def test_a_first_message_announces_itself_and_its_conversation(office: Office) -> None:
    office.set_rules(announces=True)
    office.write("Hello")
    [message], [talk] = office.rows("messages"), office.rows("conversations")
    assert announced(office) == [Announcement((talk["id"],), (message["id"],))]


def test_a_later_message_announces_no_conversation(office: Office) -> None:
    office.write("Hello")
    office.set_rules(announces=True)
    office.write("Are you there?")
    [announcement] = announced(office)
    assert announcement.conversations == ()
    assert announcement.messages == (office.rows("messages")[-1]["id"],)


def test_many_events_of_one_transaction_share_a_row(office: Office) -> None:
    office.set_rules(announces=True)
    office.receive_all([office.arrival("One", ANN), office.arrival("Two", BEN)])
    [announcement] = announced(office)
    assert len(announcement.messages) == len(announcement.conversations) == 2


def test_a_capture_announces_the_contact_and_whether_it_is_new(office: Office) -> None:
    office.write("Hello", ANN)
    office.write("Hello", BEN)
    office.set_rules(announces=True)
    for place in (ANN, BEN):
        office.receive(EmailGiven("ada@example.com", office.now), place=place)
    [contact] = office.rows("contacts")
    ann, ben = (talk["id"] for talk in office.rows("conversations"))
    assert [one.contacts for one in announced(office)] == [
        ((ann, contact["id"], True),),
        ((ben, contact["id"], False),),
    ]


def test_what_changes_nothing_is_not_announced(office: Office) -> None:
    office.set_rules(announces=True)
    office.write("Hello", key="m_1")
    office.write("Hello", key="m_1")
    assert len(announced(office)) == 1


def test_the_prompt_is_announced_as_a_message(office: Office) -> None:
    office.set_rules(announces=True)
    office.write("Hello")
    office.pass_time(60)
    office.work()
    [prompt] = office.rows("messages", kind="capture_prompt")
    assert announced(office)[-1].messages == (prompt["id"],)
