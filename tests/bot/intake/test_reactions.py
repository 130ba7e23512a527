"""Reactions stand on the message that they are about; the last word counts."""

from datetime import timedelta

import pytest

from bot.core.arrivals import Arrival, EchoSeen, MessageReacted
from bot.core.events import VisitorWrote
from tests.office import ANN, BEN, Office


@pytest.fixture
def talking(office: Office) -> Office:
    """Ann has written, and the page has answered in Meta's inbox."""
    office.write("Hello", key="in_1")
    office.pass_time(10)
    said = EchoSeen("Good morning", office.now, office.now)
    office.receive_all([Arrival(ANN, said, "out_1", b"raw")])
    return office


def react(office: Office, key: str, emoji: str | None, at: float = 0) -> Arrival:
    return Arrival(ANN, MessageReacted(key, emoji, office.now + timedelta(seconds=at)))


def shown(office: Office) -> list[str | None]:
    return [row["reaction"] for row in office.rows("messages")]


def test_each_side_bears_reactions_and_nothing_else_happens(talking: Office) -> None:
    before = talking.rows("conversations")
    talking.receive_all([react(talking, "in_1", "👍"), react(talking, "out_1", "❤️")])
    assert shown(talking) == ["👍", "❤️"]
    assert talking.rows("conversations") == before
    assert talking.count("outbox", kind="capture_prompt", state="pending") == 0


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_last_word_counts_in_whatever_order_it_comes(
    talking: Office, order: tuple[int, int]
) -> None:
    words = [react(talking, "out_1", "👍", 1), react(talking, "out_1", "😢", 2)]
    for number in order:
        talking.receive_all([words[number]])
    assert shown(talking) == [None, "😢"]
    talking.receive_all([react(talking, "out_1", None, 3)])
    talking.receive_all([words[1]])
    assert shown(talking) == [None, None]


def test_what_is_not_known_or_another_persons_bears_none(talking: Office) -> None:
    talking.write("Hello", BEN, key="in_2")
    talking.receive_all([react(talking, key, "👍") for key in ("unknown", "in_2")])
    stranger = ANN._replace(external_id="stranger")
    talking.receive_all([Arrival(stranger, MessageReacted("in_1", "👍", talking.now))])
    assert shown(talking) == [None, None, None]
    assert talking.count("visitors") == 2


def test_a_message_and_its_reaction_may_come_in_one_delivery(office: Office) -> None:
    first = VisitorWrote("Hello", office.now, office.now, reply_to="gone")
    office.receive_all([Arrival(ANN, first, "in_1", b"raw"), react(office, "in_1", "👍", 1)])
    [message] = office.rows("messages")
    assert (message["reaction"], message["reply_to"]) == ("👍", "messenger/1001/gone")
