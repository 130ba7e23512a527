"""Whatever changes a conversation is hinted at, after its commit."""

from functools import partial

from bot.core.arrivals import Arrival, MessagesSeen
from bot.core.events import VisitorWrote
from bot.core.model import ConversationId, VisitorKey
from bot.desk import Desk
from bot.desk.types import API, Words
from bot.intake import Intake
from bot.ports.signals import ChangeSignal, room_of
from tests.factories import NOON
from tests.fakes import QuietDoorbell
from tests.office import Office

ANN = VisitorKey("webchat", "https://shop.example", "ann")


async def test_intake_hints_at_each_conversation_once(office: Office) -> None:
    bell = QuietDoorbell()
    intake = Intake(office.database, lambda: office.rules, bell, lambda: office.now)
    receive = partial(intake.receive, "webchat")
    wrote = [Arrival(ANN, VisitorWrote(text, NOON, NOON), text) for text in ("one", "two")]
    taken = await receive(wrote)
    id = ConversationId(office.rows("conversations")[0]["id"])  # noqa: A001 - the right word
    assert bell.hints == [ChangeSignal(room_of(ANN), id, 2)]
    assert all(taken)
    assert await receive(wrote) == [None, None]
    assert len(bell.hints) == 1
    await receive([Arrival(ANN, MessagesSeen(NOON))])
    assert bell.hints[1:] == [ChangeSignal(room_of(ANN), id, 2)]
    await intake.close()


def test_the_desk_hints_at_what_an_agent_did(
    desk: Desk, office: Office, doorbell: QuietDoorbell, conversation_id: ConversationId
) -> None:
    desk.reply(conversation_id, Words("Good morning", "1"), API)
    assert [(hint.conversation_id, hint.seq) for hint in doorbell.hints] == [(conversation_id, 2)]


def test_a_worker_hints_at_the_question(office: Office) -> None:
    bell = QuietDoorbell()
    office.doorbell = bell
    office.write("Hello", ANN)
    office.work()
    assert bell.hints == []
    office.pass_time(60)
    office.work()
    assert {(hint.room, hint.seq) for hint in bell.hints} == {(room_of(ANN), 2)}
