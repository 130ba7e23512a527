"""The one job that RQ runs, and the guard that lets no other one run."""

import logging
from functools import cache
from typing import Any

from bot.wiring import open_courier
from rq.job import Job

from bot.delivery.courier import Courier
from config.settings import Settings
from workers.doorbell import JOB

_log = logging.getLogger(__name__)


class ForbiddenJobError(Exception):
    """Somebody who can write to Redis wants something else to run: look who can reach it."""


class GuardedJob(Job):
    """A job that runs only if it is ours; JSON may name any function there is."""

    def perform(self) -> Any:  # noqa: ANN401 - as RQ's
        """Refuse everything but our own function with one integer."""
        match self.args:
            case [int()] if self.func_name == JOB and not self.kwargs and self.instance is None:
                return super().perform()
            case _:
                _log.error("job refused: it is not one of ours", extra={"job_id": self.id})
                msg = "not one of our jobs"
                raise ForbiddenJobError(msg)


@cache
def courier() -> Courier:
    """Open this process's courier, once: its connections are worth keeping."""
    return open_courier(Settings.read())


def work(outbox_id: int) -> None:
    """Do what is due. The number says which row rang; the outbox says what there is to do."""
    del outbox_id
    courier().work()
