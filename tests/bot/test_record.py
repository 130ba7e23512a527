"""What channels report becomes rows."""

import os
import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pytest
import sqlalchemy as sa

from bot.core.arrivals import (
    Arrival,
    EchoSeen,
    GuestFlagged,
    MessagesDelivered,
    MessagesSeen,
    VisitorIdentified,
)
from bot.core.events import (
    PromptDeclined,
    ThreadReturned,
    ThreadTaken,
    VisitorEdited,
    VisitorUnsent,
    VisitorWrote,
    WindowOpened,
)
from bot.core.model import CaptureState, VisitorKey
from bot.storage.database.engine import Database
from bot.storage.tables import time_text
from bot.storage.visitors.dedupe import remember_erased
from tests.factories import NOON, moment
from tests.office import ANN, BEN, PAGE, Office

_STATEMENT_ON_THE_WIRE = re.compile("\\t(?:Bind|Query)\\t")  # in libpq's own words


def arrival(
    text: str = "Hello", at: float = 0, *, key: str = "m_1", place: VisitorKey = ANN
) -> Arrival:
    return Arrival(place, VisitorWrote(text, moment(at), NOON), key)


def test_a_first_message_makes_visitor_conversation_message_and_a_prompt_to_come(
    office: Office,
) -> None:
    office.write("Hi there")
    [visitor] = office.rows("visitors")
    [conversation] = office.rows("conversations")
    [message] = office.rows("messages")
    assert visitor["contact_id"] is None
    assert conversation["capture_state"] == "scheduled"
    assert (message["seq"], message["text"], message["direction"]) == (1, "Hi there", "incoming")
    assert {row["kind"]: row["conversation_id"] for row in office.rows("outbox")} == {
        "capture_prompt": conversation["id"],
        "fetch_profile": None,  # it is the visitor's, and each reference costs a look
    }


def test_a_message_that_comes_twice_is_one(office: Office) -> None:
    office.write(key="m_1")
    office.write(key="m_1")
    office.receive_all([arrival(key="m_1"), arrival(key="m_1"), arrival(key="m_2", at=1)])
    assert [row["provider_key"] for row in office.rows("messages")] == [
        f"messenger/{PAGE}/m_1",
        f"messenger/{PAGE}/m_2",
    ]


def test_the_same_key_on_another_page_is_another_message(office: Office) -> None:
    elsewhere = VisitorKey("messenger", "2002", "ann")
    office.receive_all([arrival(), arrival(place=elsewhere)])
    assert office.count("messages") == 2


def test_a_batch_is_stored_in_the_order_of_its_own_times(office: Office) -> None:
    office.receive_all(
        [arrival("two", 2, key="b"), arrival("one", 1, key="a"), arrival("three", 3, key="c")]
    )
    assert [(row["seq"], row["text"]) for row in office.rows("messages")] == [
        (1, "one"),
        (2, "two"),
        (3, "three"),
    ]


def test_many_visitors_in_one_batch_keep_their_messages_apart(office: Office) -> None:
    places = [VisitorKey("messenger", PAGE, f"p{number}") for number in range(30)]
    office.receive_all(
        [arrival(place.external_id, key=f"m_{place.external_id}", place=place) for place in places]
    )
    with office.database.read() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT v.external_id, m.text FROM messages m"
                " JOIN conversations c ON c.id = m.conversation_id"
                " JOIN visitors v ON v.id = c.visitor_id"
            )
        ).all()
    assert len(rows) == 30
    assert all(owner == text for owner, text in rows)


class CountingLiteCursor(sqlite3.Cursor):
    """Counts what SQLite is told; the rows of one `executemany` are one statement."""

    statements = 0

    def execute(self, sql: str, *parameters: Any) -> Self:  # noqa: ANN401 - as sqlite3's
        CountingLiteCursor.statements += not sql.startswith(("BEGIN", "PRAGMA"))
        return super().execute(sql, *parameters)

    def executemany(self, *args: Any) -> Self:  # noqa: ANN401 - as sqlite3's
        CountingLiteCursor.statements += 1
        return super().executemany(*args)


