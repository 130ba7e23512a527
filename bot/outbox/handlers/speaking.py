"""Common parts of messages and prompts: words for a visitor, sent at most once."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.apply import deadline
from bot.core.model import VisitorKey
from bot.outbox.contract import Ended, Handler, Job
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry, doubling
from bot.ports.channels import Outgoing, Receipt, Sender
from bot.storage.database.bulk import together
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxState
from bot.storage.visitors.dedupe import find_known
from bot.storage.visitors.message_rows import Delivery
from bot.storage.visitors.visitor_states import VisitorState

ERASED = "The visitor was erased."
WINDOW_OVER = "Outside the time in which the channel lets us answer."
DELIVERIES = {OutboxState.SENT: Delivery.SENT, OutboxState.UNKNOWN: Delivery.UNCERTAIN}


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """A message to send, with its channel and visitor."""

    place: VisitorKey
    outgoing: Outgoing


@dataclass(frozen=True, eq=False)
class SpeakingHandler(Handler[SpokenWords]):
    """Says something to a visitor through its channel."""

    senders: Mapping[str, Sender]

    retry = Retry(doubling(timedelta(seconds=2), timedelta(minutes=5)), most=20)

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[SpokenWords]]:
        """Say what may still be said; what comes too late expires."""
        for row in rows:
            thread = held.thread(row)
            if thread is None:
                self.refuse(row, OutboxState.CANCELLED, ERASED, held)
            elif _is_over(thread, held):
                self.let_expire(row, thread, held)
            else:
                _prolong(row, thread, held)
                outgoing = self.write(row, thread, held) if held.may_leave(row) else None
                if outgoing:
                    addressed = replace(outgoing, answer_to=thread.answer_to)
                    yield Job(row, SpokenWords(thread.place, addressed))

    @abstractmethod
    def write(self, row: HeldRow, thread: VisitorState, held: Held) -> Outgoing | None:
        """Write the message; None: there is nothing to be sent, and the row says why."""

    def let_expire(self, row: HeldRow, _thread: VisitorState, held: Held) -> None:
        """End what may not be said any more."""
        self.refuse(row, OutboxState.EXPIRED, WINDOW_OVER, held)

    def refuse(self, row: HeldRow, state: OutboxState, reason: str, held: Held) -> None:
        """End a row that is not sent."""
        held.end(row, state, reason)
        self.follow_up(row, held)

    def attempt(self, job: Job[SpokenWords]) -> Receipt:
        """Speak through the channel."""
        place, outgoing = job.what.place, job.what.outgoing
        return self.senders[place.channel].send(place, outgoing)

    def settle_all(self, ended: Sequence[Ended[SpokenWords]], held: Held) -> None:
        """Keep the channel's keys as well."""
        super().settle_all(ended, held)
        keys = {row.id: _key(row, got) for row, got, _ in ended if isinstance(got, Receipt)}
        places = {words.place for row, _, words in ended if words and row.id in keys}
        with together(held.connection):
            find = find_known(held.connection, keys.values(), places)
        known = find()
        taken = set(known.messages)
        for row, key in ((row, keys[row.id]) for row, *_ in ended if row.id in keys):
            if row.provider_key is None and key not in taken:  # its echo may have been quicker
                row.provider_key = key
                taken.add(key)
            if key in known.unsent and row.message_id:  # by the page's own inbox, while we waited
                held.batch.delete_message(row.message_id)

    def follow_up(self, row: HeldRow, held: Held) -> None:
        """Show with the message how it went."""
        row.deliver(DELIVERIES.get(row.state, Delivery.FAILED), held.now, row.reason)


def _key(row: HeldRow, receipt: Receipt) -> str:
    return f"{row.channel}/{row.account}/{receipt.provider_key}"


def _is_over(thread: VisitorState, held: Held) -> bool:
    end = deadline(thread, held.rules)
    return end is not None and end <= held.now


def _prolong(row: HeldRow, thread: VisitorState, held: Held) -> None:
    if row.deadline is not None and row.deadline <= held.now:
        # the visitor has written since; without this it would be handed out for ever
        row.prolong(deadline(thread, held.rules))
