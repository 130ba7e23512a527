"""Two processes that are told of the same new visitor at the same moment."""

import threading

from bot.core.arrivals import Arrival
from bot.core.events import VisitorWrote
from bot.intake.record import record
from tests.bot.test_erasure_races import until_it_waits
from tests.factories import moment
from tests.office import ANN, Office


def wrote(key: str, at: float) -> Arrival:
    return Arrival(ANN, VisitorWrote(f"text of {key}", moment(at), moment(at)), key)


def test_who_comes_second_finds_visitor_and_message_and_adds_the_rest(office: Office) -> None:
    second = threading.Thread(target=office.receive_all, args=([wrote("m_1", 0), wrote("m_2", 1)],))
    with office.database.write() as connection:
        record(connection, [wrote("m_1", 0)], office.rules, office.now).save()
        second.start()
        until_it_waits(second, office.database)
    second.join()
    assert [row["text"] for row in office.rows("messages")] == ["text of m_1", "text of m_2"]
    assert office.count("visitors") == office.count("conversations") == 1
