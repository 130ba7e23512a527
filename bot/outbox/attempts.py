"""Does one piece of work outside, and says how it ended."""

import logging
from dataclasses import replace
from typing import Any

from bot.outbox.claiming import AnyJob
from bot.outbox.contract import Handler, Outcome
from bot.ports.errors import (
    OurFaultError,
    OurSendError,
    OutcomeUnknownError,
    SendError,
    UnavailableError,
    UndeliverableError,
)
from bot.runtime.failpoints import failpoint
from bot.storage.database.engine import Database
from bot.storage.database.transactions import retry_races
from bot.storage.outbox.held import reach_step

_log = logging.getLogger(__name__)


class LeaseLostError(Exception):
    """Begin nothing more: the row is another worker's by now."""


def attempt(handler: Handler[Any], job: AnyJob, database: Database, lane: str) -> Outcome:
    """Let a handler do a job; blocks while it does. Errors are outcomes, not raised."""
    row = job.row

    def reach(step: str) -> None:
        if not retry_races(database, lambda connection: reach_step(connection, row, step)):
            raise LeaseLostError
        failpoint(f"{lane}.at_{step}")

    failpoint(f"{lane}.before_{row.kind}")
    outcome = _outcome(handler, replace(job, reach=reach))
    failpoint(f"{lane}.after_{row.kind}")
    return outcome


def _outcome(handler: Handler[Any], job: AnyJob) -> Outcome:
    try:
        return handler.attempt(job)
    except (SendError, UndeliverableError, OutcomeUnknownError) as error:
        return error
    except UnavailableError:  # nothing is requested before what is written for it is stored
        return OurSendError("Our own database could not be reached.")
    except Exception:  # noqa: BLE001 - a fault of our own must not stop the others
        _log.exception("attempt failed by a fault of our own", extra={"kind": job.row.kind})
        return OurFaultError("Something went wrong here while it was being sent.")
