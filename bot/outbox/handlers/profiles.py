"""Profiles of visitors: what their channel tells about them."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.core.model import VisitorKey
from bot.outbox.contract import Handler, Job, Outcome
from bot.outbox.handlers.speaking import ERASED
from bot.outbox.holding import Held
from bot.outbox.retrying import Retry, doubling
from bot.ports.channels import Profile, ProfileReader
from bot.storage.outbox.held import HeldRow
from bot.storage.outbox.rows import OutboxState, Work
from bot.storage.visitors.visitor_states import VisitorState

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class ProfileHandler(Handler[VisitorKey]):
    """Looks a visitor up, as often as need be."""

    readers: Mapping[str, ProfileReader]

    kinds = (Work.FETCH_PROFILE,)
    retry = Retry(doubling(timedelta(seconds=2), timedelta(minutes=5)), most=20)

    def consider(self, rows: Sequence[HeldRow], held: Held) -> Iterator[Job[VisitorKey]]:
        """Look up who is still there."""
        for row in rows:
            thread = held.thread(row)
            if thread is None:
                held.end(row, OutboxState.CANCELLED, ERASED)
            elif held.may_leave(row):
                yield Job(row, thread.place)

    def attempt(self, job: Job[VisitorKey]) -> Profile:
        """Ask the channel."""
        return self.readers[job.what.channel].read_profile(job.what)

    def repeats(self, row: HeldRow) -> bool:  # noqa: ARG002 - looking up changes nothing
        """Look up again."""
        return True

    def settle(self, row: HeldRow, outcome: Outcome, held: Held) -> None:
        """Give the visitor what the profile says."""
        if not isinstance(outcome, Profile):
            super().settle(row, outcome, held)
            return
        held.end(row, OutboxState.SENT, outcome.alert)
        if outcome.alert:
            told = {"account": row.account, "what_to_do": outcome.alert}
            _log.error("profiles cannot be read", extra=told)
        if thread := held.thread(row):
            _fill_in(thread, outcome, held)


def _fill_in(thread: VisitorState, profile: Profile, held: Held) -> None:
    thread.first_name = profile.first_name or None
    thread.last_name = profile.last_name or None
    if profile.guest and thread.guest is None:
        thread.guest = True
    thread.profile_read_at = held.now
    thread.visitor_changed = True
    held.batch.touch(thread)
    held.show(thread)
