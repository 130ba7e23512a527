"""Finishes what an erasure has begun: tells who looks, and deletes step by step."""

import time
from dataclasses import dataclass
from datetime import timedelta

from bot.ports.doorbell import Doorbell
from bot.ports.signals import ChangeSignal, room_of
from bot.runtime.failpoints import failpoint
from bot.storage.database.engine import Database
from bot.storage.database.transactions import read
from bot.storage.forgetting.erasing import Begun, Erased
from bot.storage.forgetting.erasing_steps import find_job, take_step
from bot.storage.forgetting.persons import LinkedVisitor


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The outcome of an erasure."""

    found: Erased
    removed: Erased
    is_finished: bool
    """Else a worker goes on with it; nobody sees any of it any more."""
    left: tuple[LinkedVisitor, ...]
    """Visitors that were linked with the person, and are not taken for it."""


def forget(
    database: Database, begun: Begun, doorbell: Doorbell, within: timedelta | None = None
) -> Forgotten:
    """Tell who looks at the conversations, and delete all rows, or as many as there is time for."""
    failpoint("erasure.after_begin")
    doorbell.hint(
        *(
            ChangeSignal(room_of(thread.place), thread.conversation_id)
            for thread in begun.threads
            if thread.conversation_id
        )
    )
    removed, is_finished = _work_off(database, begun, within)
    return Forgotten(begun.found, removed, is_finished, begun.left)


def _work_off(database: Database, begun: Begun, within: timedelta | None) -> tuple[Erased, bool]:
    removed, start = Erased(), time.monotonic()
    while job := read(database, lambda connection: find_job(connection, begun.job)):
        removed = job.erased
        if within is not None and time.monotonic() - start > within.total_seconds():
            return removed, False
        take_step(database, job.id)
        failpoint("erasure.after_step")
    return removed, True
