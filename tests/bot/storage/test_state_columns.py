"""What a visitor's state holds is written to its two rows and read back."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bot.core.model import (
    Assurance,
    Capture,
    CaptureState,
    Consent,
    Conversation,
    Source,
    Status,
    VisitorKey,
)
from bot.storage.database.engine import Database
from bot.storage.tables import conversations, visitors
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.state_columns import CONVERSATION_COLUMNS, VISITOR_COLUMNS
from bot.storage.visitors.visitor_states import VisitorState, lock_visitor_states
from tests.factories import NOON

KEY = VisitorKey("messenger", "1001", "ann")
MOMENTS = [NOON + timedelta(seconds=number, microseconds=number) for number in range(12)]
FULL = VisitorState(
    KEY,
    NOON,
    answer_to="+49151",
    guest=True,
    first_name="Ann",
    last_name="Ärger",
    profile_read_at=MOMENTS[1],
    contact_assurance=Assurance.CONFIRMED,
    assignee="jo@example.com",
    version=7,
    last_seq=6,
    answered_seq=5,
    last_message_at=MOMENTS[2],
    delivered_up_to=MOMENTS[3],
    seen_up_to=MOMENTS[4],
    owner_after_seq=4,
    conversation=Conversation(
        channel="messenger",
        status=Status.CLOSED,
        closed_for_others=True,
        locale="de",
        zone="Europe/Berlin",
        stopped=True,
        unanswered=3,
        waiting_since=MOMENTS[5],
        agent_wrote_at=MOMENTS[6],
        visitor_seen_at=MOMENTS[7],
        page_wrote_at=MOMENTS[8],
        owned_elsewhere=True,
        owner_known_at=MOMENTS[9],
        away_period="2026-03-02",
        email="ann@example.com",
        email_source=Source.AGENT,
        proved_email="a@example.com",
        beside_email="b@example.com",
        capture=Capture(
            state=CaptureState.SKIPPED,
            reason="It was said.",
            due_at=MOMENTS[10],
            by_hand=True,
            asked_at=MOMENTS[11],
            agent_wrote_since_asked=True,
            hints=2,
            typed_email="c@example.con",
            suggested_email="c@example.com",
            offered_email="d@example.com",
            confirm_email="e@example.com",
            given_at=(MOMENTS[1], MOMENTS[2]),
            limit_told_at=MOMENTS[3],
            consent_text="May we?",
            consent=Consent.GIVEN,
        ),
    ),
)
BARE = VisitorState(KEY, NOON, conversation=Conversation("messenger"))


def store(database: Database, state: VisitorState) -> VisitorState:
    """Write a visitor as a newcomer, then change it, and load what has become of it."""
    with database.write() as connection:
        batch = Batch(connection, NOON)
        batch.touch(replace(BARE, conversation=Conversation("messenger")))
        batch.save()
    with database.write() as connection:
        [known] = lock_visitor_states(connection, [KEY]).values()
        changed = replace(
            state,
            visitor_id=known.visitor_id,
            conversation_id=known.conversation_id,
            agreed=(state.conversation.status, state.assignee) if state.conversation else None,
            visitor_changed=True,
            conversation_changed=True,
        )
        batch = Batch(connection, NOON)
        batch.touch(changed)
        batch.save()
    with database.read() as connection:
        [loaded] = lock_visitor_states(connection, [KEY]).values()
    return loaded


def facts(state: VisitorState) -> VisitorState:
    """Leave out ids and what is known about the loading alone."""
    plain = replace(state, visitor_id=None, conversation_id=None, agreed=None, known_emails=())
    return replace(plain, visitor_changed=False, conversation_changed=False)


def test_every_value_is_read_as_it_was_written(database: Database) -> None:
    assert facts(store(database, FULL)) == FULL


def test_what_is_not_set_stays_so(database: Database) -> None:
    assert facts(store(database, BARE)) == BARE


def test_no_value_of_the_full_state_is_a_default() -> None:
    talk = FULL.conversation
    assert talk
    for owner, default in ((talk, Conversation("")), (talk.capture, Capture())):
        same = [name for name in owner._fields if getattr(owner, name) == getattr(default, name)]
        assert same == []


def test_every_column_of_the_two_tables_is_written_but_those_of_others() -> None:
    assert unwritten(visitors, VISITOR_COLUMNS.names) == {"id", "gone_at"}
    assert unwritten(conversations, CONVERSATION_COLUMNS.names) == {"id", "gone_at"}


def unwritten(table: sa.Table, names: tuple[str, ...]) -> set[str]:
    return set(table.c.keys()) - set(names)
