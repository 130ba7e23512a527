"""An erasure and a capture at the same moment: the foreign key decides, and nobody is lost."""

import threading

import sqlalchemy as sa

from bot.core.arrivals import Arrival
from bot.core.events import VisitorWrote
from bot.erasure import erase_person
from bot.intake.record import record
from bot.storage.database.engine import Database
from bot.storage.forgetting.erasing import Erasure, erase_contact
from tests.factories import ADA
from tests.office import BEN, Office

_WAITING = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


def until_it_waits(thread: threading.Thread, database: Database) -> None:
    """On SQLite nobody gets past the first line of a transaction while another one is open."""
    while database.is_postgresql and thread.is_alive():
        with database.read() as connection:
            if connection.execute(_WAITING).scalar_one():
                return
        thread.join(0.01)


def test_who_comes_to_be_the_contact_while_it_is_erased_is_a_new_one(office: Office) -> None:
    office.write(ADA)
    office.pass_time(1)
    late = threading.Thread(target=office.write, args=(ADA, BEN))
    with office.database.write() as connection:
        assert erase_contact(connection, ADA, Erasure("operator", office.now))
        late.start()
        until_it_waits(late, office.database)
    late.join()
    office.forget()
    [visitor] = office.rows("visitors")
    [contact] = office.rows("contacts")
    assert (visitor["external_id"], visitor["contact_id"]) == ("ben", contact["id"])


def test_who_came_to_be_the_contact_just_before_is_erased_too(office: Office) -> None:
    office.write(ADA)
    office.pass_time(1)
    eraser = threading.Thread(
        target=erase_person, args=(office.database, ADA, office.now, office.doorbell)
    )
    early = Arrival(BEN, VisitorWrote(ADA, office.now, office.now), "m_early", b"raw")
    with office.database.write() as connection:
        record(connection, [early], office.rules, office.now).save()
        eraser.start()
        until_it_waits(eraser, office.database)
    eraser.join()
    assert not office.rows("visitors")
    assert not office.rows("contacts")


def test_words_that_waited_for_the_erasure_are_dropped_with_it(office: Office) -> None:
    office.write(ADA)
    office.pass_time(1)
    late = threading.Thread(target=office.write, args=("just before it",))
    with office.database.write() as connection:
        assert erase_contact(connection, ADA, Erasure("operator", office.now))
        late.start()
        until_it_waits(late, office.database)
    late.join()
    office.forget()
    assert not office.rows("visitors")