class CountingLiteConnection(sqlite3.Connection):
    """Counts by its cursors."""

    def cursor(self, *_: object) -> CountingLiteCursor:  # type: ignore[override] # no other factory
        return super().cursor(CountingLiteCursor)


@pytest.mark.parametrize("size", [1, 100, 1000])
def test_the_number_of_statements_does_not_grow_with_the_batch(
    office: Office, size: int, tmp_path: Path
) -> None:
    office.write(place=BEN)
    count = statement_counter(office.database, tmp_path / "trace")
    places = [VisitorKey("messenger", PAGE, f"n{number}") for number in range(size)]
    office.receive_all([arrival(key=f"k{place.external_id}", place=place) for place in places])
    assert count() == (11 if office.database.is_postgresql else 8)


def statement_counter(database: Database, trace: Path) -> Callable[[], int]:
    """Count statements from now on."""
    if database.is_postgresql:
        trace.touch()

        @sa.event.listens_for(database.engine, "checkout")
        def note(connection: Any, *_: object) -> None:  # noqa: ANN401 - psycopg's
            with trace.open("a") as file:  # libpq goes on writing to it
                connection.pgconn.trace(os.dup(file.fileno()))

        return lambda: len(_STATEMENT_ON_THE_WIRE.findall(trace.read_text()))

    @sa.event.listens_for(database.engine, "do_connect")
    def connect(_dialect: object, _record: object, _args: object, options: Any) -> None:  # noqa: ANN401 - sqlite3's
        options["factory"] = CountingLiteConnection

    database.close()  # so that a counting connection is opened
    CountingLiteCursor.statements = 0
    return lambda: CountingLiteCursor.statements


def test_an_edit_replaces_the_text_and_may_bring_the_address(office: Office) -> None:
    office.set_rules(delay=timedelta(0))
    office.write("Hello", key="m_1")
    office.work()
    office.receive(VisitorEdited("m_1", "ann@example.com", 1, moment(5), moment(5)), key="m_1")
    assert office.rows("messages")[0]["text"] == "ann@example.com"
    assert [row["email"] for row in office.rows("contacts")] == ["ann@example.com"]


def test_an_older_edit_does_not_undo_a_newer_one(office: Office) -> None:
    office.write("one", key="m_1")
    office.receive(VisitorEdited("m_1", "three", 2, NOON, NOON), key="m_1")
    office.receive(VisitorEdited("m_1", "two", 1, NOON, NOON), key="m_1")
    assert [row["text"] for row in office.rows("messages")] == ["three"]


@pytest.mark.parametrize("known", [True, False])
def test_an_edit_that_comes_twice_at_once_is_read_once(office: Office, *, known: bool) -> None:
    office.set_rules(delay=timedelta(0))
    office.write("Hello", key="m_0")
    office.work()
    message = arrival("Hm", key="m_1")
    edit = VisitorEdited("m_1", "ann@gmial.com", 1, moment(1), moment(1))
    if known:
        office.receive_all([message])
    office.receive_all([message, *[Arrival(ANN, edit, "m_1")] * 2])
    assert office.conversation().capture.suggested_email == "ann@gmail.com"
    assert not office.rows("contacts")


def test_an_edit_of_a_message_that_never_came_is_that_message(office: Office) -> None:
    office.receive(VisitorEdited("m_9", "Hello", 1, NOON, NOON), key="m_9")
    office.write("late original", key="m_9")
    assert [row["text"] for row in office.rows("messages")] == ["Hello"]


