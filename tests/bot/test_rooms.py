"""What visitors may read of their own conversations."""

from datetime import timedelta

import pytest

from bot.core.arrivals import MessagesSeen
from bot.core.events import EmailGiven
from bot.core.model import Kind, Status, VisitorKey
from bot.live.visitor_view import VisitorViews
from bot.ports.visitor_view import ConversationProgress, Stretch, VisitorConversation
from tests.factories import NOON
from tests.office import Office

ANN = VisitorKey("webchat", "https://shop.example", "ann")
BEN = VisitorKey("webchat", "https://shop.example", "ben")
NEWEST = Stretch(50)


@pytest.fixture
def rooms(office: Office) -> VisitorViews:
    return VisitorViews(office.database)


def test_a_stranger_has_an_empty_room(rooms: VisitorViews) -> None:
    assert rooms.look(ANN, NEWEST) == VisitorConversation()
    assert rooms.find(ANN, "k") is None
    assert rooms.written_at(ANN, 1) is None
    assert rooms.states([ANN]) == {}


def test_everybody_sees_their_own(office: Office, rooms: VisitorViews) -> None:
    office.write("ann's", ANN, key="a")
    office.write("ben's", BEN, key="b")
    assert [each.text for each in rooms.look(ANN, NEWEST).messages] == ["ann's"]
    assert rooms.find(BEN, "a/../b") is None
    found = rooms.find(BEN, "b")
    assert found
    assert found.text == "ben's"


def test_pages_are_the_first_after_or_the_last_before(office: Office, rooms: VisitorViews) -> None:
    for number in range(1, 8):
        office.write(str(number), ANN)

    def seqs(stretch: Stretch) -> list[int]:
        return [each.seq for each in rooms.look(ANN, stretch).messages]

    assert seqs(Stretch(3)) == [5, 6, 7]
    assert seqs(Stretch(3, after_seq=1)) == [2, 3, 4]
    assert seqs(Stretch(3, before_seq=5)) == [2, 3, 4]
    assert seqs(Stretch(3, after_seq=7)) == seqs(Stretch(3, before_seq=1)) == []


def test_a_room_tells_how_far_everything_is(office: Office, rooms: VisitorViews) -> None:
    office.write("Hello", ANN)
    office.pass_time(10)
    office.reply("Good morning", ANN)
    office.receive(MessagesSeen(office.now), place=ANN)
    room = rooms.look(ANN, NEWEST)
    talk = office.rows("conversations")[0]["id"]
    assert (
        room.state == ConversationProgress(2, 2, Status.OPEN, talk) == rooms.states([ANN, BEN])[ANN]
    )
    assert room.read_up_to == NOON + timedelta(seconds=10) == rooms.written_at(ANN, 2)
    assert (room.asked, room.known, room.name) == (False, False, None)


def test_the_question_is_open_until_it_is_answered(office: Office, rooms: VisitorViews) -> None:
    office.write("Hello", ANN)
    office.pass_time(60)
    office.work()
    room = rooms.look(ANN, NEWEST)
    assert room.asked
    assert room.messages[-1].kind is Kind.CAPTURE_PROMPT
    office.receive(EmailGiven("ada@example.com", office.now), place=ANN)
    room = rooms.look(ANN, NEWEST)
    assert (room.asked, room.known, room.name) == (False, True, None)


def test_a_contacts_name_is_not_the_visitors(office: Office, rooms: VisitorViews) -> None:
    office.receive(EmailGiven("ada@example.com", office.now), place=BEN)
    with office.database.write() as connection:
        connection.exec_driver_sql("UPDATE contacts SET first_name = 'Ada'")
    office.receive(EmailGiven("ada@example.com", office.now), place=ANN)
    assert rooms.look(ANN, NEWEST).name is None


def test_many_are_asked_about_at_once(office: Office, rooms: VisitorViews) -> None:
    office.write("Hello", ANN)
    strangers = [
        VisitorKey("webchat", "https://shop.example", str(number)) for number in range(1_200)
    ]
    assert rooms.states([ANN, *strangers]) == {
        ANN: ConversationProgress(1, conversation_id=office.rows("conversations")[0]["id"])
    }
