"""The one job that RQ runs, and the guard that lets no other one run."""

import logging
from collections.abc import Mapping
from functools import cache, partial

from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from bot.outbox.lane import Lane
from bot.outbox.running import LaneThread
from bot.ports.errors import UnavailableError
from bot.wiring.ground import now
from bot.wiring.settings import read_settings
from bot.wiring.work import (
    open_domain_lane,
    open_file_lane,
    open_mail_lane,
    open_team_lane,
    open_upkeep_lane,
    open_visitor_lane,
)
from config.settings import Settings
from workers.doorbell import JOB

_RUN_BESIDES = (
    b"success_callback_name",
    b"failure_callback_name",
    b"stopped_callback_name",
    b"webhooks",
    b"dependency_ids",
)
_log = logging.getLogger(__name__)


class GuardedJob(Job):
    """A job that is there only if it is ours; who writes to Redis may name any function there is.

    What is not ours counts as gone before RQ looks at it: its callbacks and webhooks included.
    """

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Take what Redis holds, if it is our own function with one integer and nothing else."""
        self.serializer = JSONSerializer
        try:
            super().restore(raw_data)
            is_ours = self._is_ours(raw_data)
        except NoSuchJobError:
            raise
        except Exception:  # noqa: BLE001 - what can't be read is not ours
            is_ours = False
        if not is_ours:
            _log.error("job refused: it is not one of ours")
            raise NoSuchJobError

    def _is_ours(self, raw_data: Mapping[bytes, bytes]) -> bool:
        if any(raw_data.get(name) for name in _RUN_BESIDES):
            return False
        match self.args:
            case [int()]:
                return self.func_name == JOB and not self.kwargs and self.instance is None
            case _:
                return False


@cache
def visitor_lane() -> Lane:
    """Open what speaks to visitors in this process, once: its connections are worth keeping."""
    return open_visitor_lane(read_settings())


@cache
def team_lane() -> LaneThread:
    """Open what tells the team and programs in this process, once."""
    return open_team_lane(read_settings())


@cache
def lanes() -> tuple[LaneThread, ...]:
    """Open all lanes that go on by themselves beside the visitors' one."""
    settings = read_settings()
    upkeep = open_upkeep_lane(settings, partial(_check, settings))
    others = (open_file_lane(settings), open_domain_lane(settings), open_mail_lane(settings))
    lanes = (team_lane(), upkeep, *others)
    return tuple(lane for lane in lanes if lane)


def _check(settings: Settings) -> None:
    # a worker starts without what only the check needs
    from bot.ops.check.keep import keep_findings  # noqa: PLC0415

    keep_findings(settings, now())


def work(outbox_id: int) -> None:
    """Do what is due. The number says which row rang; the outbox says what there is to do."""
    del outbox_id
    try:
        team_lane().ring()
        visitor_lane().work()
    except UnavailableError:  # the log has it already; the clock rings again
        pass
    except Exception:  # noqa: BLE001 - RQ would log its words and keep them, whatever they quote
        _log.exception("work failed")
