"""The base of handlers that look something up elsewhere and change nothing there."""

from bot.outbox.contract import Handler, Outcome, What
from bot.outbox.holding import Held
from bot.ports.errors import SendError
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxState


class FindingHandler(Handler[What]):
    """Looks something up; after the last attempt the row ends, and what is missing is shown."""

    def repeats(self, row: HeldRow) -> bool:  # noqa: ARG002 - looking changes nothing
        """Look again after a crash."""
        return True

    def settle(self, row: HeldRow, outcome: Outcome, held: Held) -> None:
        """End a row that was attempted often enough as done."""
        if isinstance(outcome, SendError) and self._is_spent(row, outcome):
            held.end(row, OutboxState.SENT, outcome.reason)
        else:
            super().settle(row, outcome, held)