def test_unsending_the_only_unanswered_message_disarms_the_prompt(office: Office) -> None:
    office.write(key="m_1")
    office.receive(VisitorUnsent("m_1", NOON), key="m_1")
    [message] = office.rows("messages")
    assert message["deleted_at"] == NOON
    assert message["text"] == ""
    assert office.rows("outbox", kind="capture_prompt")[0]["state"] == "cancelled"
    assert office.conversation().unanswered == 0


def test_an_unsending_that_comes_twice_at_once_counts_once(office: Office) -> None:
    office.write(key="m_1")
    office.write(key="m_2")
    office.receive_all([Arrival(ANN, VisitorUnsent("m_1", NOON), "m_1")] * 2)
    assert office.conversation().unanswered == 1
    assert office.conversation().capture.state is CaptureState.SCHEDULED


def test_unsending_something_unknown_creates_nothing(office: Office) -> None:
    office.receive(VisitorUnsent("m_7", NOON), key="m_7")
    assert not office.rows("visitors")


def test_messages_that_were_taken_back_before_they_came_stay_away(office: Office) -> None:
    for key in ("m_1", "m_2"):
        office.receive(VisitorUnsent(key, NOON))
    for key in ("m_1", "m_2", "m_3"):
        office.write(f"text of {key}", key=key)
    assert [row["text"] for row in office.rows("messages")] == ["text of m_3"]


@pytest.mark.parametrize("erased_first", [True, False])
def test_an_erasure_and_an_early_unsending_do_not_undo_each_other(
    office: Office, *, erased_first: bool
) -> None:
    def erase() -> None:
        with office.database.write() as connection:
            remember_erased(connection, [ANN], NOON)

    unsend = Arrival(ANN, VisitorUnsent("m_1", moment(1)))
    if erased_first:
        erase()
    office.receive_all([unsend])
    if not erased_first:
        erase()
    office.pass_time(60)
    office.receive(VisitorWrote("old", moment(-5), office.now), key="m_old")
    office.write("new", key="m_2")
    assert [row["text"] for row in office.rows("messages")] == ["new"]


def test_message_and_unsending_in_one_batch_leave_an_empty_message(office: Office) -> None:
    office.receive_all([arrival(), Arrival(ANN, VisitorUnsent("m_1", moment(1)), "m_1")])
    [message] = office.rows("messages")
    assert (message["text"], message["deleted_at"]) == ("", NOON)
    assert office.conversation().unanswered == 0


def test_what_the_page_wrote_elsewhere_is_shown_and_silences_the_prompt(office: Office) -> None:
    office.write()
    office.receive(EchoSeen("We are here", NOON, NOON, app_id="2"), key="e_1")
    echo = office.rows("messages")[1]
    assert (echo["author"], echo["origin"], echo["text"]) == ("agent", "other_app", "We are here")
    assert office.conversation().capture.state is CaptureState.IDLE


def test_our_own_echo_confirms_the_send_and_adds_no_message(office: Office) -> None:
    office.set_rules(delay=timedelta(0))
    office.write()
    office.work()
    [prompt] = office.rows("outbox", kind="capture_prompt")
    office.receive(EchoSeen("…", NOON, NOON, outbox_id=prompt["id"]), key="e_1")
    assert office.count("messages") == 2
    assert office.conversation().capture.state is CaptureState.ASKED


def test_an_echo_with_the_metadata_of_another_conversation_is_not_believed(
    office: Office,
) -> None:
    office.set_rules(delay=timedelta(0))
    office.write(place=ANN)
    office.write(place=BEN)
    office.work()
    anns = next(
        row
        for row in office.rows("outbox", kind="capture_prompt")
        if row["visitor_id"] == office.rows("visitors", external_id="ann")[0]["id"]
    )
    office.receive(EchoSeen("forged", NOON, NOON, outbox_id=anns["id"]), place=BEN, key="e_1")
    assert [row["origin"] for row in office.rows("messages", text="forged")] == ["other_app"]


