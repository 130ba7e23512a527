"""A row in a transaction's hand says whether it may still be taken."""

from datetime import timedelta

from bot.core.model import OutboxId
from bot.storage.outbox.due import Ordering, Queue
from bot.storage.outbox.held import HeldRow, hold_rows, save_rows
from bot.storage.outbox.rows import OutboxState, Work
from tests.office import Office

PROMPTS = Queue((Work.CAPTURE_PROMPT,))
MESSAGES = Queue((Work.DELIVER,), in_order=Ordering.CONVERSATION)


def hold(office: Office, kind: str) -> HeldRow:
    [row] = office.rows("outbox", kind=kind)
    with office.database.write() as connection:
        [held] = hold_rows(connection, [OutboxId(row["id"])])
    return held


def test_a_prompt_is_due_from_its_moment_on(office: Office) -> None:
    office.write()
    held = hold(office, "capture_prompt")
    assert not held.is_due(PROMPTS, held.due_at - timedelta(microseconds=1))
    assert held.is_due(PROMPTS, held.due_at)


def test_a_message_waits_for_no_clock_that_was_set_back(office: Office) -> None:
    office.write()
    office.reply()
    held = hold(office, "deliver")
    assert held.is_due(MESSAGES, held.due_at - timedelta(days=1))
    held.postpone(held.due_at + timedelta(seconds=2), None, counts=True)
    assert not held.is_due(MESSAGES, held.due_at - timedelta(seconds=1))


def test_what_somebody_else_has_taken_or_ended_is_not_due(office: Office) -> None:
    office.write()
    held = hold(office, "capture_prompt")
    moment = held.due_at
    held.take("mine", moment + timedelta(seconds=60), moment)
    assert not held.is_due(PROMPTS, moment)
    held.settle(OutboxState.SENT, moment, None)
    assert not held.is_due(PROMPTS, moment)
    held.postpone(moment, None, counts=True)
    assert held.is_due(PROMPTS, moment)


def test_what_was_changed_is_written(office: Office) -> None:
    office.write()
    held = hold(office, "capture_prompt")
    held.take("mine", held.due_at, held.due_at)
    with office.database.write() as connection:
        save_rows(connection, [held])
    assert hold(office, "capture_prompt").state is OutboxState.SENDING
