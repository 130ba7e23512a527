"""What comes again, late or in masses changes nothing that it should not."""

from datetime import timedelta
from typing import Any

from bot.core.arrivals import Arrival
from bot.core.events import VisitorWrote
from bot.core.model import VisitorKey
from bot.storage.tables import metadata
from tests.factories import NOON, moment
from tests.office import ANN, BEN, Office

MINUTE = timedelta(minutes=1)


def arrival(key: str, at: float = 0, place: VisitorKey = ANN) -> Arrival:
    return Arrival(place, VisitorWrote(f"text of {key}", moment(at), moment(at)), key)


def everything(office: Office) -> dict[str, list[dict[str, Any]]]:
    return {table: office.rows(table) for table in metadata.tables}


def test_one_message_in_two_batches_of_other_order_is_one(office: Office) -> None:
    first, second, third = arrival("m_1"), arrival("m_2", 1), arrival("m_3", 2, BEN)
    office.receive_all([first, second, third])
    stored = everything(office)
    office.receive_all([third, second, first])
    assert everything(office) == stored
    assert office.count("messages") == 3


def test_batches_that_share_a_message_add_only_the_rest(office: Office) -> None:
    office.receive_all([arrival("m_1"), arrival("m_2", 1)])
    office.receive_all([arrival("m_3", 2), arrival("m_2", 1)])
    keys = [row["provider_key"].rpartition("/")[2] for row in office.rows("messages")]
    assert keys == ["m_1", "m_2", "m_3"]


def test_a_thousand_messages_in_a_minute_are_kept_and_asked_about_once(
    office: Office,
) -> None:
    step = MINUTE.total_seconds() / 1000
    for start in range(0, 1000, 100):
        office.receive_all(
            [arrival(f"m_{number}", number * step) for number in range(start, start + 100)]
        )
        office.pass_time(100 * step)
        office.work()
    office.pass_time(2 * MINUTE.total_seconds())
    office.work()
    texts = [row["text"] for row in office.rows("messages", author="visitor")]
    assert texts == [f"text of m_{number}" for number in range(1000)]
    assert office.count("conversations") == 1
    assert [message.asks_for_email for _, message in office.channel.sent] == [True]


def test_what_is_replayed_after_a_month_changes_nothing(office: Office) -> None:
    office.receive_all([arrival("m_1"), arrival("m_2", 1)])
    office.pass_time(60)
    office.work()
    office.pass_time(timedelta(days=30).total_seconds())
    stored = everything(office)
    office.receive_all([arrival("m_1"), arrival("m_2", 1)])
    assert everything(office) == stored
    office.work()
    assert len(office.channel.sent) == 1
    assert office.now > NOON
