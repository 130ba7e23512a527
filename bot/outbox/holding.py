"""The rows that an engine's transaction holds, and the writes at its end."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.core.model import OutboxId, VisitorId
from bot.outbox.gates import Gate, is_proved
from bot.ports.signals import ChangeSignal, room_of
from bot.storage.outbox.accounts import (
    Account,
    AccountKey,
    find_accounts,
    lock_accounts,
    save_accounts,
)
from bot.storage.outbox.held import HeldRow, save_rows
from bot.storage.outbox.rows import OutboxState
from bot.storage.visitors.batch import Batch
from bot.storage.visitors.visitor_states import VisitorState
from config.rules import CaptureRules

WAITS = timedelta(minutes=5)
UNKNOWN_KIND = "Only a newer version of Whosthere can do this."


@dataclass(slots=True)
class Room:
    """Limits on concurrent attempts to each target."""

    most: int | None = None
    """None: as much as the lane allows."""
    under_way: Counter[str] = field(default_factory=Counter)

    def has_place(self, target: str) -> bool:
        """Say whether one more may be sent to a target."""
        return self.most is None or self.under_way[target] < self.most

    def busy(self) -> list[str]:
        """Name the targets that get nothing more for the moment."""
        return [target for target in self.under_way if not self.has_place(target)]


@dataclass(slots=True)
class Held:
    """The visitors, rows and accounts of one transaction, in memory until `write`.

    Handlers change rows and threads, and add to the batch. The order of locks is visitor, contact,
    outbox rows, account.
    """

    connection: sa.Connection
    rules: CaptureRules
    now: datetime
    threads: dict[VisitorId, VisitorState]
    room: Room = field(default_factory=Room)
    batch: Batch = field(init=False)
    _gates: dict[OutboxId, Gate] = field(default_factory=dict)
    _last: list[Callable[[], None]] = field(default_factory=list)
    _seen: list[VisitorState] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin a batch for what else is to be written."""
        self.batch = Batch(self.connection, self.now, self.rules.announces)

    def thread(self, row: HeldRow) -> VisitorState | None:
        """Give the visitor whose row it is; None: there is none, or it was erased."""
        return self.threads.get(row.visitor_id) if row.visitor_id else None

    def open_gates(self, ways: dict[OutboxId, AccountKey], *, holds_all: bool) -> None:
        """Look the accounts up by which rows leave, and hold those that are in doubt, or all."""
        keys = set(ways.values())
        known: dict[AccountKey, Account] = find_accounts(self.connection, keys)
        # who is open for all is not held: everybody would queue for the same page's row
        sure = {key for key, account in known.items() if is_proved(account, self.now)}
        known |= lock_accounts(self.connection, keys if holds_all else keys - sure, self.now)
        gates = {key: Gate(account, self.now) for key, account in known.items()}
        self._gates = {row: gates[key] for row, key in ways.items()}

    def may_leave(self, row: HeldRow) -> bool:
        """Say whether the row's account and its target let one more pass."""
        gate = self._gates.get(row.id)
        return (gate is None or gate.is_open()) and self.room.has_place(row.target)

    def let_leave(self, row: HeldRow) -> None:
        """Count a row that is taken."""
        self.room.under_way[row.target] += 1
        if gate := self._gates.get(row.id):
            gate.let_pass()

    def end(self, row: HeldRow, state: OutboxState, reason: str | None = None) -> None:
        """End a row for good."""
        row.settle(state, self.now, reason)

    def leave_to_newer(self, row: HeldRow) -> None:
        """Put off what only a newer version knows: it is not lost."""
        row.postpone(self.now + WAITS, UNKNOWN_KIND, counts=True)

    def at_last(self, act: Callable[[], None]) -> None:
        """Run an act when all else is written: it may delete what would be written."""
        self._last.append(act)

    def show(self, thread: VisitorState | None) -> None:
        """Have whoever looks at a conversation look again."""
        if thread:
            self._seen.append(thread)

    def write(self, rows: Collection[HeldRow]) -> None:
        """Write everything down; only then do new messages have ids."""
        self.batch.save()
        save_rows(self.connection, rows)
        changed = {gate.account.key: gate.account for gate in self._gates.values() if gate.changed}
        save_accounts(self.connection, list(changed.values()), self.now)
        for row in rows:
            if row.way:
                self.show(self.thread(row))
        for act in self._last:
            act()

    def hints(self) -> Sequence[ChangeSignal]:
        """Name the conversations that others should look at again; after `write`."""
        return [
            *self.batch.hints(),
            *(
                ChangeSignal(room_of(thread.place), thread.conversation_id, thread.last_seq)
                for thread in self._seen
                if thread.conversation_id
            ),
        ]