@pytest.mark.parametrize("flag_first", [True, False])
def test_a_guest_flag_counts_whenever_it_comes(office: Office, *, flag_first: bool) -> None:
    if flag_first:
        office.receive(GuestFlagged(guest=True, at=NOON))
    office.write()
    if not flag_first:
        office.receive(GuestFlagged(guest=True, at=NOON))
    assert [row["guest"] for row in office.rows("visitors")] == [True]


def test_a_guest_flag_alone_starts_no_conversation(office: Office) -> None:
    office.receive(GuestFlagged(guest=True, at=NOON))
    assert not office.rows("conversations")


def test_a_reference_becomes_the_person_who_writes_under_it(office: Office) -> None:
    reference = VisitorKey("messenger", PAGE, "user_ref:77")
    office.write("from the plugin", reference)
    office.receive_all(
        [
            Arrival(ANN, VisitorIdentified("user_ref:77", moment(1))),
            arrival("as myself", 1, key="m_x"),
        ]
    )
    [visitor] = office.rows("visitors")
    assert visitor["external_id"] == "ann"
    assert [row["text"] for row in office.rows("messages")] == ["from the plugin", "as myself"]


@pytest.mark.parametrize("at_once", [True, False])
def test_whoever_is_known_by_another_id_is_still_looked_up_once(
    office: Office, *, at_once: bool
) -> None:
    former = VisitorKey("messenger", PAGE, "former")
    arrivals = [arrival(place=former), Arrival(ANN, VisitorIdentified("former", moment(1)))]
    for group in [arrivals] if at_once else [arrivals[:1], arrivals[1:]]:
        office.receive_all(group)
    [visitor] = office.rows("visitors")
    [order] = office.rows("outbox", kind="fetch_profile")
    assert (visitor["external_id"], order["visitor_id"]) == ("ann", visitor["id"])


def test_watermarks_never_go_back_nor_into_the_future(office: Office) -> None:
    office.write()
    office.receive(MessagesSeen(NOON + timedelta(days=400)))
    office.receive(MessagesSeen(NOON - timedelta(days=1)))
    office.receive(MessagesDelivered(NOON - timedelta(days=1)))
    [conversation] = office.rows("conversations")
    assert conversation["seen_up_to"] == NOON
    assert conversation["delivered_up_to"] == NOON


def test_taking_the_thread_away_disarms_and_giving_it_back_arms_nothing(office: Office) -> None:
    office.write()
    office.receive(ThreadTaken(NOON))
    office.receive(ThreadReturned(NOON))
    assert office.conversation().capture.state is CaptureState.IDLE
    office.write("again")
    assert office.conversation().capture.state is CaptureState.SCHEDULED


def test_signs_without_a_conversation_leave_only_a_visitor(office: Office) -> None:
    for report in (WindowOpened(NOON), ThreadTaken(NOON), PromptDeclined(NOON)):
        office.receive(report)
    assert office.count("visitors") == 1
    assert not office.rows("conversations")


def test_what_was_written_before_an_erasure_never_comes_back(office: Office) -> None:
    with office.database.write() as connection:
        remember_erased(connection, [ANN], NOON)
    office.receive(VisitorWrote("old", moment(-5), NOON), key="m_1")
    assert not office.rows("visitors")
    office.receive(VisitorWrote("new", moment(5), moment(5)), key="m_2")
    assert [row["text"] for row in office.rows("messages")] == ["new"]


def test_old_words_do_not_join_the_new_ones_of_who_came_back(office: Office) -> None:
    with office.database.write() as connection:
        remember_erased(connection, [ANN], NOON)
    office.pass_time(60)
    office.write("new")
    office.receive(VisitorWrote("old", moment(-5), office.now), key="m_old")
    office.receive(VisitorWrote("late but new", moment(5), office.now), key="m_late")
    assert [row["text"] for row in office.rows("messages")] == ["new", "late but new"]


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        time_text(NOON.replace(tzinfo=None))
