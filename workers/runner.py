"""RQ's worker with the intervals that fail-over needs, started again whenever Redis was away."""

import logging
import signal
import time
from datetime import timedelta

from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from workers import jobs
from workers.doorbell import QUEUE

PAUSE = timedelta(seconds=1)
_log = logging.getLogger(__name__)


class _Worker(SimpleWorker):
    """Runs the job in its own process, so that connections to the channels stay open."""

    job_class = jobs.GuardedJob
    max_connection_wait_time = 4.0

    def request_stop(self, signum: int, frame: object) -> None:
        """Let what is under way be finished, and begin nothing new."""
        _stop_working()
        self._stop_requested = True  # what RQ raises may be caught by whatever it interrupts
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call] # RQ has no types here

    def set_shutdown_requested_date(self) -> None:
        """Keep it to ourselves: asked from within a signal's handler, Redis may hang or be gone."""

    def _install_signal_handlers(self) -> None:
        """Take over the signals; one that came while RQ was setting itself up counts."""
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        self._stop_requested = jobs.visitor_lane().is_stopping


def run(redis_url: str) -> None:
    """Work until SIGTERM or SIGINT, whatever Redis does meanwhile."""
    visitors, others = jobs.visitor_lane(), jobs.lanes()
    for lane in others:
        lane.start()
    while not visitors.is_stopping:
        signal.signal(signal.SIGTERM, _stop_working)
        signal.signal(signal.SIGINT, _stop_working)
        try:
            _work(redis_url)
        except StopRequested:
            break
        except (RedisError, OSError):
            _log.warning("worker waits for Redis")
        if not visitors.is_stopping:
            time.sleep(PAUSE.total_seconds())
    for lane in others:
        lane.close()


def _stop_working(*_signal: object) -> None:
    """Begin nothing new; all of them are open, so that a signal's handler opens nothing."""
    jobs.visitor_lane().stop()
    for lane in jobs.lanes():
        lane.stop()


def _work(redis_url: str) -> None:
    with Redis.from_url(redis_url, socket_connect_timeout=2) as connection:
        open_worker(connection).work(logging_level="WARNING")


def open_worker(connection: Redis) -> SimpleWorker:
    """Put a worker together that runs our one job, and no other."""
    worker = _Worker(
        [QUEUE],
        connection=connection,
        serializer=JSONSerializer,
        log_job_description=False,
        worker_ttl=30,
        maintenance_interval=30,
        job_monitoring_interval=5,
    )
    worker.log_result_lifespan = False
    return worker
