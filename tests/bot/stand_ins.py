"""Small programs in the places of the real ones, for a real supervisor.

Each writes what befalls it into the file that JOURNAL names.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from bot.processes.lifeline import watch


def _note(line: str) -> None:
    with Path(os.environ["JOURNAL"]).open("a") as journal:
        journal.write(line + "\n")


def _live() -> None:
    watch(int(os.environ["LIFELINE_FD"]))
    signal.pause()


def migrate() -> None:
    _note("migrate")


def fail_to_migrate() -> None:
    sys.exit("no such column")


def web() -> None:
    Path(os.environ["READY"]).open().close()  # waits for the worker
    _note(f"web listens on {os.environ['HOST']}")
    with socket.create_server(("127.0.0.1", int(os.environ["PORT"]))):
        _live()


def worker() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    from redis import Redis  # noqa: PLC0415 - slow to import, and only needed here

    redis = Redis.from_url(os.environ["REDIS_URL"])
    _note(f"starts seen {redis.incr('starts')}")
    try:
        Path(os.environ["READY"]).open("w").close()  # waits for the web
        _live()
    except SystemExit:
        subprocess.run([sys.executable, "-c", "'a job that takes a moment'"], check=True)
        _note(f"worker finished its job, Valkey there: {redis.ping()}")


def fall() -> None:
    sys.exit(3)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        from bot.processes.supervisor import serve  # slow as well
        from bot.wiring.settings import read_settings

        sys.exit(serve(read_settings(), Path(sys.argv[2])))
    globals()[sys.argv[1]]()
