"""What the parts of a web process share is enough for all of them at once."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import Barrier

from bot.edge.threads import WorkKind, WorkThreads, working_at
from bot.storage.database.engine import Database
from bot.web.mail_door import MAIL_THREADS
from bot.wiring.ground import now
from bot.wiring.web_ground import lay_ground
from tests.environment import SetUp, set_up

__all__ = ["set_up"]  # for pytest to find


def test_no_thread_waits_for_another_threads_connection(
    set_up: SetUp, migrated_url: str, redis_url: str
) -> None:
    ground = lay_ground(set_up(DATABASE_URL=migrated_url, REDIS_URL=redis_url), now, None)
    with WorkThreads() as work, ThreadPoolExecutor(MAIL_THREADS) as mails:
        kinds = [kind for kind in WorkKind for _ in range(kind.threads)]
        all_at_once = Barrier(len(kinds) + MAIL_THREADS, timeout=10)
        asking = [_submit(work, kind, all_at_once, ground.database) for kind in kinds]
        asking += [mails.submit(_ask, all_at_once, ground.database) for _ in range(MAIL_THREADS)]
        assert all(each.result() == 1 for each in asking)
    ground.database.close()


def _submit(
    work: Executor, kind: WorkKind, all_at_once: Barrier, database: Database
) -> "Future[int]":
    with working_at(kind):
        return work.submit(_ask, all_at_once, database)


def _ask(all_at_once: Barrier, database: Database) -> int:
    with database.read() as connection:
        all_at_once.wait()
        return int(connection.exec_driver_sql("SELECT 1").scalar_one())
