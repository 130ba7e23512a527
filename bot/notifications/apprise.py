"""Tells people by Apprise, which runs in a process of its own that is ended when it hangs."""

import json
import select
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from bot.notifications.texts import Notice
from bot.ports import Cause, OutcomeUnknownError, SendError, Trouble, UndeliverableError

_PATIENCE = timedelta(seconds=25)
_MODULE = "bot.notifications.apprise_process"
_HOME = Path(__file__).parent.parent.parent


class AppriseSpeaker:
    """One process, started with the first notice; threads take turns."""

    def __init__(self, patience: timedelta = _PATIENCE) -> None:
        self._patience = patience.total_seconds()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def say(self, url: str, notice: Notice) -> None:
        """Tell it, or raise one of the three errors; blocks while it does."""
        _judge(self._ask({"url": url, "title": notice.title, "body": notice.text}))

    def knows(self, url: str) -> bool:
        """Say whether Apprise knows what to do with a URL; nothing is sent."""
        return self._ask({"url": url}).get("said") is True

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _ask(self, asked: dict[str, str]) -> dict[str, Any]:
        with self._lock:
            process = self._running()
            try:
                answer = _exchange(process, json.dumps(asked).encode() + b"\n", self._patience)
            except (OSError, TimeoutError):
                self._end()
                msg = "No answer came in time."
                raise OutcomeUnknownError(msg) from None
            parsed: dict[str, Any] = json.loads(answer)
            return parsed

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_HOME,  # where the module is found, wherever we were started
                bufsize=0,
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()


def _exchange(process: subprocess.Popen[bytes], line: bytes, seconds: float) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise OSError
    process.stdin.write(line)
    deadline = time.monotonic() + seconds
    answer = b""
    while not answer.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            raise TimeoutError
        chunk = process.stdout.read(65_536)
        if not chunk:
            raise OSError
        answer += chunk
    return answer


def _judge(answer: dict[str, Any]) -> None:
    match answer:
        case {"said": True}:
            return
        case {"said": None}:
            msg = "Apprise does not know what to do with this URL: see ./run check."
            raise UndeliverableError(msg, Cause.REJECTED)
        case {"status": HTTPStatus.GONE}:
            msg = "The target says that it is gone (410), and was switched off."
            raise UndeliverableError(msg, Cause.RECIPIENT_GONE)
        case {"status": int() as status}:
            msg = f"The target refused it ({status})."
            raise SendError(msg)
        case {"fault": str() as fault}:
            msg = f"The target's answer could not be read ({fault})."
            raise OutcomeUnknownError(msg)
        case _:
            msg = "The target did not take it, or did not answer in time."
            raise SendError(msg, trouble=Trouble.UNREACHABLE)
